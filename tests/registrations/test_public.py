"""The pages that people without an account see, by the forms that they fill in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.infra.db import db, transactional
from eventsvc.registrations import drawn, service
from eventsvc.registrations.models import Registration
from tests.clients import Browser, form_of, text_of
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import a_name, a_phone, signed_up

LARGEST = 60_000


def filled(page, **typed):
    """Fill the form of a page in as a child does for its parents; keywords with `__` for dots change single answers."""
    form = form_of(page)
    told = {
        "proxy.relation": "child", "proxy.name": "张小明", "proxy.phone": a_phone(),
        "people.husband.name": a_name(), "people.husband.phone": a_phone(), "people.wife.name": a_name(),
        "answers.married_on.year": "1970", "answers.marriage_proof": "own_word", "answers.residence": "living",
        "answers.honoured_before": "no", "consent.contact": "1",
    }  # fmt: skip
    for name, value in (told | {name.replace("__", "."): value for name, value in typed.items()}).items():
        form[name] = value
    return form


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Registration))


@pytest.fixture(autouse=True)
def _still(at_now):
    """Every door reads NOW."""


class TestSignUp:
    @pytest.mark.parametrize("crafted", [{"another.people.wife.name": "张三"}, {"_action": "two"}])
    def test_a_second_couple_where_none_is_asked_for_is_refused(self, browser, crafted: dict):
        activity = an_activity("member_day", sign_up=True)
        sent = form_of(browser.get(f"/s/{activity.slug}").text) | crafted
        assert browser.post(f"/s/{activity.slug}", sent).status_code in (200, 422)
        assert rows() == 0

    def test_a_child_signs_its_parents_up_and_gets_a_receipt(self, browser):
        activity = an_activity()
        page = browser.get(f"/s/{activity.slug}").text
        done = browser.post(f"/s/{activity.slug}", filled(page, people__husband__name="曾𬭎"), status=303)
        receipt = browser.get(done.location).text
        words = text_of(receipt)
        code = done.location.removeprefix("/r/")
        for told in ("报名成功", code, "曾𬭎", activity.venue, "2027年5月29日", activity.contact_phone, "要带什么"):
            assert told in words
        assert 'src="data:image/svg+xml;base64,' in receipt
        assert "/k/" in receipt

    def test_the_page_says_who_collects_what_for_what_before_it_asks(self, browser):
        activity = an_activity()
        page = browser.get(f"/s/{activity.slug}").text
        words = text_of(page)
        assert words.index(f"由{activity.organisation.name}收集") < words.index("您为谁报名")
        assert f'href="tel:{activity.contact_phone}"' in page

    def test_the_page_is_small_and_asks_no_other_host(self, browser, app):
        page = browser.get(f"/s/{an_activity().slug}").text
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
        weight = len(page.encode()) + sum(len(browser.client.get(file).data) for file in files if not file.split("?")[0].endswith(".svg"))
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
        assert weight <= LARGEST

    def test_nothing_needs_a_script(self, browser):
        page = browser.get(f"/s/{an_activity().slug}").text
        assert "onclick" not in page
        assert "<noscript" not in page

    def test_the_nonce_is_another_for_each_who_looks(self, browser):
        slug = an_activity().slug
        assert form_of(browser.get(f"/s/{slug}").text)["_nonce"] != form_of(browser.get(f"/s/{slug}").text)["_nonce"]

    def test_the_drawn_form_follows_the_language(self, browser, app):
        slug = an_activity().slug
        chinese = browser.get(f"/s/{slug}").text
        english = Browser(app)
        english.client.set_cookie("lang", "en", domain="localhost")
        assert 'lang="zh-CN"' in chinese
        assert 'lang="en"' in english.get(f"/s/{slug}").text
        assert "您为谁报名" in browser.get(f"/s/{slug}").text

    def test_the_kept_page_counts_the_places_left(self, browser):
        slug = an_activity(places=5).slug
        assert "5对，还剩5对" in text_of(browser.get(f"/s/{slug}").text)
        browser.post(f"/s/{slug}", filled(browser.get(f"/s/{slug}").text), status=303)
        page = browser.get(f"/s/{slug}").text
        assert "5对，还剩4对" in text_of(page)
        assert not any(blank in page for blank in drawn.BLANKS)

    def test_the_kept_page_is_drawn_again_when_the_activity_changes(self, browser):
        activity = an_activity()
        before = browser.get(f"/s/{activity.slug}").text
        move = update(Activity).where(Activity.id == activity.id).values(venue="换了的地方")
        transactional(lambda: db.session.execute(move))()
        after = browser.get(f"/s/{activity.slug}").text
        assert "换了的地方" not in before
        assert "换了的地方" in after

    def test_large_type_has_a_page_of_its_own(self, browser, app):
        slug = an_activity().slug
        assert 'data-view="elder"' not in browser.get(f"/s/{slug}").text
        reader = Browser(app)
        reader.client.set_cookie("view", "elder", domain="localhost")
        assert 'data-view="elder"' in reader.get(f"/s/{slug}").text
        assert 'data-view="elder"' not in browser.get(f"/s/{slug}").text

    def test_of_a_receipt_nothing_is_kept_but_blanks(self, app):
        slug, parties = an_activity().slug, []
        for name in ("曾𬭎", "张建国"):
            reader = Browser(app)
            done = reader.post(f"/s/{slug}", filled(reader.get(f"/s/{slug}").text, people__husband__name=name), status=303)
            page = reader.get(done.location).text
            secret, qr = re.search(r"/k/([\w-]+)", page)[1], re.search(r"base64,([\w+/=]+)", page)[1]
            parties.append((page, (name, done.location.removeprefix("/r/"), secret, qr)))
        (first, hers), (second, his) = parties
        kept = "".join(text for _, text in drawn._pages.values())
        assert all(told in first for told in hers)
        assert all(told in second for told in his)
        assert not any(told in second or told in kept for told in hers)
        assert not any(told in first or told in kept for told in his)
        assert not any(blank in first + second for blank in drawn.BLANKS)

    def test_what_a_command_said_stands_on_one_receipt_only(self, app):
        slug = an_activity().slug
        one, other = Browser(app), Browser(app)
        hers, his = (r.post(f"/s/{slug}", filled(r.get(f"/s/{slug}").text), status=303).location for r in (one, other))
        with one.client.session_transaction() as session:
            session["_flashes"] = [("success", "已经改好")]
        assert "已经改好" in one.get(hers).text
        assert "已经改好" not in one.get(hers).text
        assert "已经改好" not in other.get(his).text

    def test_a_refusal_keeps_what_was_typed_and_names_whose_it_is(self, browser):
        activity = an_activity()
        form = filled(browser.get(f"/s/{activity.slug}").text, people__wife__name="李1", people__husband__name="张三丰", answers__address="管阳镇")
        page = browser.post(f"/s/{activity.slug}", form, status=422).text
        again = form_of(page)
        assert (again["people.husband.name"], again["people.wife.name"], again["answers.address"]) == ("张三丰", "李1", "管阳镇")
        assert again["_nonce"] == form["_nonce"]
        assert "妻子 · 姓名" in text_of(page)
        assert rows() == 0

    def test_rules_refuse_at_their_field(self, browser):
        activity = an_activity()
        page = browser.post(f"/s/{activity.slug}", filled(browser.get(f"/s/{activity.slug}").text, answers__married_on__year="1990"), status=409)
        assert "不满50年" in text_of(page.text)
        assert 'href="#answers-married_on"' in page.text

    def test_a_double_click_makes_one_registration_and_one_receipt(self, browser):
        activity = an_activity()
        form = filled(browser.get(f"/s/{activity.slug}").text)
        first = browser.post(f"/s/{activity.slug}", form, status=303)
        again = browser.post(f"/s/{activity.slug}", form, status=303)
        assert first.location == again.location
        assert rows() == 1

    def test_both_pairs_of_parents_in_one_go(self, browser):
        activity = an_activity()
        form = filled(browser.get(f"/s/{activity.slug}").text)
        form["_action"] = "two"
        more = browser.post(f"/s/{activity.slug}", form, status=200).text
        assert rows() == 0
        both = form_of(more).to_dict()  # the second pair begins with what is usual
        assert both["people.husband.name"] == form["people.husband.name"]
        both |= {
            "another.people.husband.name": a_name(), "another.people.wife.name": a_name(), "another.people.wife.phone": a_phone(),
            "another.people.husband.mobility": "walks", "another.people.wife.mobility": "slow", "consent.health": "1",
            "another.answers.married_on.year": "1968", "another.answers.marriage_proof": "own_word",
            "another.answers.residence": "living", "another.answers.honoured_before": "no",
        }  # fmt: skip
        done = browser.post(f"/s/{activity.slug}", both, status=303)
        assert rows() == 2
        receipt = browser.get(done.location).text
        other = re.search(r'href="(/r/[^"]+)"[^>]*>(?:<svg.*?</svg>)?<span>另一对', receipt)[1]
        assert "报名成功" in text_of(browser.get(other).text)

    @pytest.mark.parametrize("broken", [{"_nonce": ""}, {"_nonce": "short"}, {"website": "http://spam"}, {"people.husband": "x"}, {"a..b": "1"}, {"people.husband.name.x": "1"}])  # fmt: skip
    def test_what_our_page_did_not_send_is_refused_in_words(self, browser, broken):
        activity = an_activity()
        form = filled(browser.get(f"/s/{activity.slug}").text)
        for name, value in broken.items():
            form[name] = value
        answer = browser.post(f"/s/{activity.slug}", form)
        assert answer.status_code == 422
        assert rows() == 0

    def test_no_such_link(self, browser):
        browser.get("/s/nosuchlink", status=404)


class TestWhenItIsShut:
    def shut(self, browser, activity, status=200):
        answer = browser.get(f"/s/{activity.slug}", status=status)
        assert activity.contact_phone in answer.text
        assert "<form" not in answer.text
        return text_of(answer.text)

    def test_before_it_opens(self, browser):
        assert "2027年5月3日" in self.shut(browser, an_activity(opens_at=NOW + timedelta(days=2)))

    def test_after_it_closed(self, browser, monkeypatch):
        activity = an_activity()
        monkeypatch.setattr(clock, "now", lambda: activity.closes_at)
        assert "报名已经截止" in self.shut(browser, activity)

    def test_full_without_a_waiting_list(self, browser):
        activity = an_activity(places=1, waiting_list=False)
        signed_up(activity)
        assert "名额已满" in self.shut(browser, activity)

    def test_full_with_one_says_that_one_will_wait(self, browser):
        activity = an_activity(places=1)
        signed_up(activity)
        page = browser.get(f"/s/{activity.slug}").text
        assert "候补" in text_of(page)
        done = browser.post(f"/s/{activity.slug}", filled(page), status=303)
        assert "您现在是候补第1位" in text_of(browser.get(done.location).text)

    def test_paused_cancelled_and_held(self, browser):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        paused, gone, held = (an_activity(unit=tree.village, by=by) for _ in range(3))
        activities.set_paused(paused.id, True, actor=by, now=NOW)
        activities.move(gone.id, "cancel", actor=by, now=NOW, note="台风")
        activities.move(held.id, "hold", actor=by, now=held.starts_at)
        assert "暂停" in self.shut(browser, paused)
        assert "已经取消" in self.shut(browser, gone, 410)
        assert "已经举办" in self.shut(browser, held, 410)

    def test_it_fills_up_while_somebody_types(self, browser):
        activity = an_activity(places=1, waiting_list=False)
        form = filled(browser.get(f"/s/{activity.slug}").text)
        signed_up(activity)
        answer = browser.post(f"/s/{activity.slug}", form, status=409)
        assert form_of(answer.text)["people.husband.name"] == form["people.husband.name"]


def test_the_whole_flow_takes_thirteen_statements_at_most(app, browser, statements):
    slug = an_activity().slug
    browser.get(f"/s/{slug}")
    form = filled(browser.get(f"/s/{slug}").text)
    counted = []
    for step in (lambda: browser.get(f"/s/{slug}"), lambda: browser.post(f"/s/{slug}", form, status=303)):
        statements.clear()
        answer = step()
        counted.append(len([s for s in statements if not s.startswith("BEGIN")]))
    statements.clear()
    browser.get(answer.location)
    counted.append(len([s for s in statements if not s.startswith("BEGIN")]))
    assert counted[0] <= 2
    assert counted[1] <= 10
    assert counted[2] <= 2
    assert sum(counted) <= 13, "one of them asks the roll of honours, where each couple comes once"


def test_what_a_withdrawn_party_held_can_be_taken_by_a_page_drawn_before(app, browser):
    activity = an_activity(places=1, waiting_list=False)
    first = signed_up(activity)
    service.withdraw(first.id, now=NOW)
    browser.post(f"/s/{activity.slug}", filled(browser.get(f"/s/{activity.slug}").text), status=303)
