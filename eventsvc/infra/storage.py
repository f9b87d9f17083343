"""Files on disk: named by chance, never by what a person called them; the row is the truth, the file follows.

A file is written to a temporary name, flushed to the disk and renamed, before the row that names it is committed.
"""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.infra.db import Model, UtcDateTime, db

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,99}", re.ASCII)
_SUFFIX = re.compile(r"(\.[a-z0-9]{1,5})?", re.ASCII)


class StoredFile(Model):
    """One file: what it is, whose it is, where it lies below the storage folder."""

    __tablename__ = "files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    media_type: Mapped[str] = mapped_column(String(100))
    path: Mapped[str] = mapped_column(String(200), unique=True)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Kept:
    """Where some bytes were put."""

    path: str
    size: int
    sha256: str


def root() -> Path:
    """Return the storage folder."""
    folder: Path = current_app.extensions["eventsvc_settings"].var_dir / "files"
    return folder


def keep(content: bytes, suffix: str, *, name: str | None = None) -> Kept:
    """Write bytes durably and return where they are. `name` is for jobs, whose file names carry their lease."""
    name = name or secrets.token_hex(16)
    if not _NAME.fullmatch(name) or not _SUFFIX.fullmatch(suffix):
        raise ValueError("not a name of ours")
    path = f"{name[-2:]}/{name}{suffix}"
    target = root() / path
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    target.parent.mkdir(exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    for folder in (target.parent, root()):
        _flush_folder(folder)
    return Kept(path, len(content), hashlib.sha256(content).hexdigest())


def add(kept: Kept, *, owner_id: UUID, purpose: str, media_type: str, by: UUID | None, at: datetime,
        size: tuple[int, int] | None = None) -> StoredFile:  # fmt: skip
    """Add the row of a kept file, inside a command."""
    width, height = size or (None, None)
    row = StoredFile(owner_id=owner_id, purpose=purpose, media_type=media_type, path=kept.path, size=kept.size,
                     sha256=kept.sha256, width=width, height=height, added_by=by, added_at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def read(path: str) -> bytes:
    """Return a kept file's bytes; a path that leads out of the storage folder is refused (ValueError)."""
    return _inside(path).read_bytes()


def _inside(path: str) -> Path:
    folder = root().resolve()
    target = (folder / path).resolve()
    if not target.is_relative_to(folder):
        raise ValueError("not a path of ours")
    return target


def _flush_folder(folder: Path) -> None:
    # A renamed file is there after a power cut only when its folder was flushed too.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def discard(path: str) -> None:
    """Remove a kept file and the pictures of its pages; fine when it is gone already."""
    kept = _inside(path)
    for file in [kept, *kept.parent.glob(f"{kept.stem}.page-*.png")]:
        file.unlink(missing_ok=True)
