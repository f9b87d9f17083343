"""Doors to sign-ups that look like one: side by side, with why; merge, tell apart, undo."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError
from eventsvc.core.words import N_
from eventsvc.infra.i18n import say
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.registrations import lookalikes, openings, questionnaires
from eventsvc.registrations.doors import bp
from eventsvc.registrations.lookalikes import Double
from eventsvc.registrations.office import BASE, _activity, _page
from eventsvc.registrations.queries import PartyRow
from eventsvc.registrations.service import merging
from eventsvc.registrations.workbook import Told, told

NOBODY = UUID(int=0)
MERGED = N_("已合并，留下了您选的那份；另一份取消，名额按先后递补")
APART = N_("记下了：不是同一人，以后不再提示")
BACK = N_("已恢复，那份报名回来了")


@bp.get(f"{BASE}/doubles")
@policy("organiser")
def doubles(activity_id: UUID) -> ResponseReturnValue:
    """Show the pairs that look like one sign-up, masked, and what was merged."""
    activity = _activity(activity_id, Role.ORGANISER)
    if KINDS[activity.kind].party is None:
        return _page("registrations/doubles.html", activity, pairs=[], total=0, merges=[])
    pairs, total = lookalikes.shown(activity_id)
    versions = questionnaires.versions(openings.opening_of(activity_id))

    def said(party: PartyRow) -> Told:
        return told(KINDS[activity.kind], versions, party, full=False)

    drawn: list[tuple[Double, Told, Told]] = [(pair, said(pair.one), said(pair.other)) for pair in pairs]
    return _page("registrations/doubles.html", activity, pairs=drawn, total=total, merges=lookalikes.merges(activity_id))


@bp.post(f"{BASE}/doubles/merge")
@policy("organiser")
def merge_doubles(activity_id: UUID) -> ResponseReturnValue:
    """Keep one of two and withdraw the other."""
    _activity(activity_id, Role.ORGANISER)
    return _done(activity_id, lambda: merging.merge(activity_id, _id("kept"), _id("gone"), actor=actor(), now=clock.now()), MERGED)


@bp.post(f"{BASE}/doubles/apart")
@policy("organiser")
def tell_apart(activity_id: UUID) -> ResponseReturnValue:
    """Say that two which look alike are two."""
    _activity(activity_id, Role.ORGANISER)
    return _done(activity_id, lambda: merging.tell_apart(activity_id, _id("one"), _id("other"), actor=actor(), now=clock.now()), APART)


@bp.post(f"{BASE}/doubles/undo")
@policy("organiser")
def undo_merge(activity_id: UUID) -> ResponseReturnValue:
    """Bring back what was merged by mistake."""
    _activity(activity_id, Role.ORGANISER)
    return _done(activity_id, lambda: merging.undo(activity_id, _id("merge"), actor=actor(), now=clock.now()), BACK)


def _id(name: str) -> UUID:
    """Return an id of the form; one that is none names nobody."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return NOBODY


def _done(activity_id: UUID, command: object, words: str) -> ResponseReturnValue:
    assert callable(command)
    try:
        command()
        flash(say(words), "success")
    except DomainError as no:
        flash(say(no), "error")
    return redirect(url_for(".doubles", activity_id=activity_id), 303)
