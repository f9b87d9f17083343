"""Real workers: processes of their own, on this run's database and Redis."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
from flask import Flask

from eventsvc.config import Settings
from eventsvc.core.actor import Actor
from eventsvc.documents.models import Document, PaperState
from eventsvc.serve.processes import bound
from tests.factories.accounts import a_user
from tests.factories.documents import found
from tests.factories.organisations import a_tree

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
"""Seconds that a worker may take to start on a machine that is busy with other tests."""
FONTS = ROOT / "var" / "fonts"


class Process:
    """One process of ours, its words kept."""

    def __init__(self, module: str, arguments: tuple[str, ...], settings: Settings, log: Path) -> None:
        self.log = log
        with log.open("ab") as words:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment(settings), stdin=subprocess.DEVNULL, stdout=words,
                stderr=words, start_new_session=True, preexec_fn=bound(signal.SIGKILL),  # noqa: PLW1509
            )  # fmt: skip

    def children(self) -> list[psutil.Process]:
        """Everything it started that still runs."""
        try:
            return psutil.Process(self.popen.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """End it as a power cut does."""
        self.popen.kill()
        self.popen.wait()

    def words(self) -> str:
        """What it said."""
        return self.log.read_text(errors="replace")


def environment(settings: Settings) -> dict[str, str]:
    """What a process of ours is told."""
    names = ("secret_key", "database_url", "redis_url", "var_dir", "base_url", "argon2_memory_kib", "argon2_time")
    told = {f"EVENTSVC_{name.upper()}": str(getattr(settings, name)) for name in names}
    return {**os.environ, **told, "PYTHONPATH": str(ROOT), "EVENTSVC_FONTS_DIR": str(FONTS)}


class Crew:
    """The workers of this run; starting one takes seconds, so they stay on from test to test."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.running: dict[str, Process] = {}

    def worker(self, name: str = "worker", queue: str = "papers") -> Process:
        """Return a worker on a queue, started if it does not run, once it listens."""
        process = self._have(name, "workers.main", queue)
        until(lambda: self._listens(process), PATIENCE)
        return process

    def _listens(self, process: Process) -> bool:
        assert process.popen.poll() is None, process.words()
        with redis.Redis.from_url(self.settings.redis_url) as asking:
            return any(asking.hget(key, "pid") == str(process.popen.pid).encode() for key in asking.smembers("rq:workers"))

    def sweeper(self) -> Process:
        """Return the sweeper, started if it does not run."""
        return self._have("sweeper", "workers.sweeper")

    def _have(self, name: str, module: str, *arguments: str) -> Process:
        there = self.running.get(name)
        if there is None or there.popen.poll() is not None:
            self.running[name] = Process(module, arguments, self.settings, self.folder / f"{name}.log")
        return self.running[name]

    def dismiss(self, *names: str) -> None:
        """End some of them, or all."""
        for name in names or tuple(self.running):
            if gone := self.running.pop(name, None):
                gone.kill()

    def words(self) -> str:
        """What all of them said."""
        return "\n".join(f"--- {name}\n{process.words()[-3000:]}" for name, process in self.running.items())


@pytest.fixture(scope="module")
def whole_crew(whole_app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """The crew of a module and a database."""
    crew = Crew(settings, tmp_path_factory.mktemp("crew"))
    yield crew
    crew.dismiss()


@pytest.fixture
def crew(app: Flask, whole_crew: Crew, scrub: None, redis_is_back: None) -> Iterator[Crew]:
    """Workers for one test; what they said is shown when it fails."""
    yield whole_crew
    print(whole_crew.words())


@pytest.fixture
def organiser(app: Flask) -> Actor:
    """Who plans at the village."""
    return a_user("organiser", a_tree().village)


@pytest.fixture
def redis_is_back(redis_server: Any) -> Iterator[None]:
    """Start Redis again after a test that stopped it."""
    yield
    if not redis_server.answers():
        redis_server.start()


def comes(document: Document, actor: Actor, seconds: float = 40) -> Document:
    """Wait for the end of a paper."""
    return until(lambda: (one := found(document.id, actor)).state in (PaperState.READY, PaperState.FAILED) and one, seconds)


def until(true: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until something holds; fail when it does not come."""
    end = time.monotonic() + seconds
    while not (seen := true()):
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.1)
    return seen
