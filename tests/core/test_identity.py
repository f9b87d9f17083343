from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from eventsvc.core.identity import check_digit, parse_id_number

TODAY = date(2026, 10, 18)
regions = st.sampled_from(["110101", "350982", "350981", "710000", "810000", "830000"])
births = st.dates(date(1900, 1, 1), TODAY)


def number_of(region: str = "350982", born: str = "19500308", order: str = "122") -> str:
    return region + born + order + check_digit(region + born + order)


class TestReading:
    def test_a_number_says_birth_sex_and_place(self):
        read = parse_id_number("11010519491231002X", today=TODAY)
        assert (read.born, read.sex, read.region, read.kind) == (date(1949, 12, 31), "female", "110105", "resident")
        assert read.age_on(date(2026, 12, 30)) == 76

    @pytest.mark.parametrize(
        "typed", [" 110105 19491231 002x ", "１１０１０５１９４９１２３１００２ｘ", "110105-19491231-002Ｘ"]
    )
    def test_it_is_read_however_it_is_typed(self, typed):
        assert parse_id_number(typed, today=TODAY).number == "11010519491231002X"

    def test_the_old_fifteen_digits_become_eighteen(self):
        assert parse_id_number("110105491231002", today=TODAY).number == "11010519491231002X"

    @pytest.mark.parametrize("region", ["810000", "820000", "830000"])
    def test_residence_permits_are_accepted(self, region):
        assert parse_id_number(number_of(region), today=TODAY).kind == "hmt_residence"

    def test_the_permanent_residence_card_of_2023_is_accepted(self):
        read = parse_id_number("911124198108030024", today=TODAY)
        assert (read.kind, read.born) == ("permanent_residence", date(1981, 8, 3))

    def test_someone_born_today_is_born(self):
        assert parse_id_number(number_of(born="20261018"), today=TODAY).age_on(TODAY) == 0

    def test_its_repr_hides_the_birth_date(self):
        assert "1949" not in repr(parse_id_number("11010519491231002X", today=TODAY))


class TestRefusal:
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("", "请填写身份证号"),
            ("1101051949123100", "应是18位，现在是16位"),
            ("11010519491231A02X", "只能有数字"),
            ("X1010519491231002X", "只能有数字"),
            ("110105194912310021", "逐位核对"),
            (number_of(born="19490230"), "出生日期不存在"),
            (number_of(born="19491301"), "出生日期不存在"),
            (number_of(born="20261019"), "还没有到"),
            (number_of(born="18991231"), "太早"),
            (number_of(region="990982"), "不是任何省份"),
            (number_of(region="000000"), "不是任何省份"),
            ("²" * 18, "只能有数字"),
        ],
    )
    def test_it_says_precisely_what_to_check(self, typed, words):
        with pytest.raises(ValueError, match=words):
            parse_id_number(typed, today=TODAY)

    def test_no_refusal_repeats_the_number(self):
        with pytest.raises(ValueError, match="身份证号") as refusal:
            parse_id_number(number_of(born="19490230"), today=TODAY)
        assert "1949" not in str(refusal.value)


class TestProperties:
    @given(regions, births, st.integers(0, 999))
    def test_every_well_formed_number_is_read_back(self, region, born, order):
        number = number_of(region, f"{born:%Y%m%d}".zfill(8), f"{order:03d}")
        read = parse_id_number(number, today=TODAY)
        assert (read.number, read.born, read.sex == "male") == (number, born, order % 2 == 1)

    @given(births, st.integers(0, 17), st.integers(1, 10))
    def test_no_single_slip_goes_unseen(self, born, place, by):
        number = number_of(born=f"{born:%Y%m%d}".zfill(8))
        digits = "0123456789X" if place == 17 else "0123456789"
        slip = digits[(digits.index(number[place]) + by) % len(digits)]
        if slip != number[place]:
            with pytest.raises(ValueError, match="身份证号"):
                parse_id_number(number[:place] + slip + number[place + 1 :], today=TODAY)

    @given(st.integers(10**16, 10**17 - 1).map(str))
    def test_the_check_digit_is_the_one_that_others_compute(self, digits):
        assert check_digit(digits) == ric.calc_check_digit(digits + "0")

    @given(st.text(max_size=20))
    def test_anything_else_is_refused_and_never_breaks(self, typed):
        with pytest.raises(ValueError, match="身份证号"):
            parse_id_number(typed, today=TODAY)

    @given(st.dates(TODAY + timedelta(days=1), date(2090, 1, 1)))
    def test_nobody_is_born_tomorrow(self, born):
        with pytest.raises(ValueError, match="还没有到"):
            parse_id_number(number_of(born=f"{born:%Y%m%d}"), today=TODAY)
