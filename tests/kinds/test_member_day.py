"""The number of a member day: checked on eight years' reports."""

from datetime import date

import pytest

from eventsvc.kinds import KINDS


@pytest.mark.parametrize(("year", "ordinal"), [(2005, 7), (2015, 17), (2017, 19), (2019, 21), (2021, 23), (2022, 24), (2027, 29)])
def test_the_title_counts_as_the_reports_do(year, ordinal):
    assert KINDS["member_day"].title("福鼎市", date(year, 5, 29)) == f"{year}年“5·29”第{ordinal}个会员活动日"


def test_before_the_first_one_there_is_no_number():
    assert KINDS["member_day"].title("福鼎市", date(1998, 5, 29)) == "1998年“5·29”会员活动日"


def test_it_counts_things_and_may_open_a_sign_up():
    kind = KINDS["member_day"]
    assert {"leaflets", "consulted", "clinic"} <= {c.code for c in kind.counters}
    assert kind.sign_up_optional
    assert [code for code, _ in next(f for f in kind.party.people[0].fields() if f.name == "role").of] == ["volunteer", "performer", "clinic"]


def test_a_home_visit_says_nothing_of_whom_it_goes_to():
    kind = KINDS["home_visit"]
    assert kind.dignified
    for word in ("失独", "特殊", "困难", "慰问"):
        assert word not in kind.title("观洋村", date(2027, 5, 1))
    assert set(kind.extra["sealed"]) == {"problems", "condition", "advice"}
