"""Personal data at rest, blind keys, and secrets that can be made again.

AES-256-GCM with the key's id in the blob and the row's id in the associated data: a blob moved to another row
does not open. Blind keys are HMACs of a normalised value, a different key for each purpose. A party's secret is
derived from (key, row, version), so that a double click gets the same receipt; only its hash is stored.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from eventsvc.config import Settings

KEY_ID = b"\x01"


class CannotOpen(Exception):
    """A blob that does not belong to this row, was altered, or was sealed with another key."""


@dataclass(frozen=True)
class Keys:
    """The keys of one deployment, derived once."""

    settings: Settings

    @cached_property
    def _vault(self) -> AESGCM:
        return AESGCM(self.settings.key("vault"))

    @cached_property
    def _cache(self) -> dict[str, bytes]:
        return {}

    def _key(self, purpose: str) -> bytes:
        if purpose not in self._cache:
            self._cache[purpose] = self.settings.key(purpose)
        return self._cache[purpose]

    def seal(self, plain: bytes, *, row: UUID, what: str) -> bytes:
        """Encrypt for one row and one purpose."""
        nonce = os.urandom(12)
        return KEY_ID + nonce + self._vault.encrypt(nonce, plain, what.encode() + row.bytes)

    def open(self, blob: bytes, *, row: UUID, what: str) -> bytes:
        """Decrypt, or raise CannotOpen."""
        if blob[:1] != KEY_ID:
            raise CannotOpen(what)
        try:
            return self._vault.decrypt(blob[1:13], blob[13:], what.encode() + row.bytes)
        except (InvalidTag, ValueError) as wrong:
            raise CannotOpen(what) from wrong

    def seal_json(self, value: Mapping[str, Any], *, row: UUID, what: str) -> bytes:
        """Encrypt a JSON object."""
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), row=row, what=what)

    def open_json(self, blob: bytes, *, row: UUID, what: str) -> dict[str, Any]:
        """Decrypt a JSON object."""
        return dict(json.loads(self.open(blob, row=row, what=what)))

    def blind(self, purpose: str, value: str) -> bytes:
        """Return 32 bytes that are equal for equal values and say nothing about them."""
        return hmac.new(self._key(f"blind:{purpose}"), value.encode(), hashlib.sha256).digest()

    def secret(self, purpose: str, row: UUID, version: int) -> str:
        """Derive a row's 256-bit secret, the same every time for the same version."""
        mac = hmac.new(self._key(f"secret:{purpose}"), row.bytes + version.to_bytes(4, "big"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def hashed(secret: str) -> bytes:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare without telling by the time taken."""
    return hmac.compare_digest(left, right)


def keys() -> Keys:
    """Return the keys of the current application."""
    found: Keys = current_app.extensions["eventsvc_keys"]
    return found


def init_app(app: Flask, settings: Settings) -> None:
    """Derive the keys once."""
    app.extensions["eventsvc_keys"] = Keys(settings)
