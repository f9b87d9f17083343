"""Somebody looks at full data, or takes it away: allowed with a reason, and written down."""

from datetime import datetime
from uuid import UUID

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.infra.db import db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.storage import StoredFile
from eventsvc.registrations import attachments, queries, rules
from eventsvc.registrations.events import AttachmentOpened, Exported, Unmasked
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import PartyRow

LONGEST_REASON = 200


@transactional
def unmask(activity_id: UUID, registration_id: UUID, reason: str, *, actor: Actor, now: datetime) -> PartyRow:
    """Return one party's full data to somebody who says why; the reason stays in the audit."""
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.ORGANISER)
    said = rules.reason(reason, LONGEST_REASON)
    record = queries.by_id(registration_id)
    if record.opening.id != activity_id:
        raise NotFound
    announce(Unmasked(record.id, activity_id, actor.id, said, now))
    return queries.parties([record.id])[0]


@transactional
def open_attachment(activity_id: UUID, registration_id: UUID, attachment_id: UUID, *, actor: Actor, now: datetime) -> StoredFile:
    """Return a file that a party sent, to somebody who sees its people; the look stays in the audit."""
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.ORGANISER)
    record = queries.by_id(registration_id)
    if record.opening.id != activity_id:
        raise NotFound
    file = attachments.file_of(registration_id, attachment_id)
    announce(AttachmentOpened(registration_id, activity_id, attachment_id, now, actor.id))
    db.session.flush()
    db.session.expunge(file)
    return file


@transactional
def export(activity_id: UUID, *, full: bool, reason: str = "", actor: Actor, now: datetime) -> list[PartyRow]:
    """Return all parties for a workbook; with whole numbers only to somebody who says why."""
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.ORGANISER)
    said = rules.reason(reason, LONGEST_REASON) if full else ""
    rows = queries.roster(activity_id, *(s for s in Standing if s not in (Standing.WITHDRAWN, Standing.REJECTED)))
    announce(Exported(activity_id, actor.id, full, said, len(rows), now))
    return rows
