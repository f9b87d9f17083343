"""Papers, asked for and made as the doors and the workers do, here and now instead of in a process of their own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor
from eventsvc.documents import queries, service
from eventsvc.documents.models import Document
from eventsvc.infra.db import db
from eventsvc.infra.jobs import service as jobs
from eventsvc.reports import service as reports
from eventsvc.reports.schemas import Told
from tests.factories.activities import NOW, an_activity
from workers import runtime

WORDS = {
    "overview": "全村摸底登记金婚夫妇十二对，十一对到场。",
    "done": "一是提前摸底，逐户确认。\n二是医生到场，量血压。",
    "effect": "群众反响热烈。",
    "problems": "楼梯较陡。",
    "next": "明年改在一楼。",
}


def a_report(activity: Activity, actor: Actor, **told: Any) -> None:
    """Write the report of an activity that was held."""
    moment = max(activity.starts_at, NOW)
    reports.start(activity.id, actor=actor, now=moment)
    reports.save(activity.id, Told(**{"words": WORDS, **told}), version=1, actor=actor, now=moment)


def held_with_report(actor: Actor, **told: Any) -> Activity:
    """Return an activity that was held and has a report."""
    activity = an_activity(state="held", by=actor)
    a_report(activity, actor, **told)
    return activity


def asked(activity: Activity, code: str, actor: Actor, subject: UUID | None = None, now: datetime = NOW) -> Document:
    """Ask for a paper."""
    return found(service.request(activity.id, code, subject, actor=actor, now=now), actor)


def found(document_id: UUID, actor: Actor) -> Document:
    """Read a paper afresh, as other processes have left it."""
    db.session.rollback()
    db.session.expire_all()
    return queries.document(document_id, within=actor)[0]


def made(document: Document, actor: Actor) -> Document:
    """Do a paper's job here, and return the paper."""
    going = jobs.progress(document.id)
    assert going
    claim = jobs.claim(going.id)
    assert claim
    runtime._do(claim)
    return found(document.id, actor)
