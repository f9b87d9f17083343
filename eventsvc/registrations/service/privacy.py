"""What a party may ask of its data: take a consent back, take all of it away, have it erased. At once, in one transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.declare import Personal
from eventsvc.infra.db import db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import attachments, consent, queries, questionnaires
from eventsvc.registrations.errors import NotAgreed
from eventsvc.registrations.events import ConsentTakenBack, DataDownloaded, Erased, Withdrawn
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Attachment, Standing, table_of
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import places, waiting
from eventsvc.registrations.service.standing import GONE, leave

V, F = table_of(VaultRow), table_of(Attachment)
FORGOTTEN = bytes(32)
"""What stands in the place of the fingerprint of a body that nobody may recognise any more."""


@transactional
def take_back(registration_id: UUID, purpose: str, *, now: datetime, actor: Actor | None = None) -> None:
    """Take one consent back: what it covered is deleted, so no list, paper or export has it from this moment on.

    Without the consent to names and phones, or a guardian's, there is no sign-up: then the party goes and all of it is erased.
    """
    record = _locked(registration_id, actor)
    if purpose not in consent.standing(record.consents):
        raise NotAgreed
    announce(ConsentTakenBack(record.id, record.opening.id, purpose, now, actor.id if actor else None))
    if purpose in consent.WHOLE:
        _erase(record, now, actor)
        return
    text = consent.current(purpose)
    assert text
    _forget(record, text.personal)
    agreed = consent.taken_back(record.consents, [purpose], now, "office" if actor else "party")
    values = {"consents": agreed, "changed_at": now, "fingerprint": FORGOTTEN}
    if purpose == "photo" and "portrait_consent" in record.answers:
        values["answers"] = {**record.answers, "portrait_consent": False}
    db.session.execute(update(R).where(R.c.id == record.id).values(values))


@transactional
def erase(registration_id: UUID, *, now: datetime, actor: Actor | None = None) -> None:
    """Delete all that is held of a party, its files too; the row stays as a number. Who still had a place gives it to who waits."""
    _erase(_locked(registration_id, actor), now, actor)


@transactional
def note_download(record: Record, *, now: datetime) -> None:
    """Write down that a party took its data away."""
    announce(DataDownloaded(record.id, record.opening.id, now))


def _locked(registration_id: UUID, actor: Actor | None) -> Record:
    record = places.locked(registration_id)
    if actor is not None:
        queries.must_see_people(activities.activity(record.opening.id, within=actor), actor, Role.ORGANISER)
    return record


def _forget(record: Record, personal: Personal) -> None:
    """Delete one class of data of a party: in the vault, in claims made of it, in files that answer such a question."""
    db.session.execute(delete(V).where(V.c.owner_id.in_(_owners(record)), V.c.personal == personal))
    if personal == Personal.IDENTITY:
        db.session.execute(delete(C).where(C.c.registration_id == record.id, C.c.kind == "id_number"))
    asked = questionnaires.asked_of_record(record.opening, record.form_version)
    files = [f.name for f in (*asked.of_person, *asked.of_party) if f.personal == personal and f.name in asked.uploads]
    if files:
        attachments.forget_answers(record.id, or_(*(F.c.question.like(f"%.{name}") for name in files)))


def _owners(record: Record) -> list[UUID]:
    return [record.id, *db.session.scalars(select(T.c.id).where(T.c.registration_id == record.id))]


def _erase(record: Record, now: datetime, actor: Actor | None) -> None:
    _go(record, now, actor)
    db.session.execute(delete(V).where(V.c.owner_id.in_(_owners(record))))
    db.session.execute(delete(C).where(C.c.registration_id == record.id))
    db.session.execute(update(T).where(T.c.registration_id == record.id).values(search_blob=None))
    attachments.forget_of([record.id])
    agreed = consent.taken_back(record.consents, consent.standing(record.consents), now, "office" if actor else "party")
    values = {"answers": {}, "consents": agreed, "review_reason": "", "fingerprint": FORGOTTEN, "changed_at": now}
    db.session.execute(update(R).where(R.c.id == record.id).values(values))
    announce(Erased(record.id, record.opening.id, now, actor.id if actor else None))


def _go(record: Record, now: datetime, actor: Actor | None) -> None:
    """Take the party out, unless it is gone, or came (then its place was used), or the activity is over."""
    came = select(T.c.id).where(T.c.registration_id == record.id, T.c.attended).limit(1)
    if record.standing in GONE or not record.may_change(now) or db.session.scalar(came):
        return
    leave(record, Standing.WITHDRAWN, now)
    announce(Withdrawn(record.id, record.opening.id, record.standing, now, actor.id if actor else None))
    waiting.move_up(record.opening, now)
