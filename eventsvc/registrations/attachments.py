"""Files that answer own questions. One that is sent is kept at once, under the form's nonce, so that it survives a form that comes back;
signing up makes it the party's. What nobody took within a day is let go, and the rest with the party's personal data.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

from sqlalchemy import and_, delete, exists, or_, select, update
from werkzeug.datastructures import FileStorage, MultiDict

from eventsvc.core.codes import new_id
from eventsvc.core.errors import Invalid, NotFound
from eventsvc.core.words import N_, Words
from eventsvc.declare import Personal
from eventsvc.declare.asked import Asked
from eventsvc.infra import storage
from eventsvc.infra.db import after_commit, changed, db, transactional
from eventsvc.infra.i18n import say
from eventsvc.infra.images import SUFFIX, BadPicture, BadScan, Photo, take_scan
from eventsvc.infra.storage import StoredFile
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations.models import Attachment, Participant, table_of
from eventsvc.registrations.own import is_own
from eventsvc.registrations.schemas import Party

F, V, T = table_of(Attachment), table_of(VaultRow), table_of(Participant)
LARGEST = 10 * 2**20
UNTAKEN_FOR = timedelta(days=1)
MOST_A_FORM = 40
"""Files that one form may leave with us: more is nobody's sign-up."""


class FileLost(Invalid):
    """A file that the form says was kept is not there (any more)."""

    code = "file_lost"
    words = N_("传过的文件已经过期，请重新选一次文件再提交")


def taken(file: FileStorage) -> Photo:
    """Return a file made anew from what was sent, or raise BadPicture: too large, or not what we take."""
    content = file.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadScan(N_("文件太大了（超过10MB），请缩小后再传"))
    return take_scan(content)


def keyed(nonce: str) -> str:
    """Return what is stored of a form's nonce: the 43 characters that its first party is stored with too."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"0:{nonce}".encode()).digest()).rstrip(b"=").decode()


def receive(activity_id: UUID, asked: Asked, typed: MultiDict[str, str], files: MultiDict[str, FileStorage], *, nonce: str,
            now: datetime) -> tuple[MultiDict[str, str], dict[str, list[str]]]:  # fmt: skip
    """Keep the files of a form; return what was typed with their ids in it, and why any was refused, by question. `nonce` is the form's."""
    answered, refused = MultiDict(typed), dict[str, list[str]]()
    for name, file in files.items():
        if not file.filename or name.split(".")[-1] not in asked.uploads or ".own." not in name:
            continue
        try:
            answered.setlist(name, [str(keep(activity_id, name, taken(file), nonce=nonce, now=now))])
        except BadPicture as no:
            refused[name] = [no.words]
    return answered, refused


@transactional
def keep(activity_id: UUID, question: str, photo: Photo, *, nonce: str, now: datetime) -> UUID:
    """Keep a file for a form that is still being filled in."""
    held, own, same = keyed(nonce), new_id(), hashlib.sha256(photo.bytes).hexdigest()
    query = select(F.c.id, F.c.question, StoredFile.sha256).join(StoredFile, StoredFile.id == F.c.file_id)
    before = db.session.execute(query.where(F.c.activity_id == activity_id, F.c.nonce == held)).all()
    if again := next((row.id for row in before if (row.question, row.sha256) == (question, same)), None):
        return cast(UUID, again)  # a form sent twice is the same form
    if len(before) >= MOST_A_FORM:
        raise BadScan(N_("这张表传的文件太多了，请重新打开报名页"))
    file = storage.add(storage.keep(photo.bytes, SUFFIX[photo.media_type]), owner_id=own, purpose="attachment", media_type=photo.media_type,
                       by=None, at=now, size=(photo.width, photo.height) if photo.width else None)  # fmt: skip
    db.session.add(Attachment(id=own, activity_id=activity_id, nonce=held, question=question[:80], file_id=file.id, created_at=now))
    db.session.flush()
    return own


def ids_in(party: Party) -> set[UUID]:
    """Return the ids of the files that a party's answers name."""
    uploads = set(party.asked.uploads)
    answers = (party.answers, *(person.answers for person in party.people)) if uploads else ()
    return {UUID(str(told[name])) for told in answers for name in uploads & set(told) if told[name]}


def attach(party: Party, registration_id: UUID, activity_id: UUID, *, held: str) -> None:
    """Make the files that a party names its own; one that another form or party holds is none. No statement when there are none."""
    if not (wanted := ids_in(party)):
        return
    ours = or_(and_(F.c.nonce == held, F.c.registration_id.is_(None)), F.c.registration_id == registration_id)
    mine = update(F).where(F.c.id.in_(wanted), F.c.activity_id == activity_id, ours).values(registration_id=registration_id)
    if changed(db.session.execute(mine)) != len(wanted):
        raise FileLost


def let_go_unnamed(party: Party, registration_id: UUID) -> None:
    """Let go of files that a changed party no longer names; those of questions asked before stay with their answers."""
    kept = ids_in(party) | {UUID(str(v)) for told in (party.answers, *(p.answers for p in party.people)) for k, v in told.items() if is_own(k) and _is_id(v)}
    _forget(and_(F.c.registration_id == registration_id, F.c.id.not_in(kept)))


def _is_id(value: Any) -> bool:
    try:
        return bool(UUID(value)) if isinstance(value, str) else False
    except ValueError:
        return False


def of(registration_id: UUID) -> list[tuple[UUID, str, str]]:
    """Return (id, question's dotted name, media type) of a party's files."""
    query = select(F.c.id, F.c.question, StoredFile.media_type).join(StoredFile, StoredFile.id == F.c.file_id)
    return [tuple(row) for row in db.session.execute(query.where(F.c.registration_id == registration_id).order_by(F.c.id))]


def file_of(registration_id: UUID, attachment_id: UUID) -> StoredFile:
    """Return a file of this party, or raise NotFound."""
    query = select(StoredFile).join(F, F.c.file_id == StoredFile.id).where(F.c.id == attachment_id, F.c.registration_id == registration_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def words_of(attachment_id: str) -> str:
    """Say what a kept file is: 照片，320 KB; empty when there is none."""
    if not _is_id(attachment_id):
        return ""
    query = select(StoredFile.media_type, StoredFile.size).join(F, F.c.file_id == StoredFile.id).where(F.c.id == UUID(attachment_id))
    row = db.session.execute(query).first()
    if row is None:
        return ""
    what = N_("PDF文件") if row.media_type == "application/pdf" else N_("照片")
    return say(Words(N_("{what}（{size} KB）"), what=Words(what), size=max(1, row.size // 1024)))


# -- letting go --------------------------------------------------------------------------------------------------------


@transactional
def forget_attachments(now: datetime) -> int:
    """Let go of files that no party took within a day, and of those whose party's personal data the vault has let go; return how many."""
    people = select(T.c.id).join(V, and_(V.c.owner_id == T.c.id, V.c.personal == Personal.CONTACT)).where(T.c.registration_id == F.c.registration_id)
    nobody = and_(F.c.registration_id.is_not(None), ~exists(people))
    return _forget(or_(and_(F.c.registration_id.is_(None), F.c.created_at < now - UNTAKEN_FOR), nobody))


def forget_of(registration_ids: Iterable[UUID]) -> int:
    """Let go of all files of these parties, inside a command."""
    return _forget(F.c.registration_id.in_(list(registration_ids)))


def forget_answers(registration_id: UUID, condition: Any) -> int:
    """Let go of those of a party's files that a condition names, inside a command."""
    return _forget(and_(F.c.registration_id == registration_id, condition))


def _forget(condition: Any) -> int:
    query = select(F.c.id, F.c.file_id, StoredFile.path).join(StoredFile, StoredFile.id == F.c.file_id).where(condition)
    rows = db.session.execute(query).all()
    if not rows:
        return 0
    db.session.execute(delete(F).where(F.c.id.in_([row.id for row in rows])))
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_([row.file_id for row in rows])))
    for row in rows:
        after_commit(partial(storage.discard, row.path))
    return len(rows)
