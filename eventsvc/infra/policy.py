"""Who may enter by which door. A route without a policy keeps the service from starting.

A policy is coarse: it says which role somebody must hold *somewhere*. Where exactly is asked by every query
(`within=actor`) and every command (`actor.must_be(role, lineage)`), so that what is out of scope looks missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotAllowed, NotLoggedIn
from eventsvc.core.words import N_

View = TypeVar("View", bound=Callable[..., Any])
LIBRARY_ROUTES = ("static",)


@dataclass(frozen=True)
class Policy:
    """What a door asks for: nothing (public), a login, or a role held somewhere; for tokens, a scope."""

    public: bool = False
    roles: frozenset[str] = frozenset()
    scope: str = ""
    """For `/api/` doors: what a token must have been given, such as "activities:read"."""


class NoScope(NotAllowed):
    """A token lacks the scope that this door of the API asks for."""

    code = "no_scope"
    words = N_("这个令牌没有“{scope}”权限，请用有这项权限的令牌")


class NoPolicy(Exception):
    """Some route was hung without saying who may use it."""


def policy(*roles: str, public: bool = False, scope: str = "") -> Callable[[View], View]:
    """Say who may use a view: `@policy(public=True)`, `@policy()` (anyone logged in), `@policy("organiser", "group_leader")`."""
    if unknown := set(roles) - set(Role):
        raise NoPolicy(f"no such role: {unknown}")
    if public and (roles or scope):
        raise NoPolicy("public, and yet it asks for something")

    def mark(view: View) -> View:
        view.policy = Policy(public, frozenset(roles), scope)  # type: ignore[attr-defined]
        return view

    return mark


def of(app: Flask, endpoint: str) -> Policy | None:
    """Return the policy of an endpoint, looking through wrappers."""
    view: Any = app.view_functions[endpoint]
    while view is not None:
        if isinstance(found := getattr(view, "policy", None), Policy):
            return found
        view = getattr(view, "__wrapped__", None)
    return None


def table(app: Flask) -> dict[str, Policy]:
    """Return every endpoint's policy; raise NoPolicy naming each that has none."""
    found = {rule.endpoint: of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    nameless = sorted(e for e, p in found.items() if p is None and e not in LIBRARY_ROUTES)
    if nameless:
        raise NoPolicy(f"routes without a policy: {', '.join(nameless)}")
    return {e: p for e, p in found.items() if p is not None}


def init_app(app: Flask, who: Callable[[], Actor | None]) -> None:
    """Read the policy of every route now, and ask for it before every request; `who` finds the actor."""
    policies = table(app)
    app.extensions["eventsvc_policies"] = policies
    app.extensions["eventsvc_who"] = who

    @app.before_request
    def check() -> None:
        if request.endpoint is None or request.endpoint in LIBRARY_ROUTES:
            return
        wanted = policies[request.endpoint]
        if wanted.public:
            return
        someone = actor()
        if wanted.roles and not any(someone.can(role) for role in wanted.roles):
            raise NotAllowed
        if wanted.scope and wanted.scope not in g.get("eventsvc_scopes", ()):
            raise NoScope(scope=wanted.scope)


def scopes() -> set[str]:
    """Return every scope that some door of the API asks for: what a token may be given."""
    policies: dict[str, Policy] = current_app.extensions["eventsvc_policies"]
    return {asked.scope for asked in policies.values() if asked.scope}


def actor() -> Actor:
    """Return who is acting in this request, or raise NotLoggedIn."""
    found = actor_or_none()
    if found is None:
        raise NotLoggedIn
    return found


def actor_or_none() -> Actor | None:
    """Return who is acting, if anybody is logged in. Asks the database at most once a request."""
    if "eventsvc_actor" not in g:
        g.eventsvc_actor = current_app.extensions["eventsvc_who"]()
    found: Actor | None = g.eventsvc_actor
    return found
