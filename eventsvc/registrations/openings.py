"""An activity as its public link shows it: one Core statement's worth of plain values."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select

from eventsvc.activities.models import Activity, Move, State
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.periods import day_of
from eventsvc.declare import ActivityKind
from eventsvc.declare.asked import NOTHING, Asked, asked_by
from eventsvc.infra.db import db, glance
from eventsvc.infra.pages import moment_words
from eventsvc.kinds import KINDS
from eventsvc.organisations.models import Organisation
from eventsvc.registrations.errors import (
    ActivityCancelled,
    ActivityFull,
    ActivityIsOver,
    LinkClosed,
    NotOpenYet,
    SignUpOver,
    SignUpPaused,
)
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import Admission, Promotion, QuestionSet, SignUpRules, Standing, table_of

MAIN, RESERVE = "main", "reserve"
A, U, M, S, Q = map(table_of, (Activity, Organisation, Move, SignUpRules, QuestionSet))


@dataclass(frozen=True)
class Opening:
    """An activity as seen through its link: one statement's worth of plain values."""

    id: UUID
    kind_code: str
    organisation_id: UUID
    host: str
    title: str
    theme: str
    state: State
    starts_at: datetime
    ends_at: datetime | None
    venue: str
    contact_name: str
    contact_phone: str
    plan: Mapping[str, Any]
    slug: str
    sign_up: bool
    opens_at: datetime | None
    closes_at: datetime | None
    paused: bool
    waiting_list: bool
    capacity: int | None
    pool_id: UUID | None
    cap: int
    taken: int
    waiting: int
    updated_at: datetime
    moved: Mapping[str, Any] | None
    """The facts of the last postponement, if there was one."""
    admission: Admission
    promotion: Promotion
    offer_hours: int
    most_passed: int
    seed: str
    drawn_at: datetime | None
    form_version: int
    """Of the organiser's own questions that are asked now; 0 when there are none."""
    questions: tuple[Mapping[str, Any], ...]
    more_pools: int
    """How many gating pools there are beside the main one and the reserve."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "questions", tuple(self.questions or ()))

    @property
    def kind(self) -> ActivityKind:
        """Return the kind's declaration."""
        return KINDS[self.kind_code]

    @property
    def asked(self) -> Asked:
        """Return the organiser's own questions as they are asked now."""
        return NOTHING if not self.questions else _asked(self)

    @property
    def places(self) -> int:
        """Return how many places one party takes."""
        return self.kind.party.places if self.kind.party else 1

    @property
    def uniform(self) -> bool:
        """Say whether all parties take as many places, of the main pool alone.

        Then no later one ever fits where an earlier one does not, and one guarded statement is the whole of a sign-up's way to its place.
        """
        shape = self.kind.party
        return not self.more_pools and (shape is None or shape.more is None or not shape.places_each)

    @property
    def left(self) -> int:
        """Return how many places are free to a newcomer: none while others wait for the same."""
        return 0 if self.waiting and self.uniform else max(self.cap - self.taken, 0)

    @property
    def full(self) -> bool:
        """Say whether a newcomer would have to wait; where somebody decides about all who come, nobody does."""
        return self.decided_later is None and self.left < self.places

    @property
    def decided_later(self) -> Standing | None:
        """Return where whoever comes stands until somebody decides, or a draw does; None where places go to who comes first."""
        if self.admission == Admission.REVIEW:
            return Standing.TO_REVIEW
        drawn = self.admission == Admission.FIRST_COME or self.drawn_at is not None
        return None if drawn else Standing.ENTERED

    @property
    def closes(self) -> datetime:
        """Return when sign-up ends: as the organiser says, at the latest when the activity begins."""
        return self.closes_at or self.starts_at

    def refusal(self, now: datetime) -> DomainError | None:
        """Return why nobody can sign up now, or None. The guarded UPDATE has the last word."""
        return self._shut() or self._wrong_time(now) or self._full()

    def _shut(self) -> DomainError | None:
        if self.state == State.CANCELLED:
            return ActivityCancelled(title=self.title)
        if self.state in (State.HELD, State.ARCHIVED):
            return ActivityIsOver(title=self.title)
        if self.state != State.PUBLISHED or not self.sign_up or self.pool_id is None:
            return LinkClosed()
        return None

    def _wrong_time(self, now: datetime) -> DomainError | None:
        if self.opens_at and now < self.opens_at:
            return NotOpenYet(opens=moment_words(self.opens_at))
        if now >= self.closes:
            return SignUpOver()
        return SignUpPaused() if self.paused else None

    def _full(self) -> DomainError | None:
        return ActivityFull(title=self.title, capacity=self.cap) if self.full and not self.waiting_list else None


def _asked(where: Opening) -> Asked:
    """Return what this version of the questions asks; a version never changes."""
    some = any(question["type"] == "division" for question in where.questions)
    offered = villages(where.organisation_id) if some else {}
    return asked_by(where.kind, where.questions, version=where.form_version, day=day_of(where.starts_at), villages=offered)


_LAST_MOVE = (
    select(M.c.facts).where(M.c.activity_id == A.c.id, M.c.action == "postpone").order_by(M.c.at.desc()).limit(1)
).scalar_subquery()
_OTHERS, _SETS = P.alias("others_of_it"), Q.alias("sets_of_it")
_MORE_POOLS = (
    select(func.count()).select_from(_OTHERS)
    .where(_OTHERS.c.activity_id == A.c.id, _OTHERS.c.gates, _OTHERS.c.kind.not_in((MAIN, RESERVE)))
).scalar_subquery()
_LATEST = select(func.max(_SETS.c.version)).where(_SETS.c.activity_id == A.c.id).scalar_subquery()
COLUMNS = (
    A.c.id, A.c.kind, A.c.organisation_id, U.c.name, A.c.title, A.c.theme, A.c.state, A.c.starts_at, A.c.ends_at, A.c.venue,
    A.c.contact_name, A.c.contact_phone, A.c.plan, A.c.slug, A.c.sign_up, A.c.opens_at, A.c.closes_at, A.c.paused,
    A.c.waiting_list, A.c.capacity, P.c.id.label("pool_id"), func.coalesce(P.c.cap, 0).label("cap"),
    func.coalesce(P.c.taken, 0).label("taken"), func.coalesce(P.c.waiting, 0).label("waiting"), A.c.updated_at, _LAST_MOVE.label("moved"),
    func.coalesce(S.c.admission, Admission.FIRST_COME).label("admission"),
    func.coalesce(S.c.promotion, Promotion.AT_ONCE).label("promotion"),
    func.coalesce(S.c.offer_hours, 24).label("offer_hours"), func.coalesce(S.c.most_passed, 3).label("most_passed"),
    func.coalesce(S.c.seed, "").label("seed"), S.c.drawn_at, func.coalesce(Q.c.version, 0).label("form_version"),
    Q.c.questions, _MORE_POOLS.label("more_pools"),
)  # fmt: skip
SOURCE = (
    A.join(U, U.c.id == A.c.organisation_id)
    .outerjoin(P, and_(P.c.activity_id == A.c.id, P.c.kind == MAIN))
    .outerjoin(S, S.c.activity_id == A.c.id)
    .outerjoin(Q, and_(Q.c.activity_id == A.c.id, Q.c.version == _LATEST))
)
_BY_SLUG = select(*COLUMNS).select_from(SOURCE).where(A.c.slug == bindparam("slug"))
_BY_ID = select(*COLUMNS).select_from(SOURCE).where(A.c.id == bindparam("id"))
WIDTH = len(COLUMNS)


QUESTIONS_STAND = 30.0
_lately: dict[tuple[int, str], tuple[float, Opening]] = {}


def opening(slug: str) -> Opening:
    """Return the activity behind a public link, or raise NotFound; one that was never published has none."""
    row = next(iter(glance(_BY_SLUG, {"slug": slug})), None)
    if row is None or row.state in (State.DRAFT, State.SUBMITTED, State.RETURNED):
        raise NotFound
    found = Opening(*cast(Any, row))
    if len(_lately) > 2_000:
        _lately.clear()
    _lately[id(db.engine), slug] = (time.monotonic(), found)
    return found


def lately(slug: str) -> Opening:
    """Return the activity as it was read half a minute ago at most: for what it asks, never for whether there is room."""
    read, found = _lately.get((id(db.engine), slug), (0.0, None))
    return found if found is not None and time.monotonic() - read < QUESTIONS_STAND else opening(slug)


def opening_of(activity_id: UUID) -> Opening:
    """Return an activity as its link would show it, by id; whoever asks has checked the right to see it."""
    row = db.session.execute(_BY_ID, {"id": activity_id}).first()
    if row is None:
        raise NotFound
    return Opening(*cast(Any, row))


# -- villages: they change a few times a year and are asked for with every page -----------------------------------------

VILLAGES_STAND = 60.0
_villages: dict[tuple[int, UUID], tuple[float, dict[UUID, str]]] = {}


def villages(unit_id: UUID) -> dict[UUID, str]:
    """Return the units directly below the host that stand now, by id, in the order of their codes; a minute old at most."""
    key = (id(db.engine), unit_id)
    asked, found = _villages.get(key, (0.0, {}))
    if time.monotonic() - asked > VILLAGES_STAND or not asked:
        query = select(U.c.id, U.c.name).where(U.c.parent_id == unit_id, U.c.valid_to.is_(None)).order_by(U.c.code)
        found = {row.id: row.name for row in db.session.execute(query)}
        if len(_villages) > 2_000:
            _villages.clear()
        _villages[key] = (time.monotonic(), found)
    return found
