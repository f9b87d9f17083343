"""People who log in, made by the same commands as the doors use."""

import itertools
from datetime import UTC, datetime
from uuid import UUID

from flask import Flask

from eventsvc.accounts import queries, service
from eventsvc.accounts.web import cookie_name
from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM, Actor
from eventsvc.organisations.models import Organisation
from tests.clients import Browser

NOW = datetime(2027, 5, 1, 2, 0, tzinfo=UTC)
PASSWORD = "荷花-清晨-三号码头"
_numbers = itertools.count(1)


def a_user(role: str | None, organisation: Organisation | UUID | None = None, name: str = "林小芳", *,
           user_name: str | None = None, phone: str | None = None) -> Actor:  # fmt: skip
    """Make an account with one role at a unit (None: without any) and return it as somebody who acts."""
    user_id = service.create_user(user_name or f"user{next(_numbers)}", name, PASSWORD, phone=phone, by=None, now=NOW)
    if role is not None and organisation is not None:
        also(user_id, role, organisation)
    return queries.actor(user_id)


def also(user: Actor | UUID, role: str, organisation: Organisation | UUID) -> Actor:
    """Give an account one more role, and return it as it acts now."""
    user_id = user if isinstance(user, UUID) else user.id
    unit_id = organisation if isinstance(organisation, UUID) else organisation.id
    service.grant(user_id, role, unit_id, actor=SYSTEM, now=NOW)
    return queries.actor(user_id)


def logged_in(app: Flask, actor: Actor) -> Browser:
    """Return a browser in which this person is logged in; no form, no password, one command."""
    browser = Browser(app)
    secret = service._open_session(actor.id, "测试浏览器", False, "", "", clock.now())
    browser.client.set_cookie(cookie_name(), secret, domain="localhost")
    return browser


def a_token(actor: Actor, *scopes: str) -> dict[str, str]:
    """Return the headers of a machine that speaks for this person."""
    return {"Authorization": f"Bearer {service.issue_token('测试令牌', scopes, actor=actor, now=clock.now())}"}
