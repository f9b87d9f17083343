"""Start workers: one process a queue, warm, so that a paper is begun the moment it is asked for.

    python -m workers.main              every queue
    python -m workers.main papers       this one only, on a machine of its own

RQ is the messenger and nothing more: no retry, no scheduler, no callback of its own. A job's row says what is due.
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from eventsvc.config import Settings
from eventsvc.infra.fonts import use_fonts
from eventsvc.infra.jobs.queue import DEFAULT_QUEUE, QUEUES, connection
from eventsvc.infra.sandbox import die_with
from workers import runtime

log = structlog.get_logger()
ALL_QUEUES = tuple(sorted({DEFAULT_QUEUE, *QUEUES.values()}))
PAUSE = 1.0
STOP = (signal.SIGTERM, signal.SIGINT)


class EventWorker(Worker):
    """RQ's worker, whose horse dies with it: two copies of one job never run on one machine."""

    max_connection_wait_time = 2.0
    """Redis is asked again every two seconds, not after ever longer pauses."""
    told_to_stop = False

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Do one job in a process of its own."""
        die_with(self.pid or 0)
        gc.disable()  # one job a process; the collector costs a third of a long paper
        super().main_work_horse(job, queue)

    def request_stop(self, signum: int, frame: Any) -> None:
        """Finish the job at hand, then stop; remember that it was asked for."""
        self.told_to_stop = True
        super().request_stop(signum, frame)


def main(arguments: Sequence[str]) -> int:
    """Work on one queue here, or on several in a process each."""
    queues = tuple(arguments) or ALL_QUEUES
    if unknown := set(queues) - set(ALL_QUEUES):
        print(f"no such queue: {', '.join(sorted(unknown))}; there are {', '.join(ALL_QUEUES)}", file=sys.stderr)
        return 2
    if len(queues) == 1:
        return work(queues[0])
    return Team(queues).run()


def work(queue: str) -> int:
    """Work on one queue until told to stop; Redis may be away at the start and later."""
    settings = Settings.from_env(os.environ)
    use_fonts(settings.var_dir, settings.fonts_dir)
    runtime.warm(queue)
    while True:
        for number in STOP:
            signal.signal(number, _leave)
        try:
            worker = EventWorker(
                [queue], connection=connection(settings.redis_url, patient=True), serializer=JSONSerializer,
                worker_ttl=60, job_monitoring_interval=10, maintenance_interval=30, log_job_description=False,
            )  # fmt: skip
            worker.work(logging_level="WARNING")
            if worker.told_to_stop:
                return 0
        except (RedisError, OSError) as away:
            log.warning("queue_away", queue=queue, kind=type(away).__name__)
        time.sleep(PAUSE)


def _leave(*_: object) -> None:
    sys.exit(0)


class Team:
    """One child a queue, forked from one loaded process so that they share its memory; one that ends is started again."""

    def __init__(self, queues: Sequence[str]) -> None:
        self.queues = queues
        self.children: dict[int, str] = {}
        self.stopping = False

    def run(self) -> int:
        """Look after the children until told to stop."""
        for number in STOP:
            signal.signal(number, self._stop)
        runtime.load()
        for queue in self.queues:
            self._start(queue)
        while self.children:
            pid, _ = os.wait()
            queue = self.children.pop(pid, "")
            if queue and not self.stopping:
                log.warning("worker_ended", queue=queue)
                time.sleep(PAUSE)
            if queue and not self.stopping:
                self._start(queue)
        return 0

    def _start(self, queue: str) -> None:
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            for number in STOP:
                signal.signal(number, signal.SIG_DFL)
            die_with(parent)
            os._exit(_worked(queue))
        self.children[child] = queue

    def _stop(self, number: int, _: object) -> None:
        self.stopping = True
        for child in self.children:
            os.kill(child, number)


def _worked(queue: str) -> int:
    """Work, and say how it ended, without running what the parent would run at its end."""
    try:
        return work(queue)
    except SystemExit as end:
        return int(end.code or 0)
    except Exception as accident:
        log.error("worker_failed", queue=queue, kind=type(accident).__name__, exc_info=accident)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
