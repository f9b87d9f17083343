"""One of everything at a unit, so that each address of the service can be asked with ids that are real."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from eventsvc.accounts import service as accounts
from eventsvc.accounts.models import ApiToken, RoleGrant, Session, User
from eventsvc.activities import queries
from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity
from eventsvc.campaigns import service as campaigns
from eventsvc.campaigns.models import Campaign
from eventsvc.checkin import service as checkin
from eventsvc.checkin.models import Tally
from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.documents import service as documents
from eventsvc.documents.models import Document
from eventsvc.infra import policy
from eventsvc.infra.db import db, transactional
from eventsvc.infra.images import take_scan
from eventsvc.infra.storage import StoredFile
from eventsvc.kinds import KINDS
from eventsvc.messages.models import Message
from eventsvc.organisations.models import Organisation
from eventsvc.people.models import Couple, Household
from eventsvc.registrations import attachments
from eventsvc.registrations.models import Attachment, Participant, Registration
from eventsvc.reports import service as reports
from eventsvc.reports.models import ReportPhoto
from eventsvc.visits import rounds
from eventsvc.visits.models import VisitRecord, VisitTarget
from tests.activities.pictures import picture
from tests.conftest import NOW
from tests.factories.accounts import PASSWORD, a_user, also
from tests.factories.activities import an_activity
from tests.factories.people import a_couple, a_household
from tests.factories.registrations import signed_up
from tests.factories.reports import a_photo
from tests.factories.visits import target_of, visited

MODELS: dict[str, Any] = {
    "activity_id": Activity, "user_id": User, "grant_id": RoleGrant, "session_id": Session, "token_id": ApiToken, "campaign_id": Campaign,
    "document_id": Document, "file_id": StoredFile, "message_id": Message, "household_id": Household, "couple_id": Couple, "registration_id": Registration,
    "participant_id": Participant, "tally_id": Tally, "photo_id": ReportPhoto, "record_id": VisitRecord, "target_id": VisitTarget,
    "attachment_id": Attachment,
}  # fmt: skip
"""What an id in an address is the id of. An address with another id stops the tests: say here what it is."""

WORDS: dict[str, Any] = {
    "kind": "golden_wedding", "action": "submit", "code": "sign_in", "counter": "leaflets", "change": "activate", "number": 1,
}  # fmt: skip
"""What stands in an address besides ids."""


UNKNOWN = UUID(int=0x7000_8000_0000_0000_ffff)


@dataclass
class World:
    """A unit, somebody who holds every role there, and the ids of what was made."""

    unit: Organisation
    everybody: Actor
    ids: dict[str, UUID]
    special: dict[str, UUID] = field(default_factory=dict)
    """Activities by the word in an address that only they have: visits, counters."""

    def fill(self, rule: Any) -> dict[str, Any]:
        """Return what to write into an address."""
        given = {}
        for name in rule.arguments:
            given[name] = self.ids[name] if name in self.ids else WORDS.get(name, UNKNOWN)
        for word, activity_id in self.special.items():
            if f"/{word}" in rule.rule and "activity_id" in given:
                given["activity_id"] = activity_id
        return given


def a_world(unit: Organisation) -> World:
    """Make one of everything at a unit, by the same commands as the doors use."""
    before = {name: set(db.session.scalars(select(model.id))) for name, model in MODELS.items()}
    everybody = a_user("admin", unit, name="万事通", user_name=f"all-{unit.code}")
    for role in Role:
        everybody = also(everybody, role, unit)
    wedding = _wedding(unit, everybody)
    round_ = _round(unit, everybody)
    day = an_activity("member_day", unit=unit, by=everybody)
    checkin.tally(day.id, "leaflets", 10, actor=everybody, now=day.starts_at)
    ended = wedding.starts_at + timedelta(days=1)
    reports.start(wedding.id, actor=everybody, now=ended)
    reports.add_photo(wedding.id, a_photo(), actor=everybody, now=ended)
    documents.request(wedding.id, KINDS[wedding.kind].documents[0].code, None, actor=everybody, now=ended)
    _campaign(unit, everybody)
    accounts.log_in(f"all-{unit.code}", PASSWORD, now=clock.now())
    accounts.issue_token("机器", policy.scopes(), actor=everybody, now=clock.now())
    made = {name: set(db.session.scalars(select(model.id))) - before[name] for name, model in MODELS.items()}
    ids = {name: max(found) for name, found in made.items()} | {"organisation_id": unit.id, "activity_id": wedding.id, "user_id": everybody.id}
    ids["file_id"] = _scan(wedding)
    return World(unit, everybody, ids, {"visits": round_.id, "counters": day.id, "tallies": day.id})


def _scan(activity: Activity) -> UUID:
    return next(UUID(move.facts["file"]) for move in queries.whole_activity(activity.id, within=SYSTEM).moves if move.facts.get("file"))


def _wedding(unit: Organisation, by: Actor) -> Activity:
    wedding = an_activity("golden_wedding", "draft", unit=unit, by=by)
    activities.move(wedding.id, "submit", actor=by, now=NOW)
    activities.approve_on_paper(wedding.id, "陈建国", NOW.date(), picture(), actor=by, now=NOW)
    activities.move(wedding.id, "publish", actor=by, now=NOW)
    done = signed_up(wedding)
    kept = attachments.keep(wedding.id, "answers.own.own_proof", take_scan(picture()), nonce="w" * 20, now=NOW)
    transactional(db.session.execute)(update(Attachment).where(Attachment.id == kept).values(registration_id=done.id))
    return wedding


def _round(unit: Organisation, by: Actor) -> Activity:
    round_ = an_activity("home_visit", unit=unit, by=by)
    household = a_household(unit, by)
    a_couple(unit, household, by=by)
    rounds.add_targets(round_.id, [household], due_on=None, actor=by, now=NOW)
    visited(target_of(round_, household), by)
    return round_


def _campaign(unit: Organisation, by: Actor) -> None:
    asked = {"title": "系列活动", "theme": "", "doc_number": "", "kind": "", "notice": "", "starts_on": date(2027, 5, 1),
             "ends_on": date(2027, 6, 30), "due_on": None}  # fmt: skip
    campaigns.open_campaign(unit.id, asked, actor=by, now=NOW)
