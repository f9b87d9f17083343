"""What was agreed to can be taken back at once, looked at, taken away and erased; lists, papers and exports follow."""

import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from eventsvc.core import clock
from eventsvc.core.errors import Invalid
from eventsvc.documents import contents
from eventsvc.documents import service as documents
from eventsvc.documents.models import Document
from eventsvc.infra import vault
from eventsvc.infra.db import db
from eventsvc.kinds import KINDS
from eventsvc.registrations import consent, queries, service
from eventsvc.registrations.errors import NotAgreed
from eventsvc.registrations.models import Claim, Participant, Registration, Standing
from eventsvc.registrations.service import privacy
from tests.clients import Browser, text_of
from tests.factories.accounts import a_token, a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import a_party, signed_up
from tests.registrations.test_privacy import CANARIES, everything, told


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tree = a_tree()
    by = a_user("organiser", tree.village)
    return an_activity(unit=tree.village, by=by, places=1), by


def at_home(app, receipt) -> Browser:
    """The party's own phone, its private link opened."""
    browser = Browser(app)
    browser.get(f"/k/{receipt.secret}")
    return browser


def whole_sheet(app, by, activity) -> str:
    sent = logged_in(app, by)
    sent.get(f"/activities/{activity.id}/registrations")
    made = sent.post(f"/activities/{activity.id}/registrations.xlsx", {"reason": "核对"}, status=200)
    return "\n".join(str(cell) for row in load_workbook(io.BytesIO(made.data)).active.iter_rows(values_only=True) for cell in row if cell)


def whole_page(app, by, activity, receipt) -> str:
    office = logged_in(app, by)
    path = f"/activities/{activity.id}/registrations/{receipt.id}"
    office.get(path)
    return office.post(path, {"reason": "电话核对"}, status=200).text


def machine(app, by, activity) -> str:
    answer = app.test_client().get(f"/api/v1/activities/{activity.id}/registrations", headers=a_token(by, "registrations:read"))
    assert answer.status_code == 200
    return answer.text


def on_paper(activity, code: str, subject) -> str:
    found = db.session.get(type(activity), activity.id)
    return repr(contents.of(KINDS[found.kind].document(code), found, subject, today=NOW.date()))


GOES = {"identity": ("id_number",), "health": ("health",), "photo": ("story",)}


@pytest.mark.parametrize("purpose", sorted(GOES))
def test_what_is_taken_back_is_gone_everywhere_right_after(app, world, purpose):
    activity, by = world
    receipt = signed_up(activity, **told())
    before = whole_sheet(app, by, activity) + whole_page(app, by, activity, receipt)
    canaries = [CANARIES[name] for name in GOES[purpose]]
    assert all(one in before for one in canaries)
    phone = at_home(app, receipt)
    assert canaries[0] in phone.get(f"/r/{receipt.code}/privacy").text
    phone.post(f"/r/{receipt.code}/privacy/take-back", {"purpose": purpose}, status=303)
    seen = [
        whole_sheet(app, by, activity), whole_page(app, by, activity, receipt), phone.get(f"/r/{receipt.code}/change").text,
        on_paper(activity, "sign_in", activity.id), on_paper(activity, "certificate", receipt.id),
        machine(app, by, activity),
    ]  # fmt: skip
    assert [one for text in seen for one in canaries if one in text] == []
    assert all(CANARIES["name"] in text for text in seen[:2])
    assert queries.by_id(receipt.id).standing == Standing.PLACED


def test_the_id_number_taken_back_is_nobodys_key_any_more(app, world):
    activity, _ = world
    receipt = signed_up(activity, **told())
    privacy.take_back(receipt.id, "identity", now=NOW)
    kinds = set(db.session.scalars(select(Claim.kind)))
    assert "id_number" not in kinds
    assert kinds


def test_with_the_photo_goes_the_leave_to_take_pictures(app, world):
    activity, _ = world
    receipt = signed_up(activity, **{**told(), "answers__portrait_consent": True})
    privacy.take_back(receipt.id, "photo", now=NOW)
    assert queries.by_id(receipt.id).answers["portrait_consent"] is False


def test_papers_that_were_made_are_thrown_away(app, world):
    activity, by = world
    receipt = signed_up(activity, **told())
    documents.request(activity.id, "sign_in", actor=by, now=NOW)
    assert db.session.scalar(select(Document.id))
    privacy.take_back(receipt.id, "health", now=NOW)
    assert db.session.scalar(select(Document.id)) is None


def test_history_says_which_words_were_agreed_to_and_when_they_were_taken_back(app, world):
    activity, _ = world
    receipt = signed_up(activity, **told())
    privacy.take_back(receipt.id, "health", now=NOW + timedelta(minutes=1))
    history = {one.purpose: one for one in consent.history(queries.by_id(receipt.id).consents)}
    assert history["health"].taken_back_at == NOW + timedelta(minutes=1)
    assert history["identity"].taken_back_at is None
    assert history["identity"].words == consent.current("identity").words
    with pytest.raises(NotAgreed):
        privacy.take_back(receipt.id, "health", now=NOW)


def test_older_words_can_still_be_shown():
    old = consent.history({"contact": {"version": "2026-11", "at": NOW.isoformat(), "by": "party"}})[0]
    assert old.words != consent.current("contact").words
    assert old.words.startswith("我同意主办单位登记以上姓名和联系方式")
    assert len({(t.purpose, t.version) for t in (*consent.TEXTS, *consent.OLDER)}) == len((*consent.TEXTS, *consent.OLDER))


def test_without_the_consent_to_names_there_is_no_sign_up(app, world):
    activity, _ = world
    receipt, waits = signed_up(activity, **told()), signed_up(activity)
    phone = at_home(app, receipt)
    phone.get(f"/r/{receipt.code}/privacy")
    phone.post(f"/r/{receipt.code}/privacy/take-back", {"purpose": "contact"}, status=303)
    assert queries.by_id(receipt.id).standing == Standing.WITHDRAWN
    assert queries.by_id(waits.id).standing == Standing.PLACED
    assert vault.read([receipt.id]) == {}


class TestErasing:
    def test_leaves_a_number_and_nothing_else(self, app, world, settings):
        activity, _ = world
        receipt, other = signed_up(activity, **told()), signed_up(activity)
        phone = at_home(app, receipt)
        phone.get(f"/r/{receipt.code}/privacy")
        phone.post(f"/r/{receipt.code}/privacy/erase", status=303)
        assert "您的资料已经删除" in phone.get(f"/r/{receipt.code}/privacy").text
        people = list(db.session.scalars(select(Participant.id).where(Participant.registration_id == receipt.id)))
        row = db.session.get(Registration, receipt.id)
        assert (row.code, row.answers, row.review_reason, row.fingerprint) == (receipt.code, {}, "", bytes(32))
        assert db.session.scalars(select(Claim.id).where(Claim.registration_id == receipt.id)).all() == []
        assert db.session.scalars(select(Participant.search_blob).where(Participant.registration_id == receipt.id)).all() == [None] * len(people)
        self.nothing_opens(settings, [receipt.id, *people])
        assert queries.parties([other.id])[0].names

    def nothing_opens(self, settings, owners):
        """Open every row of the vault, and scan every value of the database and its file: the canaries are silent."""
        held = json.dumps([dict(found) for found in vault.read(db.session.scalars(select(vault.VaultRow.owner_id))).values()], ensure_ascii=False)
        assert not set(owners) & set(db.session.scalars(select(vault.VaultRow.owner_id)))
        assert [name for name, canary in CANARIES.items() if canary in held + everything()] == []
        if settings.database_url.startswith("sqlite"):
            db.session.rollback()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            raw = Path(settings.database_url.removeprefix("sqlite:///")).read_bytes()
            assert [name for name, canary in CANARIES.items() if canary.encode() in raw] == []

    def test_scans_that_look_before_the_erasure_would_find_it_in_the_vault(self, app, world):
        """The negative control: the vault does hold the canaries until they are erased."""
        activity, _ = world
        receipt = signed_up(activity, **told())
        held = json.dumps([dict(found) for found in vault.read(db.session.scalars(select(vault.VaultRow.owner_id))).values()], ensure_ascii=False)
        assert CANARIES["name"] in held
        privacy.erase(receipt.id, now=NOW)

    def test_after_the_day_the_figures_stay(self, app, world):
        activity, _ = world
        receipt = signed_up(activity, **told())
        db.session.execute(Participant.__table__.update().values(attended=True))
        db.session.commit()
        privacy.erase(receipt.id, now=NOW + timedelta(days=60))
        assert queries.by_id(receipt.id).standing == Standing.PLACED
        assert db.session.scalars(select(Participant.attended)).all() == [True, True]
        assert vault.read([receipt.id]) == {}

    def test_the_office_does_it_for_who_calls_and_it_is_written_down(self, app, world):
        activity, by = world
        receipt = signed_up(activity, **told())
        office = logged_in(app, by)
        path = f"/activities/{activity.id}/registrations/{receipt.id}"
        office.get(path)
        office.post(f"{path}/take-back", {"purpose": "health"}, status=303)
        office.post(f"{path}/erase", status=303)
        written = everything()
        assert "registrations.consent_taken_back" in written
        assert "registrations.erased" in written
        office.get(path)
        assert vault.read([receipt.id]) == {}

    def test_a_stranger_erases_nobody(self, app, world):
        activity, _ = world
        receipt = signed_up(activity, **told())
        for path in ("privacy/erase", "privacy/take-back", "privacy/download"):
            stranger = Browser(app)
            stranger.get(f"/s/{activity.slug}/names", status=404)
            assert stranger.post(f"/r/{receipt.code}/{path}", {"purpose": "health"}).status_code in (400, 403)
        assert vault.read([receipt.id])


def test_all_that_is_held_can_be_taken_away(app, world):
    activity, _ = world
    receipt = signed_up(activity, **told())
    phone = at_home(app, receipt)
    page = phone.get(f"/r/{receipt.code}/privacy")
    sent = phone.post(f"/r/{receipt.code}/privacy/download", status=200)
    assert sent.headers["Cache-Control"] == "no-store"
    held = json.dumps(sent.json, ensure_ascii=False)
    missing = [name for name, canary in CANARIES.items() if canary not in held]
    assert missing == []
    assert {one["purpose"] for one in sent.json["consents"]} == {"contact", "identity", "health", "photo"}
    assert [name for name, canary in CANARIES.items() if canary not in text_of(page.text)] == []
    Browser(app).get(f"/r/{receipt.code}/privacy", status=403)


class TestGuardian:
    """A volunteer of a member day may be a child."""

    def child(self, born: str, **more):
        return a_party("member_day", people__participant__born_on=born, **more)

    def come(self, activity, party, now=NOW):
        return service.sign_up(activity.slug, (party,), nonce="guardian-nonce-0001", now=now)

    @pytest.mark.parametrize(("born", "asked"), [("2013-05-01", False), ("2013-05-02", True), ("2013-04-30", False), ("2020-02-29", True)])
    def test_the_fourteenth_birthday_on_the_day_of_signing_up_is_the_boundary(self, app, born, asked):
        activity = an_activity("member_day", sign_up=True)
        if not asked:
            self.come(activity, self.child(born))
            return
        with pytest.raises(Invalid) as no:
            self.come(activity, self.child(born))
        assert {"consent.guardian", "consent.guardian_name"} <= set(no.value.fields)

    @pytest.mark.parametrize(("day", "below"), [(date(2026, 2, 27), True), (date(2026, 2, 28), False), (date(2026, 3, 1), False)])
    def test_of_somebody_born_on_29_february(self, day, below):
        assert consent.needs_guardian([date(2012, 2, 29)], day) is below

    def test_a_moment_before_midnight_in_shanghai_is_still_the_day_before(self, app):
        activity = an_activity("member_day", sign_up=True, starts_at=NOW + timedelta(days=20))
        eve = datetime.fromisoformat("2027-05-01T23:59:59+08:00")
        with pytest.raises(Invalid):
            self.come(activity, self.child("2013-05-02"), now=eve)
        self.come(activity, self.child("2013-05-02"), now=eve + timedelta(seconds=1))

    def test_a_guardian_who_agrees_is_kept_and_shown_to_the_party(self, app):
        activity = an_activity("member_day", sign_up=True)
        receipt = self.come(activity, self.child("2016-06-01", consent={"contact": True, "guardian": True, "guardian_name": "林监护"}))
        assert vault.read([receipt.id])[receipt.id]["_guardian"] == "林监护"
        assert "林监护" not in everything()
        privacy.take_back(receipt.id, "guardian", now=NOW)
        assert queries.by_id(receipt.id).standing == Standing.WITHDRAWN

    def test_husband_and_wife_are_not_asked(self):
        assert "guardian" not in [text.purpose for text in consent.asked_by(KINDS["golden_wedding"])]
        assert "guardian" in [text.purpose for text in consent.asked_by(KINDS["member_day"])]
