"""An organiser writes what is asked besides, keeps it as a template, and asks it again elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import select

from eventsvc.activities import queries as activities
from eventsvc.activities.models import State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import Invalid, NotFound, Stale
from eventsvc.core.text import clean_text
from eventsvc.core.words import N_
from eventsvc.declare.asked import define
from eventsvc.infra.db import clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.forms import faults
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.registrations import openings, queries
from eventsvc.registrations.errors import TooLateToAsk
from eventsvc.registrations.events import QuestionsChanged, TemplateKept
from eventsvc.registrations.models import QuestionSet, QuestionTemplate

LONGEST_NAME = 60


@transactional
def ask(activity_id: UUID, definition: Sequence[Any], *, version: int, actor: Actor, now: datetime) -> int:
    """Save what is asked besides over the version that the writer saw, and return the version that is asked now.

    The same questions make no new version; over a newer one it is `Stale`. What was answered before keeps its version.
    """
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.ORGANISER)
    if activity.state in (State.HELD, State.ARCHIVED, State.CANCELLED):
        raise TooLateToAsk
    where = openings.opening_of(activity_id)
    made = defined(definition, where.kind_code)
    if where.form_version != version:
        raise Stale
    if made == list(where.questions):
        return version
    with clash_means(Stale()):
        db.session.add(QuestionSet(activity_id=activity_id, version=version + 1, questions=made, created_at=now, created_by=actor.id))
        db.session.flush()
    announce(QuestionsChanged(activity_id, version + 1, len(made), now, actor.id, activity.organisation_id))
    return version + 1


def defined(definition: Sequence[Any], kind_code: str) -> list[dict[str, Any]]:
    """Return a definition in its normal form, or raise Invalid with faults by dotted name."""
    try:
        return define(definition, KINDS[kind_code])
    except ValidationError as wrong:
        raise Invalid(fields=faults(wrong.messages)) from wrong


@transactional
def keep_template(activity_id: UUID, name: str, definition: Sequence[Any], *, actor: Actor, now: datetime) -> UUID:
    """Keep questions under a name for the activity's unit and those below it; the same name again replaces what it stood for."""
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.ORGANISER)
    said = _name(name)
    made = defined(definition, activity.kind)
    if not made:
        raise Invalid(fields={"template": [N_("还没有问题可存")]})
    query = select(QuestionTemplate).where(QuestionTemplate.organisation_id == activity.organisation_id, QuestionTemplate.name == said)
    kept = db.session.scalar(query) or QuestionTemplate(organisation_id=activity.organisation_id, name=said)
    kept.questions, kept.created_at, kept.created_by = made, now, actor.id
    db.session.add(kept)
    db.session.flush()
    announce(TemplateKept(kept.id, activity.organisation_id, now, actor.id))
    return kept.id


def _name(name: str) -> str:
    try:
        said = clean_text(name, LONGEST_NAME)
    except ValueError as wrong:
        raise Invalid(fields={"template": [wrong.args[0]]}) from wrong
    if not said:
        raise Invalid(fields={"template": [N_("请给模板起个名字")]})
    return said


def templates(organisation_id: UUID) -> list[QuestionTemplate]:
    """Return the templates of a unit and of those above it, the nearest first."""
    units = organisations.lineage(organisation_id)
    found = db.session.scalars(select(QuestionTemplate).where(QuestionTemplate.organisation_id.in_(units)))
    near = {unit: at for at, unit in enumerate(units)}
    return sorted(found, key=lambda kept: (near[kept.organisation_id], kept.name))


def template(template_id: UUID, organisation_id: UUID) -> list[dict[str, Any]]:
    """Return the questions of a template that this unit may use, or raise NotFound."""
    kept = next((one for one in templates(organisation_id) if one.id == template_id), None)
    if kept is None:
        raise NotFound
    return list(kept.questions)
