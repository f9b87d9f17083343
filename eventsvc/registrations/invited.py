"""Doors of an invitation: the link that fills the form in, and how to say no. Looking changes nothing."""

from uuid import UUID

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from eventsvc.core import clock
from eventsvc.core.errors import NotFound
from eventsvc.infra.forms import flatten
from eventsvc.infra.pages import page
from eventsvc.infra.policy import policy
from eventsvc.infra.web import csrf
from eventsvc.registrations import inviting, openings
from eventsvc.registrations.doors import COOKIE_LASTS, PartyForm, bp


def _cookie() -> str:
    return "__Secure-invited" if current_app.extensions["eventsvc_settings"].secure else "invited"


@bp.get("/i/<secret>")
@policy(public=True)
def open_invitation(secret: str) -> ResponseReturnValue:
    """Trade an invitation for a short cookie of this one sign-up, and go on to its clean address."""
    try:
        _, _, slug = inviting.by_secret(secret)
    except NotFound:
        return page("registrations/locked.html", 403, slug="")
    answer = redirect(url_for(".sign_up", slug=slug, i=1), 303)
    secure = current_app.extensions["eventsvc_settings"].secure
    answer.set_cookie(_cookie(), secret, max_age=COOKIE_LASTS, path=f"/s/{slug}", httponly=True, samesite="Lax", secure=secure)
    return answer


def filled_in(form: PartyForm, slug: str) -> PartyForm:
    """Fill the form in with what the roll knows of whoever holds the invitation."""
    known = inviting.filled(request.cookies.get(_cookie(), ""), slug)
    if known:
        given = MultiDict(list(flatten(known)))
        form.typed = MultiDict([*((name, value) for name, value in form.typed.items(multi=True) if name not in given), *given.items(multi=True)])
    return form


def came(slug: str, registration_id: UUID) -> None:
    """Tell the invitation, if the form was filled in by one, that they signed up."""
    if secret := request.cookies.get(_cookie()):
        inviting.answer(secret, slug, registration_id, now=clock.now())


@bp.post("/s/<slug>/decline")
@csrf.exempt
@policy(public=True)
def decline_invitation(slug: str) -> ResponseReturnValue:
    """Say that the invited will not come. The cookie, which no other site can send along, says who."""
    opening = openings.opening(slug)
    secret = request.cookies.get(_cookie(), "")
    if not secret or inviting.filled(secret, slug) is None:
        return page("registrations/locked.html", 403, slug=slug)
    inviting.answer(secret, slug, None, now=clock.now())
    return page("registrations/declined.html", opening=opening)
