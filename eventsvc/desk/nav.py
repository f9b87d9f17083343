"""The way around the office: one list, by what somebody may do."""

from typing import Any

from flask import request, url_for

from eventsvc.core.actor import Actor, Role
from eventsvc.core.words import N_

READER = frozenset({Role.VIEWER})
LEADER = frozenset({Role.GROUP_LEADER})
ENTRIES: tuple[tuple[str, str, str, frozenset[Role], tuple[str, ...]], ...] = (
    ("desk.home", N_("今天"), "home", READER, ("desk.home",)),
    ("activities.index", N_("活动"), "list", READER, ("activities", "registrations", "checkin", "documents", "messages")),
    ("desk.calendar", N_("日历"), "calendar", READER, ("desk.calendar",)),
    ("visits.mine", N_("我的访视"), "door", LEADER, ("visits.mine", "visits.record")),
    ("reports.index", N_("报告"), "file", READER, ("reports",)),
    ("statistics.show", N_("数字"), "chart", READER, ("statistics",)),
    ("campaigns.index", N_("专项行动"), "bell", READER, ("campaigns",)),
    ("organisations.index", N_("单位"), "people", READER, ("organisations", "people", "roll", "registrations.radar", "accounts.users", "accounts.user")),
    ("accounts.me", N_("我的账号"), "lock", frozenset(), ("accounts.me", "accounts.tokens")),
)
"""Endpoint, words, sign, roles (none: everybody), and the blueprints or endpoints during which it is marked."""


EXACT = frozenset(mark for *_, marks in ENTRIES for mark in marks if "." in mark)
"""Endpoints that are marked under another entry than their blueprint."""


def office_nav(me: Actor | None) -> list[dict[str, Any]]:
    """Return the entries that this actor can use, the current one marked."""
    if me is None:
        return []
    here, room = request.endpoint or "", request.blueprint or ""
    return [
        {"label": label, "url": _address(endpoint, me), "icon": sign, "active": here in marks or (room in marks and here not in EXACT)}
        for endpoint, label, sign, roles, marks in ENTRIES
        if _may_use(me, roles)
    ]


def _may_use(me: Actor, roles: frozenset[Role]) -> bool:
    # An organiser may do what a group leader does, but has no list of her own to walk.
    return not roles or (roles == LEADER and any(g.role in LEADER for g in me.grants)) or (roles != LEADER and any(map(me.can, roles)))


def _address(endpoint: str, me: Actor) -> str:
    # Figures always belong to a unit: the first that this actor may look at.
    return url_for(endpoint, organisation_id=me.places()[0]) if endpoint == "statistics.show" else url_for(endpoint)
