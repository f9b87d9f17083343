"""The first draft of a report's words, from its figures and its plan: plain sentences that a person then makes her own.

Reports are Chinese only, as papers are; nothing here is translated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from eventsvc.core.money import wan
from eventsvc.core.text import standard
from eventsvc.declare import ActivityKind
from eventsvc.reports.rules import Value

ORDINALS = "一二三四五六七八九"


@dataclass(frozen=True)
class Told:
    """What a draft is written from: names and days as people say them, no ORM object."""

    title: str
    unit: str
    day: date
    until: date
    venue: str
    theme: str
    hosts: tuple[str, ...]
    implementers: tuple[str, ...]
    plan: Mapping[str, Any]
    planned_fen: int


def propose(kind: ActivityKind, told: Told, values: Sequence[Value]) -> dict[str, str]:
    """Return a proposal for each section; an empty one where only people can know."""
    return {
        "overview": _overview(told, values),
        "done": _done(told),
        "effect": _effect(values),
        "problems": _problems(values, told),
        "next": _next(kind),
    }


def _overview(told: Told, values: Sequence[Value]) -> str:
    when = _day(told.day) if told.day == told.until else f"{_day(told.day)}至{_day(told.until)}"
    by = "、".join(told.hosts) or told.unit
    where = f"在{told.venue}" if told.venue else ""
    along = f"，由{'、'.join(told.implementers)}承办" if told.implementers else ""
    theme = (
        f"活动以“{told.theme}”为主题{along}。" if told.theme else (f"活动{along.removeprefix('，')}。" if along else "")
    )
    came = _counted(values, ("parties_present", "households_seen", "visits_made", "person_times"))
    spent = next((f"共支出{wan(v.amount)}。" for v in values if v.indicator.of == "spending" and v.amount), "")
    return standard(
        "".join([f"{when}，{by}{where}举办“{told.title}”。", theme, f"本次活动{came}。" if came else "", spent])
    )


def _done(told: Told) -> str:
    lines = [str(line.get("what", "")).strip("。；") for line in told.plan.get("schedule") or () if line.get("what")]
    if not lines:
        return ""
    spoken = (f"{ORDINALS[i]}是{line}" for i, line in enumerate(lines[: len(ORDINALS)]))
    return standard(f"活动按方案组织实施：{'；'.join(spoken)}。")


def _effect(values: Sequence[Value]) -> str:
    said = _counted(values, (), skip=("activities", "spending"))
    return f"{said}。" if said else ""


def _problems(values: Sequence[Value], told: Told) -> str:
    amounts = {v.indicator.of: v.amount for v in values}
    spent, found = amounts.get("spending"), []
    if spent is not None and told.planned_fen and spent > told.planned_fen:
        found.append(f"支出{wan(spent)}，比预算{wan(told.planned_fen)}多{wan(spent - told.planned_fen)}。")
    due, seen = amounts.get("households_due"), amounts.get("households_seen")
    if due and seen is not None and seen < due:
        found.append(f"应访{due}户，已访{seen}户，还有{due - seen}户没有访到。")
    registered, present = amounts.get("parties_registered"), amounts.get("parties_present")
    if registered and present is not None and present < registered:
        found.append(f"报名{registered}，到场{present}，有{registered - present}没有到场。")
    return "".join(found)


def _next(kind: ActivityKind) -> str:
    if kind.has("round"):
        return "对没有访到的家庭另约时间补访，对发现的问题逐件跟进。"
    return "做好资料归档和后续服务，认真听取群众意见，办好下一次活动。"


def _counted(values: Sequence[Value], of: Sequence[str], skip: Sequence[str] = ()) -> str:
    """Say figures one after the other: 到场金婚夫妇12对，参与人次30人次. Nothing is said of what is nought or not known."""
    chosen: Iterable[Value] = [v for fact in of for v in values if v.indicator.of == fact] if of else values
    return "，".join(_said(v) for v in chosen if v.amount and v.indicator.of not in skip)


def _said(value: Value) -> str:
    amount = value.amount or 0
    if value.indicator.measure == "money":
        return f"{value.indicator.label}{wan(amount)}"
    unit, label = str(value.indicator.unit), str(value.indicator.label)
    return f"{label.removesuffix(unit)}{amount}{unit}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
