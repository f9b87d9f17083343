"""Commands on activities: plan, move, postpone, approve on paper. The only place where a state changes."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from eventsvc.activities import plans, queries, rules
from eventsvc.activities.errors import BadTimes, NoSignUp, NoSuchKind, NoteNeeded, NotReady, OwnForm, TooEarly
from eventsvc.activities.events import ActivityChanged, ActivityMoved, ActivityPlanned
from eventsvc.activities.models import Activity, Move, State
from eventsvc.activities.papers import Paper, keep_paper
from eventsvc.activities.workflow import BY_ITSELF, WORKFLOW, roles
from eventsvc.campaigns.errors import DoesNotFit
from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.core.codes import new_id, new_slug
from eventsvc.core.errors import NotAllowed, Stale, WrongMoment
from eventsvc.core.periods import day_of
from eventsvc.core.text import clean_text
from eventsvc.core.words import N_, Words
from eventsvc.core.workflow import Step
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations

LONGEST_NOTE = 1000
OPEN_TO_OTHERS = frozenset({State.APPROVED, State.PUBLISHED})
"""Once somebody else has read the plan, each change of it leaves a line."""


@transactional
def draft(kind_code: str, organisation_id: UUID, plan: Mapping[str, Any], *, actor: Actor, now: datetime,
          campaign_id: UUID | None = None) -> UUID:  # fmt: skip
    """Write down a new plan of a unit. Title and day are enough; everything else may come later."""
    kind = KINDS.get(kind_code)
    if kind is None:
        raise NoSuchKind
    unit = organisations.require(actor, Role.ORGANISER, organisation_id)
    _refuse_wrong_times(plan)
    activity = Activity(id=new_id(), kind=kind.code, kind_version=kind.version, organisation_id=unit.id, organisation=unit,
                        state=State.DRAFT, version=1, created_by=actor.id, created_at=now, updated_at=now)  # fmt: skip
    plans.write(activity, kind, plan)
    db.session.add(activity)
    db.session.flush()
    if campaign_id is not None:
        put_under(activity.id, campaign_id, actor=actor, now=now)
    announce(ActivityPlanned(activity.id))
    return activity.id


@transactional
def save(activity_id: UUID, plan: Mapping[str, Any], *, version: int, actor: Actor, now: datetime) -> int:
    """Save a plan over the version that the writer saw, and return the new one; over a newer one it is `Stale`.

    Once approved, every change leaves a line of history; once published, another time or place is announced.
    """
    activity, step = _at_step(activity_id, "edit", actor)
    kind = KINDS[activity.kind]
    _refuse_wrong_times(plan)
    if activity.version != version:
        raise Stale
    before = plans.facts(activity)
    _guarded(activity, step, updated_at=now, version=version + 1)
    touched = plans.write(activity, kind, plan)
    if activity.state in OPEN_TO_OTHERS and touched:
        _still_ready(activity, step)
        line = _take(activity, step, actor, now, facts={"fields": touched, "before": before, "after": plans.facts(activity)})
        _tell_of_change(activity, line, before)
    db.session.flush()
    announce(ActivityPlanned(activity.id))
    return activity.version


@transactional
def move(activity_id: UUID, action: str, *, actor: Actor, now: datetime, note: str = "", version: int | None = None) -> State:
    """Take one step of the workflow and return the new state.

    `version` is the plan that the actor saw: who approves one version never approves another by accident.
    """
    activity, step = _at_step(activity_id, action, actor)
    if action not in BY_ITSELF:
        raise OwnForm(action=Words(step.label))
    if version is not None and version != activity.version:
        raise Stale
    words = _note(note, step)
    _ready_for(activity, step, now)
    _take(activity, step, actor, now, note=words, **_with_it(activity, step, actor, now))
    if action in ("publish", "pause", "resume"):
        announce(ActivityPlanned(activity.id))
    return activity.state


@transactional
def postpone(activity_id: UUID, starts_at: datetime, ends_at: datetime | None = None, *, actor: Actor, now: datetime,
             note: str = "") -> None:  # fmt: skip
    """Give an approved or published activity another time; its sign-ups stay. What hangs on the day follows it."""
    activity, step = _at_step(activity_id, "postpone", actor)
    if starts_at <= now or starts_at == activity.starts_at:
        raise BadTimes(fields={"starts_at": [N_("请填一个新的、以后的时间")]})
    lasts = (activity.ends_at - activity.starts_at) if activity.ends_at else None
    ends_at = ends_at or (starts_at + lasts if lasts is not None else None)
    if ends_at is not None and ends_at < starts_at:
        raise BadTimes(fields={"ends_at": [N_("结束时间比开始时间早，请核对")]})
    before = plans.facts(activity)
    words = _note(note, step)
    shifted = plans.shifted(activity, KINDS[activity.kind], starts_at, ends_at)
    facts = {"before": before, "after": before | plans.when_facts(starts_at, ends_at)}
    line = _take(activity, step, actor, now, note=words, facts=facts, version=activity.version + 1, **shifted)
    _tell_of_change(activity, line, before)
    announce(ActivityPlanned(activity.id))


@transactional
def approve_on_paper(activity_id: UUID, approver: str, approved_on: date, scan: bytes, media: str = "", *, actor: Actor,
                     now: datetime, note: str = "") -> State:  # fmt: skip
    """Enter an approval that was given on paper: who signed, when, and a scan. The organiser may do it too."""
    activity, step = _at_step(activity_id, "approve_on_paper", actor)
    if gaps := rules.unmet(KINDS[activity.kind], activity):
        raise NotReady(gaps, step.label)
    paper = keep_paper(activity, Paper(approver, approved_on, scan, media), by=actor.id, now=now)
    _take(activity, step, actor, now, note=_note(note, step), facts=paper)
    return activity.state


@transactional
def put_under(activity_id: UUID, campaign_id: UUID | None, *, actor: Actor, now: datetime) -> None:
    """Put an activity under a campaign that was handed down to its unit for that day; None takes it out again."""
    activity = queries.activity(activity_id, within=actor, lock=True)
    actor.must_be(Role.ORGANISER, queries.lineage(activity))
    if campaign_id is not None and campaign_id not in {one.id for one, _ in queries.campaigns_for(activity)}:
        raise DoesNotFit
    activity.campaign_id, activity.updated_at = campaign_id, now
    db.session.flush()
    announce(ActivityPlanned(activity.id))


@transactional
def set_paused(activity_id: UUID, paused: bool, *, actor: Actor, now: datetime) -> None:
    """Stop sign-up for a while, or let it go on."""
    move(activity_id, "pause" if paused else "resume", actor=actor, now=now)


@transactional
def hold_by_report(activity_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Say that an activity was held because its report went up; one that already was stays as it is."""
    activity = queries.activity(activity_id, within=actor, lock=True)
    if activity.state is State.PUBLISHED:
        move(activity_id, "hold", actor=actor, now=now)
    elif activity.state not in (State.HELD, State.ARCHIVED):
        WORKFLOW.step(activity.state, "hold")


@transactional
def archive(activity_id: UUID, *, now: datetime) -> None:
    """Put a held activity away: its report is locked. The house itself does it."""
    move(activity_id, "archive", actor=SYSTEM, now=now)


# The ways of this room ----------------------------------------------------------------------------------------


def _at_step(activity_id: UUID, action: str, actor: Actor) -> tuple[Activity, Step]:
    """Return the locked activity and the step, when it can be taken from here by this actor."""
    activity = queries.activity(activity_id, within=actor, lock=True)
    step = WORKFLOW.step(activity.state, action)
    if step.by == "system":
        if actor.id != SYSTEM.id:
            raise NotAllowed
    elif actor.id != SYSTEM.id:
        above = queries.lineage(activity)
        if not any(actor.can(role, above) for role in roles(step)):
            raise NotAllowed
    step.check(activity, actor)
    return activity, step


def _take(activity: Activity, step: Step, actor: Actor, now: datetime, *, note: str = "", facts: Mapping[str, Any] | None = None,
          **values: Any) -> Move:  # fmt: skip
    """Write state and what goes with it, leave a line of history, tell everyone above."""
    source = activity.state
    _guarded(activity, step, updated_at=now, **values)
    line = Move(id=new_id(), activity_id=activity.id, action=step.action, source=source, target=activity.state, actor_id=actor.id,
                actor_name=actor.name, note=note, facts=dict(facts or {}), at=now)  # fmt: skip
    db.session.add(line)
    db.session.flush()
    announce(ActivityMoved(activity.id, step.action, line.id, actor.id, now))
    return line


def _guarded(activity: Activity, step: Step, **values: Any) -> None:
    """Write by one UPDATE guarded with state and version: of many at once one decides, the others are refused."""
    was, target = activity.state, step.target or activity.state
    here = (Activity.id == activity.id, Activity.state == was, Activity.version == activity.version)
    statement = update(Activity).where(*here).values(state=target, **values)
    if changed(db.session.execute(statement, execution_options={"synchronize_session": False})) != 1:
        raise WrongMoment(state=Words(was.label), action=Words(step.label))
    db.session.refresh(activity, ["state", *values])


def _note(note: str, step: Step) -> str:
    words = clean_text(note, LONGEST_NOTE, multiline=True)
    if step.needs == "note" and not words:
        raise NoteNeeded
    return words


def _ready_for(activity: Activity, step: Step, now: datetime) -> None:
    """Refuse a step for which the plan, the day or the sign-up is not ready."""
    if step.action in ("submit", "publish"):
        gaps = rules.unmet(KINDS[activity.kind], activity)
        gaps += rules.late(activity, now) if step.action == "publish" else []
        if gaps:
            raise NotReady(gaps, step.label)
    if step.action == "hold" and day_of(now) < day_of(activity.starts_at):
        raise TooEarly(day=rules.day_said(day_of(activity.starts_at)))
    if step.action in ("pause", "resume") and not activity.sign_up:
        raise NoSignUp


def _with_it(activity: Activity, step: Step, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what changes together with the state."""
    along: dict[str, dict[str, Any]] = {
        "submit": {"submitted_by": actor.id},
        "publish": {"published_at": now, "paused": False, "slug": activity.slug or (_new_slug() if activity.sign_up else None)},
        "pause": {"paused": True},
        "resume": {"paused": False},
        "hold": {"held_on": day_of(activity.starts_at)},
    }
    return along.get(step.action, {})


def _still_ready(activity: Activity, step: Step) -> None:
    """Refuse to make gaps in an approved plan; give a link when sign-up is opened after publishing."""
    if gaps := rules.unmet(KINDS[activity.kind], activity):
        raise NotReady(gaps, N_("保存"))
    if activity.state is State.PUBLISHED and activity.sign_up and activity.slug is None:
        activity.slug = _new_slug()


def _tell_of_change(activity: Activity, line: Move, before: Mapping[str, str]) -> None:
    """Tell of another time or place, once the public knows of the activity."""
    after = plans.facts(activity)
    if activity.state is State.PUBLISHED and before != after:
        announce(ActivityChanged(activity.id, line.id, {"before": dict(before), "after": after}, line.at))


def _refuse_wrong_times(plan: Mapping[str, Any]) -> None:
    if wrong := rules.wrong_times(plan):
        raise BadTimes(fields=wrong)


def _new_slug() -> str:
    return new_slug(secrets.token_bytes(16))
