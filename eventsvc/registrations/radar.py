"""Doors of the anniversaries: who reaches 50, 60, 70 years by a day, on the screen and on paper; and inviting them."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, Invalid
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_, Words
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.people import radar as roll
from eventsvc.registrations import inviting, queries
from eventsvc.registrations.doors import absolute, bp

FARTHEST = 10
"""Years ahead that anybody looks."""


@bp.get("/organisations/<uuid:organisation_id>/anniversaries")
@policy("viewer", "group_leader")
def radar(organisation_id: UUID) -> ResponseReturnValue:
    """Show who reaches a milestone by a day; a group leader sees the couples of her own households."""
    me, today = actor(), day_of(clock.now())
    day = _day(request.args.get("by", ""), today)
    found = roll.reaching(organisation_id, day, within=me)
    if request.args.get("paper") == "1":
        return page("registrations/radar_paper.html", radar=found, leader=request.args.get("leader", "")[:50])
    ceremonies = inviting.to_invite_to(me) if me.can(Role.ORGANISER) and found.rows else []
    return page("registrations/radar.html", radar=found, today=today, ceremonies=ceremonies)


def _day(text: str, today: date) -> date:
    """Return the day asked for; without one, or one that makes no sense, the end of next year."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date(today.year + 1, 12, 31)
    return day if today.year - 1 <= day.year <= today.year + FARTHEST else date(today.year + 1, 12, 31)


@bp.post("/organisations/<uuid:organisation_id>/anniversaries/invite")
@policy("organiser")
def invite(organisation_id: UUID) -> ResponseReturnValue:
    """Invite the ticked couples, all at once."""
    organisations.require(actor(), Role.ORGANISER, organisation_id)
    try:
        chosen, to = _ids("couple"), _ids("activity")
        if not chosen or not to:
            raise Invalid(fields={"couple": [N_("请勾选要邀请的夫妇，并选一个活动")]})
        done = inviting.invite(to[0], chosen, actor=actor(), now=clock.now())
    except DomainError as no:
        flash(say(next(iter(no.fields.values()))[0] if no.fields else no), "error")
        return redirect(url_for(".radar", organisation_id=organisation_id), 303)
    words = N_("新邀请{invited}对；{before}对早已邀请过，{passed}对因到那天不够年数、已经表彰过或不在您的名册上没有邀请")
    flash(say(Words(words, **vars(done))), "success" if done.invited else "info")
    return redirect(url_for(".invitations", activity_id=to[0]), 303)


def _ids(name: str) -> list[UUID]:
    found = []
    for text in request.form.getlist(name)[:5_000]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@bp.get("/activities/<uuid:activity_id>/invitations")
@policy("organiser", "group_leader")
def invitations(activity_id: UUID) -> ResponseReturnValue:
    """Show whom an activity invited and what they answered."""
    activity = activities.activity(activity_id, within=actor())
    queries.must_see_people(activity, actor(), Role.GROUP_LEADER)
    found = inviting.invitees(activity_id, within=actor())
    counts: dict[str, Any] = {
        "all": len(found), "came": sum(one.registration_id is not None for one in found), "declined": sum(one.declined for one in found),
    }  # fmt: skip
    links = {one.id: absolute("registrations.open_invitation", secret=one.link) for one in found if one.link}
    return page("registrations/invitations.html", activity=activity, kind=KINDS[activity.kind], found=found, counts=counts, links=links)
