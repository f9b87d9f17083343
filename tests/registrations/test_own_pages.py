"""The pages around own questions: the form that asks them, the editor that writes them, the files that answer them."""

import io
import json
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from eventsvc.core import clock
from eventsvc.infra import storage, vault
from eventsvc.infra.db import db, transactional
from eventsvc.infra.storage import StoredFile
from eventsvc.registrations import attachments, openings, queries, service
from eventsvc.registrations.models import Attachment, QuestionSet, Registration
from tests import clients
from tests.activities.pictures import jpeg, picture
from tests.clients import text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.questions import a_question, when
from tests.registrations import test_public
from tests.registrations.test_own_questions import BUS, FRAIL, WHERE

LARGEST = 60_000


def form_of(page: str, **which):
    return Typed(clients.form_of(page, **which))


def filled(page: str):
    return Typed(test_public.filled(page))


PROOF = a_question("proof", "upload", "结婚证照片")


@pytest.fixture(autouse=True)
def _still(at_now):
    """Every door reads NOW."""


@pytest.fixture
def office(app):
    tree = a_tree()
    by = a_user("organiser", tree.village)
    return logged_in(app, by), an_activity(unit=tree.village, by=by), by


def asking(office, *questions, version: int = 0):
    _, activity, by = office
    service.ask(activity.id, list(questions), version=version, actor=by, now=NOW)
    return f"/s/{activity.slug}"


class Typed(MultiDict):
    """What a form holds; `form | {name: value}` types over what stands there."""

    def __or__(self, other):
        made = Typed(self)
        for name in other:
            made.setlist(name, other.getlist(name) if isinstance(other, MultiDict) else [other[name]])
        return made


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


class TestThePublicForm:
    def test_asks_says_when_in_words_and_stays_small(self, office, browser, statements):
        link = asking(office, BUS, WHERE, FRAIL)
        browser.get(link)
        statements.clear()
        page = browser.get(link).text
        assert len([s for s in statements if not s.startswith("BEGIN")]) <= 4
        assert len(page.encode()) <= LARGEST
        assert "只有这种情况才填：“要不要派车接”是“要”" in text_of(page)
        assert page.count('name="people.husband.own.own_frail"') == 1
        assert "multipart" not in page
        program = json.loads(re.search(r"data-asked='([^']+)'", page)[1])
        assert [q["id"] for q in program["questions"]] == ["own_bus", "own_where", "own_frail"]
        assert program["types"] == {"own_bus": "choice", "person.age": "age"}

    def test_without_conditions_needs_no_script(self, office, browser):
        assert "asked.js" not in browser.get(asking(office, BUS)).text

    def test_misses_what_is_shown_and_takes_what_is_answered(self, office, browser):
        link = asking(office, BUS, WHERE)
        page = browser.get(link).text
        form = filled(page) | {"answers.own.own_bus": "o_a0"}
        again = browser.post(link, form, status=422).text
        assert "在哪里上车：请填写这一项" in text_of(again)
        browser.post(link, form | {"answers.own.own_where": "桥头"}, status=303)
        party = queries.roster(office[1].id)[0]
        assert (party.answers["own_bus"], party.answers["own_where"]) == ("o_a0", "桥头")

    def test_drops_what_stands_in_a_hidden_question(self, office, browser):
        link = asking(office, BUS, WHERE)
        browser.post(link, filled(browser.get(link).text) | {"answers.own.own_bus": "o_a1", "answers.own.own_where": "桥头"}, status=303)
        assert "own_where" not in queries.roster(office[1].id)[0].answers

    def test_of_a_page_drawn_before_a_question_went_still_works(self, office, browser):
        link = asking(office, BUS, a_question("song"))
        form = filled(browser.get(link).text) | {"answers.own.own_bus": "o_a1", "answers.own.own_song": "茉莉花"}
        asking(office, BUS, version=1)
        openings._lately.clear()
        browser.post(link, form, status=303)

    def test_is_shown_again_when_the_questions_changed_meanwhile(self, office, browser):
        link = asking(office, BUS)
        form = filled(browser.get(link).text) | {"answers.own.own_bus": "o_a1"}
        asking(office, BUS, {**WHERE, "shown_when": None}, version=1)
        again = browser.post(link, form, status=409).text
        assert "刚刚改过报名表" in text_of(again)
        assert "own_where" in again
        browser.post(link, form | {"answers.own.own_where": "桥头"}, status=303)

    def test_a_party_changes_its_answers_with_its_age_known_and_not_its_birth_date(self, office, browser):
        link = asking(office, BUS, FRAIL)
        form = filled(browser.get(link).text) | {"answers.own.own_bus": "o_a1", "people.wife.born_on": "1940-01-01", "people.wife.own.own_frail": "要"}
        done = browser.post(link, form, status=303)
        here = re.sub(r"\?.*", "", done.location)
        browser.get(done.location)
        page = browser.get(f"{here}/change").text
        assert "1940" not in page
        assert json.loads(re.search(r"data-asked='([^']+)'", page)[1])["known"]["wife"]["age"] == 87
        sent = form_of(page, number=0)
        assert sent["people.wife.own.own_frail"] == "要"
        browser.post(f"{here}/change", sent | {"people.wife.own.own_frail": "不用了"}, status=303)
        assert queries.roster(office[1].id)[0].people[1].extra["own_frail"] == "不用了"

    def test_machines_answer_too(self, office, app):
        asking(office, BUS, FRAIL)
        body = {
            "people": {"husband": {"name": "张铁柱", "phone": "13800000001", "mobility": "walks"}, "wife": {"name": "李秀英", "mobility": "walks", "born_on": "1940-01-01", "own": {"own_frail": "要"}}},
            "answers": {"married_on": {"calendar": "solar", "year": 1970}, "marriage_proof": "own_word", "residence": "living", "honoured_before": "no", "own": {"own_bus": "o_a1"}},
            "consent": {"contact": True},
        }  # fmt: skip
        url = f"/api/v1/activities/{office[1].slug}/registrations"
        client = app.test_client()
        assert client.post(url, json=body, headers={"Idempotency-Key": "k1"}).status_code == 201
        del body["answers"]["own"]
        refused = client.post(url, json=body, headers={"Idempotency-Key": "k2"})
        assert (refused.status_code, list(refused.json["fields"])) == (422, ["answers.own.own_bus"])


class TestTheEditor:
    def path(self, office) -> str:
        return f"/activities/{office[1].id}/registrations/questions"

    def builder(self, page: str):
        forms = [form_of(page, number=at) for at in range(page.count("<form"))]
        return next(form for form in forms if "_version" in form)

    def step(self, office, form, action: str, status: int = 200, **typed):
        answer = office[0].post(self.path(office), form | {"_action": action} | typed, status=status)
        return answer.text

    def test_is_found_from_the_list(self, office):
        assert self.path(office) in office[0].get(f"/activities/{office[1].id}/registrations").text

    def test_writes_a_form_without_a_script_and_shows_it_beside(self, office, browser):
        page = office[0].get(self.path(office)).text
        page = self.step(office, self.builder(page), "add", add_type="choice")
        page = self.step(office, self.builder(page) | {"q.0.label": "要不要派车接", "q.0.options": "要\n不要", "q.0.required": "1"}, "add", add_type="text")
        choice = re.search(r'value="(own_\w+\|eq\|o_\w+)"[^>]*>“要不要派车接”是“要”', page)[1]
        form = self.builder(page) | {"q.1.label": "在哪里上车"}
        form.setlist("q.1.what", [choice, ""])
        form.setlist("q.1.value", ["", ""])
        page = self.step(office, form, "preview")
        assert "只有这种情况才填：“要不要派车接”是“要”" in text_of(page)
        self.step(office, self.builder(page), "save", status=303)
        assert count(QuestionSet) == 1
        assert "在哪里上车" in browser.get(f"/s/{office[1].slug}").text

    def test_moves_and_deletes_and_saves_nothing_by_that(self, office):
        asking(office, BUS, WHERE, a_question("song"))
        form = self.builder(office[0].get(self.path(office)).text)
        page = self.step(office, form, "up-2")
        assert [self.builder(page)[f"q.{at}.id"] for at in range(3)] == ["own_bus", "own_song", "own_where"]
        page = self.step(office, self.builder(page), "delete-0")
        assert "q.2.id" not in self.builder(page)
        assert "先改好这些" in text_of(page)
        for odd in ("up-0", "down-99", "up-x", "drop", "delete--1"):
            self.step(office, self.builder(page), odd)
        assert count(QuestionSet) == 1

    def test_refuses_a_question_without_words_and_keeps_what_was_typed(self, office):
        page = self.step(office, self.builder(office[0].get(self.path(office)).text), "add", add_type="choice")
        page = self.step(office, self.builder(page) | {"q.0.label": "", "q.0.options": "只有一个"}, "save", status=422)
        assert "请填写这一项" in text_of(page)
        assert self.builder(page)["q.0.options"] == "只有一个"

    def test_a_reworded_option_is_the_same_option(self, office):
        asking(office, BUS)
        form = self.builder(office[0].get(self.path(office)).text) | {"q.0.options": "要，在村口\n不要\n自己开车"}
        self.step(office, form, "save", status=303)
        options = openings.opening_of(office[1].id).questions[0]["options"]
        assert [o["id"] for o in options][:2] == ["o_a0", "o_a1"]
        assert options[2]["id"] not in ("o_a0", "o_a1")

    def test_saved_over_a_newer_one_it_shows_both(self, office):
        form = self.builder(office[0].get(self.path(office)).text)
        asking(office, a_question("song", label="别人写的那题"))
        page = self.step(office, self.builder(self.step(office, form, "add", add_type="text")) | {"q.0.label": "我写的那题"}, "save", status=409)
        assert "别人写的那题" in text_of(page) and self.builder(page)["q.0.label"] == "我写的那题"
        self.step(office, self.builder(page), "save", status=303)
        assert [q["label"] for q in openings.opening_of(office[1].id).questions] == ["我写的那题"]

    def test_a_condition_that_its_boxes_cannot_show_is_kept(self, office):
        tree = {"any": [{"all": [when("person.age", "ge", 80), when("person.sex", "eq", "female")]}, when("own_bus", "eq", "o_a0")]}
        asking(office, BUS, a_question("song", shown_when=tree))
        form = self.builder(office[0].get(self.path(office)).text)
        self.step(office, form | {"q.1.label": "会跳什么舞"}, "save", status=303)
        assert openings.opening_of(office[1].id).questions[1]["shown_when"] == tree
        self.step(office, self.builder(office[0].get(self.path(office)).text) | {"q.1.whole_off": "1"}, "save", status=303)
        assert openings.opening_of(office[1].id).questions[1]["shown_when"] is None

    def test_simple_conditions_come_back_as_they_were_set(self, office):
        tree = {"not": {"any": [when("person.age", "lt", 80), when("own_bus", "ne", "o_a0"), when("party.companions", "ge", 2), when("person.phone", "answered", False)]}}
        asking(office, BUS, a_question("song", shown_when=tree))
        self.step(office, self.builder(office[0].get(self.path(office)).text), "save", status=303)
        assert count(QuestionSet) == 1

    def test_keeps_a_template_and_uses_it_elsewhere(self, office):
        asking(office, BUS, WHERE)
        page = self.step(office, self.builder(office[0].get(self.path(office)).text), "template", template="常问的")
        kept = re.search(r'<option value="([0-9a-f-]{36})">常问的', page)[1]
        other = an_activity(unit=office[1].organisation)
        there = (office[0], other, office[2])
        page = self.step(there, self.builder(office[0].get(self.path(there)).text), "use", use=kept)
        self.step(there, self.builder(page), "save", status=303)
        assert [q["id"] for q in openings.opening_of(other.id).questions] == ["own_bus", "own_where"]
        self.step(there, self.builder(page), "use", use="x", status=422)

    def test_a_look_by_the_script_gets_the_preview_alone(self, office):
        asking(office, BUS)
        form = self.builder(office[0].get(self.path(office)).text)
        answer = office[0].post(self.path(office), form | {"_action": "preview", "q.0.label": "坐不坐车"}, headers={"X-Fragment": "1"})
        assert answer.status_code == 200 and "<html" not in answer.text and "坐不坐车" in answer.text

    @pytest.mark.parametrize("odd", [{"q.0.type": "colour"}, {"q.0.id": "name"}, {"q.0.what": "a|b|c|d"}, {"q.0.what": "own_none|eq|1"}, {"q.0.options_were": "[1,{}]"},
                                     {"q.0.whole": "{"}, {"q.0.whole": "[]"}, {"q.0.whole": json.dumps({"not": {"not": 1}})}, {"q.0.min": "9" * 400}, {"_version": "-1"}, {"_version": ""}])  # fmt: skip
    def test_what_no_page_sends_is_refused_in_words(self, office, odd: dict):
        asking(office, BUS)
        form = self.builder(office[0].get(self.path(office)).text) | {"q.0.value": "x"} | odd
        assert office[0].post(self.path(office), form | {"_action": "save"}).status_code in (303, 409, 422)
        assert office[0].post(self.path(office), form | {"_action": "preview"}).status_code == 200


class TestFiles:
    def send(self, browser, link: str, content: bytes | None, page: str = "", status: int = 303, **more):
        form = (form_of(page) if page else filled(browser.get(link).text)) | more
        if content is not None:
            form["answers.own.own_proof"] = (io.BytesIO(content), "../../证.jpg")
        return browser.post(link, form, status=status, content_type="multipart/form-data")

    def test_a_picture_is_kept_without_its_metadata_and_given_to_the_office_alone(self, office, browser):
        link = asking(office, {**PROOF, "required": True})
        assert "multipart/form-data" in browser.get(link).text
        self.send(browser, link, jpeg())
        kept = db.session.scalar(select(Attachment))
        record = db.session.scalar(select(Registration))
        assert kept.registration_id == record.id
        stored = db.session.get(StoredFile, kept.file_id)
        assert not Image.open(io.BytesIO(storage.read(stored.path))).getexif()
        here = f"/activities/{office[1].id}/registrations/{record.id}"
        assert f"{here}/files/{kept.id}" in office[0].get(here).text
        got = office[0].get(f"{here}/files/{kept.id}")
        assert got.mimetype == "image/jpeg" and "attachment" in got.headers["Content-Disposition"]
        assert browser.get(f"{here}/files/{kept.id}", status=302, follow=False).location.startswith("/log-in")
        elsewhere = an_activity(unit=office[1].organisation)
        office[0].get(f"/activities/{elsewhere.id}/registrations/{record.id}/files/{kept.id}", status=404)

    def test_a_form_that_comes_back_keeps_the_file_and_says_so(self, office, browser):
        link = asking(office, {**PROOF, "required": True})
        page = self.send(browser, link, jpeg(), status=422, **{"people.wife.name": ""}).text
        assert "已经收到：照片" in text_of(page)
        kept = form_of(page)["answers.own.own_proof"]
        done = self.send(browser, link, None, page=page, **{"people.wife.name": "李秀英"})
        assert done.status_code == 303
        assert str(db.session.scalar(select(Attachment.id).where(Attachment.registration_id.is_not(None)))) == kept

    def test_the_same_form_twice_is_one_party_with_one_file(self, office, browser):
        link = asking(office, PROOF)
        page = browser.get(link).text
        form = filled(page)
        codes = []
        for _ in range(2):
            form["answers.own.own_proof"] = (io.BytesIO(jpeg()), "x.jpg")
            codes.append(browser.post(link, form, status=303, content_type="multipart/form-data").location)
        assert codes[0] == codes[1]
        assert (count(Registration), count(Attachment)) == (1, 1)

    @pytest.mark.parametrize("content", [b"", b"GIF89a" + b"x" * 50, b"<html>", picture()[:200], b"%PDF-1.4 broken", b"\xff\xd8\xff" + b"0" * (10 * 2**20 + 1)])
    def test_what_is_no_picture_or_too_large_is_refused_in_words_beside_the_question(self, office, browser, content):
        link = asking(office, {**PROOF, "required": True})
        page = self.send(browser, link, content, status=422).text
        assert 'id="answers-own-own_proof-wrong"' in page
        assert count(Attachment) == 0

    def test_a_file_of_another_form_is_nobodys_to_name(self, office, browser):
        link = asking(office, PROOF)
        self.send(browser, link, jpeg(), status=422, **{"people.wife.name": ""})
        theirs = str(db.session.scalar(select(Attachment.id)))
        page = self.send(browser, link, None, status=422, **{"answers.own.own_proof": theirs}).text
        assert "请重新选一次文件" in text_of(page)
        for odd in ("x", str(office[1].id)):
            self.send(browser, link, None, status=422, **{"answers.own.own_proof": odd})
        assert count(Registration) == 0

    def test_what_nobody_took_goes_after_a_day_and_the_rest_with_the_partys_data(self, office, browser):
        link = asking(office, PROOF)
        self.send(browser, link, picture(), status=422, **{"people.wife.name": ""})
        self.send(browser, link, jpeg((300, 300)))
        paths = list(db.session.scalars(select(StoredFile.path).where(StoredFile.purpose == "attachment")))
        assert service.forget_attachments(NOW + timedelta(hours=23)) == 0
        assert service.forget_attachments(NOW + timedelta(hours=25)) == 1
        party = queries.roster(office[1].id)[0]
        transactional(vault.forget)([party.id, *(p.id for p in party.people)])
        assert service.forget_attachments(NOW + timedelta(hours=25)) == 1
        assert (count(Attachment), [p for p in paths if (storage.root() / p).exists()]) == (0, [])

    def test_another_file_takes_the_place_of_the_first(self, office, browser):
        link = asking(office, PROOF)
        done = self.send(browser, link, jpeg())
        here = re.sub(r"\?.*", "", done.location)
        browser.get(done.location)
        page = browser.get(f"{here}/change").text
        form = form_of(page)
        form["answers.own.own_proof"] = (io.BytesIO(picture(size=(200, 200))), "y.png")
        browser.post(f"{here}/change", form, status=303, content_type="multipart/form-data")
        assert count(Attachment) == 1
        assert attachments.words_of(queries.roster(office[1].id)[0].answers["own_proof"]).startswith("照片")

    def test_one_form_leaves_no_heap_of_files(self, office, app, monkeypatch):
        monkeypatch.setattr(attachments, "MOST_A_FORM", 1)
        asking(office, PROOF)
        first = attachments.keep(office[1].id, "answers.own.own_proof", attachments.take_scan(picture()), nonce="n" * 20, now=clock.now())
        assert first
        with pytest.raises(attachments.BadScan):
            attachments.keep(office[1].id, "answers.own.own_proof", attachments.take_scan(jpeg((90, 90))), nonce="n" * 20, now=clock.now())
