"""Doors of the desk: what waits for me, and the calendar."""

import calendar as months
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.campaigns import queries as campaigns
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.lunar import festival, lunar_day_words, solar_to_lunar
from eventsvc.core.periods import day_of, month_days, month_of, next_month, previous_month
from eventsvc.desk import queries
from eventsvc.infra.i18n import in_english, say
from eventsvc.infra.pages import day_words, page
from eventsvc.infra.policy import actor, policy

bp = Blueprint("desk", __name__)
PER_DAY = 4


@bp.get("/")
@policy()
def home() -> ResponseReturnValue:
    """Show what waits for me, by what is next."""
    me, now = actor(), clock.now()
    if not me.can(Role.VIEWER):
        return redirect(url_for("visits.mine" if me.can(Role.GROUP_LEADER) else "accounts.me"))
    return page("desk/home.html", today=day_of(now), lunar=_lunar(day_of(now)), **_waiting(me, now))


def _waiting(me: Any, now: Any) -> dict[str, Any]:
    organiser, approver = me.can(Role.ORGANISER), me.can(Role.APPROVER)
    return {
        "asked": campaigns.asked_of(me, day_of(now)),
        "to_approve": queries.to_approve(me) if approver else [],
        "to_review": queries.to_review(me),
        "to_fix": queries.to_fix(me) if organiser else [],
        "to_finish": queries.to_finish(me) if organiser else [],
        "to_publish": queries.to_publish(me) if organiser else [],
        "to_report": queries.to_report(me, now=now) if organiser else [],
        "to_call": queries.to_call(me) if organiser else [],
        "coming": queries.coming(me, now=now),
        "visits_due": queries.visits_due(me, now=now),
    }


@bp.get("/calendar")
@policy("viewer")
def calendar() -> ResponseReturnValue:
    """Show a month of my unit and all below it, with lunar days and feasts."""
    today = day_of(clock.now())
    month = _month(request.args.get("month", ""), today)
    first, last = month_days(month)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    found = queries.of_month(actor(), weeks[0][0], weeks[-1][-1])
    days = [[_day(day, month, today, found.get(day, [])) for day in week] for week in weeks]
    return page("desk/calendar.html", month=month, first=first, weeks=days,
                before=previous_month(month), after=next_month(month))  # fmt: skip


def _lunar(day: date) -> str:
    """Say a lunar day as Chinese calendars do; to who reads English, its feast or its numbers."""
    if not in_english():
        return lunar_day_words(day)
    _, month, in_month, _ = solar_to_lunar(day)
    return say(festival(day)) or f"{month}/{in_month}"


def _month(wanted: str, today: date) -> str:
    try:
        first = date.fromisoformat(f"{wanted}-01")
    except ValueError:
        return month_of(today)
    return wanted if 1950 <= first.year <= 2090 else month_of(today)


def _day(day: date, month: str, today: date, lines: list[queries.Line]) -> dict[str, Any]:
    entries = [{"label": line.title, "url": url_for("activities.show", activity_id=line.activity_id), "state": line.state} for line in lines]
    return {
        "day": day.day,
        "words": day_words(day),
        "lunar": _lunar(day),
        "today": day == today,
        "other": month_of(day) != month,
        "entries": entries[:PER_DAY],
        "more": max(0, len(entries) - PER_DAY),
        "list_url": url_for("activities.index", month=month),
    }
