"""What happens around every job: one application a process, a claim, a lease kept, an end that is said."""

import gc
import os
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from uuid import UUID

import structlog
from flask import Flask

from eventsvc.app import create_app
from eventsvc.config import Settings
from eventsvc.core import clock
from eventsvc.core.words import N_
from eventsvc.infra.db import db
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.jobs.queue import queue_of
from eventsvc.infra.jobs.service import Claim, Hopeless, LostLease

log = structlog.get_logger()
Handler = Callable[[Claim], None]

HANDLERS: dict[str, str] = {
    "render": "workers.documents:render",
    "fold": "workers.statistics:fold",
    "rebuild_figures": "workers.statistics:rebuild",
    "hand_down": "workers.campaigns:hand_down",
}
"""Kind of job → who does it. By name, so that a process loads only what its queue needs."""

ACCIDENT = N_("生成时出了点问题，系统会自动再试")


@cache
def app() -> Flask:
    """Return this process's application; no connection is open yet."""
    return create_app(Settings.from_env(os.environ))


@cache
def handler(name: str) -> Handler:
    """Return who does this kind of job."""
    found: Handler = pkgutil.resolve_name(HANDLERS[name])
    return found


def load() -> None:
    """Build the application and keep the collector off its pages, so that children share them."""
    app()
    gc.collect()
    gc.freeze()


def warm(queue: str) -> None:
    """Load what the jobs of a queue need, so that every child is born with it."""
    for name in HANDLERS:
        if queue_of(name) == queue:
            getattr(sys.modules[handler(name).__module__], "warm", _nothing)()
    load()


def _nothing() -> None:
    """Most jobs need no warming."""


def run(job_id: str) -> None:
    """Claim a promised job, do it, say how it ended. Safe to run twice: one lease wins."""
    with app().app_context():
        db.engine.dispose(close=False)  # nothing of the parent's is used
        claim = jobs.claim(UUID(job_id))
        if claim is not None:
            with lease_kept(claim):
                _do(claim)


def _do(claim: Claim) -> None:
    try:
        handler(claim.name)(claim)
    except LostLease:
        log.warning("lease_lost", job=str(claim.id), name=claim.name)
    except Hopeless as no:
        _fail(claim, str(no), hopeless=True)
    except Exception as accident:
        log.error("job_failed", job=str(claim.id), name=claim.name, kind=type(accident).__name__, exc_info=accident)
        db.session.rollback()
        _fail(claim, ACCIDENT)


def _fail(claim: Claim, words: str, *, hopeless: bool = False) -> None:
    try:
        jobs.fail(claim, words, now=clock.now(), hopeless=hopeless)
    except LostLease:
        log.warning("lease_lost", job=str(claim.id), name=claim.name)


@contextmanager
def lease_kept(claim: Claim) -> Iterator[None]:
    """Renew the lease every few seconds while the block runs, in a thread of its own."""
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(claim, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(timeout=5)


def _keep(claim: Claim, over: threading.Event) -> None:
    while not over.wait(jobs.RENEW_EVERY.total_seconds()):
        try:
            with app().app_context():
                jobs.renew(claim)
        except LostLease:
            return
        except Exception as trouble:  # the database is away for a moment: the lease outlasts two such moments
            log.warning("lease_not_renewed", job=str(claim.id), kind=type(trouble).__name__)
