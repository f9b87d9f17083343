"""Everything that differs between two deployments; read once, at boot."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit


class BadSetting(Exception):
    """A setting is missing or cannot be read; the service does not start."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Typed settings. Environment variables are named EVENTSVC_<FIELD>."""

    secret_key: str
    database_url: str
    redis_url: str
    var_dir: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: str = ""
    """More host names that may stand in an address, separated by commas."""
    vault_key: str = ""
    """The key of personal data; when empty it is derived from `secret_key`. Keep it outside database and backups."""
    proxy_hops: int = 0
    fonts_dir: Path | None = None
    argon2_memory_kib: int = 19_456
    argon2_time: int = 2
    pdf_seconds: int = 90
    pdf_memory_mib: int = 1_024
    log_level: str = "INFO"
    rate_limits: bool = True
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read settings from the environment, or raise BadSetting naming what is missing or wrong."""
        given = {f.name: env.get(f"EVENTSVC_{f.name.upper()}") for f in fields(cls)}
        missing = [f"EVENTSVC_{f.name.upper()}" for f in fields(cls) if given[f.name] is None and f.default is MISSING]
        if missing:
            raise BadSetting(f"not set: {', '.join(missing)}")
        return cls(**{f.name: _read(f.name, f.type, given[f.name]) for f in fields(cls) if given[f.name] is not None})

    @property
    def secure(self) -> bool:
        """Cookies are Secure and `__Host-` when people reach us by https."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def hosts(self) -> list[str]:
        """Return the host names that a request may carry."""
        own = urlsplit(self.base_url).hostname or "127.0.0.1"
        return [own, "127.0.0.1", "localhost", *filter(None, self.trusted_hosts.split(","))]

    def key(self, purpose: str) -> bytes:
        """Derive a 32-byte key for one purpose, so that no two purposes share one."""
        root = self.vault_key if purpose.startswith(("vault", "blind")) and self.vault_key else self.secret_key
        return hmac.new(root.encode(), f"eventsvc:{purpose}".encode(), hashlib.sha256).digest()


def _read(name: str, kind: object, text: str | None) -> object:
    assert text is not None
    try:
        if kind in (int, "int"):
            return int(text)
        if kind in (bool, "bool"):
            return text.lower() in ("1", "true", "yes", "on")
        return Path(text) if "Path" in str(kind) else text
    except ValueError as wrong:
        raise BadSetting(f"EVENTSVC_{name.upper()}: not a number: {text!r}") from wrong


def new_secret() -> str:
    """Return a fresh secret for `secret_key`."""
    return secrets.token_urlsafe(32)
