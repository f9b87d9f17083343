"""Activities in any state, planned, approved and published by the same commands as the doors use."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from eventsvc.activities import queries, rules, service
from eventsvc.activities.models import Activity, State
from eventsvc.activities.schemas import PlanSchema
from eventsvc.core.actor import SYSTEM, Actor
from eventsvc.core.periods import at_local, day_of
from eventsvc.kinds import KINDS
from eventsvc.organisations.models import Organisation
from tests.factories.accounts import a_user
from tests.factories.organisations import a_tree

NOW = datetime(2027, 5, 1, 2, 0, tzinfo=UTC)
DAY = date(2027, 5, 29)
"""Four weeks after NOW."""

WAY = {
    State.DRAFT: (), State.SUBMITTED: ("submit",), State.RETURNED: ("submit", "send_back"),
    State.APPROVED: ("submit", "approve"), State.PUBLISHED: ("submit", "approve", "publish"),
    State.HELD: ("submit", "approve", "publish", "hold"),
    State.ARCHIVED: ("submit", "approve", "publish", "hold", "archive"), State.CANCELLED: ("cancel",),
}  # fmt: skip
"""The steps that lead from a fresh draft to each state."""


def a_plan(kind: str = "golden_wedding", unit: str = "观洋村委会", **changed: Any) -> dict[str, Any]:
    """Return a plan that is ready to be sent up, as the schema loads it; names of the kind's own questions go under `plan`."""
    declared = KINDS[kind]
    plan = rules.first_plan(declared, unit, "林小芳", day_of(changed.get("starts_at", DAY)))
    if "starts_at" in changed:
        plan["ends_at"] = changed["starts_at"] + (plan["ends_at"] - plan["starts_at"])
    plan |= {"venue": "村文化活动中心一楼", "contact_phone": "0593-7851234", "safety": "医生到场，备轮椅；遇雨改到室内。"}
    own = {f.name for f in declared.plan}
    sent = plan | {k: v for k, v in changed.items() if k not in own}
    sent["plan"] = plan["plan"] | {k: v for k, v in changed.items() if k in own}
    return dict(PlanSchema.asking(declared).load(PlanSchema.asking(declared).dump(sent)))


def sent(kind: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Return a typed plan as JSON sends it."""
    return dict(PlanSchema.asking(KINDS[kind]).dump(plan))


def an_activity(kind: str = "golden_wedding", state: str = "published", places: int | None = 30, unit: Organisation | None = None, *,
                by: Actor | None = None, approver: Actor | None = None, **plan: Any) -> Activity:  # fmt: skip
    """Make an activity of a kind in a state, at a village (or `unit`), with so many places where there is sign-up.

    Other keywords change its plan: `starts_at`, `venue`, `sign_up=True` for a member day, `cutoff_date` …
    """
    unit = unit or a_tree().village
    by = by or a_user("organiser", unit)
    wanted = State(state)
    opened = plan.get("sign_up", KINDS[kind].has("sign_up") and not KINDS[kind].sign_up_optional)
    if opened:
        plan = {"capacity": places, "closes_at": _before(plan.get("starts_at")), **plan}
    activity_id = service.draft(kind, unit.id, a_plan(kind, unit.name, **plan), actor=by, now=NOW)
    for action in WAY[wanted]:
        _step(activity_id, action, by, approver, unit)
    return queries.activity(activity_id, within=SYSTEM)


def _before(starts_at: datetime | None) -> datetime:
    return (starts_at or at_local(DAY, time(9))) - timedelta(days=1)


def _step(activity_id: Any, action: str, by: Actor, approver: Actor | None, unit: Organisation) -> None:
    actor, moment = by, NOW
    if action in ("approve", "send_back"):
        actor = approver or a_user("approver", unit.parent_id or unit.id, name="陈建国")
    if action in ("hold", "archive"):
        moment = max(NOW, queries.activity(activity_id, within=SYSTEM).starts_at)
    if action == "archive":
        service.archive(activity_id, now=moment)
        return
    note = {"send_back": "预算请再细化", "cancel": "台风"}.get(action, "")
    service.move(activity_id, action, actor=actor, now=moment, note=note)
