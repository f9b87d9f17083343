"""A whole running service, started as `make run` starts it, in a folder of its own on a free port."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask

from eventsvc.activities.models import Activity
from eventsvc.app import create_app
from eventsvc.config import Settings
from eventsvc.core import clock
from eventsvc.infra.db import db, transactional
from eventsvc.serve.instance import Instance

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Live:
    """A running service, and its application object for looking into its rows."""

    url: str
    var: Path
    app: Flask = field(repr=False)

    def flask(self, *arguments: str) -> str:
        """Run a command of the operator's, in this process: starting another takes seconds."""
        done = self.app.test_cli_runner().invoke(args=arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        return str(done.output)

    def the_day_comes(self, activity_id: UUID) -> None:
        """Let time pass until an activity began an hour ago: all its times move together, nothing else changes."""
        with self.app.app_context():
            _let_time_pass(activity_id)
            db.session.remove()

    def it_is_over(self, activity_id: UUID) -> None:
        """Let an activity that has begun end now."""
        with self.app.app_context():
            _let_end(activity_id)
            db.session.remove()


@transactional
def _let_time_pass(activity_id: UUID) -> None:
    activity = db.session.get_one(Activity, activity_id)
    passed = activity.starts_at - clock.now() + timedelta(hours=1)
    for name in ("starts_at", "ends_at", "opens_at", "closes_at"):
        if moment := getattr(activity, name):
            setattr(activity, name, moment - passed)


@transactional
def _let_end(activity_id: UUID) -> None:
    db.session.get_one(Activity, activity_id).ends_at = clock.now()


@contextlib.contextmanager
def running(var: Path, **environ: str) -> Iterator[Live]:
    """Start everything; stop all of it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("EVENTSVC_")}
    env = {**kept, "PORT": str(port), "EVENTSVC_VAR_DIR": str(var), "EVENTSVC_SAMPLE": "no", "EVENTSVC_RATE_LIMITS": "no",
           "EVENTSVC_ARGON2_MEMORY_KIB": "1024", **environ}  # fmt: skip
    var.mkdir(parents=True, exist_ok=True)
    with (var / "said").open("wb") as said:
        command = [sys.executable, "-m", "eventsvc.serve"]
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=said, stderr=said, start_new_session=True)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process, var / "said")
        whole = Instance.from_env(env).environment()
        yield Live(f"http://127.0.0.1:{port}", var, create_app(Settings.from_env(whole)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + 150
    while time.monotonic() < until:
        assert process.poll() is None, said.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(said.read_text())
