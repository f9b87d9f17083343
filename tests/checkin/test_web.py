"""The pages of the day, with and without a script, for staff and for everybody else."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
import segno
from PIL import Image

from eventsvc.checkin import queries, service
from eventsvc.checkin.qr import code_of
from eventsvc.core import clock
from eventsvc.infra.db import db
from tests.clients import Browser, form_of, text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import an_activity
from tests.factories.checkin import a_day
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.registrations import signed_up

NAMES = {"people__husband__name": "张建国", "people__wife__name": "李秀英", "people__husband__phone": "13812345678"}


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the doors."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def opened(app, day, at, who=None):
    at(day.now)
    browser = logged_in(app, who or day.staff)
    return browser, f"/activities/{day.activity.id}"


def came(day) -> queries.Attendance:
    db.session.rollback()
    return queries.attendance(day.activity.id)


class TestTheList:
    def test_one_tap_checks_a_couple_in_and_another_takes_it_back(self, app, at):
        day = a_day(1, **NAMES)
        browser, base = opened(app, day, at)
        shown = browser.get(f"{base}/check-in").text
        assert "张建国、李秀英" in shown and "0/1" in shown and "尾号5678" in shown and "13812345678" not in shown
        sent = form_of(shown, action="/arrive").to_dict() | {"who": "all"}
        answer = browser.post(f"{base}/check-in/arrive", sent, status=303)
        assert answer.location.endswith(f"#p-{day.parties[0]}")
        assert came(day).parties_present == 1
        shown = browser.get(f"{base}/check-in").text
        assert "1/1" in shown and "已到场" in shown
        browser.post(f"{base}/check-in/undo", form_of(shown, action="/arrive").to_dict() | {"who": "all"}, status=303)
        assert came(day).people_present == 0

    def test_a_double_click_and_a_resent_form_do_no_harm(self, app, at):
        day = a_day(1)
        browser, base = opened(app, day, at)
        sent = form_of(browser.get(f"{base}/check-in").text, action="/arrive").to_dict() | {"who": "all"}
        for _ in range(3):
            browser.post(f"{base}/check-in/arrive", sent, status=303)
        assert came(day).people_present == 2

    def test_one_person_of_a_couple(self, app, at):
        day = a_day(1, **NAMES)
        browser, base = opened(app, day, at)
        shown = browser.get(f"{base}/check-in").text
        wife = re.search(r'value="([0-9a-f-]{36})"[^>]*>\s*<span>只到了李秀英', shown)[1]
        browser.post(f"{base}/check-in/arrive", form_of(shown, action="/arrive").to_dict() | {"who": wife}, status=303)
        shown = browser.get(f"{base}/check-in").text
        assert came(day).people_present == 1 and "张建国也到了" in shown and "到了1人" in shown

    def test_what_is_searched_for_stands_in_no_address(self, app, at):
        day = a_day(1)
        signed_up(day.activity, **NAMES)
        browser, base = opened(app, day, at)
        browser.get(f"{base}/check-in")
        found = browser.post(f"{base}/check-in", {"q": "zjg"}, status=200).text
        assert "张建国" in found
        assert 'method="get"' not in found
        assert "没有找到" in browser.post(f"{base}/check-in", {"q": "欧阳"}, status=200).text

    def test_all_came_asks_first_then_does_it(self, app, at):
        day = a_day(3)
        browser, base = opened(app, day, at)
        assert "还有6人" in browser.get(f"{base}/check-in").text
        browser.post(f"{base}/check-in/all", status=303)
        assert came(day).parties_present == 3
        assert "都到齐了" in browser.get(f"{base}/check-in?only=missing").text

    def test_before_the_day_it_says_when_and_shows_no_button(self, app, at):
        day = a_day(1)
        at(day.activity.created_at)
        browser = logged_in(app, day.staff)
        shown = browser.get(f"/activities/{day.activity.id}/check-in").text
        assert "2027年5月29日" in shown and "都到了" not in shown
        answer = browser.post(f"/activities/{day.activity.id}/check-in/all", status=409)
        assert "前一天起可以签到" in answer.text

    @pytest.mark.parametrize("sent", [{}, {"party": "x", "_nonce": "y"}, {"party": str(uuid4()), "_nonce": str(uuid4())}])
    def test_a_form_that_is_not_ours_is_refused(self, app, at, sent):
        day = a_day(1)
        browser, base = opened(app, day, at)
        browser.get(f"{base}/check-in")
        assert browser.post(f"{base}/check-in/arrive", sent).status_code in (404, 422)
        assert came(day).people_present == 0

    def test_a_paper_sheet(self, app, at):
        day = a_day(2)
        service.check_in(day.activity.id, day.people(0), actor=day.staff, now=day.now)
        browser, base = opened(app, day, at)
        sent = form_of(browser.get(f"{base}/check-in/paper").text, action="/paper")
        assert sorted(sent.getlist("came")) == sorted(map(str, day.people(0)))
        sent.setlist("came", [str(day.people(0)[0]), *map(str, day.people(1))])
        browser.post(f"{base}/check-in/paper", sent, status=303)
        assert came(day).people_present == 3


class TestScanning:
    def test_staff_lands_on_the_party_and_checks_it_in(self, app, at):
        day = a_day(1, **NAMES)
        browser, base = opened(app, day, at)
        shown = browser.get(f"/c/{day.code()}").text
        assert "张建国" in shown and "两人都到了" in shown
        sent = form_of(shown, action="/arrive").to_dict()
        assert sent["by"] == "qr"
        browser.post(f"{base}/check-in/arrive", sent | {"who": "all"}, status=303)
        assert came(day).parties_present == 1

    def test_anybody_else_learns_what_it_is_for_and_nothing_more(self, app, at):
        day = a_day(1, **NAMES)
        at(day.now)
        there, missing = Browser(app).get(f"/c/{day.code()}"), Browser(app).get("/c/0000-0000")
        for page in (there, missing):
            assert "张建国" not in page.text and day.activity.title not in page.text and "登录后签到" in page.text
        same = [re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}", "", text_of(page.text)) for page in (there, missing)]
        assert same[0] == same[1]
        assert f"next=/c/{day.code()}" in there.text

    def test_staff_of_another_village_finds_nothing(self, app, at):
        day = a_day(1, **NAMES)
        browser, _ = opened(app, day, at, a_user("organiser", a_sibling_village(day.tree)))
        theirs, none = browser.get(f"/c/{day.code()}", status=404), browser.get("/c/0000-0000", status=404)
        assert "张建国" not in theirs.text and text_of(theirs.text) == text_of(none.text)

    def test_a_photo_of_the_code_will_do(self, app, at):
        day = a_day(1, **NAMES)
        browser, base = opened(app, day, at)
        browser.get(f"{base}/check-in")
        drawn = io.BytesIO()
        segno.make(f"https://example.org/c/{day.code()}").save(drawn, kind="png", scale=6)
        photo = Image.open(drawn).convert("RGB").rotate(7, expand=True, fillcolor="white")
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=60)
        out.seek(0)
        answer = browser.post(f"{base}/check-in/photo", {"photo": [(out, "IMG.jpg")]}, content_type="multipart/form-data", status=303)
        assert answer.location.endswith(f"/c/{day.code()}")

    @pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"GIF89a", b"%PDF", b"\xff\xd8\xff\xe0" + b"x" * 50])
    def test_what_is_no_picture_is_refused_with_words(self, app, at, content):
        day = a_day(1)
        browser, base = opened(app, day, at)
        browser.get(f"{base}/check-in")
        answer = browser.post(f"{base}/check-in/photo", {"photo": [(io.BytesIO(content), "a.jpg")]}, content_type="multipart/form-data", status=422)
        assert "没有认出" in answer.text

    @pytest.mark.parametrize("text", ["https://evil.example/x", "WIFI:S:home;;", "", "https://a.b/c/AAAA-AAAA"])
    def test_other_codes_are_nothing(self, text):
        assert code_of(text) is None


class TestWalkIn:
    BODY = {"people.husband.name": "赖新来", "people.wife.name": "钟爱莲", "agreed": "1"}

    def test_a_few_fields_and_they_are_in(self, app, at):
        day = a_day(0)
        browser, base = opened(app, day, at)
        sent = form_of(browser.get(f"{base}/walk-in").text, action="/walk-in").to_dict() | self.BODY
        for _ in range(2):
            browser.post(f"{base}/walk-in", sent, status=303)
        shown = browser.get(f"{base}/check-in").text
        assert "赖新来、钟爱莲" in shown and "现场补登" in shown and "1/1" in shown

    def test_full_it_asks_for_a_tick_and_keeps_what_was_typed(self, app, at):
        day = a_day(1, places=1)
        browser, base = opened(app, day, at)
        sent = form_of(browser.get(f"{base}/walk-in").text, action="/walk-in").to_dict() | self.BODY
        refused = browser.post(f"{base}/walk-in", sent, status=409)
        assert "超出名额也登记" in refused.text and "赖新来" in refused.text
        again = form_of(refused.text, action="/walk-in").to_dict() | {"over": "1"}
        browser.post(f"{base}/walk-in", again, status=303)
        assert came(day).walk_ins == 1

    def test_without_asking_them_nobody_is_written_down(self, app, at):
        day = a_day(0)
        browser, base = opened(app, day, at)
        sent = form_of(browser.get(f"{base}/walk-in").text, action="/walk-in").to_dict() | self.BODY
        del sent["agreed"]
        assert browser.post(f"{base}/walk-in", sent, status=422)
        assert came(day).parties_placed == 0

    def test_and_taken_back(self, app, at):
        day = a_day(0)
        browser, base = opened(app, day, at)
        browser.post(f"{base}/walk-in", form_of(browser.get(f"{base}/walk-in").text, action="/walk-in").to_dict() | self.BODY, status=303)
        party = queries.door_list(day.activity.id)[0].id
        page = browser.get(f"{base}/check-in/{party}").text
        browser.post(f"{base}/check-in/undo", form_of(page, action="/undo").to_dict(), status=303)
        assert came(day).parties_placed == 0

    def test_a_volunteer_at_a_member_day(self, app, at):
        day = a_day(1, "member_day")
        browser, base = opened(app, day, at)
        sent = form_of(browser.get(f"{base}/walk-in").text, action="/walk-in").to_dict()
        sent |= {"people.participant.name": "赖新来", "people.participant.sex": "male", "agreed": "1"}
        browser.post(f"{base}/walk-in", sent, status=303)
        assert came(day).people_present == 1


class TestCounters:
    def member_day(self, app, at):
        staff = a_user("organiser", a_tree().village)
        activity = an_activity("member_day", by=staff)
        at(activity.starts_at)
        return activity, logged_in(app, staff), f"/activities/{activity.id}/counters"

    def test_tap_type_and_take_back(self, app, at):
        activity, browser, base = self.member_day(app, at)
        sent = form_of(browser.get(base).text, action="/leaflets").to_dict()
        browser.post(f"{base}/leaflets", sent | {"by": "50"}, status=303)
        browser.post(f"{base}/leaflets", sent | {"by": "50"}, status=303)
        at(activity.starts_at + timedelta(minutes=1))
        sent = form_of(browser.get(base).text, action="/leaflets", number=1).to_dict()
        browser.post(f"{base}/leaflets", sent | {"typed": "235"}, status=303)
        shown = browser.get(base).text
        assert ">285<" in shown and "撤销+235" in shown
        browser.post(f"{base}/leaflets/undo", form_of(shown, action="/undo").to_dict(), status=303)
        assert queries.tallies(activity.id) == {"leaflets": 50}

    def test_a_resent_form_with_another_number_is_told_apart(self, app, at):
        activity, browser, base = self.member_day(app, at)
        sent = form_of(browser.get(base).text, action="/leaflets").to_dict()
        browser.post(f"{base}/leaflets", sent | {"by": "10"}, status=303)
        assert "已经记过" in browser.post(f"{base}/leaflets", sent | {"by": "50"}, status=409).text
        db.session.rollback()
        assert queries.tallies(activity.id) == {"leaflets": 10}

    @pytest.mark.parametrize("typed", ["", "0", "abc", "-5", "1.5", "999999", "٣"])
    def test_an_odd_number_is_refused_in_its_place(self, app, at, typed):
        activity, browser, base = self.member_day(app, at)
        sent = form_of(browser.get(base).text, action="/clinic", number=1).to_dict() | {"typed": typed}
        assert "应在 1 到" in browser.post(f"{base}/clinic", sent, status=422).text
        assert queries.tallies(activity.id) == {}


@pytest.mark.parametrize("path", ["check-in", "check-in/paper", "walk-in", "counters"])
def test_a_neighbour_finds_no_door_and_a_visitor_logs_in(app, at, path):
    day = a_day(1)
    browser, base = opened(app, day, at, a_user("organiser", a_sibling_village(day.tree)))
    browser.get(f"{base}/{path}", status=404)
    assert "/log-in" in Browser(app).get(f"{base}/{path}", follow=False, status=302).location
