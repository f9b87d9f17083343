"""The pages that people without an account see, by the forms that they fill in."""

import re
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import func, select, update

from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.infra.db import db, transactional
from eventsvc.registrations import drawn, queries, service
from eventsvc.registrations.models import Registration, Standing
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


class TestPrivateLink:
    def test_the_link_is_traded_for_a_cookie_and_a_clean_address(self, app, browser):
        receipt = signed_up(an_activity())
        answer = browser.get(f"/k/{receipt.secret}", status=303, follow=False)
        assert answer.location == f"/r/{receipt.code}"
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert f"Path=/r/{receipt.code}" in cookie
        assert receipt.code in browser.get(answer.location).text

    def test_opening_it_changes_nothing(self, app, browser, statements):
        receipt = signed_up(an_activity())
        statements.clear()
        browser.get(f"/k/{receipt.secret}")
        assert [s for s in statements if re.match(r"\s*(INSERT|UPDATE|DELETE|BEGIN IMMEDIATE)", s)] == []

    def test_without_the_cookie_the_code_opens_nothing(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity)
        page = browser.get(f"/r/{receipt.code}", status=403).text
        assert f"/s/{activity.slug}/find" in page
        for path in ("change", "calendar.ics"):
            browser.get(f"/r/{receipt.code}/{path}", status=403)
        browser.post(f"/r/{receipt.code}/withdraw", status=None)
        assert queries.by_id(receipt.id).standing == Standing.PLACED

    def test_one_partys_cookie_is_not_anothers(self, app, browser):
        activity = an_activity()
        mine, other = signed_up(activity), signed_up(activity)
        browser.client.set_cookie("party", mine.secret, domain="localhost", path=f"/r/{other.code}")
        browser.get(f"/r/{other.code}", status=403)

    def test_a_wrong_link_is_explained(self, browser):
        browser.get("/k/nonsense", status=403)

    def test_the_party_changes_its_phone_and_sizes(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity)
        browser.get(f"/k/{receipt.secret}")
        form = form_of(browser.get(f"/r/{receipt.code}/change").text)
        assert "people.husband.name" not in form
        form["people.husband.phone"], form["people.wife.clothing_size"] = "13700000001", "xl"
        browser.post(f"/r/{receipt.code}/change", form, status=303)
        [party] = queries.roster(activity.id)
        assert party.people[0].phone == "13700000001"
        assert party.people[1].extra["clothing_size"] == "xl"
        assert party.people[0].name

    def test_a_wrong_change_keeps_the_words(self, app, browser):
        receipt = signed_up(an_activity())
        browser.get(f"/k/{receipt.secret}")
        form = form_of(browser.get(f"/r/{receipt.code}/change").text)
        form["people.husband.phone"] = "12"
        assert form_of(browser.post(f"/r/{receipt.code}/change", form, status=422).text)["people.husband.phone"] == "12"

    def test_the_party_withdraws_after_being_asked_once_more(self, app, browser):
        receipt = signed_up(an_activity())
        browser.get(f"/k/{receipt.secret}")
        browser.get(f"/r/{receipt.code}/change")
        browser.post(f"/r/{receipt.code}/withdraw", status=303)
        assert "报名已取消" in text_of(browser.get(f"/r/{receipt.code}").text)
        assert queries.by_id(receipt.id).standing == Standing.WITHDRAWN

    def test_on_the_day_it_is_too_late(self, app, browser, monkeypatch):
        activity = an_activity()
        receipt = signed_up(activity)
        browser.get(f"/k/{receipt.secret}")
        monkeypatch.setattr(clock, "now", lambda: activity.starts_at)
        assert "不能再改" in text_of(browser.get(f"/r/{receipt.code}/change").text)
        assert browser.post(f"/r/{receipt.code}/withdraw").status_code in (400, 409)

    def test_the_calendar_has_when_and_where_and_nobodys_name(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity, people__husband__name="张铁柱")
        browser.get(f"/k/{receipt.secret}")
        book = browser.get(f"/r/{receipt.code}/calendar.ics")
        [entry] = icalendar.Calendar.from_ical(book.data).walk("VEVENT")
        assert (entry.decoded("dtstart"), entry["location"]) == (activity.starts_at, activity.venue)
        assert "张铁柱" not in book.text

    def test_a_moved_activity_says_so(self, app, browser):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=by)
        receipt = signed_up(activity)
        activities.postpone(activity.id, activity.starts_at + timedelta(days=3), actor=by, now=NOW, note="下雨")
        assert "时间改了" in text_of(browser.get(f"/k/{receipt.secret}").text)


class TestFinding:
    @pytest.fixture
    def party(self, app):
        activity = an_activity()
        told = {"people__husband__name": "曾国强", "people__husband__phone": "13812345678", "proxy": {"relation": "child", "name": "曾小明", "phone": "13900001111"}}
        return activity, signed_up(activity, **told)

    @pytest.mark.parametrize("facts", [
        {"name": "曾国强", "phone": "138-1234-5678"}, {"name": "曾小明", "phone": "13900001111"}, {"name": "曾国强", "code": True},
        {"phone": "13900001111", "code": True}, {"name": "曾国强", "phone": "13900001111"},
    ])  # fmt: skip
    def test_two_facts_open_the_receipt(self, browser, party, facts):
        activity, receipt = party
        facts = {k: receipt.code.lower().replace("-", " ") if v is True else v for k, v in facts.items()}
        answer = browser.post(f"/s/{activity.slug}/find", facts, status=303)
        assert answer.location == f"/r/{receipt.code}"
        browser.get(answer.location)

    def test_what_does_not_match_is_answered_alike_whether_somebody_is_there_or_not(self, browser, party):
        activity, receipt = party
        tried = [
            {"name": "曾国强", "phone": "13800000000"}, {"name": "王不在", "phone": "13812345678"}, {"name": "王不在", "phone": "13800000000"},
            {"name": "王不在", "code": receipt.code}, {"phone": "13800000000", "code": receipt.code},
        ]  # fmt: skip
        answers = {text_of(browser.post(f"/s/{activity.slug}/find", facts, status=422).text) for facts in tried}
        assert len(answers) == 1
        assert "Set-Cookie" not in browser.post(f"/s/{activity.slug}/find", tried[0]).headers

    def test_one_fact_is_not_enough(self, browser, party):
        activity, _ = party
        answer = browser.post(f"/s/{activity.slug}/find", {"name": "曾国强"}, status=422)
        assert "至少填两项" in text_of(answer.text)

    def test_a_party_of_another_activity_is_not_found_here(self, browser, party):
        other = an_activity(unit=party[0].organisation)
        browser.post(f"/s/{other.slug}/find", {"name": "曾国强", "phone": "13812345678"}, status=422)


def test_the_whole_flow_takes_twelve_statements_at_most(app, browser, statements):
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
    assert sum(counted) <= 12


def test_what_a_withdrawn_party_held_can_be_taken_by_a_page_drawn_before(app, browser):
    activity = an_activity(places=1, waiting_list=False)
    first = signed_up(activity)
    service.withdraw(first.id, now=NOW)
    browser.post(f"/s/{activity.slug}", filled(browser.get(f"/s/{activity.slug}").text), status=303)
