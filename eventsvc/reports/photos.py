"""The photos of a report: each once, with a caption, shown to others only with consent."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from eventsvc.core.codes import new_id
from eventsvc.infra import storage
from eventsvc.infra.db import after_commit, db
from eventsvc.infra.images import SUFFIX, Photo
from eventsvc.kinds import KINDS
from eventsvc.reports.errors import NoPhotosHere, PhotoTwice, TooManyPhotos
from eventsvc.reports.models import Report, ReportPhoto
from eventsvc.reports.schemas import MOST_PHOTOS, PhotoSaid


def add(report: Report, taken: Photo, *, by: UUID, now: datetime) -> UUID:
    """Keep a photo and add it as the last one. Part of a command."""
    if KINDS[report.activity.kind].dignified:
        raise NoPhotosHere
    if len(report.photos) >= MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    kept = storage.keep(taken.bytes, SUFFIX[taken.media_type])
    if any(photo.file.sha256 == kept.sha256 for photo in report.photos):
        _path(kept.path).unlink(missing_ok=True)
        raise PhotoTwice
    file = storage.add(kept, owner_id=report.id, purpose="report_photo", media_type=taken.media_type, by=by, at=now,
                       size=(taken.width, taken.height))  # fmt: skip
    last = max((photo.position for photo in report.photos), default=0)
    photo = ReportPhoto(id=new_id(), report_id=report.id, file=file, position=last + 1)
    report.photos.append(photo)
    db.session.flush()
    return photo.id


def note(report: Report, said: Iterable[PhotoSaid]) -> None:
    """Write captions, consents and order; take away what was ticked. Photos that are not named stay as they are."""
    told = {one.id: one for one in said}
    for photo in list(report.photos):
        one = told.get(photo.id)
        if one is not None and one.remove:
            _take_away(report, photo)
        elif one is not None:
            photo.caption, photo.consent = one.caption, one.consent
            photo.position = one.position or photo.position
    for place, photo in enumerate(sorted(report.photos, key=lambda p: (p.position, p.id)), start=1):
        photo.position = place


def _take_away(report: Report, photo: ReportPhoto) -> None:
    """Delete a photo, its row and its file: what somebody does not want shown is not kept."""
    path, file = _path(photo.file.path), photo.file
    report.photos.remove(photo)
    db.session.delete(photo)
    db.session.flush()
    db.session.delete(file)
    after_commit(lambda: path.unlink(missing_ok=True))


def _path(kept: str) -> Path:
    return storage.root() / kept
