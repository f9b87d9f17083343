import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.phones import clean_phone, is_mobile, last_four


class TestCleanPhone:
    @pytest.mark.parametrize(
        "typed",
        ["13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "+8613812345678", "008613812345678", "8613812345678",
         "１３８１２３４５６７８", "\u202a13812345678\u202c", "138－1234—5678", "(138)12345678", "138\xa01234\u30005678"],
    )  # fmt: skip
    def test_a_mobile_has_one_spelling(self, typed):
        assert clean_phone(typed) == "13812345678"
        assert is_mobile(clean_phone(typed))

    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("05937812345", "0593-7812345"),
            ("（0593）7812345", "0593-7812345"),
            ("0593-781 2345", "0593-7812345"),
            ("+86 593 7812345", "0593-7812345"),
            ("010-62345678", "010-62345678"),
            ("0591 87654321 转 801", "0591-87654321-801"),
            ("0591-87654321-801", "0591-87654321-801"),
            ("0593-7812345 ext. 12", "0593-7812345-12"),
            ("0593-7812345分机12", "0593-7812345-12"),
            ("0593-781-2345", "0593-7812345"),
        ],
    )
    def test_a_landline_keeps_its_area_code_and_extension(self, typed, number):
        assert clean_phone(typed) == number
        assert clean_phone(number) == number
        assert not is_mobile(number)

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("", "请填写电话号码"),
            ("   ", "请填写电话号码"),
            ("1381234567", "应是11位，现在是10位"),
            ("138123456789", "应是11位，现在是12位"),
            ("12812345678", "号段"),
            ("7812345", "加上区号"),
            ("0593-12", "座机号码不对"),
            ("+852 61234567", "中国大陆"),
            ("0085261234567", "中国大陆"),
            ("打村部电话", "只能有数字"),
            ("138１234567８a", "只能有数字"),
            ("13812345678转1", "不能带分机号"),
            ("١٣٨١٢٣٤٥٦٧٨", "只能有数字"),
        ],
    )
    def test_a_refusal_says_what_to_do(self, typed, words):
        with pytest.raises(ValueError, match=words):
            clean_phone(typed)

    @given(st.text(st.sampled_from("0123456789+- ()转x，０１３\u200b"), max_size=18))
    def test_what_is_accepted_stays_as_it_is(self, typed):
        try:
            number = clean_phone(typed)
        except ValueError:
            return
        assert clean_phone(number) == number
        assert len(last_four(number)) == 4

    @given(st.text(max_size=20))
    def test_nothing_breaks_it(self, typed):
        try:
            clean_phone(typed)
        except ValueError as refusal:
            assert refusal.args[0]


def test_the_last_four_are_those_of_the_number():
    assert last_four("13812345678") == "5678"
    assert last_four("0593-7812345-12") == "2345"
    assert last_four("") == ""
