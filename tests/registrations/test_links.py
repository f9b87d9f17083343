"""Links in other hands: scanners of WeChat and of mail open every link they see. Looking changes nothing; a renewed link ends the old one."""

import re

import pytest
from sqlalchemy import select

from eventsvc.infra.crypto import hashed
from eventsvc.infra.db import db
from eventsvc.registrations import queries
from tests.clients import Browser, form_of
from tests.factories.activities import an_activity
from tests.factories.registrations import signed_up


@pytest.fixture(autouse=True)
def _still(at_now):
    """Every door reads NOW."""


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables."""
    db.session.rollback()
    found = {t.name: sorted(map(repr, db.session.execute(select(t)).all())) for t in db.metadata.sorted_tables}
    db.session.rollback()
    return found


def public_addresses(app) -> list[tuple[str, str]]:
    """Return (endpoint, address pattern) of every public page that answers to GET."""
    asked = app.extensions["eventsvc_policies"]
    return [(r.endpoint, r.rule) for r in app.url_map.iter_rules() if r.endpoint in asked and asked[r.endpoint].public and "GET" in r.methods]


def filled_in(rule: str, known: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: known.get(found[1], "x"), rule)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("large", [False, True])
def test_looking_at_any_public_address_changes_nothing(app, method, large):
    activity = an_activity(places=1)
    signed_up(activity)
    receipt = signed_up(activity)  # one that waits
    known = {"slug": activity.slug, "code": receipt.code, "secret": receipt.secret, "activity_id": str(activity.id), "state": "on"}
    scanner, before = Browser(app), everything()
    if large:
        scanner.client.set_cookie("view", "elder", domain="localhost")
    addresses = public_addresses(app)
    assert len(addresses) > 12
    for _ in range(2):
        for _, rule in addresses:
            for headers in ({}, {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}):
                answer = scanner.client.open(filled_in(rule, known), method=method, headers=headers)
                assert answer.status_code < 500, rule
    assert everything() == before


def test_a_look_that_wrote_something_would_be_seen(app, monkeypatch):
    """The negative control."""
    activity = an_activity()
    before = everything()
    signed_up(activity)
    assert everything() != before


class TestSecrets:
    def test_are_256_bit_and_stored_as_their_hash(self, app):
        receipt = signed_up(an_activity())
        record = queries.by_id(receipt.id)
        assert len(receipt.secret) == 43
        assert record.secret_hash == hashed(receipt.secret)
        assert not any(receipt.secret in row for rows in everything().values() for row in rows)

    def test_of_one_party_open_no_other(self, app, browser):
        activity = an_activity()
        one, other = signed_up(activity), signed_up(activity)
        browser.get(f"/k/{one.secret}")
        browser.get(f"/r/{other.code}", status=403)

    @pytest.mark.parametrize("page", ["/k/{secret}", "/r/{code}", "/r/{code}/change", "/s/{slug}", "/s/{slug}/find", "/k/nonsense"])
    def test_pages_tell_nobody_where_one_came_from_and_are_kept_by_no_cache(self, browser, page):
        activity = an_activity()
        receipt = signed_up(activity)
        browser.get(f"/k/{receipt.secret}")
        answer = browser.client.get(page.format(secret=receipt.secret, code=receipt.code, slug=activity.slug))
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert receipt.secret not in answer.headers.get("Location", "")

    def test_stand_in_no_log(self, app, browser, capfd, caplog):
        receipt = signed_up(an_activity())
        browser.get(f"/k/{receipt.secret}")
        browser.client.get(f"/k/{receipt.secret}x")
        assert receipt.secret not in "".join([*capfd.readouterr(), caplog.text])


class TestRenewal:
    def opens(self, app, secret: str) -> bool:
        return Browser(app).client.get(f"/k/{secret}").status_code == 303

    def link_on(self, page: str) -> str:
        return re.search(r"/k/([\w-]+)", page)[1]

    def test_from_the_receipt(self, app, browser):
        receipt = signed_up(an_activity())
        browser.get(f"/k/{receipt.secret}")
        assert "换成新链接" in browser.get(f"/r/{receipt.code}/change").text
        done = browser.post(f"/r/{receipt.code}/renew", status=303)
        page = browser.get(done.location).text
        assert "旧链接打不开了" in page
        assert not self.opens(app, receipt.secret)
        assert self.opens(app, self.link_on(page))

    def test_by_name_and_code_when_it_was_lost(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity, people__husband__name="周海生")
        form = form_of(browser.get(f"/s/{activity.slug}/find").text)
        form["name"], form["code"], form["_action"] = "周海生", receipt.code, "renew"
        done = browser.post(f"/s/{activity.slug}/find", form, status=303)
        assert not self.opens(app, receipt.secret)
        assert self.opens(app, self.link_on(browser.get(done.location).text))

    def test_needs_two_facts_that_are_right(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity, people__husband__name="周海生")
        form = form_of(browser.get(f"/s/{activity.slug}/find").text)
        form["name"], form["code"], form["_action"] = "周海牛", receipt.code, "renew"
        browser.post(f"/s/{activity.slug}/find", form, status=422)
        assert self.opens(app, receipt.secret)

    def test_is_for_whoever_holds_the_link(self, app, browser):
        receipt = signed_up(an_activity())
        browser.get("/log-in")
        browser.post(f"/r/{receipt.code}/renew", status=403)
        assert self.opens(app, receipt.secret)
