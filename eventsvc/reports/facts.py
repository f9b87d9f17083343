"""What the system knows of an activity by itself, each number with the place it comes from.

Indicators name facts (`of="parties_present"`); a fact is None where nothing can know it, so that somebody is asked.
"""

from dataclasses import dataclass

from eventsvc.activities.models import Activity
from eventsvc.checkin import queries as checkin
from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind
from eventsvc.kinds import KINDS
from eventsvc.reports.rules import Facts, person_times
from eventsvc.visits import queries as visits

ROUND = ("households_due", "households_seen", "visits_made", "problems", "referrals", "materials")


@dataclass(frozen=True)
class Source:
    """Where a number comes from: its words, and the page that shows it."""

    label: str
    endpoint: str


ROSTER = Source(N_("报名名单"), "registrations.index")
LIST = Source(N_("签到名单"), "checkin.index")
COUNTERS = Source(N_("现场计数"), "checkin.counters")
RECORDS = Source(N_("访视记录"), "visits.round")
BUDGET = Source(N_("经费支出明细"), "reports.edit")
COUNTED = Source(N_("签到和现场计数"), "checkin.counters")

SOURCES = {
    "parties_registered": ROSTER, "walk_ins": ROSTER, "parties_present": LIST, "people_present": LIST, "spending": BUDGET,
    "activities": Source(N_("一份报告算一场"), ""), **dict.fromkeys(ROUND, RECORDS),
}  # fmt: skip


def source_of(fact: str, kind: ActivityKind) -> Source | None:
    """Return where a fact comes from; None for what nobody but the organiser knows."""
    if fact.startswith("counter:"):
        return COUNTERS
    if fact == "person_times":
        return RECORDS if kind.has("round") else COUNTED if kind.has("counters") else LIST
    return SOURCES.get(fact)


def facts(activity: Activity) -> Facts:
    """Gather every fact of one activity, in a statement or two for each of check-in, counters, visits, budget."""
    kind = KINDS[activity.kind]
    known: Facts = {"activities": 1, "spending": _spending(activity)}
    if kind.has("sign_up"):
        known |= _by_name(activity)
    if kind.has("counters"):
        counted = checkin.tallies(activity.id)
        known |= {f"counter:{counter.code}": counted.get(counter.code, 0) for counter in kind.counters}
    if kind.has("round"):
        seen = visits.round_figures(activity.id)
        known |= {name: seen[name] for name in ROUND}
    return known | {"person_times": person_times(kind, known)}


def _spending(activity: Activity) -> int | None:
    actual = [line.actual_fen for line in activity.budget if line.actual_fen is not None]
    return sum(actual) if actual else None


def _by_name(activity: Activity) -> Facts:
    """Return what the list of names knows; nothing where there was neither a sign-up nor a single name."""
    came = checkin.attendance(activity.id)
    if not came.parties_placed and not activity.sign_up:
        return {}
    return {
        "parties_registered": came.parties_placed, "parties_present": came.parties_present,
        "people_present": came.people_present, "walk_ins": came.walk_ins,
    }  # fmt: skip
