"""A throw-away process for work that may eat all there is: forked, bounded, killed when it takes too long.

The child is a fork of this process, so that what is warm here is warm there, and what is handed to it needs no
copying. It may speak only through one pipe (a line of JSON each) and one file in memory, and it ends without
running anything that this process would run at its end.
"""

import ctypes
import gc
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from eventsvc.core.words import N_, Words

Say = Callable[..., None]
"""What the child tells while it works: say(stage, item, total)."""

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
MIB = 2**20
LARGEST_RESULT = 300 * MIB


class Trouble(Exception):
    """Why the work cannot be done, in words for people; trying again would not help."""

    def __init__(self, msgid: str, **facts: Any) -> None:
        self.said = Words(msgid, **facts)
        super().__init__(str(self.said))


class Broken(Exception):
    """The child ended by an accident of ours. Its kind and place, never its contents."""


TOO_LARGE = N_("内容太多，一次做不完，请分开来做")


def run(work: Callable[[Say], bytes], *, seconds: int, memory_mib: int, tell: Say | None = None) -> bytes:
    """Do `work` in a child within this much time and memory; return its bytes, or raise Trouble or Broken."""
    with _in_memory() as result:
        hear, speak = os.pipe()
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            os.close(hear)
            _be_child(work, result, speak, parent, seconds, memory_mib)
        os.close(speak)
        try:
            _listen(hear, child, seconds, tell or _deaf)
        finally:
            os.close(hear)
            _end(child)
        os.lseek(result, 0, os.SEEK_SET)
        with os.fdopen(os.dup(result), "rb") as made:
            return made.read()


def die_with(parent: int, last_signal: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel end this process when its parent ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, last_signal)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


@contextmanager
def _in_memory() -> Iterator[int]:
    file = os.memfd_create("result")
    try:
        yield file
    finally:
        os.close(file)


# -- the child -------------------------------------------------------------------------------------------------------


def _be_child(work: Callable[[Say], bytes], result: int, speak: int, parent: int, seconds: int, memory_mib: int) -> None:
    """Work, write the result, end. Never returns."""
    code = 1
    try:
        die_with(parent)
        _calm_signals()
        _limit(seconds, memory_mib)
        gc.disable()

        def say(stage: str, item: int = 0, total: int = 0) -> None:
            _write(speak, {"stage": stage, "item": item, "total": total})

        _write_all(result, work(say))
        _write(speak, {"done": True})
        code = 0
    except Trouble as no:
        _write(speak, {"trouble": no.said.msgid, "facts": no.said.facts})
    except (MemoryError, RecursionError):
        _write(speak, {"trouble": TOO_LARGE, "facts": {}})
    except BaseException as accident:
        _write(speak, {"accident": _place_of(accident)})
    finally:
        os._exit(code)


def _calm_signals() -> None:
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _limit(seconds: int, memory_mib: int) -> None:
    """Bound what the child may take on top of what it was born with."""
    with open("/proc/self/statm", encoding="ascii") as numbers:
        born_with = int(numbers.read().split()[0]) * resource.getpagesize()
    for kind, most in (
        (resource.RLIMIT_AS, born_with + memory_mib * MIB),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _place_of(accident: BaseException) -> str:
    """Name an accident without any of the data that its message may hold."""
    trace = accident.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"
    return f"{type(accident).__name__} at {where}"


def _write(pipe: int, words: dict[str, Any]) -> None:
    _write_all(pipe, json.dumps(words).encode() + b"\n")


def _write_all(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


# -- the parent ------------------------------------------------------------------------------------------------------


def _deaf(*_: object) -> None:
    """Hear nothing."""


def _listen(pipe: int, child: int, seconds: int, tell: Say) -> None:
    """Pass on what the child says until it is done; raise what it says went wrong."""
    until = time.monotonic() + seconds
    rest = b""
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, min(1.0, until - time.monotonic())))
        if time.monotonic() > until:
            raise Trouble(TOO_LARGE)
        if not ready:
            continue
        heard = os.read(pipe, 65536)
        if not heard:
            raise _how_it_ended(child)
        *lines, rest = (rest + heard).split(b"\n")
        if _heed([json.loads(line) for line in lines], tell):
            return


def _heed(lines: list[dict[str, Any]], tell: Say) -> bool:
    """Act on what was said; of several steps only the last is passed on. True when the child is done."""
    for words in lines:
        if "trouble" in words:
            raise Trouble(words["trouble"], **words["facts"])
        if "accident" in words:
            raise Broken(words["accident"])
    if lines and "done" in lines[-1]:
        return True
    if lines:
        tell(lines[-1]["stage"], lines[-1]["item"], lines[-1]["total"])
    return False


def _how_it_ended(child: int) -> Exception:
    """Say why a child ended without a word: over its limits, or killed."""
    _, status = os.waitpid(child, 0)
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGXCPU, signal.SIGXFSZ, signal.SIGSEGV, signal.SIGABRT):
        return Trouble(TOO_LARGE)
    return Broken(f"ended by signal {number}" if number else f"ended with {os.waitstatus_to_exitcode(status)}")


def _end(child: int) -> None:
    """Leave no child behind."""
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
    sys.stdout.flush()
