import pypinyin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventsvc.core.pinyin import initials, matches, pinyin_readings, search_text, sort_key, syllables
from eventsvc.core.surnames import COMPOUND, SINGLE

SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge", "乐": "yue",
    "缪": "miao", "覃": "qin", "冼": "xian", "任": "ren", "宁": "ning", "翟": "zhai", "臧": "zang", "谌": "chen", "秘": "bi",
    "黑": "he", "种": "chong", "冯": "feng", "盛": "sheng", "沈": "shen", "石": "shi", "那": "na", "陆": "lu", "万": "wan",
    "莫": "mo", "逄": "pang", "瞿": "qu", "强": "qiang", "折": "she", "眭": "sui", "宿": "su", "尉": "wei", "叶": "ye",
    "员": "yun", "贠": "yun", "占": "zhan", "晁": "chao", "祭": "zhai", "车": "che", "褚": "chu", "费": "fei", "谷": "gu",
    "贾": "jia", "阚": "kan", "亢": "kang", "逯": "lu", "乜": "nie", "牟": "mou", "卜": "bu", "柏": "bai", "郗": "xi",
    "莘": "shen", "葛": "ge", "华": "hua", "燕": "yan", "纪": "ji", "应": "ying", "曲": "qu", "于": "yu", "洪": "hong",
    "钟": "zhong", "雷": "lei", "蓝": "lan", "池": "chi", "卓": "zhuo", "郑": "zheng", "句": "gou", "召": "shao", "长": "zhang",
}  # fmt: skip
names = st.text(st.sampled_from("曾单万吕长王英秀强重乐朝𬭎䶮"), min_size=2, max_size=5)


class TestReadings:
    @pytest.mark.parametrize(("surname", "reading"), SURNAMES.items())
    def test_a_surname_is_read_as_a_surname(self, surname, reading):
        assert pinyin_readings(surname + "英")[0] == reading + "ying"

    @pytest.mark.parametrize(
        ("name", "reading"),
        [
            ("尉迟恭", "yuchigong"),
            ("万俟春", "moqichun"),
            ("长孙无忌", "zhangsunwuji"),
            ("单于英", "chanyuying"),
            ("令狐冲", "linghuchong"),
            ("澹台明", "tantaiming"),
            ("欧阳修", "ouyangxiu"),
            ("乐正英", "yuezhengying"),
        ],
    )
    def test_a_surname_of_two_characters_is_read_as_one(self, name, reading):
        assert pinyin_readings(name)[0] == reading

    def test_two_characters_alone_are_a_surname_and_a_given_name(self):
        assert pinyin_readings("单于")[0] == "shanyu"

    def test_every_reading_of_a_given_name_is_there(self):
        assert pinyin_readings("王长乐") == ["wangzhangle", "wangzhangyue", "wangchangle", "wangchangyue"]

    def test_families_that_read_their_name_in_two_ways_have_both(self):
        assert pinyin_readings("乐英") == ["yueying", "yueyang", "leying", "leyang"]

    def test_rare_hanzi_beyond_the_bmp_have_a_sound(self):
        assert pinyin_readings("王𬭎") == ["wanghong"]

    def test_a_character_without_a_sound_reads_as_itself(self):
        assert pinyin_readings("王ཚ") == ["wangཚ"]

    def test_many_readings_are_capped(self):
        assert len(pinyin_readings("买买提·艾合买提")) == 32

    def test_initials_follow_the_likeliest_reading(self):
        assert initials("曾秀英") == "zxy"
        assert initials("") == ""

    @settings(max_examples=60)
    @given(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))
    def test_given_names_sound_as_the_dictionary_says(self, char):
        told = pypinyin.pinyin(char, style=pypinyin.Style.NORMAL, heteronym=True, v_to_u=False)[0]
        assert set(syllables("王" + char)[1]) == {reading.replace("ü", "v") for reading in told}

    def test_the_tables_are_whole(self):
        assert all(len(surname) == len(readings) for surname, readings in COMPOUND.items())
        assert all(len(surname) == 1 and readings for surname, readings in SINGLE.items())


class TestSearch:
    @pytest.mark.parametrize(
        "query",
        ["曾", "秀英", "曾秀英", "zeng", "zengxiuying", "ZengXiuYing", "zeng xiu", "zxy", "xy", "zengxy", "xiuy", "x",
         "5678", "78", "曾 5678", "曾5678", "zxy5678", "１３８１２３４５６７８", "z'x'y"],
    )  # fmt: skip
    def test_a_person_is_found_by_what_staff_would_type(self, query):
        assert matches(search_text("曾秀英", "13812345678"), query)

    @pytest.mark.parametrize(
        "query", ["ceng", "王", "zengy", "yx", "5679", "曾 1234", "13800005679", "", "  ", "|", "5678 王", "'"]
    )
    def test_another_person_is_not_found(self, query):
        assert not matches(search_text("曾秀英", "13812345678"), query)

    @pytest.mark.parametrize("query", ["lv", "lu", "lyu", "lü", "LÜ", "lvle", "luyue", "ll", "ly"])
    def test_the_sound_of_lv_is_typed_in_several_ways(self, query):
        assert matches(search_text("吕乐"), query)

    def test_the_extension_of_a_landline_is_no_part_of_its_number(self):
        found = search_text("曾秀英", "0593-7812345-88")
        assert matches(found, "2345")
        assert not matches(found, "88")

    def test_without_a_phone_no_digits_match(self):
        assert not matches(search_text("曾秀英", ""), "1234")

    def test_latin_and_dotted_names_are_found_by_their_parts(self):
        assert matches(search_text("John O'Neil"), "oneil")
        assert matches(search_text("John O'Neil"), "O'Neil")
        assert matches(search_text("买买提·艾合买提"), "mmt")
        assert matches(search_text("买买提·艾合买提"), "艾合")

    @given(names, st.integers(13_000_000_000, 19_999_999_999).map(str))
    def test_everyone_is_found_by_name_each_reading_initials_and_last_four(self, name, phone):
        found = search_text(name, phone)
        assert all(
            matches(found, query) for query in (name, name[1:], initials(name), phone[-4:], *pinyin_readings(name))
        )

    @given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
    def test_no_name_phone_or_query_breaks_the_search(self, name, phone, query):
        assert matches(search_text(name, phone), query) in (True, False)


def test_a_list_is_sorted_by_sound_with_surnames_read_right():
    sorted_names = sorted(["张三", "曾三", "单三", "区三", "欧阳三", "安三", "曾二", "Bob"], key=sort_key)
    assert sorted_names == ["安三", "Bob", "区三", "欧阳三", "单三", "曾二", "曾三", "张三"]
