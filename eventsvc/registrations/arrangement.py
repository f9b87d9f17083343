"""How an organiser wants places to be given: the grammar of the page, what is wrong with it, and the pools that follow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load

from eventsvc.core.periods import at_local, local
from eventsvc.core.words import N_, Words
from eventsvc.declare import AnniversaryField, Choice, Field, Moment, Number, Rows, StrictSchema, Text, Time
from eventsvc.registrations.models import Admission, Promotion
from eventsvc.registrations.openings import MAIN, RESERVE, Opening

MAKEUP, PHOTO = "makeup", "photo"
CALLS = {MAKEUP: N_("化妆"), PHOTO: N_("拍照")}
SEXES = {"male": N_("男"), "female": N_("女")}
MOST_SLOTS, MOST_PLACES = 40, 100_000
EVERY, EACH = 15, 2
"""How long a make-up or photo slot takes, in minutes, and for how many couples, where nobody says otherwise."""

ASKED: tuple[Field, ...] = (
    Number("capacity", N_("名额"), min=1, max=MOST_PLACES),
    Number("reserve", N_("另留给现场来的"), required=False, max=10_000, help=N_("不占上面的名额；当天没报名直接来的，先用这些")),
    Choice("admission", N_("怎么定谁能参加"), of=tuple(Admission.choices()), default=Admission.FIRST_COME.value),
    Choice("promotion", N_("有人退出，空位怎么补"), of=tuple(Promotion.choices()), default=Promotion.AT_ONCE.value),
    Number("offer_hours", N_("给多长时间确认"), required=False, min=1, max=240, unit=N_("小时"), help=N_("过时没有确认，空位自动问下一家")),
    Number("most_passed", N_("最多让几家先补"), required=False, max=100, unit=N_("次"), help=N_("前面一家人多、空位不够时，后面人少的可以先补；补过这么多次就停下来等它")),
    Rows("slots", N_("场次"), most=MOST_SLOTS, of=(
        Text("key", N_("序号"), required=False, longest=6), Time("at", N_("几点开始"), required=False),
        Text("label", N_("叫什么"), required=False, longest=30), Number("places", N_("名额"), required=False, max=MOST_PLACES),
    )),
    Number("each_village", N_("每个村"), required=False, max=MOST_PLACES, help=N_("不填就不按村分")),
    Number("male", N_("男"), required=False, max=MOST_PLACES),
    Number("female", N_("女"), required=False, max=MOST_PLACES),
    *(asked for what in (MAKEUP, PHOTO) for asked in (
        Moment(f"{what}_at", N_("第一批几点开始"), required=False),
        Number(f"{what}_every", N_("每批多长时间"), required=False, min=1, max=240, unit=N_("分钟")),
        Number(f"{what}_each", N_("每批几对"), required=False, min=1, max=100),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A session that people choose; `key` is empty while it is new."""

    key: str
    at: time
    label: str
    places: int


@dataclass(frozen=True)
class Batches:
    """Make-up or photo: when the first batch begins, how long one takes, how many couples are in it."""

    at: datetime
    every: int = EVERY
    each: int = EACH


@dataclass(frozen=True)
class Arrangement:
    """All that the page says."""

    capacity: int
    admission: Admission = Admission.FIRST_COME
    promotion: Promotion = Promotion.AT_ONCE
    offer_hours: int = 24
    most_passed: int = 3
    reserve: int = 0
    slots: tuple[Slot, ...] = ()
    each_village: int | None = None
    villages: Mapping[UUID, int] = field(default_factory=dict)
    male: int | None = None
    female: int | None = None
    makeup: Batches | None = None
    photo: Batches | None = None


class _Told(StrictSchema):
    @post_load
    def _as_arrangement(self, told: dict[str, Any], **_: Any) -> Arrangement:
        villages = {UUID(name.removeprefix("v_")): n for name, n in (told.get("villages") or {}).items() if n is not None}
        return Arrangement(
            told["capacity"], Admission(told["admission"]), Promotion(told["promotion"]), told["offer_hours"] or 24,
            3 if told["most_passed"] is None else told["most_passed"], told["reserve"] or 0, tuple(_slots(told["slots"])),
            told["each_village"], villages, told["male"], told["female"], _batches(told, MAKEUP), _batches(told, PHOTO),
        )  # fmt: skip


def asking(villages: Iterable[UUID]) -> Schema:
    """Return the grammar of the page; each village may have a number of its own."""
    own = {f"v_{village.hex}": Number(f"v_{village.hex}", N_("名额"), required=False, max=MOST_PLACES).marshal() for village in villages}
    nested = fields.Nested(StrictSchema.from_dict(own, name="village_places"), load_default=dict)
    return _Told.from_dict({**{one.name: one.marshal() for one in ASKED}, "villages": nested}, name="arrangement")()


def _slots(rows: Iterable[Mapping[str, Any]]) -> Iterable[Slot]:
    """A line of which only the number is left was emptied: that session goes. One without a time is noticed by `faults`."""
    for row in rows:
        if row["at"] is not None or row["places"] is not None or row["label"]:
            yield Slot(row["key"] or "", row["at"] or time(0), row["label"] or "", row["places"] or 0)


def _batches(told: Mapping[str, Any], what: str) -> Batches | None:
    at = told[f"{what}_at"]
    return Batches(at, told[f"{what}_every"] or EVERY, told[f"{what}_each"] or EACH) if at else None


# -- what is wrong with it ---------------------------------------------------------------------------------------------


def ranks(opening: Opening) -> Field | None:
    """Return the question whose answer says for how long a couple has been married, where the kind asks one."""
    return next((one for one in opening.kind.sign_up if isinstance(one, AnniversaryField)), None)


def asks_sex(opening: Opening) -> bool:
    """Say whether a party is one person, who says their sex: then places may be split between men and women."""
    return opening.kind.party is not None and opening.kind.party.alone and not opening.kind.party.people[0].sex


def faults(wanted: Arrangement, opening: Opening) -> dict[str, list[str]]:
    """Return what cannot be, by the name of the question."""
    wrong: dict[str, list[str]] = {}
    if wanted.admission == Admission.RANK and ranks(opening) is None:
        wrong["admission"] = [N_("这类活动不问结婚日期，不能按婚龄排")]
    if (wanted.male is None) != (wanted.female is None):
        wrong["male" if wanted.male is None else "female"] = [N_("男、女名额要一起填")]
    if wanted.male is not None and not asks_sex(opening):
        wrong["male"] = [N_("这类活动不是一个人一个名额，不能按男女分")]
    seen: set[tuple[time, str]] = set()
    for at, slot in enumerate(wanted.slots):
        if slot.at == time(0):
            wrong[f"slots.{at}.at"] = [N_("请填这一场几点开始")]
        if not slot.places:
            wrong[f"slots.{at}.places"] = [N_("请填这一场有几个名额")]
        if (slot.at, slot.label) in seen:
            wrong[f"slots.{at}.at"] = [N_("有两场时间和名字都一样，请合成一场，或者写上不同的名字")]
        seen.add((slot.at, slot.label))
    return wrong


# -- the pools that follow -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pooled:
    """A pool as it should be."""

    kind: str
    label: str
    cap: int
    position: int = 0
    gates: bool = True
    starts_at: datetime | None = None


def pools_of(wanted: Arrangement, opening: Opening, villages: Mapping[UUID, str], there: Sequence[Any]) -> list[Pooled]:
    """Return the pools that an arrangement makes, the main one first; `there` are the rows that exist."""
    day = local(opening.starts_at).date()
    found = [Pooled(MAIN, "", wanted.capacity)]
    found += [Pooled(RESERVE, str(N_("现场预留")), wanted.reserve)] if wanted.reserve else []
    found += _sessions(wanted.slots, {row.kind for row in there}, day)
    found += [
        Pooled(f"unit:{village.hex}", name, n)
        for village, name in villages.items()
        if (n := wanted.villages.get(village, wanted.each_village)) is not None
    ]
    found += [Pooled(f"category:{sex}", str(SEXES[sex]), n) for sex, n in (("male", wanted.male), ("female", wanted.female)) if n is not None]
    found += _batched(wanted, MAKEUP, wanted.makeup, there)
    found += _batched(wanted, PHOTO, wanted.photo, there)
    return [replace(one, position=at) for at, one in enumerate(found)]


def _sessions(slots: Sequence[Slot], taken: set[str], day: date) -> list[Pooled]:
    """Known sessions keep their key, whatever else of them changes: who chose one stays in it."""
    known = {slot.key for slot in slots if f"slot:{slot.key}" in taken}
    fresh = (str(n) for n in range(1, 10_000) if f"slot:{n}" not in taken)
    keyed = [(slot, slot.key if slot.key in known else next(fresh)) for slot in slots]
    told = [Pooled(f"slot:{key}", slot.label, slot.places, starts_at=at_local(day, slot.at)) for slot, key in keyed]
    return sorted(told, key=lambda one: (one.starts_at, one.label))


def _batched(wanted: Arrangement, what: str, how: Batches | None, there: Sequence[Any]) -> list[Pooled]:
    """As many batches as the capacity needs; one that somebody is in already is not taken away."""
    if how is None:
        return []
    used = [int(row.kind.split(":")[1]) for row in there if row.kind.startswith(f"{what}:") and row.taken]
    number = max(-(-wanted.capacity // how.each), *used, 1)
    return [batch(what, at, how) for at in range(1, min(number, 999) + 1)]


def batch(what: str, number: int, how: Batches) -> Pooled:
    """Return the batch with this number, from 1."""
    begins = how.at + timedelta(minutes=how.every * (number - 1))
    return Pooled(f"{what}:{number}", str(CALLS[what]), how.each, gates=False, starts_at=begins)


# -- and back --------------------------------------------------------------------------------------------------------------


def batches_of(there: Sequence[Any], what: str) -> Batches | None:
    """Read from the pools how make-up (or photo) is arranged."""
    rows = sorted((row for row in there if row.kind.startswith(f"{what}:")), key=lambda row: row.starts_at)
    if not rows:
        return None
    every = int((rows[1].starts_at - rows[0].starts_at).total_seconds() // 60) if len(rows) > 1 else EVERY
    return Batches(rows[0].starts_at, every, rows[0].cap)


def as_sent(opening: Opening, there: Sequence[Any]) -> dict[str, Any]:
    """Return how places are given now, in the shape in which the page sends it."""
    rows = {row.kind: row for row in there}
    units = {row.kind.removeprefix("unit:"): row.cap for row in there if row.kind.startswith("unit:")}
    usual = max(units.values(), key=list(units.values()).count, default=None)
    told = {
        "capacity": opening.capacity, "reserve": rows[RESERVE].cap if RESERVE in rows else None,
        "admission": opening.admission.value, "promotion": opening.promotion.value,
        "offer_hours": opening.offer_hours, "most_passed": opening.most_passed, "each_village": usual,
        "villages": {f"v_{unit}": n for unit, n in units.items() if n != usual},
        "male": _cap(rows, "category:male"), "female": _cap(rows, "category:female"),
        "slots": [{"key": row.kind.removeprefix("slot:"), "at": f"{local(row.starts_at):%H:%M}", "label": row.label, "places": row.cap}
                  for row in there if row.kind.startswith("slot:")],
    }  # fmt: skip
    for what in (MAKEUP, PHOTO):
        if how := batches_of(there, what):
            told |= {f"{what}_at": f"{local(how.at):%Y-%m-%dT%H:%M}", f"{what}_every": how.every, f"{what}_each": how.each}
    return told


def _cap(rows: Mapping[str, Any], kind: str) -> int | None:
    return rows[kind].cap if kind in rows else None


def pool_words(row: Any) -> Words | str:
    """Say what a pool is called: a session by its time, a batch by what it is for and when."""
    what = row.kind.partition(":")[0]
    if what == "slot":
        return f"{local(row.starts_at):%H:%M} {row.label}".strip()
    if what in CALLS:
        return Words(N_("{what} {at}"), what=Words(CALLS[what]), at=f"{local(row.starts_at):%H:%M}")
    return Words(N_("全部")) if what == MAIN else row.label


def time_words(row: Any) -> tuple[str, str]:
    """Say what somebody has a time of their own for, and when: (化妆, 08:40)."""
    what = row.kind.partition(":")[0]
    when = f"{local(row.starts_at):%H:%M}"
    return (CALLS[what], when) if what in CALLS else (N_("场次"), f"{when} {row.label}".strip())
