"""The pages of reports as people use them."""

import io
import re

import pytest
from PIL import Image

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM
from eventsvc.infra.images import take_photo
from eventsvc.reports import service, web
from eventsvc.reports.models import ReportState
from eventsvc.reports.schemas import MOST_PHOTOS
from tests.clients import form_of, text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree, another_county
from tests.factories.reports import a_photo, a_report, picture


@pytest.fixture(autouse=True)
def tree(app, monkeypatch):
    """The tree; and the doors' clock stands after the day of every activity here."""
    found = a_tree()
    after = an_activity("member_day", "draft").ends_at.replace(month=7)
    monkeypatch.setattr(clock, "now", lambda: after)
    return found


def address(written, rest="") -> str:
    return f"/activities/{written.activity.id}/report{rest}"


def typed(browser, written, **changed):
    """Return what the form of the page would send, with some answers changed."""
    data = form_of(browser.get(address(written, "/edit")).text, action="/report/edit")
    for name, value in changed.items():
        data[name.replace("__", ".")] = value
    return data


COMPLETE = {
    "figures__volunteers__value": "8", "figures__condolence_money__value": "0", "figures__boards__value": "6",
    "figures__banners__value": "4", "figures__shows__value": "1", "figures__media__value": "0", "spending__0__actual": "1,200.50",
    "words__effect": "发放宣传资料800份。",
}  # fmt: skip


class TestWriting:
    def test_from_the_button_to_the_level_above(self, app, tree):
        activity = an_activity("member_day")
        browser = logged_in(app, a_user("organiser", tree.village))
        page = f"/activities/{activity.id}/report"
        assert "开始写报告" in text_of(browser.get(page).text)
        assert browser.post(page).location.endswith("/report/edit")
        data = form_of(browser.get(f"{page}/edit").text, action="/report/edit")
        assert "举办“" in data["words.overview"]
        data.update({name.replace("__", "."): value for name, value in COMPLETE.items()})
        data["_action"] = "submit"
        answer = browser.post(f"{page}/edit", data, status=303)
        assert answer.location.endswith("/report")
        assert "待审核" in text_of(browser.get(page).text)
        above = logged_in(app, a_user("approver", tree.township))
        assert activity.title in text_of(above.get("/reports").text)
        html = above.get(page).text
        assert above.post(f"{page}/move/accept", form_of(html, action="/move/accept"), status=303)
        assert "已审核" in text_of(browser.get(page).text)

    def test_what_is_known_stands_with_its_source(self, app):
        written = a_report("drafting", "golden_wedding")
        html = logged_in(app, written.by).get(address(written, "/edit")).text
        assert re.search(r"到场金婚夫妇（对）.*?签到名单", html, re.S)
        assert f"/activities/{written.activity.id}/check-in" in html

    def test_gaps_lead_to_their_questions_and_everything_typed_is_kept(self, app):
        written = a_report("drafting")
        browser = logged_in(app, written.by)
        data = typed(browser, written, words__overview="当天下了小雨，照常举办。", _action="submit")
        answer = browser.post(address(written, "/edit"), data, status=409)
        assert 'href="#figures-boards-value"' in answer.text and 'id="figures-boards-value"' in answer.text
        assert "当天下了小雨" in answer.text
        assert written.report.words["overview"] == "当天下了小雨，照常举办。"

    def test_a_stale_page_is_told_and_keeps_the_words_then_saves(self, app):
        written = a_report("drafting")
        browser = logged_in(app, written.by)
        data = typed(browser, written, words__overview="我写的一段")
        written.save({"words": {"overview": "别人写的一段", "effect": "x"}})
        answer = browser.post(address(written, "/edit"), data, status=409)
        assert "我写的一段" in answer.text and "别人写的一段" in answer.text
        assert written.report.words["overview"] == "别人写的一段"
        again = form_of(answer.text, action="/report/edit")
        browser.post(address(written, "/edit"), again, status=303)
        assert written.report.words["overview"] == "我写的一段"

    @pytest.mark.parametrize("name, value", [
        ("figures__boards__value", "六块"), ("figures__boards__value", "-1"), ("figures__boards__value", "1.5"),
        ("spending__0__actual", "1.234"), ("spending__0__actual", "许多"), ("words__overview", "长" * 3001),
        ("words__overview", "藏\u202e着"), ("figures__boards__reason", "长" * 201),
    ])  # fmt: skip
    def test_bad_input_is_named_and_the_words_are_kept(self, app, name, value):
        written = a_report("drafting")
        browser = logged_in(app, written.by)
        data = typed(browser, written, words__next="明年早些排练", **{name: value})
        answer = browser.post(address(written, "/edit"), data, status=422)
        assert "明年早些排练" in answer.text
        assert f'href="#{name.replace("__", "-")}"' in answer.text

    def test_odd_values_are_pointed_out_and_stop_nobody(self, app):
        written = a_report("drafting")
        written.save({"spending": [{"id": str(line.id), "actual": "99999"} for line in written.report.activity.budget]})
        html = text_of(logged_in(app, written.by).get(address(written, "/edit")).text)
        assert "超过预算" in html and "只是提醒" in html
        assert written.move("submit") is ReportState.SUBMITTED

    def test_before_it_is_begun_the_form_leads_to_the_page(self, app, tree):
        activity = an_activity("member_day")
        browser = logged_in(app, a_user("organiser", tree.village))
        assert browser.get(f"/activities/{activity.id}/report/edit", follow=False, status=303).location.endswith(
            "/report"
        )


class TestPhotos:
    def sent(self, browser, written, *files, **changed):
        data = typed(browser, written, **changed)
        data.setlist("new_photos", [(io.BytesIO(content), name) for name, content in files])
        return browser.post(address(written, "/edit"), data, content_type="multipart/form-data")

    def test_several_come_in_one_form_shrunk_and_without_metadata(self, app):
        written = a_report("drafting")
        browser = logged_in(app, written.by)
        exif = Image.Exif()
        exif[0x010F] = "某品牌手机"
        big = picture("green", (3000, 2000), exif=exif)
        assert b"Exif" in big
        answer = self.sent(
            browser,
            written,
            ("a.jpg", big),
            ("b.png", picture("blue", form="PNG")),
            ("c.webp", picture("red", form="WEBP")),
        )
        assert answer.status_code == 303
        photos = written.report.photos
        assert [(p.file.width, p.file.height) for p in photos] == [(1600, 1067), (640, 480), (640, 480)]
        shown = browser.get(address(written, f"/photos/{photos[0].id}.jpg"))
        assert shown.data[:3] == b"\xff\xd8\xff" and b"Exif" not in shown.data

    def test_more_than_can_be_kept_are_not_even_decoded(self, app, monkeypatch):
        written, decoded = a_report("drafting"), []
        monkeypatch.setattr(web, "take_photo", lambda content: decoded.append(content) or take_photo(content))
        browser = logged_in(app, written.by)
        files = [(f"{n}.jpg", picture((n, n, n), (20, 20))) for n in range(MOST_PHOTOS + 3)]
        assert self.sent(browser, written, *files).status_code == 422
        assert len(decoded) == len(written.report.photos) == MOST_PHOTOS

    def test_one_that_is_refused_takes_nothing_else_with_it(self, app):
        written = a_report("drafting")
        browser = logged_in(app, written.by)
        files = ("a.jpg", picture("green")), ("b.jpg", b"GIF89a not a photo"), ("c.jpg", picture("green"))
        answer = self.sent(browser, written, *files, words__overview="写好的一段")
        assert answer.status_code == 422
        words = text_of(answer.text)
        assert "第2张照片" in words and "JPEG" in words and "第3张照片" in words and "已经上传过" in words
        assert len(written.report.photos) == 1 and written.report.words["overview"] == "写好的一段"

    def test_more_than_forty_megapixels_are_refused_from_the_header(self, app):
        written = a_report("drafting")
        header = (
            picture(size=(64, 64), form="PNG")[:16]
            + (9000).to_bytes(4, "big")
            + (9000).to_bytes(4, "big")
            + b"\x08\x02\x00\x00\x00"
        )
        answer = self.sent(logged_in(app, written.by), written, ("huge.png", header + b"\x00" * 64))
        assert answer.status_code == 422 and not written.report.photos

    def test_without_consent_only_those_who_write_see_it(self, app, tree):
        written = a_report("drafting")
        shown = service.add_photo(written.activity.id, a_photo("red"), actor=written.by, now=written.now)
        hidden = service.add_photo(written.activity.id, a_photo("blue"), actor=written.by, now=written.now)
        written.save({"photos": [{"id": str(shown), "consent": True}, {"id": str(hidden)}]})
        written.move("submit")
        above = logged_in(app, a_user("approver", tree.township))
        above.get(address(written, f"/photos/{shown}.jpg"))
        above.get(address(written, f"/photos/{hidden}.jpg"), status=404)
        html = above.get(address(written)).text
        assert str(shown) in html and str(hidden) not in html
        logged_in(app, written.by).get(address(written, f"/photos/{hidden}.jpg"))
        logged_in(app, a_user("viewer", another_county(tree))).get(address(written, f"/photos/{shown}.jpg"), status=404)


class TestJudging:
    def test_it_comes_back_with_words_and_those_are_shown(self, app):
        written = a_report("submitted")
        browser = logged_in(app, written.reviewer)
        html = browser.get(address(written)).text
        bare = form_of(html, action="/move/send_back")
        assert browser.post(address(written, "/move/send_back"), bare).status_code == 422
        bare["note"] = "请补一张颁证的照片"
        browser.post(address(written, "/move/send_back"), bare, status=303)
        assert "请补一张颁证的照片" in text_of(logged_in(app, written.by).get(address(written, "/edit")).text)

    def test_one_s_own_has_no_button_to_accept(self, app, tree):
        both = a_user("approver", tree.township)
        written = a_report("submitted", reviewer=both)
        assert "/move/accept" in logged_in(app, both).get(address(written)).text
        html = logged_in(app, written.by).get(address(written)).text
        assert "/move/accept" not in html and "/move/withdraw" in html

    def test_a_click_from_an_old_page_is_told_the_state(self, app):
        written = a_report("submitted")
        browser = logged_in(app, written.reviewer)
        old = form_of(browser.get(address(written)).text, action="/move/accept")
        written.move("withdraw")
        answer = browser.post(address(written, "/move/accept"), old, status=409)
        assert "填写中" in text_of(answer.text)

    def test_an_unknown_step_is_refused_in_words(self, app):
        written = a_report("submitted")
        browser = logged_in(app, written.reviewer)
        browser.get(address(written))
        assert browser.post(address(written, "/move/explode")).status_code == 409


class TestReach:
    @pytest.mark.parametrize("rest", ["", "/edit"])
    def test_a_neighbour_finds_nothing(self, app, tree, rest):
        written = a_report("accepted")
        missing = logged_in(app, a_user("organiser", another_county(tree))).get(address(written, rest), status=404).text
        nothing = (
            logged_in(app, a_user("organiser", another_county(tree)))
            .get(f"/activities/{SYSTEM.id}/report{rest}", status=404)
            .text
        )
        assert re.sub(r"[0-9a-f-]{36}|csrf\S+|value=\S+", "", missing) == re.sub(
            r"[0-9a-f-]{36}|csrf\S+|value=\S+", "", nothing
        )

    def test_the_list_shows_what_is_in_reach_in_few_statements(self, app, tree, statements):
        for state in ("drafting", "submitted", "returned", "accepted"):
            a_report(state)
        browser = logged_in(app, a_user("approver", tree.county))
        words = text_of(browser.get("/reports").text)
        assert all(label in words for label in ("填写中", "待审核", "已退回", "已审核"))
        assert "待审核" in text_of(browser.get("/reports?state=submitted").text)
        statements.clear()
        browser.get("/reports")
        assert len([s for s in statements if not s.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]) <= 10
        neighbour = logged_in(app, a_user("viewer", another_county(tree)))
        assert "没有这样的报告" in text_of(neighbour.get("/reports").text)

    def test_an_activity_that_nobody_reported_waits_for_its_organiser(self, app, tree):
        activity = an_activity("member_day", title="没写报告的活动")
        assert "没写报告的活动" in text_of(logged_in(app, a_user("organiser", tree.village)).get("/reports").text)
        assert activities.activity(activity.id, within=SYSTEM).title == "没写报告的活动"
