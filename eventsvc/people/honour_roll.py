"""The roll of former years, taken in from a list: who was honoured before the service knew them."""

from datetime import date, datetime
from uuid import UUID

from eventsvc.core.actor import Actor, Role
from eventsvc.infra.db import transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries as organisations
from eventsvc.people import honours
from eventsvc.people.events import HonoursImported
from eventsvc.people.pairs import Honoured
from eventsvc.people.service import Imported, hold


@transactional
def import_roll(organisation_id: UUID, rows: list[Honoured], *, actor: Actor, now: datetime, dry_run: bool = False) -> Imported:
    """Put couples of former years on the roll of honours: all of them or none. Who stands there for that milestone stays once."""
    organisations.require(actor, Role.ORGANISER, organisation_id)
    hold(organisation_id)
    known = honours.known_all([row.two for row in rows])
    seen: set[tuple[bytes, int]] = set()
    added = 0
    for row, stands in zip(rows, known, strict=True):
        mine = {(value, row.milestone) for value in honours.keys_of(row.two)}
        if mine & seen or any(one.milestone == row.milestone for one in stands):
            continue
        seen |= mine
        added += 1
        if not dry_run:
            honours.honour(organisation_id, row.two, row.milestone, date(row.year, 1, 1), now=now)
    if added and not dry_run:
        announce(HonoursImported(organisation_id, added, actor.id, now))
    return Imported(added, 0, len(rows) - added)
