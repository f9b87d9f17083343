"""What happens around every job, and the team of workers that one command starts."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
import redis

from eventsvc.config import Settings
from eventsvc.infra.db import db, transactional
from eventsvc.infra.jobs import queue, service
from eventsvc.infra.jobs.models import Job, JobState
from eventsvc.infra.jobs.service import Hopeless, LostLease
from tests.conftest import NOW
from tests.workers.conftest import Process, until
from workers import main, runtime

promise = transactional(service.later)


@pytest.fixture
def job(app: Any, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A promised job, in an application that is the runtime's too."""
    monkeypatch.setattr(runtime, "app", lambda: app)
    return promise("render", uuid4(), now=NOW)


def does(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    """Let jobs do this."""
    monkeypatch.setattr(runtime, "handler", lambda name: what)


def row(job_id: UUID) -> Job:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Job, job_id)


class TestRun:
    def test_a_job_is_claimed_done_and_not_done_twice(self, job: UUID, monkeypatch: pytest.MonkeyPatch):
        done = []
        does(monkeypatch, lambda claim: (done.append(claim.lease_no), service.close(claim, now=NOW)))
        runtime.run(str(job))
        runtime.run(str(job))
        assert done == [1]
        assert row(job).state is JobState.DONE

    def test_an_accident_is_tried_again_and_says_nothing_of_what_it_was_about(self, job: UUID, monkeypatch: pytest.MonkeyPatch):
        def fail(claim: Any) -> None:
            raise ValueError("张建国 13859001234")

        does(monkeypatch, fail)
        runtime.run(str(job))
        assert row(job).state is JobState.DUE and row(job).trouble == runtime.ACCIDENT

    def test_what_is_hopeless_is_said_in_its_words(self, job: UUID, monkeypatch: pytest.MonkeyPatch):
        def give_up(claim: Any) -> None:
            raise Hopeless("缺字：䶮")

        does(monkeypatch, give_up)
        runtime.run(str(job))
        assert row(job).state is JobState.DEAD and row(job).trouble == "缺字：䶮"

    def test_who_lost_the_lease_changes_nothing(self, job: UUID, monkeypatch: pytest.MonkeyPatch):
        def too_late(claim: Any) -> None:
            raise LostLease

        does(monkeypatch, too_late)
        runtime.run(str(job))
        assert row(job).state is JobState.LEASED

    def test_a_lease_is_kept_as_long_as_the_job_takes(self, job: UUID, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(service, "LEASE", timedelta(seconds=0.6))
        monkeypatch.setattr(service, "RENEW_EVERY", timedelta(seconds=0.1))
        stolen = []

        def slow(claim: Any) -> None:
            db.session.commit()
            time.sleep(1.5)
            stolen.append(service.claim(claim.id))
            service.close(claim, now=NOW)

        does(monkeypatch, slow)
        runtime.run(str(job))
        assert stolen == [None]
        assert row(job).state is JobState.DONE

    def test_without_a_keeper_the_same_lease_is_lost(self, job: UUID, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(service, "LEASE", timedelta(seconds=0.3))
        monkeypatch.setattr(service, "RENEW_EVERY", timedelta(seconds=60))
        stolen = []

        def slow(claim: Any) -> None:
            time.sleep(0.6)
            stolen.append(service.claim(claim.id))
            service.close(claim, now=NOW)

        does(monkeypatch, slow)
        runtime.run(str(job))
        assert stolen[0] is not None
        assert row(job).state is JobState.LEASED


class TestHandlers:
    def test_each_kind_of_job_resolves_to_somebody(self):
        for name in runtime.HANDLERS:
            assert callable(runtime.handler(name))

    def test_each_queue_has_a_worker(self):
        assert {queue.queue_of(name) for name in runtime.HANDLERS} == set(main.ALL_QUEUES)

    def test_a_queue_that_there_is_not_is_refused(self, capsys: pytest.CaptureFixture[str]):
        assert main.main(["papres"]) == 2
        assert "papres" in capsys.readouterr().err


@pytest.mark.timeout(240)
class TestTeam:
    def test_one_command_works_on_every_queue_replaces_who_falls_and_ends_with_all(self, home: Path, redis_server: Any):
        redis_server.empty()
        settings = Settings(secret_key="k" * 32, database_url=f"sqlite:///{home}/team.db", redis_url=redis_server.url, var_dir=home)
        team = Process("workers.main", (), settings, home / "team.log")

        def listening() -> dict[str, int]:
            with redis.Redis.from_url(redis_server.url) as asking:
                told = [asking.hmget(key, "queues", "pid") for key in asking.smembers("rq:workers")]
            return {queues.decode(): int(pid) for queues, pid in told if queues and pid and psutil.pid_exists(int(pid))}

        try:
            first = until(lambda: len(found := listening()) == 2 and found, 90)
            assert set(first) == {"papers", "figures"}
            os.kill(first["figures"], signal.SIGKILL)
            second = until(lambda: (found := listening()).get("figures", first["figures"]) != first["figures"] and found, 90)
            assert second["papers"] == first["papers"]
            family = team.children()
            team.popen.send_signal(signal.SIGTERM)
            assert team.popen.wait(20) == 0
            assert not psutil.wait_procs(family, timeout=5)[1]
        finally:
            team.kill()
