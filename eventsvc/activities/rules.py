"""What is true of an activity, told from its own facts: may one sign up, is the plan ready, what a new one starts with."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from eventsvc.activities.workflow import State
from eventsvc.core.enums import Labelled
from eventsvc.core.periods import at_local, day_of, local
from eventsvc.core.words import N_, Words
from eventsvc.declare import ActivityKind, Rows

CROWD = 1000
"""From so many people on, a permit of the police is asked for 20 days before."""
START = time(9)
LASTS = timedelta(hours=3)


class SignUp(Labelled):
    """Whether one may sign up now, and if not, why."""

    NONE = "none", N_("不报名")
    NOT_YET = "not_yet", N_("尚未开始报名")
    OPEN = "open", N_("报名中")
    PAUSED = "paused", N_("报名暂停")
    CLOSED = "closed", N_("报名已截止")


class HasSignUp(Protocol):
    """What the predicate asks of an activity."""

    state: Any
    sign_up: Any
    paused: Any
    opens_at: Any
    closes_at: Any
    starts_at: Any


def sign_up_state(activity: HasSignUp, now: datetime) -> SignUp:
    """Say how sign-up stands. Without a closing time it closes when the activity begins."""
    if not activity.sign_up or activity.state in (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED):
        return SignUp.NONE
    if activity.state is not State.PUBLISHED or now >= (activity.closes_at or activity.starts_at):
        return SignUp.CLOSED
    if activity.paused:
        return SignUp.PAUSED
    return SignUp.NOT_YET if activity.opens_at is not None and now < activity.opens_at else SignUp.OPEN


def sign_up_open(activity: HasSignUp, now: datetime) -> bool:
    """Say whether one may sign up now; `queries.sign_up_open` is the same in SQL."""
    return sign_up_state(activity, now) is SignUp.OPEN


# Is the plan ready? -------------------------------------------------------------------------------------------


def unmet(kind: ActivityKind, activity: Any) -> list[tuple[str, str]]:
    """List what a plan still lacks before it can be sent up or published: (name of the question, words)."""
    return [*_own_gaps(kind, activity), *_sign_up_gaps(activity), *_kind_gaps(kind, activity.plan)]


def late(activity: Any, now: datetime) -> list[tuple[str, str]]:
    """List the times that have passed, so that publishing would open a link that nobody can use."""
    if not activity.sign_up:
        return []
    gaps = [("starts_at", N_("活动时间已经过了，请先改期"))] if activity.starts_at <= now else []
    if activity.closes_at is not None and activity.closes_at <= now:
        gaps.append(("closes_at", N_("报名截止时间已经过了，请改一个以后的时间")))
    return gaps


def _own_gaps(kind: ActivityKind, activity: Any) -> Iterable[tuple[str, str]]:
    asked = {
        "title": N_("请写活动名称"), "ends_at": N_("请填结束时间"), "venue": N_("请填活动地点或走访范围"),
        "contact_name": N_("请填联系人"), "contact_phone": N_("请填联系电话，群众和上级要找得到人"),
    }  # fmt: skip
    yield from ((name, words) for name, words in asked.items() if not getattr(activity, name))
    plan = activity.plan
    if not plan.get("purpose"):
        yield "purpose", N_("请写一两句活动目的")
    if not plan.get("schedule"):
        yield "schedule", N_("请至少写一行流程")
    if not kind.has("round") and not plan.get("safety"):
        yield "safety", N_("请写安全预案：天气、医疗、疏散")
    if (activity.expected_people or 0) >= CROWD and not plan.get("permit"):
        yield "permit", N_("预计1000人以上，要提前20天向公安机关申请许可，请写明办理情况")


def _sign_up_gaps(activity: Any) -> Iterable[tuple[str, str]]:
    if activity.sign_up and not activity.capacity:
        yield "capacity", N_("开放报名要有名额数")
    if activity.sign_up and activity.closes_at is None:
        yield "closes_at", N_("请填报名截止时间")


def _kind_gaps(kind: ActivityKind, plan: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for asked in kind.plan:
        if asked.required and not isinstance(asked, Rows) and plan.get(asked.name) in (None, "", []):
            yield f"plan.{asked.name}", N_("请填写这一项")


# Times --------------------------------------------------------------------------------------------------------


def wrong_times(plan: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong with the order of the times of a plan, by the name of the question."""
    starts, ends, opens, closes = (plan.get(n) for n in ("starts_at", "ends_at", "opens_at", "closes_at"))
    wrong: dict[str, list[str]] = {}
    if ends is not None and ends < starts:
        wrong["ends_at"] = [N_("结束时间比开始时间早，请核对")]
    if closes is not None and closes > starts:
        wrong["closes_at"] = [N_("报名截止应在活动开始之前")]
    if opens is not None and opens >= (closes or starts):
        wrong["opens_at"] = [N_("报名开始应在截止之前")]
    return wrong


def day_said(day: date) -> Words:
    """Say a day with its year."""
    return Words(N_("{year}年{month}月{day}日"), year=day.year, month=day.month, day=day.day)


def short_day(day: date) -> Words:
    """Say a day of this year."""
    return Words(N_("{month}月{day}日"), month=day.month, day=day.day)


def when_words(starts_at: datetime, ends_at: datetime | None) -> str:
    """Say when in Chinese, for messages and papers: 2027年5月29日9:00–11:30."""
    start = local(starts_at)
    said = f"{day_said(start)}{start.hour}:{start:%M}"
    if ends_at is None:
        return said
    end = local(ends_at)
    until = f"{end.hour}:{end:%M}"
    return f"{said}–{until}" if end.date() == start.date() else f"{said}–{short_day(end)}{until}"


# What a new plan starts with ----------------------------------------------------------------------------------


def usual_day(kind: ActivityKind, today: date) -> date:
    """Give the day that an activity of this kind is usually held on, the next one that can still be prepared."""
    usual = kind.extra.get("usual_day")
    found: date = usual(today) if usual else today + timedelta(days=30)
    return found


def first_plan(kind: ActivityKind, unit: str, contact: str, day: date) -> dict[str, Any]:
    """Return a sensible plan to start from: typed values in the shape that the planning schema dumps."""
    starts = at_local(day, START)
    sign_up = kind.has("sign_up") and not kind.sign_up_optional
    return {
        "title": kind.title(unit, day), "theme": kind.theme, "starts_at": starts,
        "ends_at": starts + kind.extra.get("lasts", LASTS), "contact_name": contact, "purpose": kind.purpose,
        "parts": [{"part": "host", "name": unit}],
        "sign_up": sign_up, "capacity": kind.capacity if sign_up else None, "waiting_list": True,
        "closes_at": at_local(day - timedelta(days=7), time(18)) if sign_up else None,
        "schedule": [{"at": _shifted(line.at), "what": line.what, "who": line.who} for line in kind.schedule],
        "budget": [{"item": b.item, "planned_fen": b.fen, "source": b.source} for b in kind.budget],
        "duties": [], "materials": [], "plan": kind.plan_defaults(day),
    }  # fmt: skip


def moved_defaults(kind: ActivityKind, plan: Mapping[str, Any], before: datetime, after: datetime) -> dict[str, Any]:
    """Return what of a plan follows its day to another: the kind's answers that still are as they were suggested."""
    old, new = (_at_rest(kind.plan_defaults(day_of(moment))) for moment in (before, after))
    return {name: new[name] for name, value in old.items() if plan.get(name) == value and new[name] != value}


def _shifted(minutes: int) -> time:
    start = datetime.combine(date(2000, 1, 1), START)  # noqa: DTZ001 (a clock without a day)
    return (start + timedelta(minutes=minutes)).time()


def _at_rest(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
