"""How a typed plan becomes an activity's columns and rows, and what of it has changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eventsvc.activities import rules, schemas
from eventsvc.activities.models import Activity, ActivityPart, BudgetItem, Part
from eventsvc.core.periods import day_of
from eventsvc.declare import ActivityKind

PLAIN = ("title", "theme", "starts_at", "ends_at", "venue", "contact_name", "contact_phone", "expected_people")
SIGN_UP = ("sign_up", "capacity", "opens_at", "closes_at", "waiting_list")
EMPTY = {"theme": "", "venue": "", "contact_name": "", "contact_phone": "", "sign_up": False, "waiting_list": True}


def write(activity: Activity, kind: ActivityKind, plan: Mapping[str, Any]) -> list[str]:
    """Write a plan into an activity and return the names of the questions whose answers changed."""
    was = schemas.plan_of(kind, activity) if activity.title is not None else {}
    for name in (*PLAIN, *(SIGN_UP if kind.has("sign_up") else ())):
        value = plan.get(name)
        setattr(activity, name, EMPTY.get(name) if value is None else value)
    if not kind.has("sign_up"):
        activity.sign_up, activity.waiting_list, activity.paused = False, False, False
    activity.plan = schemas.at_rest(kind, _filled(kind, plan))
    _write_parts(activity, plan.get("parts") or [])
    _write_budget(activity, plan.get("budget") or [])
    now = schemas.plan_of(kind, activity)
    return sorted(name for name in now if now[name] != was.get(name))


def shifted(activity: Activity, kind: ActivityKind, starts_at: datetime, ends_at: datetime | None) -> dict[str, Any]:
    """Return the columns that another time changes: the times, a closing time now too late, answers that hang on the day."""
    along = rules.moved_defaults(kind, activity.plan, activity.starts_at, starts_at)
    closes = activity.closes_at
    return {
        "starts_at": starts_at, "ends_at": ends_at, "plan": {**activity.plan, **along},
        "closes_at": starts_at if closes is not None and closes > starts_at else closes,
    }  # fmt: skip


def facts(activity: Activity) -> dict[str, str]:
    """Return what the public must be told of when it changes: when and where, as strings."""
    return when_facts(activity.starts_at, activity.ends_at) | {"venue": activity.venue}


def when_facts(starts_at: datetime, ends_at: datetime | None) -> dict[str, str]:
    """Return a time as strings, for machines and for people."""
    return {
        "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat() if ends_at else "",
        "when": rules.when_words(starts_at, ends_at),
    }  # fmt: skip


def _filled(kind: ActivityKind, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Fill what was left open with what the day suggests: the cut-off of a ceremony is its own day."""
    own = dict(plan.get("plan") or {})
    for name, value in kind.plan_defaults(day_of(plan["starts_at"])).items():
        if own.get(name) is None and not isinstance(value, bool):
            own[name] = value
    return {**plan, "plan": own}


def _write_parts(activity: Activity, rows: list[Mapping[str, Any]]) -> None:
    """Keep the parts in order; the owner unit is a host when nobody else is named as one."""
    named = [(Part(row["part"]), row["name"]) for row in rows]
    if not any(part is Part.HOST for part, _ in named):
        named.insert(0, (Part.HOST, activity.organisation.name))
    owner = activity.organisation
    if [(p.part, p.name) for p in activity.parts] == named:
        return
    activity.parts = [
        ActivityPart(part=part, name=name, position=i, organisation_id=owner.id if name == owner.name else None)
        for i, (part, name) in enumerate(named)
    ]


def _write_budget(activity: Activity, rows: list[Mapping[str, Any]]) -> None:
    """Keep the budget in order; a line that only moved or got another amount keeps what was really spent."""
    known: dict[str, list[BudgetItem]] = {}
    for item in activity.budget:
        known.setdefault(item.item, []).append(item)
    lines = []
    for i, row in enumerate(rows):
        line = known[row["item"]].pop(0) if known.get(row["item"]) else BudgetItem(item=row["item"])
        line.position, line.planned_fen, line.source = i, row.get("planned_fen") or 0, row.get("source") or ""
        lines.append(line)
    activity.budget = lines
