"""`make run` as a person meets it: it comes up, mends itself, stops at once, and says why when it cannot start."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
SLOWEST = 60.0


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


class Running:
    """A supervisor started as `make run` starts it, in a folder of its own, without the sample."""

    def __init__(self, var: Path, **environ: str) -> None:
        self.port = int(environ.get("PORT") or free_port())
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EVENTSVC_")}
        own = {"PORT": str(self.port), "EVENTSVC_VAR_DIR": str(var), "EVENTSVC_SAMPLE": "no"}
        self.said = var / "said"
        var.mkdir(exist_ok=True)
        with self.said.open("wb") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "eventsvc.serve"],
                env={**kept, **own, **environ}, cwd=ROOT, stdout=words, stderr=words, start_new_session=True,
            )  # fmt: skip

    def wait_for(self, seen, what: str) -> None:
        until = time.monotonic() + SLOWEST
        while not seen():
            assert time.monotonic() < until, f"{what}: {self.words()}"
            time.sleep(0.05)

    def up(self) -> "Running":
        self.wait_for(lambda: "is running" in self.words() or self.process.poll() is not None, "does not come up")
        assert self.process.poll() is None, self.words()
        return self

    def words(self) -> str:
        return self.said.read_text()

    def status(self, path: str) -> int:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asking.request("GET", path)
            return asking.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            asking.close()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, words: str) -> psutil.Process:
        named = [one for one in psutil.Process(self.process.pid).children() if words in " ".join(one.cmdline())]
        assert len(named) == 1, f"{words}: {named}"
        return named[0]

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Seconds that it takes to end after the signal."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(SLOWEST)
        return time.monotonic() - begun


@pytest.fixture
def start(tmp_path):
    started: list[Running] = []

    def starting(name: str = "var", **environ: str) -> Running:
        started.append(Running(tmp_path / name, **environ))
        return started[-1]

    yield starting
    for one in started:
        if one.process.poll() is None:
            one.end()


def test_it_mends_itself_and_ctrl_c_stops_all_of_it_within_three_seconds(start, tmp_path):
    running = start().up()
    assert [kept for name in ("eventsvc.db", "log/web.log") if (kept := tmp_path / "var" / name).stat().st_mode & 0o077] == []

    for one in [running.child(words) for words in ("unixsocket", "workers.main", "workers.sweeper", "gunicorn")]:
        one.kill()
    told = lambda: len(re.findall(r"^! \w+ ended", running.words(), re.M))  # noqa: E731
    running.wait_for(lambda: told() >= 4 and running.status("/readyz") == 200, "does not mend itself")

    family = running.family()
    assert running.end(signal.SIGINT) < 3
    assert running.process.returncode == 0
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_nothing_survives_a_supervisor_that_is_killed_and_the_next_one_starts_in_seconds(start):
    first = start().up()
    family = first.family()
    first.end(signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=4)
    assert not alive

    begun = time.monotonic()
    second = start(PORT=str(first.port)).up()
    patience = 15 if os.getloadavg()[0] < (os.cpu_count() or 1) else 45  # other work on the machine is none of ours
    assert time.monotonic() - begun < patience
    assert second.status("/readyz") == 200


def test_a_second_start_in_the_same_folder_says_where_it_is_running_already(start):
    running = start().up()
    second = start()

    assert second.process.wait(SLOWEST) == 1
    assert f"already running here: http://127.0.0.1:{running.port}" in second.words()
    assert running.status("/readyz") == 200


def test_a_port_that_is_taken_is_said_with_the_cure(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = start(PORT=str(port))

        assert refused.process.wait(SLOWEST) == 1
        assert f"PORT={port + 1} make run" in refused.words()
        assert "Traceback" not in refused.words()


def test_a_redis_log_that_cannot_be_read_is_put_aside(start, tmp_path):
    kept = tmp_path / "var" / "redis" / "appendonlydir"
    kept.mkdir(parents=True)
    (kept / "appendonly.aof.manifest").write_text("this is no manifest\n")

    running = start().up()

    assert "put aside" in running.words()
    assert list((tmp_path / "var").glob("redis.unreadable-*/appendonlydir"))


def test_a_database_that_is_not_there_stops_the_start_with_its_reason(start):
    refused = start(EVENTSVC_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert refused.process.wait(SLOWEST) == 1
    assert "eventsvc did not start" in refused.words()
    assert "Connection refused" in refused.words() or "connection failed" in refused.words()
