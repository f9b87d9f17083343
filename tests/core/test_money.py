import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.money import MOST_FEN, fen_to_yuan, round_down_words, wan, yuan_to_fen


class TestYuan:
    @pytest.mark.parametrize(
        ("typed", "fen"),
        [("1,200.50", 120050), ("1200", 120000), ("1200.5", 120050), ("0.01", 1), ("￥1，200元", 120000), ("１２", 1200), ("0", 0),
         ("1.500", 150), (" 3 ", 300), ("10000000000", MOST_FEN), ("007", 700)],
    )  # fmt: skip
    def test_yuan_are_read_exactly(self, typed, fen):
        assert yuan_to_fen(typed) == fen

    @pytest.mark.parametrize(
        ("typed", "words"),
        [("-1", "负数"), ("1.234", "最多写到分"), ("10000000000.01", "金额太大"), ("9" * 5000, "金额太大"), ("1,20", "写成数字"), ("1,2345", "写成数字"),
         ("", "写成数字"), ("1e5", "写成数字"), ("nan", "写成数字"), ("1.2.3", "写成数字"), ("约三千", "写成数字"), ("١٢", "写成数字")],
    )  # fmt: skip
    def test_a_refusal_says_why(self, typed, words):
        with pytest.raises(ValueError, match=words):
            yuan_to_fen(typed)

    @given(st.integers(0, MOST_FEN))
    def test_what_is_written_is_read_back(self, fen):
        assert yuan_to_fen(fen_to_yuan(fen)) == fen

    def test_what_is_owed_has_a_sign(self):
        assert fen_to_yuan(-5) == "-0.05"


class TestWan:
    @pytest.mark.parametrize(
        ("fen", "words"),
        [(8400000, "8.4万元"), (22630000, "22.63万元"), (80000, "800元"), (120050, "1,200.50元"), (1000000, "1万元"), (999999, "9,999.99元"),
         (1_005_000, "1.01万元"), (0, "0元"), (-8400000, "-8.4万元"), (10**11, "100,000万元")],
    )  # fmt: skip
    def test_amounts_are_said_as_reports_say_them(self, fen, words):
        assert wan(fen) == words


class TestRoundDown:
    @pytest.mark.parametrize(
        ("number", "words"),
        [(8123, "8000余"), (8000, "8000"), (99, "99"), (100, "100"), (101, "100余"), (1920, "1900余"), (312, "300余"), (10000, "1万"), (10500, "1万余"),
         (12000, "1.2万"), (12345, "1.2万余"), (230000, "23万"), (112345, "11万余"), (123_456_789, "1.2亿余"), (0, "0")],
    )  # fmt: skip
    def test_counts_are_said_as_reports_say_them(self, number, words):
        assert round_down_words(number) == words

    @given(st.integers(0, 10**10))
    def test_it_never_says_more_than_there_was_nor_a_tenth_less(self, number):
        words = round_down_words(number)
        units = {"万": 10**4, "亿": 10**8}
        plain = words.removesuffix("余")
        whole, _, rest = plain.rstrip("万亿").partition(".")
        size = units.get(plain[-1], 1)
        said = int(whole) * size + (int(rest) * size // 10 ** len(rest) if rest else 0)

        assert said <= number < said * 10 / 9 + 1
        assert words.endswith("余") == (said < number)

    def test_a_negative_count_is_our_mistake(self):
        with pytest.raises(ValueError, match="never negative"):
            round_down_words(-1)
