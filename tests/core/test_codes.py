import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eventsvc.core.codes import PRINTED_ALPHABET, SLUG_ALPHABET, new_id, new_slug, printed_code, read_printed_code

raw = st.binary(min_size=10, max_size=32)


class TestSlug:
    @given(raw)
    def test_a_slug_has_ten_characters_that_nobody_mistakes(self, random_bytes):
        slug = new_slug(random_bytes)
        assert len(slug) == 10
        assert set(slug) <= set(SLUG_ALPHABET)
        assert not set(SLUG_ALPHABET) & set("0o1il")

    def test_other_bytes_make_another_slug(self):
        assert len({new_slug(number.to_bytes(10)) for number in range(1000)}) == 1000

    def test_too_little_chance_is_our_mistake(self):
        with pytest.raises(ValueError, match="ten bytes"):
            new_slug(b"short")


class TestPrintedCode:
    @given(raw)
    def test_it_is_read_back_however_it_is_typed(self, data):
        code = printed_code(data)
        assert code[4] == "-"
        spoken = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert read_printed_code(spoken) == read_printed_code(code.replace("1", "I").replace("0", "O")) == code

    @given(raw, st.integers(0, 7), st.sampled_from(PRINTED_ALPHABET))
    def test_no_single_slip_goes_unseen(self, data, place, slip):
        code = printed_code(data).replace("-", "")
        assume(code[place] != slip)
        with pytest.raises(ValueError, match="有一位不对"):
            read_printed_code(code[:place] + slip + code[place + 1 :])

    @given(raw, st.integers(0, 7), st.integers(0, 7))
    def test_no_exchange_of_two_goes_unseen(self, data, one, other):
        code = list(printed_code(data).replace("-", ""))
        assume(code[one] != code[other])
        code[one], code[other] = code[other], code[one]
        with pytest.raises(ValueError, match="有一位不对"):
            read_printed_code("".join(code))

    @pytest.mark.parametrize(
        ("typed", "words"),
        [("", "8位"), ("ABCD-EFG", "8位"), ("UUUU-VVVV", "没有U和V"), ("中文中文中文中文", "没有U和V")],
    )
    def test_a_refusal_says_what_to_do(self, typed, words):
        with pytest.raises(ValueError, match=words):
            read_printed_code(typed)

    @given(st.text(max_size=12))
    def test_nothing_breaks_it(self, typed):
        try:
            assert read_printed_code(typed) == read_printed_code(read_printed_code(typed))
        except ValueError as refusal:
            assert refusal.args[0]


class TestId:
    @given(st.integers(0, (1 << 48) - 2), st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
    def test_ids_sort_by_the_time_they_were_made(self, now_ms, one, other):
        earlier, later = new_id(now_ms, one), new_id(now_ms + 1, other)
        assert earlier < later
        assert str(earlier) < str(later)
        assert earlier.bytes < later.bytes

    @given(st.integers(0, (1 << 48) - 1), st.binary(min_size=10, max_size=10))
    def test_an_id_is_a_uuid_of_version_seven(self, now_ms, rand):
        made = new_id(now_ms, rand)
        assert made.version == 7
        assert made.variant == "specified in RFC 4122"
        assert int.from_bytes(made.bytes[:6]) == now_ms
        assert made == new_id(now_ms, rand)

    def test_no_two_are_alike(self):
        assert len({new_id() for _ in range(1000)}) == 1000
        assert len({new_id(0) for _ in range(1000)}) == 1000

    def test_a_time_beyond_48_bits_is_our_mistake(self):
        with pytest.raises(ValueError, match="48 bits"):
            new_id(1 << 48, bytes(10))
