"""One instance on this machine: its folder, its secret, its addresses; what every process of it is told."""

import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from eventsvc.infra.fonts import use_fonts

ROOT = Path(__file__).resolve().parents[2]


class CannotStart(Exception):
    """Why nothing was started, and the cure, in plain words."""


@dataclass(frozen=True)
class Instance:
    """Where this instance keeps its data and where it answers."""

    var: Path
    host: str
    port: int
    given: Mapping[str, str]

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Instance":
        """Read PORT, HOST and EVENTSVC_VAR_DIR; the folder is made when it is not there."""
        try:
            port = int(environ.get("PORT") or 8000)
        except ValueError as wrong:
            raise CannotStart(f"PORT must be a number, not {environ['PORT']!r}: PORT=8001 make run") from wrong
        if not 0 < port < 65536:
            raise CannotStart(f"PORT must be between 1 and 65535, not {port}: PORT=8001 make run")
        var = Path(environ.get("EVENTSVC_VAR_DIR") or ROOT / "var").absolute()
        var.mkdir(parents=True, exist_ok=True)
        return cls(var, environ.get("HOST") or "127.0.0.1", port, environ)

    @property
    def own_redis(self) -> bool:
        """Whether Redis is ours to start."""
        return not self.given.get("EVENTSVC_REDIS_URL")

    @property
    def address(self) -> str:
        """Where people reach the pages."""
        return self.given.get("EVENTSVC_BASE_URL") or f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What each process of this instance is told, besides what it was given."""
        own = {
            "EVENTSVC_VAR_DIR": str(self.var),
            "EVENTSVC_SECRET_KEY": self.given.get("EVENTSVC_SECRET_KEY") or kept_secret(self.var / "secret.key"),
            "EVENTSVC_DATABASE_URL": self.given.get("EVENTSVC_DATABASE_URL") or f"sqlite:///{self.var}/eventsvc.db",
            "EVENTSVC_REDIS_URL": self.given.get("EVENTSVC_REDIS_URL") or f"unix://{self.redis_socket}?db=0",
            "EVENTSVC_BASE_URL": self.address,
            "FLASK_APP": str(ROOT / "wsgi.py"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }
        all_of_it = {**self.given, **own}
        use_fonts(self.var, environ=all_of_it)
        return all_of_it

    @property
    def redis_socket(self) -> Path:
        """The socket of the embedded Redis, the same at every start."""
        return private_folder(self.var) / "redis.sock"


def kept_secret(file: Path) -> str:
    """Return the secret of this instance, made at the first start and readable by its owner only."""
    if not file.exists():
        partial = file.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600, exist_ok=False)
        partial.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):  # the first of two at once wins, and both read the same
            os.link(partial, file)
        partial.unlink()
    return file.read_text(encoding="ascii").strip()


def private_folder(var: Path) -> Path:
    """A folder for sockets with a short path, owned by us alone, its own for each instance.

    `var` itself may lie too deep: the kernel takes 107 bytes for the address of a socket. The place is shared, so the
    folder is taken only when nobody else can have put it there.
    """
    mark = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:10]
    folder = Path(f"/tmp/eventsvc-{os.geteuid()}-{mark}")  # noqa: S108 — looked at below
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid() or about.st_mode & 0o077:
        raise CannotStart(f"{folder} is not a folder of yours alone: remove it, then try again")
    return folder
