"""Who may be honoured: rules that say yes, no, or that they can't tell."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from eventsvc.core.errors import Conflict
from eventsvc.core.lunar import Anniversary
from eventsvc.core.words import N_, Words

YEARS = 50
YOUNGEST = 14
"""Younger than this on the wedding day: a date is likely mistyped, so somebody looks."""

Plan = Mapping[str, Any]
Answers = Mapping[str, Any]


class NotGoldenYet(Conflict):
    """The couple has not been married for fifty years on the cut-off day, however the date is read."""

    code = "not_golden_yet"
    words = N_("到{day}结婚{years}年，还不满50年；欢迎满50年后再来，或核对一下结婚日期")


class AlreadyHonoured(Conflict):
    """This ceremony is for couples who have not been honoured before."""

    code = "already_honoured"
    words = N_("这次只邀请没有参加过金婚庆典的夫妇；如果填错了，请改一下再提交")


class NotFromHere(Conflict):
    """The organiser asked for residence that the couple does not have."""

    code = "not_from_here"
    words = N_("这次庆典面向本地夫妇；请联系户籍所在地或居住地的计生协")


def married_fifty_years(plan: Plan, answers: Answers) -> str | None:
    """Refuse who cannot have been married for fifty years at the cut-off; can't tell when only some readings of the date say so."""
    married: Anniversary = answers["married_on"]
    cutoff = cutoff_of(plan)
    fewest, most = married.years_on(cutoff)
    if most < YEARS:
        said = f"{cutoff.year}年{cutoff.month}月{cutoff.day}日"
        raise NotGoldenYet(day=said, years=max(most, 0), fields={"answers.married_on": [Words(NotGoldenYet.words, day=said, years=max(most, 0))]})
    if fewest < YEARS:
        return Words(N_("结婚日期是{said}，是否已满50年要请工作人员核实"), said=married.say())
    return None


def never_honoured(plan: Plan, answers: Answers) -> str | None:
    """Refuse who was honoured before, where the organiser wants each couple once; ask when they do not remember."""
    if not plan.get("once_only"):
        return None
    if answers.get("honoured_before") == "yes":
        raise AlreadyHonoured(fields={"answers.honoured_before": [AlreadyHonoured.words]})
    return N_("是否参加过金婚庆典记不清，要请工作人员核实") if answers.get("honoured_before") == "unsure" else None


def lives_here(plan: Plan, answers: Answers) -> str | None:
    """Refuse who does not meet the residence that the organiser asks for."""
    enough = {
        "lives": {"both_registered", "one_registered", "living"},
        "one_registered": {"both_registered", "one_registered"},
    }.get(plan.get("residence") or "any")
    if enough is not None and answers.get("residence") not in enough:
        raise NotFromHere(fields={"answers.residence": [NotFromHere.words]})
    return None


def dates_agree(plan: Plan, answers: Answers) -> str | None:
    """Can't tell when somebody would have married as a child: one of the two dates is probably mistyped."""
    married: Anniversary = answers["married_on"]
    for born in _birthdays(answers.get("people", ())):
        if married.latest.year - born.year < YOUNGEST:
            return N_("出生日期和结婚日期对不上，要请工作人员核实")
    return None


def cutoff_of(plan: Plan) -> date:
    """Return the day at which the years are counted; the plan may come as JSON or typed."""
    cutoff = plan["cutoff_date"]
    return cutoff if isinstance(cutoff, date) else date.fromisoformat(cutoff)


def _birthdays(people: Iterable[Mapping[str, Any]]) -> list[date]:
    return [person["born_on"] for person in people if person.get("born_on")]
