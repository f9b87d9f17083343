"""Children come back, take their time when they keep falling, and can be stopped."""

import signal
import sys
import time

import pytest

from eventsvc.serve.processes import Child, stop


@pytest.fixture
def child(tmp_path):
    """A child that runs a line of Python; stopped at the end."""
    made: list[Child] = []

    def starting(line: str) -> Child:
        made.append(Child("trial", [sys.executable, "-c", line], {}, tmp_path / "trial.log"))
        made[-1].start()
        return made[-1]

    yield starting
    stop(made, patience=0)


def tended_until(child: Child, seen, within: float = 5.0) -> None:
    until = time.monotonic() + within
    while not seen():
        assert time.monotonic() < until, child.last_words()
        child.tend()
        time.sleep(0.01)


def test_a_child_that_is_killed_comes_back(child):
    one = child("import time; time.sleep(60)")
    first = one.process.pid
    one.process.kill()

    tended_until(one, lambda: one.process and one.process.pid != first)


def test_a_child_that_keeps_falling_is_started_ever_more_slowly(child):
    one = child("raise SystemExit('no')")
    tended_until(one, lambda: one.falls == 3)

    assert one.due - time.monotonic() > 1.0
    assert one.last_words().splitlines() == ["no"] * 3


def test_a_child_that_does_not_listen_is_killed_after_the_patience(child):
    one = child("import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)")
    tended_until(one, lambda: one.last_words() == "up\n")
    begun = time.monotonic()
    stop([one], patience=0.3)

    assert 0.25 < time.monotonic() - begun < 2
    assert one.process.returncode == -signal.SIGKILL


def test_a_child_that_listens_is_waited_for(child):
    one = child(
        "import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(7))\nprint('up', flush=True)\ntime.sleep(60)"
    )
    tended_until(one, lambda: one.last_words() == "up\n")
    stop([one], patience=5)

    assert one.process.returncode == 7


def test_a_log_that_has_grown_too_large_is_put_aside(child, tmp_path):
    (tmp_path / "trial.log").write_bytes(b"x" * 5_000_001)
    child("print('new')")

    assert (tmp_path / "trial.log.1").stat().st_size == 5_000_001
    assert (tmp_path / "trial.log").stat().st_size < 10
