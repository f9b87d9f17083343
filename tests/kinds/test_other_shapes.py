"""Kinds whose parties are families, single people who are looked at, delegations: who fits, and what is said to who does not."""

from datetime import date

import pytest

from eventsvc.declare.rule import judge
from eventsvc.kinds import KINDS

DAY = date(2027, 5, 29)


def said_of(kind: str, plan: dict, **person) -> list[str]:
    """Return what the rules of a kind say about one person."""
    found = judge(KINDS[kind].rules, {"counted_on": DAY} | plan, {"people": (person,)})
    return [one.verdict.said.said for one in found]


class TestABabyOfTheRightAge:
    @pytest.mark.parametrize("born", [date(2026, 11, 29), date(2024, 5, 29), date(2024, 4, 30)])
    def test_is_welcome_from_the_first_month_to_the_last(self, born):
        assert said_of("parent_child", {"youngest_months": 6, "oldest_months": 36}, role="baby", born_on=born) == []

    @pytest.mark.parametrize(("born", "months"), [(date(2026, 11, 30), 5), (date(2024, 4, 29), 37), (date(2027, 6, 1), 0)])
    def test_and_no_other_and_its_age_is_said(self, born, months):
        (words,) = said_of("parent_child", {"youngest_months": 6, "oldest_months": 36}, role="baby", born_on=born)
        assert f"{months}个月；" in words

    def test_is_counted_on_a_day_that_came_as_json(self):
        assert said_of("parent_child", {"counted_on": "2027-05-29", "oldest_months": 36}, role="baby", born_on=date(2026, 1, 31)) == []

    def test_is_not_asked_of_a_party_without_its_baby(self):
        assert said_of("parent_child", {}, role="carer", born_on=None) == []


class TestTheYoung:
    @pytest.mark.parametrize("born", [date(2007, 5, 29), date(1986, 5, 30), date(2004, 2, 29)])
    def test_of_the_invited_age_are_welcome(self, born):
        assert said_of("youth_mixer", {"youngest": 20, "oldest": 40}, role="participant", born_on=born) == []

    @pytest.mark.parametrize(("born", "years"), [(date(2007, 5, 30), 19), (date(1986, 5, 29), 41)])
    def test_others_are_told_how_old_they_are_that_day(self, born, years):
        (words,) = said_of("youth_mixer", {"youngest": 20, "oldest": 40}, role="participant", born_on=born)
        assert f"您{years}岁" in words

    def test_are_asked_their_sex_and_promise_to_be_single(self):
        asked = {f.name: f for f in KINDS["youth_mixer"].party.people[0].fields()}
        assert asked["sex"].required
        assert asked["single_pledge"].required


class TestShapes:
    def test_are_what_the_work_needs(self):
        shapes = {code: (kind.party.code, kind.party.places_of(2), kind.party.named_by_unit) for code, kind in KINDS.items() if kind.party}
        assert shapes["parent_child"] == ("family", 1, False)
        assert shapes["training"] == ("delegation", 2, True)
        assert shapes["youth_mixer"] == ("single", 2, False)

    def test_begin_on_days_that_suit(self):
        assert KINDS["parent_child"].extra["usual_day"](DAY).isoweekday() == 6
        assert KINDS["youth_mixer"].extra["usual_day"](date(2026, 12, 1)) == date(2027, 8, 8)
        assert KINDS["training"].extra["usual_day"](DAY) == date(2027, 10, 15)
