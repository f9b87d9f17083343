"""Ask for papers, make them, hand them out."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.sql import Select

from eventsvc.accounts import queries as accounts
from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor
from eventsvc.core.codes import new_id
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_, Words
from eventsvc.declare import Document as Declared
from eventsvc.documents import contents, queries
from eventsvc.documents.contents import Work
from eventsvc.documents.errors import Nobody, NoReport, NotReady, TooEarly
from eventsvc.documents.events import PaperRequested
from eventsvc.documents.models import Document, PaperState
from eventsvc.documents.rules import SUMMARY, in_time, names_people
from eventsvc.infra import storage
from eventsvc.infra.db import after_commit, db, transactional
from eventsvc.infra.events import Exported, announce
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.jobs.service import Claim, Hopeless, JobDied, later
from eventsvc.infra.storage import Kept, StoredFile
from eventsvc.kinds import KINDS
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.events import ConsentTakenBack, Erased
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import must_see_people
from eventsvc.reports import queries as reports

RENDER = "render"
"""The job that makes a paper."""
AFTER = {"approved": N_("批准"), "published": N_("发布"), "held": N_("举办")}
KEEP = timedelta(days=90)
"""A paper that names people is deleted after so long; it can be made again while the list itself is kept."""


@transactional
def request(activity_id: UUID, code: str, subject_id: UUID | None = None, *, actor: Actor, now: datetime) -> UUID:
    """Promise a paper; the same one already promised or being made is returned instead.

    `subject_id` is the party of a certificate; without it the paper is about the whole activity.
    """
    activity = activities.activity(activity_id, within=actor)
    paper, subject = _allowed(activity, code, subject_id or activity_id, actor)
    if there := queries.underway(activity_id, code, subject):
        return there
    row = Document(id=new_id(), activity_id=activity_id, organisation_id=activity.organisation_id, code=code, subject_id=subject,
                   label=contents.zh(paper.label), state=PaperState.PROMISED, requested_by=actor.id, requested_at=now)  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # asked for by somebody else in this moment
        return queries.underway(activity_id, code, subject) or row.id
    later(RENDER, row.id, now=now)
    announce(PaperRequested(row.id, activity_id, activity.organisation_id, code, actor.id, now))
    return row.id


def _allowed(activity: Activity, code: str, subject_id: UUID, actor: Actor) -> tuple[Declared, UUID]:
    """Return the paper and its subject when this actor may have it now; refuse in words otherwise."""
    paper = queries.declared(activity, code)
    if names_people(paper):
        must_see_people(activity, actor)
    if not in_time(paper, activity.state):
        raise TooEarly(paper=Words(contents.zh(paper.label)), state=Words(AFTER[paper.after]))
    if code == SUMMARY and reports.find(activity.id) is None:
        raise NoReport
    if paper.each == "registration":
        _somebody(activity, paper, subject_id)
    elif subject_id != activity.id:
        raise NotFound
    return paper, subject_id


def _somebody(activity: Activity, paper: Declared, subject_id: UUID) -> None:
    if subject_id == activity.id:
        if not registrations.counts(activity.id).get(Standing.PLACED):
            raise Nobody(paper=Words(contents.zh(paper.label)))
        return
    party = registrations.by_id(subject_id)
    if party.opening.id != activity.id or party.standing != Standing.PLACED:
        raise NotFound


# -- made by a worker ------------------------------------------------------------------------------------------------


def work(claim: Claim, *, now: datetime) -> Work:
    """Begin a paper and gather what stands on it, as the person who asked for it may see it today."""
    found = _begin(claim)
    try:
        asker = accounts.actor(found.requested_by)
        activity = activities.activity(found.activity_id, within=asker)
        paper, _ = _allowed(activity, found.code, found.subject_id, asker)
    except DomainError as no:
        raise Hopeless(str(no)) from no
    return contents.of(paper, activity, found.subject_id, today=day_of(now))


@transactional
def _begin(claim: Claim) -> Document:
    found = db.session.get(Document, claim.ref)
    if found is None:
        raise Hopeless(N_("这份文件已经不需要了"))
    found.state = PaperState.RENDERING
    return found


def finish(claim: Claim, kept: Kept, pages: int, *, now: datetime) -> None:
    """Say that a paper is ready, if the lease is still ours; what somebody else made meanwhile stands, ours is thrown away."""
    try:
        _finish(claim, kept, pages, now)
    except (jobs.LostLease, NoResultFound):
        storage.discard(kept.path)
        raise


@transactional
def _finish(claim: Claim, kept: Kept, pages: int, now: datetime) -> None:
    jobs.finish(claim, now=now)
    found = db.session.get_one(Document, claim.ref)
    file = storage.add(kept, owner_id=found.id, purpose="paper", media_type="application/pdf", by=found.requested_by, at=now)
    found.state, found.file_id, found.pages, found.trouble, found.ready_at = PaperState.READY, file.id, pages, "", now


def hear_died(event: JobDied) -> None:
    """Say on the paper why it was given up; it can be asked for again. Part of the transaction that gave it up."""
    if event.name == RENDER:
        underway = (Document.id == event.ref, Document.state.in_(queries.UNDERWAY))
        db.session.execute(update(Document).where(*underway).values(state=PaperState.FAILED, trouble=event.trouble[:500]))


# -- handed out ------------------------------------------------------------------------------------------------------


def file_of(document_id: UUID, *, within: Actor) -> tuple[Document, Activity, StoredFile]:
    """Return a finished paper's file; asked of scope again each time."""
    found, activity = queries.document(document_id, within=within)
    if found.file is None:
        raise NotReady
    return found, activity, found.file


@transactional
def open_file(document_id: UUID, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Return (path, name to save it under) of a finished paper; that names of people left the house is written down."""
    found, activity, file = file_of(document_id, within=actor)
    if names_people(queries.declared(activity, found.code)):
        announce(Exported(f"paper:{found.code}", found.subject_id, found.organisation_id, found.pages or 0, actor.id, now))
    return file.path, f"{activity.title}-{found.label}.pdf"


# -- taken back --------------------------------------------------------------------------------------------------------


def hear_privacy(event: ConsentTakenBack | Erased) -> None:
    """Delete the papers that may show what somebody took back: theirs, and every list of that activity. They can be made again.

    One that is being made right now has read what is gone: its row goes, so its worker keeps nothing.
    """
    codes = {paper.code for kind in KINDS.values() for paper in kind.documents if names_people(paper)}
    about = Document.subject_id.in_((event.registration_id, event.activity_id))
    _throw_away(select(Document).where(Document.activity_id == event.activity_id, Document.code.in_(codes), about))


# -- tidied ----------------------------------------------------------------------------------------------------------


@transactional
def tidy(*, now: datetime) -> int:
    """Delete papers that name people and are old; return how many. What can be made again need not be kept."""
    codes = {paper.code for kind in KINDS.values() for paper in kind.documents if names_people(paper)}
    old = select(Document).where(Document.code.in_(codes), Document.ready_at < now - KEEP)
    return _throw_away(old)


def _throw_away(which: Select[Document]) -> int:
    gone = list(db.session.scalars(which))
    files = [one.file for one in gone if one.file is not None]
    db.session.execute(delete(Document).where(Document.id.in_([one.id for one in gone])))
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_([file.id for file in files])))
    for file in files:
        after_commit(partial(storage.discard, file.path))
    return len(gone)
