import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.names import clean_name, is_hanzi, name_key


class TestCleanName:
    @pytest.mark.parametrize(
        ("typed", "printed"),
        [
            (" 张 秀\u3000英 ", "张秀英"),
            ("买买提 • 艾合买提", "买买提·艾合买提"),
            ("阿依古丽・买买提", "阿依古丽·买买提"),
            ("古丽．阿依", "古丽·阿依"),
            ("古丽.阿依", "古丽·阿依"),
            ("古丽‧阿依·", "古丽·阿依"),
            ("John   Smith", "John Smith"),
            ("J. R. O'Neil-Smith", "J. R. O'Neil-Smith"),
            ("Ａnna 李", "Anna李"),
            ("〇二", "〇二"),
            ("张𬭎", "张𬭎"),
            ("龙\ue863", "龙䶮"),
            ("\u2f45正", "方正"),
            ("扎西 ཚེ་རིང".replace("་", ""), "扎西ཚེརིང"),
        ],
    )
    def test_a_name_is_written_one_way(self, typed, printed):
        assert clean_name(typed) == printed

    @pytest.mark.parametrize(
        "typed", ["张三2", "张三（大）", "张三/李四", "张三😀", "13812345678", "张\x00三", "张\u200b三"]
    )
    def test_what_is_no_name_is_refused(self, typed):
        with pytest.raises(ValueError, match="姓名里不能有|看不见"):
            clean_name(typed)

    @pytest.mark.parametrize(
        ("typed", "words"), [("", "请填写姓名"), (" · ", "请填写姓名"), ("张", "请写全名"), ("张\ue000", "自造字")]
    )
    def test_a_refusal_says_what_to_do(self, typed, words):
        with pytest.raises(ValueError, match=words):
            clean_name(typed)

    def test_fifty_characters_fit_and_no_more(self):
        assert clean_name("𬭎" * 50) == "𬭎" * 50
        with pytest.raises(ValueError, match="姓名最多50个字"):
            clean_name("𬭎" * 51)

    @given(st.text(st.characters(categories=["L", "M", "Zs", "Po"]), max_size=30))
    def test_cleaning_twice_changes_nothing(self, typed):
        try:
            name = clean_name(typed)
        except ValueError:
            return
        assert clean_name(name) == name == unicodedata.normalize("NFC", name)

    @given(
        st.lists(st.sampled_from("张王李曾单𬭎䶮〇㐂"), min_size=2, max_size=8),
        st.sampled_from([" ", "\u3000", "  ", "\xa0"]),
    )
    def test_spaces_between_hanzi_say_nothing(self, hanzi, space):
        assert clean_name(space.join(hanzi)) == "".join(hanzi)


class TestNameKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("买买提·艾合买提", "买买提艾合买提"),
            ("John Smith", "JOHN  SMITH"),
            ("O'Neil", "O’neil"),
            ("⽅正", "方正"),
            ("Ａnna", "anna"),
        ],
    )
    def test_spellings_of_one_name_are_equal(self, one, other):
        assert name_key(one) == name_key(other)

    def test_different_hanzi_stay_different(self):
        assert name_key("张晓英") != name_key("张小英")
        assert name_key("张\U00031350") != name_key("张\U00031351")


def test_hanzi_lie_in_every_plane():
    assert all(is_hanzi(char) for char in "一㐀𬭎〇\U00031350")
    assert not any(is_hanzi(char) for char in "aあ·1")
