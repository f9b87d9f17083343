"""Papers made by real workers over a real Redis, killed and cut off in the middle."""

import signal
import time
import zlib
from datetime import timedelta
from typing import Any

import psutil
import pytest
import redis
from sqlalchemy import select, update

from eventsvc.core import clock
from eventsvc.core.actor import Actor
from eventsvc.documents.models import Document, PaperState
from eventsvc.infra import storage
from eventsvc.infra.db import db, transactional
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.jobs.models import Job, JobState
from eventsvc.infra.jobs.queue import tell
from eventsvc.reports.models import Report
from eventsvc.statistics import service as statistics
from eventsvc.statistics.models import FigureSum
from eventsvc.statistics.service import Amount
from tests.factories.activities import NOW, an_activity
from tests.factories.documents import asked, found, held_with_report
from tests.factories.organisations import a_tree
from tests.factories.statistics import a_definition, an_activity_row
from tests.workers.conftest import Crew, Process, comes, until

pytestmark = pytest.mark.timeout(240)


def a_long_paper(organiser: Actor) -> Any:
    """Return an activity whose report is so long that its paper takes seconds."""
    activity = held_with_report(organiser)

    @transactional
    def write() -> None:
        words = "\n".join("各村（社区）会员小组长逐户摸底登记，逐对上门确认意愿、量衣、拍照。" * 4 for _ in range(700))
        db.session.execute(update(Report).where(Report.activity_id == activity.id).values(words={"overview": words}))

    write()
    return activity


def job_of(document: Document) -> Job:
    """Read a paper's job afresh."""
    db.session.rollback()
    going = jobs.progress(document.id)
    assert going
    db.session.expire_all()
    return db.session.get_one(Job, going.id)


def files_of(document: Document) -> list[str]:
    """Return the names of all files that were ever made of a paper and are left."""
    return [file.name for file in storage.root().rglob(f"*{document.id.hex}*.pdf")]


def is_laid_out(document: Document) -> bool:
    """Say whether the worker is in the middle of it."""
    db.session.rollback()
    db.session.expire_all()
    going = jobs.progress(document.id)
    return bool(going and going.state is JobState.LEASED and going.stage == "正在排版")


def is_done(document: Document) -> bool:
    """Say whether nobody works on it any more."""
    return job_of(document).state in (JobState.DONE, JobState.DEAD)


def frozen_in_the_middle(crew: Crew, activity: Any, organiser: Actor) -> tuple[Process, Document, list[psutil.Process]]:
    """Return a worker that was stopped while it made a paper, the paper, and what the worker had started.

    A worker that stands still finishes nothing: what its job's row says now holds until the blow. On a busy machine we
    may look so late that the paper is done already; then it is let go on, and another paper asked for. No other worker
    may be there: it could take the paper, and the blow would fall on an idle one.
    """
    crew.dismiss("second")
    crew.sweeper()
    for _ in range(4):
        worker, paper = crew.worker(), asked(activity, "summary", organiser, now=clock.now())
        until(lambda paper=paper: is_laid_out(paper) or is_done(paper), 60)
        horses = worker.children()
        stopped = [psutil.Process(worker.popen.pid), *horses]
        for one in stopped:
            one.suspend()
        if horses and is_laid_out(paper):
            return worker, paper, horses
        for one in stopped:
            one.resume()
    pytest.fail("no worker was found in the middle of a paper")


class TestMaking:
    def test_the_queue_holds_ids_only(self, crew: Crew, organiser: Actor, redis_server: Any):
        crew.dismiss()
        redis_server.empty()
        paper = asked(an_activity(by=organiser), "sign_in", organiser, now=clock.now())
        with redis.Redis.from_url(redis_server.url) as asking:
            held = asking.hgetall(f"rq:job:{job_of(paper).id}-0")
        held[b"data"] = zlib.decompress(held[b"data"])
        said = b" ".join(held.values()).decode(errors="replace")
        assert str(job_of(paper).id) in said
        assert str(organiser.id) not in said and "观洋" not in said and "签到" not in said

    def test_a_paper_told_three_times_to_two_workers_is_made_once(self, crew: Crew, organiser: Actor):
        crew.worker()
        crew.worker("second")
        paper = asked(an_activity(by=organiser), "sign_in", organiser, now=clock.now())
        for attempt in range(1, 4):
            tell(job_of(paper).id, attempt, "render")
        paper = comes(paper, organiser)
        time.sleep(0.5)
        assert paper.state is PaperState.READY and paper.pages
        assert storage.read(paper.file.path).startswith(b"%PDF")
        assert job_of(paper).state is JobState.DONE
        assert job_of(paper).attempts == 1
        assert len(files_of(paper)) == 1


class TestRedis:
    def test_a_worker_outlives_a_redis_that_goes_and_comes_and_nothing_promised_meanwhile_is_lost(
        self, crew: Crew, organiser: Actor, redis_server: Any
    ):
        activity, worker = an_activity(by=organiser), crew.worker()
        crew.sweeper()
        redis_server.stop()
        before = time.monotonic()
        paper = asked(activity, "sign_in", organiser, now=clock.now())
        assert time.monotonic() - before < 2
        time.sleep(1)
        assert found(paper.id, organiser).state is PaperState.PROMISED
        redis_server.start()
        assert comes(paper, organiser).state is PaperState.READY
        assert worker.popen.poll() is None

    def test_a_number_reaches_the_province_within_seconds_though_redis_is_away(self, crew: Crew, redis_server: Any):
        tree, leaflets = a_tree(), a_definition("leaflets")
        crew.sweeper()
        redis_server.stop()
        amount = Amount(tree.village.id, NOW.date(), "member_day", leaflets, 800)
        statistics.settle(an_activity_row(tree.village), [amount], now=clock.now())

        def province() -> int | None:
            db.session.rollback()
            return db.session.scalar(select(FigureSum.amount).where(FigureSum.organisation_id == tree.province.id))

        assert until(province, 30) == 800

    def test_what_the_queue_forgot_is_told_again(self, crew: Crew, organiser: Actor, monkeypatch: pytest.MonkeyPatch):
        crew.worker()
        with monkeypatch.context() as forgetting:
            forgetting.setattr(jobs, "tell", lambda *_: True)
            paper = asked(an_activity(by=organiser), "sign_in", organiser, now=clock.now())
        assert job_of(paper).told_at is not None

        @transactional
        def twenty_seconds_pass() -> None:
            db.session.execute(update(Job).values(told_at=jobs.database_later(timedelta(seconds=-21))))

        twenty_seconds_pass()
        crew.sweeper()
        assert comes(paper, organiser).state is PaperState.READY


class TestKilled:
    @pytest.mark.parametrize("who", ["worker", pytest.param("horse", marks=pytest.mark.soak)])
    def test_a_paper_whose_maker_is_killed_comes_once_within_thirty_seconds(self, who: str, crew: Crew, organiser: Actor):
        activity = a_long_paper(organiser)
        worker, paper, horses = frozen_in_the_middle(crew, activity, organiser)
        killed_at = time.monotonic()
        if who == "worker":
            worker.kill()
            crew.worker("second")
        else:
            horses[0].kill()
            worker.popen.send_signal(signal.SIGCONT)
        _, alive = psutil.wait_procs(horses, timeout=2)
        assert all(one.status() == psutil.STATUS_ZOMBIE for one in alive), "a horse outlived its worker"
        paper = comes(paper, organiser)
        assert time.monotonic() - killed_at < 30
        assert paper.state is PaperState.READY
        assert job_of(paper).attempts == 2
        assert len(files_of(paper)) == 1

    def test_a_render_that_is_killed_alone_is_tried_again(self, crew: Crew, organiser: Actor):
        crew.dismiss("second", "sweeper")
        worker, paper = crew.worker(), asked(a_long_paper(organiser), "summary", organiser, now=clock.now())
        until(lambda: is_laid_out(paper), 60)
        worker.children()[-1].kill()
        failed = until(lambda: (job := job_of(paper)).state is JobState.DUE and job)
        assert "自动再试" in failed.trouble
