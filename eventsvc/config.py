"""Everything that differs between two deployments; read once, at boot."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit


class BadSetting(Exception):
    """A setting is missing or cannot be read; the service does not start."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Typed settings. Environment variables are named EVENTSVC_<FIELD>."""

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    var_dir: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: str = ""
    """More host names that may stand in an address, separated by commas."""
    vault_key: str = field(default="", repr=False)
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
        """Read settings from the environment, or raise BadSetting naming what is missing or wrong; empty means not set."""
        given = {f.name: env.get(_variable(f.name), "").strip() for f in fields(cls)}
        missing = [_variable(f.name) for f in fields(cls) if not given[f.name] and f.default is MISSING]
        if missing:
            raise BadSetting(f"not set: {', '.join(missing)}")
        read = cls(**{f.name: _read(f.name, f.type, given[f.name]) for f in fields(cls) if given[f.name]})
        if wrong := {name: why for name, (holds, why) in _WRONG.items() if not holds(getattr(read, name))}:
            raise BadSetting("; ".join(f"{_variable(name)} {why}" for name, why in wrong.items()))
        return read

    @property
    def secure(self) -> bool:
        """Cookies are Secure and `__Host-` when people reach us by https."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def hosts(self) -> list[str]:
        """Return the host names that a request may carry."""
        own = urlsplit(self.base_url).hostname or "127.0.0.1"
        return [own, "127.0.0.1", "localhost", *filter(None, map(str.strip, self.trusted_hosts.split(",")))]

    def key(self, purpose: str) -> bytes:
        """Derive a 32-byte key for one purpose, so that no two purposes share one."""
        root = self.vault_key if purpose.startswith(("vault", "blind")) and self.vault_key else self.secret_key
        return hmac.new(root.encode(), f"eventsvc:{purpose}".encode(), hashlib.sha256).digest()


def _variable(name: str) -> str:
    return f"EVENTSVC_{name.upper()}"


_SWITCHES = {**dict.fromkeys(("1", "true", "yes", "on"), True), **dict.fromkeys(("0", "false", "no", "off"), False)}


def _read(name: str, kind: object, text: str) -> Any:
    try:
        if kind in (int, "int"):
            return int(text)
        if kind in (bool, "bool"):
            return _SWITCHES[text.lower()]
        return Path(text) if "Path" in str(kind) else text
    except ValueError as wrong:
        raise BadSetting(f"{_variable(name)} is not a number: {text!r}") from wrong
    except KeyError as wrong:
        raise BadSetting(f"{_variable(name)} is neither yes nor no: {text!r}") from wrong


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/")


_WRONG: dict[str, tuple[Callable[[Any], bool], str]] = {
    "secret_key": (lambda key: len(key) >= 32, "is too short: 32 characters by chance at least"),
    "vault_key": (lambda key: not key or len(key) >= 32, "is too short: 32 characters by chance at least"),
    "database_url": (lambda url: url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")), "is neither sqlite:… nor postgresql:…"),
    "redis_url": (lambda url: url.startswith(("redis:", "rediss:", "unix:")), "is none of redis:…, rediss:… and unix:…"),
    "base_url": (_is_address, "is no address such as https://events.example.org, without a path"),
    "proxy_hops": (lambda hops: 0 <= hops <= 5, "is the number of our own proxies, 0 to 5"),
    "argon2_memory_kib": (lambda kib: kib >= 64, "is too little"),
    "argon2_time": (lambda rounds: rounds >= 1, "is too little"),
    "pdf_seconds": (lambda seconds: seconds >= 1, "is too little"),
    "pdf_memory_mib": (lambda mib: mib >= 128, "is too little"),
    "log_level": (lambda level: level in logging.getLevelNamesMapping(), "is none of DEBUG, INFO, WARNING, ERROR"),
}
"""What must hold of a setting, and what is said when it does not. Its value is never said: it may be a secret."""


def new_secret() -> str:
    """Return a fresh secret for `secret_key`."""
    return secrets.token_urlsafe(32)
