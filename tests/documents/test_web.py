"""The papers' pages as people use them."""

import io

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select

from eventsvc.audit.models import AuditRow
from eventsvc.core.actor import Actor
from eventsvc.infra.db import db
from eventsvc.infra.jobs import service as jobs
from tests.clients import form_of, text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.documents import asked, held_with_report, made
from tests.factories.organisations import Tree, a_sibling_village
from tests.factories.registrations import signed_up


class TestShelf:
    def test_it_shows_each_paper_what_it_is_for_and_when_it_can_be_made(self, app: Flask, organiser: Actor):
        activity = an_activity(by=organiser)
        words = text_of(logged_in(app, organiser).get(f"/activities/{activity.id}/documents").text)
        for expected in ("活动总结", "活动举办以后可以生成", "签到表", "给现场签名用的名单", "金婚纪念证书"):
            assert expected in words

    def test_a_click_makes_a_paper_and_shows_how_far_it_is(self, app: Flask, organiser: Actor):
        activity, browser = an_activity(by=organiser), logged_in(app, organiser)
        page = browser.get(f"/activities/{activity.id}/documents")
        answer = browser.post(f"/activities/{activity.id}/documents/sign_in", form_of(page.text, action="/documents/sign_in"), status=303)
        page = browser.get(answer.location)
        assert "排队中" in text_of(page.text) and "看看好了没有" in text_of(page.text)
        assert 'data-poll="/documents/' in page.text

    def test_while_it_is_made_the_page_says_stage_and_item(self, app: Flask, organiser: Actor):
        paper = asked(an_activity(by=organiser), "sign_in", organiser)
        jobs.claim(jobs.progress(paper.id).id).tell("正在排版", 3, 12)
        fragment = logged_in(app, organiser).get(f"/documents/{paper.id}", headers={"X-Fragment": "1"})
        assert "正在排版" in text_of(fragment.text) and "3 / 12" in text_of(fragment.text)
        assert "<html" not in fragment.text

    def test_a_ready_paper_is_saved_and_seen_page_by_page(self, app: Flask, organiser: Actor):
        activity, browser = an_activity(by=organiser), logged_in(app, organiser)
        signed_up(activity)
        paper = made(asked(activity, "certificate", organiser), organiser)
        page = browser.get(f"/documents/{paper.id}")
        assert "下载PDF" in page.text and "data-done" in page.text

        file = browser.get(f"/documents/{paper.id}/file.pdf")
        assert file.mimetype == "application/pdf" and "attachment" in file.headers["Content-Disposition"]
        assert "no-store" in file.headers["Cache-Control"]
        assert len(pypdf.PdfReader(io.BytesIO(file.data)).pages) == 1
        assert browser.get(f"/documents/{paper.id}/pages/1.png").mimetype == "image/png"
        browser.get(f"/documents/{paper.id}/pages/2.png", status=404)

    def test_taking_a_list_of_names_away_is_written_down(self, app: Flask, organiser: Actor):
        paper = made(asked(an_activity(by=organiser), "sign_in", organiser), organiser)
        logged_in(app, organiser).get(f"/documents/{paper.id}/file.pdf")
        db.session.expire_all()
        rows = db.session.scalars(select(AuditRow).where(AuditRow.actor_id == organiser.id)).all()
        assert any(row.facts.get("what") == "paper:sign_in" for row in rows)

    def test_one_couple_can_be_printed_alone(self, app: Flask, organiser: Actor):
        activity, browser = an_activity(by=organiser), logged_in(app, organiser)
        signed_up(activity, people__husband__name="王𬭎", people__wife__name="欧阳䶮")
        page = browser.get(f"/activities/{activity.id}/documents")
        assert "王𬭎、欧阳䶮" in text_of(page.text)
        mine = form_of(page.text, action="/documents/certificate", number=1)
        assert mine["subject"]
        answer = browser.post(f"/activities/{activity.id}/documents/certificate", mine, status=303)
        browser.get(answer.location)

    def test_what_failed_says_why_and_can_be_tried_again(self, app: Flask, organiser: Actor):
        activity, browser = an_activity(by=organiser), logged_in(app, organiser)
        signed_up(activity, people__husband__name="王\U00031350")
        paper = made(asked(activity, "certificate", organiser), organiser)
        page = browser.get(f"/documents/{paper.id}")
        assert "U+31350" in page.text and "再试一次" in page.text
        again = browser.post(f"/activities/{activity.id}/documents/certificate", form_of(page.text, action="/documents/certificate"), status=303)
        assert str(paper.id) not in again.location

    def test_a_refusal_is_said_in_words(self, app: Flask, organiser: Actor):
        activity, browser = an_activity(by=organiser), logged_in(app, organiser)
        browser.get(f"/activities/{activity.id}/documents")
        answer = browser.post(f"/activities/{activity.id}/documents/summary", {}, status=409)
        assert "举办以后" in text_of(answer.text)
        browser.post(f"/activities/{activity.id}/documents/passport", {}, status=404)


class TestScope:
    def test_a_neighbour_finds_nothing_at_any_of_the_doors(self, app: Flask, organiser: Actor, tree: Tree):
        activity = held_with_report(organiser)
        paper = made(asked(activity, "summary", organiser), organiser)
        neighbour = logged_in(app, a_user("organiser", a_sibling_village(tree), name="钱小红"))
        for path in (f"/activities/{activity.id}/documents", f"/documents/{paper.id}", f"/documents/{paper.id}/file.pdf", f"/documents/{paper.id}/pages/1.png"):
            neighbour.get(path, status=404)
        neighbour.get("/me")
        neighbour.post(f"/activities/{activity.id}/documents/summary", {}, status=404)

    def test_two_levels_above_sees_no_names(self, app: Flask, organiser: Actor, county: Actor):
        activity = an_activity(state="published", by=organiser)
        signed_up(activity, people__husband__name="王𬭎")
        page = logged_in(app, county).get(f"/activities/{activity.id}/documents")
        assert "王𬭎" not in page.text and "签到表" not in text_of(page.text) and "活动总结" in text_of(page.text)

    def test_a_stranger_is_sent_to_log_in(self, app: Flask, organiser: Actor):
        paper = asked(an_activity(by=organiser), "sign_in", organiser)
        answer = app.test_client().get(f"/documents/{paper.id}/file.pdf")
        assert answer.status_code == 302 and "/log-in" in answer.location


class TestCost:
    def test_the_shelf_takes_few_statements_however_many_couples(self, app: Flask, organiser: Actor, statements: list[str]):
        activity, browser = an_activity(by=organiser), logged_in(app, organiser)
        counts = []
        for couples in (1, 6):
            for _ in range(couples):
                asked(activity, "certificate", organiser, signed_up(activity).id)
            statements.clear()
            browser.get(f"/activities/{activity.id}/documents")
            counts.append(len([s for s in statements if s.startswith("SELECT")]))
        assert counts[0] == counts[1]
        assert counts[1] <= 7, "\n".join(statements)


@pytest.mark.parametrize("english", [False, True])
def test_pages_come_in_both_languages(app: Flask, organiser: Actor, english: bool):
    browser = logged_in(app, organiser)
    if english:
        browser.client.set_cookie("lang", "en", domain="localhost")
    activity = an_activity(by=organiser)
    signed_up(activity, now=NOW)
    paper = made(asked(activity, "sign_in", organiser), organiser)
    for path in (f"/activities/{activity.id}/documents", f"/documents/{paper.id}"):
        browser.get(path)
