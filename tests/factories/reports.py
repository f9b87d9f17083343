"""Reports in any state, written, sent up and judged by the same commands as the doors use."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from PIL import Image

from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor
from eventsvc.infra.images import Photo, take_photo
from eventsvc.kinds import KINDS
from eventsvc.organisations.models import Organisation
from eventsvc.reports import queries, service
from eventsvc.reports.models import Report, ReportState
from eventsvc.reports.schemas import Told, report_schema
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree

WAY = {
    "drafting": (), "submitted": ("submit",), "returned": ("submit", "send_back"), "accepted": ("submit", "accept"),
    "locked": ("submit", "accept", "lock"),
}  # fmt: skip
GIVEN = {"member_day": {"condolence_money": "0", "boards": 6, "banners": 4, "shows": 1, "media": 0, "volunteers": 8}, "golden_wedding": {
    "certificates": 12, "makeup_shoots": 0, "media": 1}, "home_visit": {"condolence_money": "0"}}  # fmt: skip


@dataclass
class Written:
    """An activity that was held, its report, and who wrote and who judges it."""

    activity: Activity
    by: Actor
    reviewer: Actor

    @property
    def report(self) -> Report:
        """Return the report as it stands now."""
        found = queries.find(self.activity.id)
        assert found is not None
        return found

    @property
    def now(self) -> Any:
        """Return a moment after the day."""
        return (self.activity.ends_at or self.activity.starts_at) + timedelta(days=1)

    def values(self) -> dict[str, int | None]:
        """Return what counts, by indicator."""
        return {figure.code: figure.value for figure in self.report.figures}

    def move(self, action: str, actor: Actor | None = None, note: str = "", **more: Any) -> ReportState:
        """Take one step as whoever should."""
        who = actor or (self.by if action in ("submit", "withdraw") else self.reviewer)
        words = note or ("请补一张颁证的照片" if action in ("send_back", "reopen") else "")
        if action == "lock":
            service.lock(self.activity.id, now=self.now)
            return self.report.state
        return service.move(self.activity.id, action, actor=who, now=self.now, note=words, **more)

    def save(self, body: dict[str, Any] | None = None, version: int | None = None, **figures: Any) -> int:
        """Save what was typed over what is there."""
        told = a_told(self.activity, body, **figures)
        return service.save(self.activity.id, told, version=version or self.report.version, actor=self.by, now=self.now)


def a_told(activity: Activity, body: dict[str, Any] | None = None, **figures: Any) -> Told:
    """Return a report as typed: complete unless `body` says otherwise; keywords are figures."""
    given = GIVEN[activity.kind] | figures
    whole = {
        "figures": {code: said if isinstance(said, dict) else {"value": said} for code, said in given.items()},
        "words": {"overview": "5月29日，观洋村举办会员活动日。", "effect": "发放宣传资料800份。"},
        "spending": [{"id": str(line.id), "actual": "100"} for line in activity.budget],
    }
    told = report_schema(KINDS[activity.kind]).load(whole | (body or {}))
    assert isinstance(told, Told)
    return told


def a_report(state: str = "submitted", kind: str = "member_day", *, unit: Organisation | None = None, by: Actor | None = None,
             reviewer: Actor | None = None, activity: Activity | None = None, **figures: Any) -> Written:  # fmt: skip
    """Make a report of an activity that was held, in a state; an approver of the unit above judges it."""
    unit = unit or a_tree().village
    by = by or a_user("organiser", unit)
    reviewer = reviewer or a_user("approver", unit.parent_id or unit.id, name="陈建国")
    activity = activity or an_activity(kind, "published", unit=unit, by=by)
    written = Written(activity, by, reviewer)
    service.start(activity.id, actor=by, now=written.now)
    if state != "drafting" or figures:
        written.save(**figures)
    for action in WAY[state]:
        written.move(action)
    return written


def picture(colour: str = "red", size: tuple[int, int] = (640, 480), form: str = "JPEG", **more: Any) -> bytes:
    """Return the bytes of a picture as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **more)
    return out.getvalue()


def a_photo(colour: str = "red") -> Photo:
    """Return a picture as the door hands it to the command."""
    return take_photo(picture(colour))
