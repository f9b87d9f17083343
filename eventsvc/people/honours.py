"""The roll of honours: who was honoured, when, for how many years. Blind keys only; a couple is asked about, never listed. Other features may ask it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from eventsvc.core.codes import new_id
from eventsvc.core.lunar import Anniversary
from eventsvc.core.names import name_key
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import db, transactional
from eventsvc.people.models import Honour, HonourKey

MILESTONES = (50, 60, 70)
PURPOSE = "honour"
AT_ONCE = 10_000
"""Keys in one statement: databases take some 32,000 parameters."""


@dataclass(frozen=True, repr=False)
class Spouse:
    """One of a couple, as far as it is told."""

    name: str = ""
    born_on: date | None = None
    id_number: str = ""


@dataclass(frozen=True, repr=False)
class Two:
    """A couple as the roll knows it: who they are, and the years in which they may have married."""

    husband: Spouse
    wife: Spouse
    years: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Known:
    """An honour that stands on the roll. `sure`: by ID numbers or birth dates; else by names and the year of the wedding only."""

    year: int
    milestone: int
    sure: bool


def wedding_years(married: Anniversary | None) -> frozenset[int]:
    """Return every year that people may write for this wedding: the lunar one and the solar ones."""
    return frozenset({married.year, married.earliest.year, married.latest.year}) if married else frozenset()


def keys_of(two: Two) -> dict[bytes, bool]:
    """Return the blind keys of a couple, each with whether it makes them known for sure."""
    blind = keys().blind
    return {blind(PURPOSE, value): sure for value, sure in _values(two)}


def _values(two: Two) -> Iterator[tuple[str, bool]]:
    both = (two.husband, two.wife)
    if all(one.id_number for one in both):
        yield "ids|" + "|".join(sorted(one.id_number for one in both)), True
    if not all(one.name for one in both):
        return
    if all(one.born_on for one in both):
        yield "births|" + "|".join(sorted(f"{name_key(one.name)}|{one.born_on}" for one in both)), True
    names = "|".join(sorted(name_key(one.name) for one in both))
    for year in sorted(two.years):
        yield f"wed|{names}|{year}", False


def known(two: Two) -> list[Known]:
    """Return what the roll says of a couple, the surest and latest first: one statement, or none when nothing identifies them."""
    return known_all([two])[0]


def known_all(couples: Iterable[Two]) -> list[list[Known]]:
    """Return what the roll says of each of many couples, in their order; one statement for each ten thousand keys."""
    asked = [keys_of(two) for two in couples]
    found = _honours({value for one in asked for value in one})
    return [_of(one, found) for one in asked]


def _of(asked: dict[bytes, bool], found: dict[bytes, list[tuple[UUID, date, int]]]) -> list[Known]:
    sure: dict[UUID, tuple[date, int, bool]] = {}
    for value, certain in asked.items():
        for honour_id, day, milestone in found.get(value, ()):
            sure[honour_id] = (day, milestone, certain or sure.get(honour_id, (day, milestone, False))[2])
    ordered = sorted(sure.values(), key=lambda one: (not one[2], -one[0].toordinal()))
    return [Known(day.year, milestone, certain) for day, milestone, certain in ordered]


def _honours(values: set[bytes]) -> dict[bytes, list[tuple[UUID, date, int]]]:
    query = select(HonourKey.value, Honour.id, Honour.honoured_on, Honour.milestone).join(Honour, Honour.id == HonourKey.honour_id)
    wanted, found = sorted(values), dict[bytes, list[tuple[UUID, date, int]]]()
    for at in range(0, len(wanted), AT_ONCE):
        for row in db.session.execute(query.where(HonourKey.value.in_(wanted[at : at + AT_ONCE]))):
            found.setdefault(row[0], []).append((row[1], row[2], row[3]))
    return found


def milestone(years: int) -> int:
    """Return which milestone so many years are honoured for."""
    return max((one for one in MILESTONES if one <= years), default=MILESTONES[0])


@transactional
def honour(organisation_id: UUID, two: Two, milestone: int, on: date, *, now: datetime, activity_id: UUID | None = None,
           registration_id: UUID | None = None) -> UUID | None:  # fmt: skip
    """Put a couple on the roll; a registration is honoured once, however often it is asked for. None: nothing identifies them."""
    values = keys_of(two)
    if not values:
        return None
    if registration_id is not None:
        stands = db.session.scalar(select(Honour.id).where(Honour.registration_id == registration_id))
        if stands is not None:
            return stands
    row = {"id": new_id(), "organisation_id": organisation_id, "activity_id": activity_id, "registration_id": registration_id,
           "milestone": milestone, "honoured_on": on, "created_at": now}  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Honour), [row])
            db.session.execute(insert(HonourKey), [{"honour_id": row["id"], "value": value} for value in values])
    except IntegrityError:
        return db.session.scalar(select(Honour.id).where(Honour.registration_id == registration_id))
    return UUID(str(row["id"]))


@transactional
def take_back(activity_id: UUID) -> None:
    """Take off the roll whoever was put there for an activity: its report was taken back."""
    mine = select(Honour.id).where(Honour.activity_id == activity_id)
    db.session.execute(delete(HonourKey).where(HonourKey.honour_id.in_(mine)))
    db.session.execute(delete(Honour).where(Honour.activity_id == activity_id))


def counts(organisation_id: UUID) -> list[tuple[int, int, int]]:
    """Return (year, milestone, how many) of the couples whom a unit honoured, the latest first."""
    query = select(Honour.honoured_on, Honour.milestone, func.count()).where(Honour.organisation_id == organisation_id)
    found: dict[tuple[int, int], int] = {}
    for day, milestone, number in db.session.execute(query.group_by(Honour.honoured_on, Honour.milestone)):
        found[day.year, milestone] = found.get((day.year, milestone), 0) + number
    return [(year, milestone, number) for (year, milestone), number in sorted(found.items(), key=lambda one: (-one[0][0], one[0][1]))]
