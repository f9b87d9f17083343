"""An approval given on paper: checked, stripped of what a camera adds, and kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from eventsvc.activities.errors import BadPaper
from eventsvc.activities.models import Activity
from eventsvc.core.names import clean_name
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_
from eventsvc.infra import images, storage

EARLIEST = timedelta(days=180)
"""A signature older than half a year before it is entered belongs to another plan."""
LONGEST_SIDE = 2400


@dataclass(frozen=True)
class Paper:
    """Who signed, when, and the scan as it was sent."""

    approver: str
    approved_on: date
    scan: bytes
    media: str = ""
    """What the browser said it was; only the header of the file is believed."""


def keep_paper(activity: Activity, paper: Paper, *, by: UUID, now: datetime) -> dict[str, Any]:
    """Check and keep the paper; return the facts that the move remembers."""
    approver = _checked(activity, paper, day_of(now))
    scan = images.take_scan(paper.scan, longest=LONGEST_SIDE)
    kept = storage.keep(scan.bytes, images.SUFFIX[scan.media_type])
    size = (scan.width, scan.height) if scan.width else None
    file = storage.add(kept, owner_id=activity.id, purpose="approval", media_type=scan.media_type, by=by, at=now, size=size)
    return {"approver": approver, "approved_on": paper.approved_on.isoformat(), "file": str(file.id)}


def _checked(activity: Activity, paper: Paper, today: date) -> str:
    wrong: dict[str, list[str]] = {}
    approver = ""
    try:
        approver = clean_name(paper.approver)
    except ValueError as no:
        wrong["approver"] = [no.args[0] if no.args else N_("请填审批人姓名")]
    if not approver and "approver" not in wrong:
        wrong["approver"] = [N_("请填审批人姓名")]
    if paper.approved_on > today:
        wrong["approved_on"] = [N_("审批日期不能晚于今天")]
    elif paper.approved_on < day_of(activity.created_at) - EARLIEST:
        wrong["approved_on"] = [N_("审批日期太早了，请核对年份")]
    if not paper.scan:
        wrong["scan"] = [N_("请选一张签字页的照片，或扫描的PDF")]
    if wrong:
        raise BadPaper(fields=wrong)
    return approver
