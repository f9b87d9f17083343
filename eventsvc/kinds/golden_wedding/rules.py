"""Who may be honoured: rules that say yes, no, or that they can't tell."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from eventsvc.core.errors import Conflict
from eventsvc.core.lunar import Anniversary
from eventsvc.core.words import N_, Words
from eventsvc.declare.rule import HOLDS, Doubt, Plan, Rule, Told, Verdict, cant_tell, refuses

YEARS = 50
YOUNGEST = 14
"""Younger than this on the wedding day: a date is likely mistyped, so somebody looks."""


class NotGoldenYet(Conflict):
    """The couple has not been married for fifty years on the cut-off day, however the date is read."""

    code = "not_golden_yet"
    words = N_("到{year}年{month}月{day}日结婚{years}年，还不满{wanted}年；欢迎满{wanted}年后再来，或核对一下结婚日期")


class YearsUnsure(Doubt):
    """Only some readings of the wedding date make fifty years."""

    code = "years_unsure"
    words = N_("结婚日期只知道大概，到{year}年{month}月{day}日结婚{fewest}到{most}年，是否已满{wanted}年要请工作人员核实")


class WeddingUnknown(Doubt):
    """Nobody said when they married: they came to the door, or it was let go."""

    code = "wedding_unknown"
    words = N_("没有写结婚日期，要请工作人员核实")


class AlreadyHonoured(Conflict):
    """This ceremony is for couples who have not been honoured before; they say that they were."""

    code = "already_honoured"
    words = N_("这次只邀请没有参加过金婚庆典的夫妇；如果填错了，请改一下再提交")


class OnTheRoll(AlreadyHonoured):
    """The roll of honours knows the couple, whatever they remember."""

    words = N_("这次只邀请没有参加过金婚庆典的夫妇，表彰名册上已有两位（{year}年，结婚满{milestone}年）；如有疑问请打电话给主办单位")


class HonourUnsure(Doubt):
    """They do not remember whether they were honoured."""

    code = "honour_unsure"
    words = N_("是否参加过金婚庆典记不清，要请工作人员核实")


class PerhapsOnTheRoll(Doubt):
    """A couple of the same names, married in the same year, stands on the roll."""

    code = "perhaps_on_the_roll"
    words = N_("表彰名册上有同名、同年结婚的夫妇（{year}年表彰），是不是他们要请工作人员核实")


class NotFromHere(Conflict):
    """The organiser asked for residence that the couple does not have."""

    code = "not_from_here"
    words = N_("这次庆典面向本地夫妇；请联系户籍所在地或居住地的计生协")


class ResidenceUnknown(Doubt):
    """Nobody said where they live."""

    code = "residence_unknown"
    words = N_("没有写户籍和居住情况，要请工作人员核实")


class DatesDisagree(Doubt):
    """Somebody would have married as a child."""

    code = "dates_disagree"
    words = N_("出生日期和结婚日期对不上（结婚时只有{age}岁），要请工作人员核实")


def _married_long(plan: Plan, told: Told) -> Verdict:
    """Refuse who cannot have the years at the cut-off; can't tell when only some readings of the date say so."""
    married: Anniversary | None = told.get("married_on")
    if married is None:
        return cant_tell(WeddingUnknown())
    wanted, cutoff = years_of(plan), cutoff_of(plan)
    fewest, most = married.years_on(cutoff)
    facts: dict[str, Any] = {"year": cutoff.year, "month": cutoff.month, "day": cutoff.day, "wanted": wanted}
    if most < wanted:
        facts["years"] = max(most, 0)
        return refuses(NotGoldenYet(**facts, fields={"answers.married_on": [Words(NotGoldenYet.words, **facts)]}))
    return HOLDS if fewest >= wanted else cant_tell(YearsUnsure(**facts, fewest=fewest, most=most))


def _never_honoured(_plan: Plan, told: Told) -> Verdict:
    """Refuse whom the roll or they themselves say to have been honoured; look when it is not sure that it was they."""
    where = {"answers.honoured_before": [AlreadyHonoured.words]}
    known = sorted(told.get("honours", ()), key=lambda honour: not honour["sure"])
    if known and known[0]["sure"]:
        facts = {"year": known[0]["year"], "milestone": known[0]["milestone"]}
        return refuses(OnTheRoll(**facts, fields={"answers.honoured_before": [Words(OnTheRoll.words, **facts)]}))
    if told.get("honoured_before") == "yes":
        return refuses(AlreadyHonoured(fields=where))
    if known:
        return cant_tell(PerhapsOnTheRoll(year=known[0]["year"]))
    return cant_tell(HonourUnsure()) if told.get("honoured_before") == "unsure" else HOLDS


ENOUGH: Mapping[str, frozenset[str]] = {
    "lives": frozenset({"both_registered", "one_registered", "living"}),
    "one_registered": frozenset({"both_registered", "one_registered"}),
}
"""What satisfies which demand for residence."""


def _lives_here(plan: Plan, told: Told) -> Verdict:
    """Refuse who does not meet the residence that the organiser asks for."""
    if told.get("residence") is None:
        return cant_tell(ResidenceUnknown())
    if told["residence"] in ENOUGH[plan["residence"]]:
        return HOLDS
    return refuses(NotFromHere(fields={"answers.residence": [NotFromHere.words]}))


def _dates_agree(_plan: Plan, told: Told) -> Verdict:
    """Can't tell when somebody would have married as a child: one of the two dates is probably mistyped."""
    married: Anniversary | None = told.get("married_on")
    if married is None:
        return HOLDS
    ages = [married.latest.year - born.year for born in _birthdays(told.get("people", ()))]
    young = [age for age in ages if age < YOUNGEST]
    return cant_tell(DatesDisagree(age=max(min(young), 0))) if young else HOLDS


def cutoff_of(plan: Plan) -> date:
    """Return the day at which the years are counted; the plan may come as JSON or typed."""
    cutoff = plan["cutoff_date"]
    return cutoff if isinstance(cutoff, date) else date.fromisoformat(cutoff)


def years_of(plan: Plan) -> int:
    """Return how many years of marriage this ceremony honours."""
    return int(plan.get("years") or YEARS)


def _birthdays(people: Iterable[Mapping[str, Any]]) -> list[date]:
    return [person["born_on"] for person in people if person.get("born_on")]


def _wants_residence(plan: Plan) -> bool:
    return plan.get("residence") in ENOUGH


def _wants_each_once(plan: Plan) -> bool:
    return bool(plan.get("once_only"))


RULES = (
    Rule("married_long", N_("婚龄"), _married_long, (NotGoldenYet, YearsUnsure, WeddingUnknown)),
    Rule("never_honoured", N_("首次参加"), _never_honoured, (AlreadyHonoured, HonourUnsure, PerhapsOnTheRoll), ("honours",), _wants_each_once),
    Rule("lives_here", N_("户籍和居住"), _lives_here, (NotFromHere, ResidenceUnknown), when=_wants_residence),
    Rule("dates_agree", N_("日期相符"), _dates_agree, (DatesDisagree,)),
)  # fmt: skip
