"""Who may be honoured: fifty years at the cut-off, however the couple remembers its day."""

from datetime import date

import pytest

from eventsvc.core.lunar import Anniversary
from eventsvc.kinds import KINDS
from eventsvc.kinds.golden_wedding.questions import PROOFS
from eventsvc.kinds.golden_wedding.rules import AlreadyHonoured, NotFromHere, NotGoldenYet

CUTOFF = date(2027, 10, 8)


def judge(married, plan=None, **answers):
    """Ask every rule; return the words of those that can't tell."""
    answers = {"honoured_before": "no", "residence": "both_registered", "married_on": married, "people": (), **answers}
    wanted = {"cutoff_date": CUTOFF, "residence": "any", "once_only": True, **(plan or {})}
    return [words for rule in KINDS["golden_wedding"].rules if (words := rule(wanted, answers))]


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
