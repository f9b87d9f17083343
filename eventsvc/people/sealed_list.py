"""A list that was looked through waits in its uploader's page, sealed: nothing of it lies on the server meanwhile."""

import base64
import binascii
import json
import zlib
from dataclasses import asdict
from uuid import UUID

from eventsvc.core.words import N_, Words
from eventsvc.infra.crypto import CannotOpen, keys
from eventsvc.people.errors import BadList
from eventsvc.people.schemas import Given
from eventsvc.people.sheets import Line

WHAT = "households.import"


def sealed(rows: list[Given], organisation_id: UUID) -> str:
    """Seal the rows for this one unit."""
    plain = json.dumps([asdict(row) for row in rows], ensure_ascii=False, default=str)
    return base64.b64encode(keys().seal(zlib.compress(plain.encode()), row=organisation_id, what=WHAT)).decode()


def sealed_lines(lines: list[Line], owner_id: UUID, what: str) -> str:
    """Seal the lines of a list for one owner and one use."""
    plain = json.dumps(lines, ensure_ascii=False)
    return base64.b64encode(keys().seal(zlib.compress(plain.encode()), row=owner_id, what=what)).decode()


def opened_lines(text: str, owner_id: UUID, what: str) -> list[Line]:
    """Open what `sealed_lines` made, or refuse."""
    try:
        plain = zlib.decompress(keys().open(base64.b64decode(text, validate=True), row=owner_id, what=what))
    except (CannotOpen, binascii.Error, zlib.error) as wrong:
        raise BadList(why=Words(N_("页面打开得太久，请重新选择文件"))) from wrong
    return [(n, cells) for n, cells in json.loads(plain)]


def opened(text: str, organisation_id: UUID) -> list[Given]:
    """Open what `sealed` made, or refuse: altered, or of another unit."""
    try:
        plain = zlib.decompress(keys().open(base64.b64decode(text, validate=True), row=organisation_id, what=WHAT))
    except (CannotOpen, binascii.Error, zlib.error) as wrong:
        raise BadList(why=Words(N_("页面打开得太久，请重新选择文件"))) from wrong
    return [Given(**(row | {"leader_id": UUID(row["leader_id"]) if row["leader_id"] else None})) for row in json.loads(plain)]
