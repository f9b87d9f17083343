"""Who may be honoured: fifty years at the cut-off, however the couple remembers its day."""

from datetime import date

import pytest

from eventsvc.core.lunar import Anniversary
from eventsvc.declare.rule import judge as judge_all
from eventsvc.declare.rule import together
from eventsvc.kinds import KINDS
from eventsvc.kinds.golden_wedding.questions import PROOFS
from eventsvc.kinds.golden_wedding.rules import AlreadyHonoured, NotFromHere, NotGoldenYet

CUTOFF = date(2027, 10, 8)


def judge(married, plan=None, **answers):
    """Ask every rule; return the words of those that can't tell."""
    answers = {"honoured_before": "no", "residence": "both_registered", "married_on": married, "people": (), **answers}
    wanted = {"cutoff_date": CUTOFF, "residence": "any", "once_only": True, **(plan or {})}
    found = judge_all(KINDS["golden_wedding"].rules, wanted, answers)
    if refusals := [one.verdict.said for one in found if one.verdict.outcome == "refuses"]:
        raise together(refusals)
    return [str(one.verdict.said) for one in found]


class TestFiftyYears:
    @pytest.mark.parametrize("married", [
        Anniversary("solar", 1977, 10, 8), Anniversary("solar", 1960, 1, 1), Anniversary("solar", 1977, 9),
        Anniversary("solar", 1976), Anniversary("lunar", 1974, 12, 8),
    ])  # fmt: skip
    def test_who_has_them_is_welcome(self, married):
        assert judge(married) == []

    @pytest.mark.parametrize("married", [
        Anniversary("solar", 1977, 10, 9), Anniversary("solar", 1978), Anniversary("solar", 1977, 11), Anniversary("solar", 2026, 1, 1),
    ])  # fmt: skip
    def test_who_cannot_have_them_is_told_how_many_there_are(self, married):
        with pytest.raises(NotGoldenYet, match=r"到2027年10月8日结婚\d+年，还不满50年") as no:
            judge(married)
        assert list(no.value.fields) == ["answers.married_on"]

    @pytest.mark.parametrize("married", [Anniversary("solar", 1977), Anniversary("solar", 1977, 10), Anniversary("lunar", 1977)])
    def test_who_remembers_only_the_year_is_looked_at_not_refused(self, married):
        (words,) = judge(married)
        assert "核实" in words

    def test_a_lunar_day_counts_by_its_solar_one(self):
        late = Anniversary("lunar", 1974, 12, 8)
        assert judge(late, {"cutoff_date": date(2025, 1, 19)}) == []
        with pytest.raises(NotGoldenYet, match="结婚49年"):
            judge(late, {"cutoff_date": date(2025, 1, 18)})

    def test_the_plan_may_come_as_it_lies_in_the_database(self):
        assert judge(Anniversary("solar", 1977, 10, 8), {"cutoff_date": "2027-10-08"}) == []


class TestEachCoupleOnce:
    def test_who_was_honoured_is_told_kindly(self):
        with pytest.raises(AlreadyHonoured):
            judge(Anniversary("solar", 1970), honoured_before="yes")

    def test_who_does_not_remember_is_looked_at(self):
        assert len(judge(Anniversary("solar", 1970), honoured_before="unsure")) == 1

    def test_where_the_organiser_does_not_mind_nobody_is_asked_to_leave(self):
        assert judge(Anniversary("solar", 1970), {"once_only": False}, honoured_before="yes") == []


    @pytest.mark.parametrize(("known", "sure"), [((2019, 50), True), ((2009, 60), True)])
    def test_whom_the_roll_knows_for_sure_is_refused_whatever_they_say(self, known, sure):
        with pytest.raises(AlreadyHonoured, match=f"表彰名册上已有两位（{known[0]}年，结婚满{known[1]}年）") as no:
            judge(Anniversary("solar", 1970), honours=({"year": known[0], "milestone": known[1], "sure": sure},))
        assert no.value.code == "already_honoured"

    def test_namesakes_on_the_roll_are_looked_at_not_refused(self):
        (words,) = judge(Anniversary("solar", 1970), honours=({"year": 2019, "milestone": 50, "sure": False},))
        assert "同名" in words

    def test_the_roll_counts_only_where_the_organiser_asks_for_each_couple_once(self):
        assert judge(Anniversary("solar", 1970), {"once_only": False}, honours=({"year": 2019, "milestone": 50, "sure": True},)) == []


class TestAllAtOnce:
    def test_every_refusal_is_said_with_its_facts_and_the_first_gives_the_code(self):
        with pytest.raises(NotGoldenYet) as no:
            judge(Anniversary("solar", 1990, 1, 1), {"residence": "lives"}, honoured_before="yes", residence="elsewhere")
        assert no.value.code == "not_golden_yet"
        assert no.value.facts["also"] == ["already_honoured", "not_from_here"]
        assert set(no.value.fields) == {"answers.married_on", "answers.honoured_before", "answers.residence"}
        for words in ("还不满50年", "没有参加过", "面向本地夫妇"):
            assert words in str(no.value.said) and words in str(no.value)

    def test_a_plan_may_ask_for_more_years(self):
        with pytest.raises(NotGoldenYet, match="还不满60年"):
            judge(Anniversary("solar", 1970, 1, 1), {"years": 60})
        assert judge(Anniversary("solar", 1967, 10, 8), {"years": 60}) == []

    def test_a_leap_day_is_reached_on_the_first_of_march_at_the_latest(self):
        born = Anniversary("solar", 1976, 2, 29)
        assert judge(born, {"cutoff_date": date(2026, 3, 1)}) == []
        with pytest.raises(NotGoldenYet):
            judge(born, {"cutoff_date": date(2026, 2, 27)})


class TestResidence:
    @pytest.mark.parametrize(("asked", "has", "may"), [
        ("any", "elsewhere", True), ("lives", "living", True), ("lives", "elsewhere", False),
        ("one_registered", "one_registered", True), ("one_registered", "living", False),
    ])  # fmt: skip
    def test_it_is_what_the_organiser_asked_for(self, asked, has, may):
        if may:
            assert judge(Anniversary("solar", 1970), {"residence": asked}, residence=has) == []
        else:
            with pytest.raises(NotFromHere):
                judge(Anniversary("solar", 1970), {"residence": asked}, residence=has)


def test_a_wedding_of_children_is_a_slip_of_the_pen():
    people = ({"role": "husband", "born_on": date(1968, 3, 1)}, {"role": "wife", "born_on": None})
    (words,) = judge(Anniversary("solar", 1975, 5, 1), people=people)
    assert "对不上" in words


def test_no_proof_is_worth_more_than_another():
    assert len(PROOFS) == 7
    asked = next(f for f in KINDS["golden_wedding"].sign_up if f.name == "marriage_proof")
    assert asked.marshal().codes == tuple(code for code, _ in PROOFS)


def test_a_couple_is_two_people_on_one_place():
    party = KINDS["golden_wedding"].party
    assert ([p.role for p in party.people], party.places, party.proxy) == (["husband", "wife"], 1, True)
