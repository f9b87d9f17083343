"""Start in order, watch, start again what ends, stop all of it at once."""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import redis
from sqlalchemy import create_engine, inspect, text

from eventsvc.infra.fonts import missing_fonts
from eventsvc.serve.instance import ROOT, CannotStart, Instance, private_folder
from eventsvc.serve.processes import Child, bound, redis_command, stop

PYTHON = sys.executable
BEAT = 0.1
PATIENCE = 90.0
"""Seconds that the web may take to answer for the first time on a slow machine."""
FALLS_BEFORE_GIVING_UP = 3


def say(words: str) -> None:
    """Tell the person at the terminal."""
    print(words, flush=True)


def run_flask(instance: Instance, arguments: Sequence[str]) -> int:
    """Run one command of the application with what this instance's processes are told."""
    return subprocess.run([PYTHON, "-m", "flask", *arguments], env=instance.environment(), check=False).returncode


class Supervisor:
    """One instance from its start to its end, in one thread: the kernel ties children to the thread that made them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.children: list[Child] = []
        self.lock: IO[str] | None = None

    def run(self) -> int:
        """Start everything, say where it is, keep it going until a signal; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(0))
        try:
            self.take_the_place()
            self.environment = self.instance.environment()
            self.start_everything()
            while True:
                self.tend()
        finally:
            self.stop()

    def start_everything(self) -> None:
        """Redis, tables, web and workers, then the sample: pages answer while it is still loading."""
        if self.instance.own_redis:
            self.start_redis()
        self.once("flask", "db", "upgrade", doing="bringing the database up to date")
        web = self.add("web", *self.web_command())
        self.add("worker", PYTHON, "-m", "workers.main", last_signal=signal.SIGKILL)
        self.add("sweeper", PYTHON, "-m", "workers.sweeper", last_signal=signal.SIGKILL)
        self.wait_for(self.ready, web)
        say(f"eventsvc is running: {self.instance.address}   (Ctrl-C stops it; logs in {self.shown(self.logs)})")
        if missing := missing_fonts(self.environment):
            say(f"Fonts missing for papers: {'、'.join(missing)}. `make setup` tries again to install them.")
        self.load_sample()
        self.once("flask", "sample", "show", aloud=True)

    # -- before ------------------------------------------------------------------------------------------------------

    def take_the_place(self) -> None:
        """Hold this folder and see that the port is free, or say who has them and what to do."""
        self.lock = (self.instance.var / "serve.lock").open("a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            self.lock.seek(0)
            raise CannotStart(f"It is already running here: {self.lock.read().strip()}") from held
        port = self.instance.port
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((self.instance.host, port))
            except OSError as taken:
                raise CannotStart(f"Port {port} cannot be used ({taken.strerror}): PORT={port + 1} make run") from taken
        self.lock.truncate(0)
        self.lock.write(self.instance.address)
        self.lock.flush()

    def start_redis(self) -> None:
        """Start the embedded Redis on what it kept; what it cannot read is put aside, for nothing is only there."""
        data = self.instance.var / "redis"
        data.mkdir(mode=0o700, exist_ok=True)
        child = self.add("redis", *redis_command(self.instance.redis_socket, data))
        while not redis_answers(self.environment["EVENTSVC_REDIS_URL"]):
            if self.tend_one(child) is None:
                time.sleep(BEAT / 4)
            elif child.falls >= FALLS_BEFORE_GIVING_UP:
                raise CannotStart(f"The embedded Redis does not start:\n{child.last_words()}")
            elif any(data.iterdir()):
                aside = data.with_name(f"redis.unreadable-{int(time.time())}")
                say(
                    f"What Redis kept cannot be read and is put aside in {self.shown(aside)}; promised jobs are told again."
                )
                data.rename(aside)
                data.mkdir(mode=0o700)

    def web_command(self) -> list[str]:
        """gunicorn, threads; no control socket, for two instances of one user would meet there."""
        where = ["--bind", f"{self.instance.host}:{self.instance.port}", "--no-control-socket"]
        size = ["-k", "gthread", "-w", "2", "--threads", "4", "--graceful-timeout", "2"]
        beats = ["--worker-tmp-dir", str(private_folder(self.instance.var))]
        return [PYTHON, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT), *where, *size, *beats]

    def load_sample(self) -> None:
        """Fill an empty service with the sample, unless told not to; a load that was cut off is taken up again."""
        begun = self.instance.var / "sample.loading"
        if self.environment.get("EVENTSVC_SAMPLE", "yes").lower() in ("no", "0", "false"):
            return
        if begun.exists() or is_empty(self.environment["EVENTSVC_DATABASE_URL"]):
            begun.touch()
            self.once("flask", "sample", "load", doing="loading the sample; pages fill up meanwhile", aloud=True)
            begun.unlink()

    # -- meanwhile ---------------------------------------------------------------------------------------------------

    def add(self, name: str, *command: str, last_signal: signal.Signals = signal.SIGTERM) -> Child:
        """Start a child and keep it going from now on."""
        child = Child(name, command, self.environment, self.logs / f"{name}.log", last_signal=last_signal)
        self.children.append(child)
        child.start()
        return child

    def once(self, *command: str, doing: str = "", aloud: bool = False) -> None:
        """Run a command of Python's to its end while everything else is kept going; it must end well."""
        if doing:
            say(f"… {doing}")
        log = self.logs / f"{'-'.join(command)}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as words:
            process = subprocess.Popen(
                [PYTHON, "-m", *command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=None if aloud else words,
                stderr=None if aloud else words,
                start_new_session=True,
                preexec_fn=bound(signal.SIGKILL),  # noqa: PLW1509 — one thread only
            )
        try:
            while process.poll() is None:
                self.tend()
        finally:
            process.kill()
        if process.returncode:
            raise CannotStart(f"`{' '.join(command)}` failed:\n{log.read_text(errors='replace')[-3000:]}")

    def wait_for(self, answer: Callable[[], bool], child: Child) -> None:
        """Wait until it answers; give up when the child keeps ending or takes far too long."""
        until = time.monotonic() + PATIENCE
        while not answer():
            self.tend()
            if child.falls >= FALLS_BEFORE_GIVING_UP or time.monotonic() > until:
                raise CannotStart(f"`{child.name}` does not come up; the end of its log:\n{child.last_words()}")

    def ready(self) -> bool:
        """Whether /readyz says yes."""
        host = "127.0.0.1" if self.instance.host == "0.0.0.0" else self.instance.host  # noqa: S104 — a comparison
        asking = http.client.HTTPConnection(host, self.instance.port, timeout=5)
        try:
            asking.request("GET", "/readyz")
            return asking.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()

    def tend(self) -> None:
        """One beat: look after every child."""
        for child in self.children:
            self.tend_one(child)
        time.sleep(BEAT)

    def tend_one(self, child: Child) -> int | None:
        """Look after one child and say so when it ended by itself."""
        code = child.tend()
        if code is not None:
            say(f"! {child.name} ended ({code}) and is started again; see {self.shown(child.log)}")
        return code

    # -- the end -----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop who uses Redis, then Redis, all within three seconds, whoever else calls."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if self.children:
            say("stopping …")
        stop([child for child in reversed(self.children) if child.name != "redis"], patience=1.8)
        stop([child for child in self.children if child.name == "redis"], patience=0.7)
        if self.children:
            with suppress(OSError):  # somebody's socket is still in it: it is used again at the next start
                private_folder(self.instance.var).rmdir()

    @property
    def logs(self) -> Path:
        """Where the words of the children go."""
        return self.instance.var / "log"

    def shown(self, path: Path) -> str:
        """A path as one would type it here."""
        return os.path.relpath(path)


def redis_answers(url: str) -> bool:
    """Whether Redis says PONG."""
    try:
        with redis.Redis.from_url(url, socket_timeout=1) as asking:
            return bool(asking.ping())
    except (redis.RedisError, OSError):
        return False


def is_empty(database_url: str) -> bool:
    """Whether no organisation was ever entered."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            there = inspect(connection).has_table("organisations")
            return there and connection.execute(text("SELECT 1 FROM organisations LIMIT 1")).first() is None
    finally:
        engine.dispose()
