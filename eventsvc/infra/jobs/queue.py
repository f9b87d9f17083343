"""The messenger: RQ, told nothing but ids. RQ's retry, scheduler, unique and callbacks are not used."""

from uuid import UUID

import structlog
from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()

ENTRY = "workers.runtime.run"
"""What a worker calls, with the job's id."""

QUEUES: dict[str, str] = {"render": "papers", "fold": "figures", "rebuild_figures": "figures", "hand_down": "figures"}
"""Job name → queue. One queue a worker process: a long paper never stands before a sum."""
DEFAULT_QUEUE = "papers"


def connection(url: str, *, patient: bool = False) -> Redis:
    """Return a connection: the web gives up after 0.3 s; a worker waits for work, and tries again in its own loop."""
    once = Retry(NoBackoff(), 0)
    if patient:
        return Redis.from_url(url, socket_connect_timeout=2, retry=once)
    return Redis.from_url(url, socket_timeout=0.3, socket_connect_timeout=0.3, retry=once)


def queue_of(name: str) -> str:
    """Return the queue that a kind of job goes to."""
    return QUEUES.get(name, DEFAULT_QUEUE)


def names_beside() -> dict[str, list[str]]:
    """Return, for each kind of job, the kinds that wait in the same queue."""
    return {name: [other for other, queue in QUEUES.items() if queue == queue_of(name)] for name in QUEUES}


def tell(job_id: UUID, attempt: int, name: str) -> bool:
    """Tell the queue a job's id; False when it is away. The queue's own id is `<row>-<attempt>`."""
    redis: Redis = current_app.extensions["eventsvc_redis"]
    queue, queue_id = Queue(queue_of(name), connection=redis, serializer=JSONSerializer), f"{job_id}-{attempt}"
    try:
        queue.remove(queue_id)  # told before and not heard: it stands in the queue once
        queue.enqueue(
            ENTRY, str(job_id), job_id=queue_id, description=name, result_ttl=60, failure_ttl=600, ttl=3600, job_timeout=900
        )
    except (RedisError, OSError) as away:
        log.warning("queue_away", kind=type(away).__name__)
        return False
    return True


def init_app(app: Flask, url: str) -> None:
    """Give the application its messenger; nothing is connected yet."""
    app.extensions["eventsvc_redis"] = connection(url)
