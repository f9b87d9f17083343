"""All that is held of one party, for the party itself: in words, and as data to take away."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from eventsvc.infra.db import db
from eventsvc.infra.i18n import say
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import attachments, consent, queries, questionnaires
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import table_of
from eventsvc.registrations.queries import Record
from eventsvc.registrations.workbook import told

V = table_of(VaultRow)


def held_of(record: Record) -> dict[str, Any]:
    """Return all that is held of a party: labels and answers as people read them, consents word for word, until when each class is kept."""
    found = queries.parties([record.id])
    said = told(record.opening.kind, questionnaires.versions(record.opening), found[0], full=True) if found else None
    return {
        "activity": record.opening.title,
        "host": record.opening.host,
        "code": record.code,
        "standing": say(record.standing.label),
        "signed_up_at": record.created_at.isoformat(),
        "village": said.village if said else "",
        "people": [{"who": label, "answers": _answers(pairs)} for label, pairs in said.people] if said else [],
        "together": _answers(said.together) if said else {},
        "signed_up_by": said.proxy if said else "",
        "consents": [_consent(one) for one in consent.history(record.consents)],
        "files": [{"question": question, "type": kind} for _, question, kind in attachments.of(record.id)],
        "kept_until": {say(personal.label): day.isoformat() for personal, day in _until(record).items()},
    }


def _answers(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {label: answer for label, answer in pairs if answer}


def _consent(one: consent.Agreed) -> Mapping[str, str]:
    said = {"purpose": one.purpose, "words": say(one.words), "version": one.version, "agreed_at": one.at.isoformat(), "agreed_by": one.by}
    return {**said, "taken_back_at": one.taken_back_at.isoformat()} if isinstance(one.taken_back_at, datetime) else said


def _until(record: Record) -> dict[Any, date]:
    owners = [record.id, *db.session.scalars(select(T.c.id).where(T.c.registration_id == record.id))]
    query = select(V.c.personal, V.c.purge_on).where(V.c.owner_id.in_(owners)).order_by(V.c.personal)
    return {row.personal: row.purge_on for row in db.session.execute(query)}
