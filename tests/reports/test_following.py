"""Person-times are counted from other figures: when one of those is corrected, they follow."""

import pytest

from eventsvc.kinds import KINDS
from eventsvc.reports import rules
from tests.factories.reports import GIVEN, a_report

NAMED = GIVEN["member_day"]["volunteers"]
"""Who came by name, as every report of these tests says."""


@pytest.fixture
def written(app):
    return a_report("drafting")


def stands(written, code: str = "person_times") -> tuple[int | None, int | None]:
    """Return (computed, given)."""
    figure = next(f for f in written.report.figures if f.code == code)
    return figure.computed, figure.given


class TestReport:
    def test_a_corrected_tally_is_followed_and_itself_stays_as_counted(self, written):
        written.save(audience={"value": 320, "reason": "下午的没有点到"})
        assert stands(written, "audience") == (0, 320)
        assert stands(written) == (320 + NAMED, None)
        assert written.values()["person_times"] == 320 + NAMED

    def test_it_still_follows_when_the_correction_was_saved_before(self, written):
        written.save(audience={"value": 320, "reason": "下午的没有点到"})
        written.save(audience={"value": 280, "reason": "重新点过"})
        assert stands(written) == (280 + NAMED, None)

    def test_taken_back_it_falls_back(self, written):
        written.save(audience={"value": 320, "reason": "下午的没有点到"})
        written.save(audience={"value": None})
        assert stands(written) == (NAMED, None)

    def test_corrected_itself_it_follows_nothing(self, written):
        written.save(audience={"value": 320, "reason": "下午的没有点到"}, person_times={"value": 400, "reason": "另有游客"})
        assert stands(written) == (320 + NAMED, 400)
        assert written.values()["person_times"] == 400

    def test_a_smaller_tally_changes_nothing(self, written):
        written.save(audience={"value": 320, "reason": "下午的没有点到"}, clinic={"value": 50, "reason": "按登记表"})
        assert stands(written) == (320 + NAMED, None)


class TestRule:
    def test_leaflets_are_no_persons(self):
        known = {"people_present": 4, "counter:audience": 100}
        assert rules.following(KINDS["member_day"], known, {"leaflets": 900})["person_times"] == 104

    def test_names_and_the_largest_tally_are_both_followed(self):
        known = {"people_present": 4, "counter:audience": 100, "counter:clinic": 90}
        assert rules.following(KINDS["member_day"], known, {"volunteers": 6, "clinic": 120})["person_times"] == 126

    def test_in_a_round_each_visit_is_one(self):
        codes = [one.code for one in rules.indicators(KINDS["home_visit"]) if one.of == "visits_made"]
        assert rules.following(KINDS["home_visit"], {"visits_made": 7}, {codes[0]: 9})["person_times"] == 9

    def test_what_nobody_knows_stays_unknown(self):
        kind = KINDS["home_visit"]
        assert rules.following(kind, {}, {})["person_times"] is None
