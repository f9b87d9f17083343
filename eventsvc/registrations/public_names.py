"""The list of names that anybody may see (公示名单), where the organiser opened it. Nothing in here can hold a full name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.masking import mask_name, mask_phone
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import openings, queries
from eventsvc.registrations.events import NamesPublished
from eventsvc.registrations.models import SignUpRules, Standing, table_of
from eventsvc.registrations.openings import Opening

S = table_of(SignUpRules)


class MaskedName(str):
    """A name that is masked the moment it is made: 张*英. Whatever goes in, a full name never comes out."""

    __slots__ = ()

    def __new__(cls, name: str) -> "MaskedName":
        """Mask; what is masked already stays as it is."""
        return super().__new__(cls, name if cls._is_masked(name) else mask_name(name))

    @staticmethod
    def _is_masked(name: str) -> bool:
        return isinstance(name, MaskedName)


class MaskedPhone(str):
    """A phone that is masked the moment it is made: 138****5678."""

    __slots__ = ()

    def __new__(cls, phone: str) -> "MaskedPhone":
        """Mask."""
        return super().__new__(cls, phone if isinstance(phone, MaskedPhone) else mask_phone(phone))


@dataclass(frozen=True)
class Listed:
    """One party on the public list."""

    names: tuple[MaskedName, ...]
    village: str
    phone: MaskedPhone
    """Only where two parties look the same without it."""

    def __post_init__(self) -> None:
        if not all(isinstance(name, MaskedName) for name in self.names) or not isinstance(self.phone, MaskedPhone):
            raise TypeError("a public list takes what is masked only")


def public_names(slug: str) -> tuple[Opening, list[Listed]]:
    """Return the masked list of those who have a place, as a Chinese list goes; NotFound where it was not opened."""
    opening = openings.opening(slug)
    public = db.session.scalar(select(S.c.names_public).where(S.c.activity_id == opening.id))
    if not public or opening.kind.party is None or opening.state == State.CANCELLED:
        raise NotFound
    parties = queries.roster(opening.id, Standing.PLACED)
    made = [(tuple(MaskedName(p.name) for p in party.people if p.name), party.village, MaskedPhone(party.phones[0][1] if party.phones else "")) for party in parties]
    looks = [(names, village) for names, village, _ in made]
    return opening, [
        Listed(names, village, phone if looks.count((names, village)) > 1 else MaskedPhone("")) for names, village, phone in made if names
    ]  # fmt: skip


def are_public(activity_id: UUID) -> bool:
    """Say whether the list is open."""
    return bool(db.session.scalar(select(S.c.names_public).where(S.c.activity_id == activity_id)))


@transactional
def publish(activity_id: UUID, public: bool, *, actor: Actor, now: datetime) -> None:
    """Open the masked list to everybody, or close it."""
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)
    queries.pool_of(activity_id, lock=True)
    if changed(db.session.execute(update(S).where(S.c.activity_id == activity_id).values(names_public=public, changed_at=now))) == 0:
        db.session.execute(insert(S), {"activity_id": activity_id, "names_public": public, "changed_at": now})
    announce(NamesPublished(activity_id, public, now, actor.id))
