"""Who reaches 50, 60 or 70 years of marriage by a day and was not honoured for it yet: read from the couples on the roll."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from eventsvc.accounts.models import User
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.lunar import Anniversary
from eventsvc.core.masking import mask_name, mask_phone
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Closure, Organisation
from eventsvc.people import honours, queries
from eventsvc.people.couples import Given, Held, held_of
from eventsvc.people.honours import MILESTONES, Known
from eventsvc.people.models import Couple, Household
from eventsvc.people.rules import Sight


@dataclass(frozen=True, repr=False)
class Reach:
    """One couple that reaches a milestone by the day; what its reader may not see is masked or empty."""

    id: UUID
    household_id: UUID
    number: str
    special: bool
    village: str
    leader_id: UUID | None
    leader: str
    names: str
    phones: tuple[tuple[str, str], ...]
    married: Anniversary | None
    milestone: int
    fewest: int
    most: int
    before: tuple[Known, ...]
    sight: Sight = field(default=Sight.WHOLE)

    @property
    def sure(self) -> bool:
        """Say whether every reading of the wedding date reaches the milestone."""
        return self.fewest >= self.milestone

    @property
    def perhaps_honoured(self) -> bool:
        """Say whether a couple of the same names and wedding year was honoured for it: to be asked, not left out."""
        return any(one.milestone >= self.milestone for one in self.before)


@dataclass(frozen=True, repr=False)
class Radar:
    """Who reaches what by a day, in one unit and below."""

    unit: Organisation
    day: date
    rows: tuple[Reach, ...]

    def grouped(self) -> list[tuple[str, list[tuple[str, list[Reach]]]]]:
        """Return the couples village by village, and there leader by leader."""
        found: dict[str, dict[str, list[Reach]]] = {}
        for row in self.rows:
            found.setdefault(row.village, {}).setdefault(row.leader, []).append(row)
        return [(village, list(leaders.items())) for village, leaders in found.items()]

    def count(self, milestone: int) -> int:
        """Return how many reach a milestone."""
        return sum(row.milestone == milestone for row in self.rows)


def reaching(organisation_id: UUID, day: date, *, within: Actor) -> Radar:
    """Return who reaches a milestone by a day and is not honoured for it yet; ten statements at most, however many couples.

    A group leader who looks after households sees those couples only. Whoever may see names of households sees names here.
    """
    line = organisations.lineage(organisation_id)
    reads, leads = within.can(Role.VIEWER, line), within.can(Role.GROUP_LEADER, line) or _leads_below(organisation_id, within)
    if not (reads or leads):
        raise NotFound
    unit = organisations.organisation(organisation_id)
    rows = _rows(organisation_id, day, None if reads else within.id)
    near = queries.nearness({couple.organisation_id for couple, *_ in rows}, within) if rows else {}
    sights = {couple.id: queries.sight_of(home, near[couple.organisation_id], within) for couple, home, *_ in rows}
    opened = {one.id: one for one in held_of([(couple, home.number) for couple, home, *_ in rows])}
    known = dict(zip(opened, honours.known_all(one.two for one in opened.values()), strict=True))
    found = [
        reach for couple, home, village, leader in rows
        if couple.id in opened and (reach := _reach(opened[couple.id], home, village, leader or "", known[couple.id], day, sights[couple.id]))
    ]  # fmt: skip
    return Radar(unit, day, tuple(found))


def _leads_below(organisation_id: UUID, within: Actor) -> bool:
    """Say whether somebody is a group leader in a group of this village."""
    mine = within.places(Role.GROUP_LEADER)
    below = select(Closure.descendant_id).where(Closure.ancestor_id == organisation_id, Closure.descendant_id.in_(mine), Closure.valid_to.is_(None))
    return bool(mine) and db.session.scalar(below.limit(1)) is not None


def _rows(organisation_id: UUID, day: date, only: UUID | None) -> list[Any]:
    query = (
        select(Couple, Household, Organisation.name, User.name)
        .join(Household, Household.id == Couple.household_id)
        .join(Organisation, Organisation.id == Couple.organisation_id)
        .outerjoin(User, User.id == Household.leader_id)
        .where(organisations.below(organisation_id, Couple.organisation_id), Couple.wed_from <= day.year - MILESTONES[0])
        .where(Couple.ended_at.is_(None), Household.closed_at.is_(None))
        .order_by(Organisation.code, User.name, Couple.wed_from, Couple.id)
    )  # fmt: skip
    return list(db.session.execute(query if only is None else query.where(Household.leader_id == only)))


def _reach(one: Held, home: Household, village: str, leader: str, known: Iterable[Known], day: date, sight: Sight) -> Reach | None:
    """Return what stands on the list of a couple, or None: not reached, or honoured for it already."""
    fewest, most = one.given.married.years_on(day)
    if most < MILESTONES[0]:
        return None
    milestone, before = honours.milestone(most), tuple(known)
    if any(honour.sure and honour.milestone >= milestone for honour in before):
        return None
    names, phones, married = seen_of(one.given, sight)
    return Reach(one.id, home.id, home.number, home.special, village, home.leader_id, leader, names, phones, married, milestone, fewest,
                 most, before, sight)  # fmt: skip


def seen_of(given: Given, sight: Sight) -> tuple[str, tuple[tuple[str, str], ...], Anniversary | None]:
    """Return (names, phones, wedding date) of a couple, as much as this sight shows."""
    if sight is Sight.NUMBER:
        return "", (), None
    both = (given.husband, given.wife)
    plain = sight in (Sight.WHOLE, Sight.NEAR)
    names = [one.name if plain else mask_name(one.name) for one in both]
    phones = [(name, one.phone if sight is Sight.WHOLE else mask_phone(one.phone)) for name, one in zip(names, both, strict=True) if one.phone]
    return "、".join(names), tuple(phones), given.married if plain else None

