"""Doors of messages: the call list, on the screen and on paper."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import NotFound
from eventsvc.core.words import N_, Words
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.messages import queries, service
from eventsvc.messages.models import MessageState
from eventsvc.registrations import queries as registrations

bp = Blueprint("messages", __name__)
BASE = "/activities/<uuid:activity_id>/messages"
OPEN, CLOSED = (MessageState.DUE, MessageState.NO_ANSWER), (MessageState.TOLD, MessageState.DROPPED)


def _activity(activity_id: UUID) -> Activity:
    found = activities.activity(activity_id, within=actor())
    registrations.must_see_people(found, actor(), Role.GROUP_LEADER)
    return found


@bp.get(BASE)
@policy("organiser", "group_leader")
def index(activity_id: UUID) -> ResponseReturnValue:
    """Show whom to tell what."""
    activity = _activity(activity_id)
    done = request.args.get("done") == "1"
    calls = queries.call_list(activity_id, *(CLOSED if done else OPEN), within=actor())
    template = "messages/paper.html" if request.args.get("paper") == "1" else "messages/index.html"
    return page(template, activity=activity, kind=KINDS[activity.kind], calls=calls, done=done, counts=_counts(activity_id))


def _counts(activity_id: UUID) -> dict[str, Any]:
    found = queries.counts(activity_id)
    return {"open": sum(found.get(s, 0) for s in OPEN), "closed": sum(found.get(s, 0) for s in CLOSED)}


@bp.post(f"{BASE}/<uuid:message_id>")
@policy("organiser", "group_leader")
def told(activity_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Write down how one call went."""
    wanted = request.form.get("state", "")
    if wanted not in (MessageState.TOLD, MessageState.NO_ANSWER, MessageState.DUE):
        raise NotFound
    service.tell(activity_id, message_id, MessageState(wanted), actor=actor(), now=clock.now())
    return redirect(url_for(".index", activity_id=activity_id, done="1" if wanted == MessageState.DUE else None), 303)


@bp.post(f"{BASE}/remind")
@policy("organiser")
def remind(activity_id: UUID) -> ResponseReturnValue:
    """Put everyone who has a place on the list, to be reminded."""
    number = service.remind(activity_id, actor=actor(), now=clock.now())
    flash(say(Words(N_("已把{n}份报名放进通知名单"), n=number)), "success")
    return redirect(url_for(".index", activity_id=activity_id), 303)
