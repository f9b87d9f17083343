"""What people tell us lies nowhere in plain: not in the database's file, not in rows, logs, addresses or refusals."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from eventsvc.core import clock
from eventsvc.core.periods import day_of
from eventsvc.declare import Personal
from eventsvc.declare.personal import KEEP
from eventsvc.infra import vault
from eventsvc.infra.db import db, transactional
from eventsvc.infra.forms import flatten
from eventsvc.registrations import listing, nonces, service
from eventsvc.registrations.models import Claim, Participant, Registration
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import an_id_number, couple_body, signed_up

CANARIES = {
    "name": "金丝雀建国", "phone": "13912349876", "id_number": an_id_number("male", "19480312", 99), "health": "金丝雀高血压",
    "born_on": "1948-03-12", "address": "金丝雀路7号", "story": "金丝雀的故事", "proxy": "金丝雀小明", "proxy_phone": "13612340987", "village": "金丝雀村",
}  # fmt: skip


def told():
    return {
        "people__husband__name": CANARIES["name"], "people__husband__phone": CANARIES["phone"], "people__husband__id_number": CANARIES["id_number"],
        "people__husband__health": CANARIES["health"], "people__husband__born_on": CANARIES["born_on"],
        "answers__address": CANARIES["address"], "answers__story": CANARIES["story"], "village_name": CANARIES["village"],
        "proxy": {"relation": "child", "name": CANARIES["proxy"], "phone": CANARIES["proxy_phone"]},
        "consent": {"contact": True, "identity": True, "health": True, "photo": True},
    }  # fmt: skip


def everything() -> str:
    """Every value of every row of the database, as text; blobs as their bytes read."""
    found = []
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            found += [bytes(v).decode("latin-1") + bytes(v).decode("utf-8", "ignore") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(found)


def assert_silent(words: str) -> None:
    assert [name for name, canary in CANARIES.items() if canary in words] == []


def test_no_canary_sings_in_the_database(app, settings, capfd):
    activity = an_activity()
    receipt = signed_up(activity, **told())
    service.withdraw(receipt.id, now=NOW)
    signed_up(activity, **told())
    assert_silent(everything())
    if settings.database_url.startswith("sqlite"):
        db.session.rollback()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        raw = Path(settings.database_url.removeprefix("sqlite:///")).read_bytes()
        assert [name for name, canary in CANARIES.items() if canary.encode() in raw] == []
    out, err = capfd.readouterr()
    assert_silent(out + err)


def test_the_same_person_is_another_blind_value_in_another_activity(app):
    unit = a_tree().village
    signed_up(an_activity(unit=unit), **told())
    signed_up(an_activity(unit=unit), **told())
    values = db.session.scalars(select(Claim.value)).all()
    assert len(values) == len(set(values))


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_no_canary_sings_in_an_address_a_refusal_or_a_log(app, browser, still, capfd):
    activity = an_activity(places=1)
    body = {**dict(flatten(couple_body(**told()))), "_nonce": nonces.draw(activity.slug, NOW - timedelta(minutes=3))}
    first = browser.post(f"/s/{activity.slug}", body, status=303)
    assert_silent(first.location + str(first.headers))
    again = browser.post(f"/s/{activity.slug}", {**body, "_nonce": nonces.draw(activity.slug, NOW - timedelta(minutes=3))}, status=409)
    assert "data-code" not in again.text
    other = browser.post(f"/api/v1/activities/{activity.slug}/registrations", {}, status=None)
    assert_silent(other.text)
    out, err = capfd.readouterr()
    assert_silent(out + err)


def test_the_office_sees_numbers_masked_until_it_says_why(app, still):
    tree = a_tree()
    by = a_user("organiser", tree.village)
    activity = an_activity(unit=tree.village, by=by)
    receipt = signed_up(activity, **told())
    office = logged_in(app, by)
    secret = (CANARIES["phone"], CANARIES["id_number"], CANARIES["health"], CANARIES["story"], CANARIES["proxy_phone"])
    for path in ("registrations", f"registrations/{receipt.id}"):
        page = office.get(f"/activities/{activity.id}/{path}").text
        assert [one for one in secret if one in page] == []
        assert CANARIES["name"] in page
    full = office.post(f"/activities/{activity.id}/registrations/{receipt.id}", {"reason": "电话核对"}, status=200).text
    assert [one for one in secret if one not in full] == []


def test_higher_levels_see_numbers_and_no_names(app, still):
    tree = a_tree()
    activity = an_activity(unit=tree.village)
    receipt = signed_up(activity, **told())
    county = logged_in(app, a_user("admin", tree.county))
    page = county.get(f"/activities/{activity.id}/registrations").text
    assert_silent(page)
    county.get(f"/activities/{activity.id}/registrations/{receipt.id}", status=403)
    county.get(f"/activities/{activity.id}/registrations.xlsx", status=403)


def test_a_neighbour_sees_that_nothing_is_there(app, still):
    tree = a_tree()
    activity = an_activity(unit=tree.village)
    receipt = signed_up(activity, **told())
    neighbour = logged_in(app, a_user("admin", tree.group))
    missing = neighbour.get(f"/activities/{receipt.id}/registrations", status=404).text
    for path in ("registrations", f"registrations/{receipt.id}", "registrations.xlsx", "messages"):
        assert neighbour.get(f"/activities/{activity.id}/{path}", status=404).text == missing.replace(str(receipt.id), str(activity.id))


class TestForgetting:
    """The vault's day is the day of everything that was made of what it held."""

    def left(self):
        found, claims = select(Participant.search_blob), select(func.count()).select_from(Claim)
        return [bool(blob) for blob in db.session.scalars(found)], db.session.scalar(claims)

    def on(self, day: date) -> None:
        transactional(vault.purge)(day)
        service.forget_unkept(datetime.combine(day, time(12), UTC))

    def test_keys_that_tell_who_came_twice_go_with_the_id_numbers(self, app):
        activity = an_activity()
        signed_up(activity, **told())
        day = day_of(activity.ends_at or activity.starts_at) + KEEP[Personal.IDENTITY]
        self.on(day)
        assert self.left() == ([True, True], len(db.session.scalars(select(Claim.id)).all()))
        assert self.left()[1] > 0
        self.on(day + timedelta(days=1))
        assert self.left() == ([True, True], 0)

    def test_nobody_is_found_by_a_name_that_was_forgotten(self, app):
        activity = an_activity()
        receipt = signed_up(activity, **told())
        db.session.execute(update(Registration).values(review_reason="金丝雀建国不满50年"))
        db.session.commit()
        day = day_of(activity.ends_at or activity.starts_at) + KEEP[Personal.CONTACT]
        self.on(day)
        assert self.left()[0] == [True, True]
        self.on(day + timedelta(days=1))
        assert self.left()[0] == [False, False]
        assert listing.page_of(activity.id, "金丝雀").total == 0
        assert db.session.scalar(select(Registration.review_reason).where(Registration.id == receipt.id)) == ""

    def test_who_withdrew_is_forgotten_a_month_later(self, app):
        gone = signed_up(an_activity(), **told())
        service.withdraw(gone.id, now=NOW)
        self.on(day_of(NOW) + timedelta(days=30))
        assert self.left()[0] == [True, True]
        self.on(day_of(NOW) + timedelta(days=31))
        assert self.left() == ([False, False], 0)


def test_consents_are_stored_with_their_version(app):
    signed_up(an_activity(), **told())
    stored = db.session.scalar(select(Registration.consents))
    assert set(stored) == {"contact", "identity", "health", "photo"}
    assert stored["identity"] == {"version": "2026-11", "at": NOW.isoformat(), "by": "proxy"}
