"""Questions about papers. What names people is only for those who may see them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor
from eventsvc.core.errors import NotFound
from eventsvc.declare import Document as Declared
from eventsvc.documents.models import Document, PaperState
from eventsvc.documents.rules import names_people
from eventsvc.infra.db import db
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.registrations.queries import must_see_people, sees_people

UNDERWAY = (PaperState.PROMISED, PaperState.RENDERING)
MOST = 1000


def declared(activity: Activity, code: str) -> Declared:
    """Return what the kind declares of a paper, or raise NotFound."""
    paper = KINDS[activity.kind].document(code)
    if paper is None:
        raise NotFound
    return paper


def document(document_id: UUID, *, within: Actor) -> tuple[Document, Activity]:
    """Return a paper and its activity; NotFound out of reach, NotAllowed when it names people that one may not see."""
    query = select(Document, Activity).join(Activity, Activity.id == Document.activity_id)
    reach = organisations.within(within, Document.organisation_id)
    row = db.session.execute(query.where(Document.id == document_id, reach)).one_or_none()
    if row is None:
        raise NotFound
    found, activity = row
    if names_people(declared(activity, found.code)):
        must_see_people(activity, within)
    return found, activity


def newest(activity: Activity, *, within: Actor) -> dict[tuple[str, UUID], Document]:
    """Return the newest paper of each sort and subject that this actor may see, in one statement."""
    codes = [paper.code for paper in shown(activity, within)]
    query = select(Document).where(Document.activity_id == activity.id, Document.code.in_(codes))
    rows = db.session.scalars(query.order_by(Document.requested_at.desc(), Document.id.desc()).limit(MOST))
    found: dict[tuple[str, UUID], Document] = {}
    for one in rows:
        found.setdefault((one.code, one.subject_id), one)
    return found


def shown(activity: Activity, actor: Actor) -> list[Declared]:
    """Return the papers of the kind that this actor may see."""
    people = sees_people(activity, actor)
    return [paper for paper in KINDS[activity.kind].documents if people or not names_people(paper)]


def underway(activity_id: UUID, code: str, subject_id: UUID) -> UUID | None:
    """Return the paper that is promised or being made, if there is one."""
    same = (Document.activity_id == activity_id, Document.code == code, Document.subject_id == subject_id)
    return db.session.scalar(select(Document.id).where(*same, Document.state.in_(UNDERWAY)))


def waiting(found: Iterable[Document]) -> list[UUID]:
    """Return the ids of those that are not finished."""
    return [one.id for one in found if one.state in UNDERWAY]
