import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.text import clean_text, full_width_to_ascii, standard
from eventsvc.core.words import Words


class TestCleanText:
    def test_outer_space_goes_and_inner_space_stays(self):
        assert clean_text("\u3000 金婚  庆典\n", 20) == "金婚  庆典"

    def test_characters_are_counted_and_not_bytes(self):
        assert clean_text("𬭎" * 10, 10) == "𬭎" * 10
        with pytest.raises(ValueError, match="最多10个字，现在有11个字"):
            clean_text("𬭎" * 11, 10)

    def test_text_is_composed_but_never_simplified(self):
        assert clean_text("e\u0301①㎡Ａ", 20) == "é①㎡Ａ"

    @pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\ud800", "\u200b", "\u200d", "\u202e", "\u2066"])
    def test_what_cannot_be_seen_is_refused_and_its_place_told(self, char):
        with pytest.raises(ValueError, match="第3个字") as refusal:
            clean_text(f"重阳{char}节", 20)
        assert refusal.value.args[0].facts == {"place": 3}
        assert isinstance(refusal.value.args[0], Words)

    @pytest.mark.parametrize("char", ["\ufeff", "\ufffe", "\ufdd0", "\U000e0041", "\U0010ffff"])
    def test_marks_and_noncharacters_are_refused(self, char):
        with pytest.raises(ValueError, match="看不见的特殊符号"):
            clean_text(f"重{char}阳", 20)

    def test_marks_that_phones_put_around_what_is_copied_go(self):
        assert clean_text("\ufeff\u202d 138 1234 5678 \u202c\u200b", 20) == "138 1234 5678"

    def test_lines_are_kept_only_where_several_are_asked_for(self):
        assert clean_text("一\r\n二\r三", 20, multiline=True) == "一\n二\n三"
        with pytest.raises(ValueError, match="看不见"):
            clean_text("一\n二", 20)

    def test_a_hanzi_newer_than_this_python_is_kept(self):
        assert clean_text("\U00031350", 5) == "\U00031350"

    def test_a_variation_selector_of_a_hanzi_is_kept(self):
        assert clean_text("葛\U000e0100", 5) == "葛\U000e0100"

    @given(st.text(max_size=40))
    def test_what_is_accepted_is_clean_and_cleaning_it_again_changes_nothing(self, text):
        try:
            clean = clean_text(text, 60, multiline=True)
        except ValueError:
            return
        assert clean_text(clean, 60, multiline=True) == clean == unicodedata.normalize("NFC", clean)
        assert "\x00" not in clean
        clean.encode("utf-8")


class TestStandard:
    @pytest.mark.parametrize(("old", "now"), [("\ue863", "䶮"), ("\ue81e", "龴"), ("\ue816", "𠂇"), ("\ue864", "龻")])
    def test_hanzi_from_old_systems_find_their_place(self, old, now):
        assert standard(old) == now

    def test_other_private_characters_are_left_alone(self):
        assert standard("\ue000\uf8ff") == "\ue000\uf8ff"

    def test_full_width_signs_become_ascii(self):
        assert full_width_to_ascii("１３８，Ａ－\u3000") == "138,A- "
