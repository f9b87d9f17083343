"""The life of a job: promised, told, claimed, kept, finished, failed, given up."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from flask import Flask
from sqlalchemy import select, update

from eventsvc.infra.db import db, transactional
from eventsvc.infra.jobs import queue, service
from eventsvc.infra.jobs.models import Job, JobState
from eventsvc.infra.jobs.service import LostLease
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app")
promise = transactional(service.later)


class Queue:
    """A queue that hears, or does not."""

    def __init__(self) -> None:
        self.heard: list[tuple[UUID, int, str]] = []
        self.away = False

    def tell(self, job_id: UUID, attempt: int, name: str) -> bool:
        """Stand in for the real one."""
        if not self.away:
            self.heard.append((job_id, attempt, name))
        return not self.away


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Hear what the queue would be told."""
    listening = Queue()
    monkeypatch.setattr(service, "tell", listening.tell)
    return listening


@pytest.fixture
def died(app: Flask) -> Iterator[list[service.JobDied]]:
    """Hear of jobs that were given up."""
    heard: list[service.JobDied] = []
    before = app.extensions["eventsvc_subscribers"]
    app.extensions["eventsvc_subscribers"] = {service.JobDied: [heard.append]}
    yield heard
    app.extensions["eventsvc_subscribers"] = before


def job(job_id: UUID) -> Job:
    """Read a job afresh."""
    db.session.expire_all()
    return db.session.get_one(Job, job_id)


@transactional
def let_lease_run_out(job_id: UUID, **more: Any) -> None:
    """Do what time does to a worker that was killed."""
    past = service.database_later(timedelta(seconds=-1))
    db.session.execute(update(Job).where(Job.id == job_id).values(lease_until=past, **more))


class TestPromise:
    def test_the_queue_hears_of_a_job_after_the_commit_and_only_its_id(self, told: Queue):
        @transactional
        def command() -> UUID:
            job_id = service.later("render", uuid4(), now=NOW)
            assert told.heard == []
            return job_id

        job_id = command()
        assert told.heard == [(job_id, 0, "render")]
        assert job(job_id).told_at is not None

    def test_a_command_that_is_rolled_back_promises_nothing(self, told: Queue):
        @transactional
        def command() -> None:
            service.later("render", uuid4(), now=NOW)
            raise ValueError

        with pytest.raises(ValueError):
            command()
        assert told.heard == []
        assert db.session.scalars(select(Job)).all() == []

    def test_a_queue_that_is_away_is_not_shown_and_the_job_waits(self, told: Queue):
        told.away = True
        job_id = promise("render", uuid4(), now=NOW)
        assert job(job_id).state is JobState.DUE
        assert job(job_id).told_at is None

    def test_work_that_waits_already_is_promised_once(self, told: Queue):
        first = promise("fold", uuid4(), now=NOW, once="fold")
        assert promise("fold", uuid4(), now=NOW, once="fold") == first
        service.claim(first)
        assert promise("fold", uuid4(), now=NOW, once="fold") != first
        assert len(told.heard) == 2

    def test_a_job_for_later_is_not_told_now(self, told: Queue):
        promise("render", uuid4(), now=NOW, after=timedelta(minutes=1))
        assert told.heard == []
        assert service.sweep(now=NOW) == 0
        assert service.sweep(now=NOW + timedelta(minutes=2)) == 1


@pytest.mark.usefixtures("told")
class TestClaim:
    def test_one_of_two_workers_gets_the_job(self):
        job_id = promise("render", uuid4(), now=NOW)
        assert service.claim(job_id) is not None
        assert service.claim(job_id) is None

    def test_a_lease_that_ran_out_is_free_and_its_holder_fenced_out(self):
        job_id = promise("render", uuid4(), now=NOW)
        late = service.claim(job_id)
        let_lease_run_out(job_id)
        fresh = service.claim(job_id)
        assert late and fresh and fresh.lease_no == late.lease_no + 1

        for act in (lambda: service.close(late, now=NOW), lambda: service.renew(late), lambda: service.fail(late, "x", now=NOW)):
            with pytest.raises(LostLease):
                act()
        service.close(fresh, now=NOW)
        assert job(job_id).state is JobState.DONE

    def test_a_renewed_lease_is_not_free(self):
        job_id = promise("render", uuid4(), now=NOW)
        held = service.claim(job_id)
        let_lease_run_out(job_id)
        service.renew(held)
        assert service.claim(job_id) is None

    def test_a_job_that_is_done_is_not_done_again(self):
        job_id = promise("render", uuid4(), now=NOW)
        service.close(service.claim(job_id), now=NOW)
        assert service.claim(job_id) is None

    def test_nobody_claims_what_is_not_there(self):
        assert service.claim(uuid4()) is None

    def test_progress_is_written_at_most_once_a_second_but_a_new_stage_at_once(self, statements: list[str]):
        ref = uuid4()
        held = service.claim(promise("render", ref, now=NOW))
        statements.clear()
        held.tell("正在排版", 1, 100)
        for page in range(2, 60):
            held.tell("正在排版", page, 100)
        assert len([s for s in statements if s.startswith("UPDATE")]) == 1
        held.tell("正在写入文件", 60, 100)
        held.tick()
        seen = service.progress(ref)
        assert (seen.stage, seen.item, seen.total) == ("正在写入文件", 60, 100)


@pytest.mark.usefixtures("told")
class TestFailing:
    def test_a_job_is_tried_four_times_then_given_up_and_said(self, died: list[service.JobDied]):
        ref = uuid4()
        job_id = promise("render", ref, now=NOW)
        waits = []
        for _ in range(4):
            service.fail(service.claim(job_id), "照片打不开", now=NOW)
            waits.append((job(job_id).due_at - NOW).total_seconds())
        assert waits[:3] == [10, 60, 300]
        assert job(job_id).state is JobState.DEAD
        assert [(d.ref, d.trouble) for d in died] == [(ref, "照片打不开")]
        assert service.claim(job_id) is None

    def test_a_hopeless_job_is_given_up_at_once(self, died: list[service.JobDied]):
        job_id = promise("render", uuid4(), now=NOW)
        assert service.fail(service.claim(job_id), "缺字", now=NOW, hopeless=True) is JobState.DEAD
        assert len(died) == 1

    def test_a_job_that_takes_its_worker_down_every_time_is_given_up(self, died: list[service.JobDied]):
        job_id = promise("render", uuid4(), now=NOW)
        service.claim(job_id)
        let_lease_run_out(job_id, attempts=service.MOST_ATTEMPTS - 1)
        service.sweep(now=NOW)
        assert job(job_id).state is JobState.LEASED
        let_lease_run_out(job_id, attempts=service.MOST_ATTEMPTS)
        service.sweep(now=NOW)
        assert job(job_id).state is JobState.DEAD
        assert len(died) == 1


class TestSweep:
    def test_a_lost_lease_is_told_at_once_and_then_not_at_every_turn(self, told: Queue):
        job_id = promise("render", uuid4(), now=NOW)
        service.claim(job_id)
        assert service.sweep(now=NOW) == 0
        let_lease_run_out(job_id, told_at=service.database_later(timedelta(seconds=-11)))
        assert service.sweep(now=NOW) == 1
        assert told.heard[-1] == (job_id, 1, "render")
        assert service.sweep(now=NOW) == 0

    def test_what_the_queue_forgot_is_told_again_after_twenty_seconds(self, told: Queue):
        job_id = promise("render", uuid4(), now=NOW)
        assert service.sweep(now=NOW) == 0

        @transactional
        def time_passes() -> None:
            db.session.execute(update(Job).values(told_at=service.database_later(timedelta(seconds=-21))))

        time_passes()
        assert service.sweep(now=NOW) == 1
        assert [one for one, *_ in told.heard] == [job_id, job_id]

    def test_while_the_queue_is_away_nothing_counts_as_told_and_only_one_is_tried(self, told: Queue):
        told.away = True
        for _ in range(5):
            promise("render", uuid4(), now=NOW)
        asked = []
        told.tell = lambda *what: asked.append(what) or False
        service.tell, before = told.tell, service.tell
        try:
            assert service.sweep(now=NOW) == 0
        finally:
            service.tell = before
        assert len(asked) == 1
        told.away = False
        assert service.sweep(now=NOW) == 5

    def test_old_jobs_are_forgotten_but_not_those_that_wait(self, told: Queue):
        done = promise("render", uuid4(), now=NOW)
        service.close(service.claim(done), now=NOW)
        waits = promise("render", uuid4(), now=NOW)
        assert service.forget_done(now=NOW + timedelta(days=31)) == 1
        assert job(waits).state is JobState.DUE


class TestProgress:
    def test_it_says_how_many_of_the_same_queue_are_before_it(self, told: Queue):
        for seconds, name in ((1, "render"), (2, "fold"), (3, "render")):
            promise(name, uuid4(), now=NOW + timedelta(seconds=seconds))
        mine = uuid4()
        promise("render", mine, now=NOW + timedelta(seconds=9))
        assert service.progress(mine).ahead == 2

    def test_many_are_asked_for_in_one_statement(self, told: Queue, statements: list[str]):
        refs = [uuid4() for _ in range(5)]
        for ref in refs:
            promise("render", ref, now=NOW)
        statements.clear()
        assert set(service.progress_of([*refs, uuid4()])) == set(refs)
        assert len([s for s in statements if s.startswith("SELECT")]) == 1


class TestQueue:
    def test_a_job_told_again_and_again_stands_in_the_queue_once(self, redis_server: Any):
        redis_server.empty()
        job_id = uuid4()
        for _ in range(3):
            assert queue.tell(job_id, 0, "fold")
        with redis.Redis.from_url(redis_server.url) as asking:
            assert asking.lrange("rq:queue:figures", 0, -1) == [f"{job_id}-0".encode()]

    def test_a_queue_that_is_away_is_noticed_within_a_second(self, redis_server: Any):
        redis_server.stop()
        try:
            before = time.monotonic()
            assert not queue.tell(uuid4(), 0, "fold")
            assert time.monotonic() - before < 1
        finally:
            redis_server.start()

    def test_every_kind_of_job_has_somebody_who_does_it(self):
        pytest.importorskip("workers.runtime")
        from workers import runtime  # noqa: PLC0415 — the import is what is tested

        assert set(queue.QUEUES) == set(runtime.HANDLERS)
