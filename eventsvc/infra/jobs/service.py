"""Promise, tell, claim, finish: the whole life of a job.

The row is the truth. It is written in the command's own transaction; after the commit the queue is told the
job's id, within 0.3 s or not at all. A worker claims the row by a guarded UPDATE and holds it by a lease that goes
by the database's clock; `lease_no` fences out a late finisher. What is due and not told, or told and not done, is
told again by the sweeper. So Redis may be emptied, and any process killed, at any moment.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, case, delete, func, insert, literal_column, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from eventsvc.core.codes import new_id
from eventsvc.core.words import N_
from eventsvc.infra.db import after_commit, changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.jobs.models import Job, JobState
from eventsvc.infra.jobs.queue import names_beside, tell

LEASE = timedelta(seconds=12)
RENEW_EVERY = timedelta(seconds=4)
RETRY_AFTER = (timedelta(seconds=10), timedelta(seconds=60), timedelta(seconds=300))
TELL_AGAIN_AFTER = timedelta(seconds=20)
"""A job told but not claimed for so long is told again: the queue may have been emptied."""
MOST_ATTEMPTS = 6
"""A job whose worker ends in the middle of it so often is given up: it takes the worker down with it."""
KEEP_DONE = timedelta(days=30)


class LostLease(Exception):
    """Somebody else holds this job now: whatever was made is thrown away."""


class Hopeless(Exception):
    """The job cannot succeed however often it is tried. The message is for the person who asked."""


@dataclass
class Claim:
    """One lease on one job. Only its holder may report progress or finish."""

    id: UUID
    name: str
    ref: UUID
    lease_no: int
    stage: str = ""
    item: int = 0
    total: int = 0
    _told: float = field(default=0.0, repr=False)

    def tell(self, stage: str, item: int = 0, total: int = 0) -> None:
        """Write down how far the work is, a new stage at once, items once a second; renews the lease. Raises LostLease."""
        due = stage != self.stage or time.monotonic() - self._told >= 1
        self.stage, self.item, self.total = stage, item, total
        if due:
            renew(self)
            self._told = time.monotonic()

    def tick(self) -> None:
        """Say that one more item of this stage is done."""
        self.tell(self.stage, self.item + 1, self.total)


@dataclass(frozen=True)
class JobDied:
    """A job was given up, for good: whoever promised it to a person says so."""

    name: str
    ref: UUID
    trouble: str


def later(name: str, ref: UUID, *, now: datetime, once: str | None = None, after: timedelta = timedelta(0)) -> UUID:
    """Promise a job in this transaction; the queue hears of it after the commit.

    `once` names work that need not be promised twice while it waits: then the waiting job's id is returned.
    """
    job_id = new_id()
    row = {"id": job_id, "name": name, "ref": ref, "once": once, "due_at": now + after, "created_at": now}
    if once is not None and (waiting := _waiting(once)):
        return waiting
    try:
        with db.session.begin_nested() if once is not None else _plain():
            db.session.execute(insert(Job), [row])
    except IntegrityError:  # promised by somebody else a moment ago
        return _waiting(once or "") or job_id
    if not after:
        after_commit(lambda: tell_now(job_id, 0, name))
    return job_id


@contextmanager
def _plain() -> Iterator[None]:
    yield


def _waiting(once: str) -> UUID | None:
    return db.session.scalar(select(Job.id).where(Job.once == once, Job.state == JobState.DUE))


def tell_now(job_id: UUID, attempt: int, name: str) -> None:
    """Tell the queue, and note that it was told. A queue that is away is logged, not shown: the sweeper comes."""
    if tell(job_id, attempt, name):
        note_told([job_id])


@transactional
def note_told(job_ids: Iterable[UUID]) -> None:
    """Write down that the queue has heard of these jobs just now."""
    db.session.execute(update(Job).where(Job.id.in_(list(job_ids))).values(told_at=database_now()))


def database_now() -> ColumnElement[datetime]:
    """Return the database's own clock as an expression, in UTC; leases go by it alone."""
    if db.engine.dialect.name == "sqlite":
        return literal_column("strftime('%Y-%m-%d %H:%M:%f', 'now')", DateTime())
    return func.clock_timestamp()


def database_later(by: timedelta) -> ColumnElement[datetime]:
    """Return the database's clock plus `by`."""
    seconds = by.total_seconds()
    if db.engine.dialect.name == "sqlite":
        return literal_column(f"strftime('%Y-%m-%d %H:%M:%f', 'now', '{seconds:+.3f} seconds')", DateTime())
    return literal_column(f"clock_timestamp() + interval '{seconds:.3f} seconds'", DateTime(timezone=True))


@transactional
def claim(job_id: UUID) -> Claim | None:
    """Take the lease of a job that is due, or whose lease has run out; None when there is nothing to take."""
    free = or_(Job.state == JobState.DUE, (Job.state == JobState.LEASED) & (Job.lease_until < database_now()))
    taken = db.session.execute(
        update(Job)
        .where(Job.id == job_id, free)
        .values(
            state=JobState.LEASED,
            lease_no=Job.lease_no + 1,
            attempts=Job.attempts + 1,
            lease_until=database_later(LEASE),
            trouble="",
        )
    )
    if not changed(taken):
        return None
    job = db.session.get_one(Job, job_id)
    return Claim(job.id, job.name, job.ref, job.lease_no)


@transactional
def renew(held: Claim) -> None:
    """Hold the lease for another while and write progress; raise LostLease when it is no longer ours."""
    kept = db.session.execute(
        update(Job)
        .where(Job.id == held.id, Job.lease_no == held.lease_no, Job.state == JobState.LEASED)
        .values(lease_until=database_later(LEASE), stage=held.stage[:100], item=held.item, total=held.total)
    )
    if not changed(kept):
        raise LostLease(str(held.id))


def finish(held: Claim, *, now: datetime) -> None:
    """Say that the job is done, inside the command that writes its result; raise LostLease if it is no longer ours."""
    done = db.session.execute(
        update(Job)
        .where(Job.id == held.id, Job.lease_no == held.lease_no, Job.state == JobState.LEASED)
        .values(state=JobState.DONE, finished_at=now, once=None)
    )
    if not changed(done):
        raise LostLease(str(held.id))


close = transactional(finish)
"""`finish` as a command of its own, for jobs whose result is written already."""


@transactional
def fail(held: Claim, trouble: str, *, now: datetime, hopeless: bool = False) -> JobState:
    """Say that this try failed: due again in 10, 60, 300 s, then dead and visible. Returns the state."""
    job = db.session.scalar(
        select(Job).where(Job.id == held.id, Job.lease_no == held.lease_no, Job.state == JobState.LEASED).with_for_update()
    )
    if job is None:
        raise LostLease(str(held.id))
    job.trouble = trouble[:500]
    if hopeless or job.attempts > len(RETRY_AFTER):
        _bury(job, now)
    else:
        # No `once` any more: a failed try must not stand in the way of the next promise.
        job.state, job.due_at, job.told_at, job.once = JobState.DUE, now + RETRY_AFTER[job.attempts - 1], None, None
    return job.state


def _bury(job: Job, now: datetime) -> None:
    job.state, job.finished_at, job.once = JobState.DEAD, now, None
    announce(JobDied(job.name, job.ref, job.trouble))


@dataclass(frozen=True)
class Waiting:
    """A job that the queue should hear of (again)."""

    id: UUID
    attempts: int
    name: str


def to_tell(*, now: datetime, limit: int = 200) -> list[Waiting]:
    """Return jobs that are due, and jobs whose lease ran out, of which the queue has not heard lately."""
    unheard = or_(Job.told_at.is_(None), Job.told_at < database_later(-TELL_AGAIN_AFTER))
    due = (Job.state == JobState.DUE) & (Job.due_at <= now) & unheard
    unheard_since = or_(unheard, Job.told_at < Job.lease_until)
    lost = (Job.state == JobState.LEASED) & (Job.lease_until < database_now()) & unheard_since
    rows = db.session.execute(select(Job.id, Job.attempts, Job.name).where(or_(due, lost)).order_by(Job.due_at).limit(limit)).all()
    return [Waiting(r.id, r.attempts, r.name) for r in rows]


def sweep(*, now: datetime) -> int:
    """Tell the queue of all that waits for it; stop at the first it does not hear. Returns how many were told."""
    give_up(now=now)
    told = []
    for waiting in to_tell(now=now):
        if not tell(waiting.id, waiting.attempts, waiting.name):
            break
        told.append(waiting.id)
    if told:
        note_told(told)
    return len(told)


def give_up(*, now: datetime) -> int:
    """Bury jobs whose worker ended in the middle of them again and again; return how many."""
    lost = (Job.state == JobState.LEASED) & (Job.lease_until < database_now()) & (Job.attempts >= MOST_ATTEMPTS)
    doomed = list(db.session.scalars(select(Job.id).where(lost)))
    for job_id in doomed:
        _give_up(job_id, lost, now)
    return len(doomed)


@transactional
def _give_up(job_id: UUID, lost: ColumnElement[bool], now: datetime) -> None:
    job = db.session.scalar(select(Job).where(Job.id == job_id, lost).with_for_update())
    if job is not None:
        job.trouble = N_("做了几次都中途断了，请稍后再试；如果还是不行，请联系管理员")
        _bury(job, now)


@transactional
def forget_done(*, now: datetime) -> int:
    """Delete jobs that were done or given up a month ago; return how many."""
    over = Job.state.in_([JobState.DONE, JobState.DEAD, JobState.STOPPED])
    return changed(db.session.execute(delete(Job).where(over, Job.finished_at < now - KEEP_DONE)))


@dataclass(frozen=True)
class Progress:
    """How far a job is, for a page."""

    id: UUID
    state: JobState
    stage: str
    item: int
    total: int
    attempts: int
    trouble: str
    ahead: int
    """How many jobs of the same queue were promised before it and still wait."""


def progress_of(refs: Iterable[UUID]) -> dict[UUID, Progress]:
    """Return how far the last job about each of these is, in one statement."""
    wanted = list(refs)
    if not wanted:
        return {}
    other = aliased(Job)
    ahead = select(func.count()).where(other.state == JobState.DUE, other.due_at < Job.due_at, _same_queue(other)).scalar_subquery()
    rows = db.session.execute(select(Job, ahead).where(Job.ref.in_(wanted)).order_by(Job.created_at, Job.id)).all()
    return {job.ref: _progress(job, int(before)) for job, before in rows}


def progress(ref: UUID) -> Progress | None:
    """Return how far the last job about `ref` is."""
    return progress_of([ref]).get(ref)


def _same_queue(other: type[Job]) -> ColumnElement[bool]:
    names = names_beside()
    return case(*[(Job.name == name, other.name.in_(beside)) for name, beside in names.items()], else_=other.name == Job.name)


def _progress(job: Job, before: int) -> Progress:
    ahead = before if job.state is JobState.DUE else 0
    return Progress(job.id, job.state, job.stage, job.item, job.total, job.attempts, job.trouble, ahead)
