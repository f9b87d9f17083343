"""Every question either accepts an answer or says why not, in Chinese that can be translated: never an accident."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate

from eventsvc.core.lunar import Anniversary
from eventsvc.core.words import Words
from eventsvc.declare import (
    AnniversaryField,
    Choice,
    Choices,
    Date,
    Field,
    IdNumber,
    LongText,
    Moment,
    Money,
    Name,
    Number,
    Phone,
    Rows,
    StrictSchema,
    Text,
    Time,
    YesNo,
    schema_of,
)
from eventsvc.infra.forms import faults

ABC = (("a", "甲"), ("b", "乙"), ("c", "丙"))
ASKED: tuple[Field, ...] = (
    Text("text", "文字"),
    LongText("long", "长文字"),
    Name("name", "姓名"),
    Phone("phone", "电话"),
    IdNumber("id_number", "身份证号"),
    Number("number", "人数", min=1, max=500),
    Money("money", "金额"),
    Date("day", "日期"),
    Time("at", "时间"),
    Moment("moment", "何时"),
    YesNo("yes", "是否", required=True),
    Choice("choice", "选一个", of=ABC),
    Choices("choices", "选几个", of=ABC, required=True),
    AnniversaryField("married_on", "结婚日期"),
    Rows("rows", "日程", of=(Time("at", "时间"), Text("what", "内容"), Number("n", "人数", required=False)), most=5),
)
BY_NAME = {asked.name: asked for asked in ASKED}
STRANGE: list[Any] = [
    None, True, False, 0, -1, 1.9, 1e30, 10**30, -(10**30), float("nan"), float("inf"), "", " ", "\0", "a\0b", "\ud800", "张\udfff", "\u202e倒",
    "\u200b", "x" * 5000, "字" * 5000, [], [None], [[]], [{}], {}, {"year": None}, {"year": "\ud800", "calendar": []}, {"a": 1}, {"": ""},
    {"calendar": "solar", "year": 10**30}, {"calendar": "solar", "year": 1974.5}, {"calendar": "lunar", "year": "1974", "month": 13},
    {"calendar": "solar", "year": "1974", "month": [1]}, {"calendar": {}, "year": 1974}, {"calendar": "solar", "year": 1974, "said": 5},
    {"calendar": "solar", "year": True}, {"calendar": "solar", "year": 1974, "leap": []}, {"calendar": "solar", "year": 1974, "day": 3},
    "2027-05-29T09:30:00", "2027-05-29T09:30:00+99:99", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2027-02-30", "2027-5-9",
    "24:00", "9:30", "09:30:61", "٢٠٢٧-٠٥-٢٩", "１２", "0x10", "1_000", "1e3", "+", "--1", "1" * 400, "NaN", "-5", "1,2", "350900194701010012",
    {"at": "9"}, [{"at": "09:30", "what": "\0"}], [{"at": "09:30"}] * 6, [1, "2"], [{"nope": 1}], ["a", "a"], ["a", 1], "a", ("a",),
]  # fmt: skip
FROM, UNTIL = datetime(1992, 1, 1), datetime(2100, 12, 31)  # noqa: DTZ001 (a clock on a wall)
ENGLISH = re.compile(r"[A-Za-z]{2,}")
HOLES = re.compile(r"\{[^}]*\}")


def loaded(asked: Field, value: Any) -> Any:
    """Load one answer; a refusal is held to the house's manner."""
    schema = schema_of((asked,), "one")()
    try:
        return schema.load({asked.name: value})[asked.name]
    except ValidationError as no:
        hold_to_manner(no)
        return no


def hold_to_manner(no: ValidationError) -> None:
    """Fail when a refusal is not in Chinese that can be translated, or repeats what was typed."""
    for name, words in faults(no.messages).items():
        for said in words:
            plain = HOLES.sub("", said.msgid) if isinstance(said, Words) else said
            assert not ENGLISH.search(plain), f"{name}: English or an echo: {said!r}"
            assert re.search("[一-鿿]", plain), f"{name}: not Chinese: {said!r}"


class TestNothingIsAnAccident:
    @pytest.mark.parametrize("name", BY_NAME)
    def test_strange_values_are_taken_or_refused_in_chinese(self, name: str):
        for value in STRANGE:
            loaded(BY_NAME[name], value)

    @pytest.mark.parametrize("name", BY_NAME)
    def test_strange_values_of_an_optional_question_too(self, name: str):
        asked = BY_NAME[name]
        optional = type(asked)(**{**vars(asked), "required": False})
        for value in STRANGE:
            loaded(optional, value)

    @given(
        st.sampled_from(ASKED),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=40),
            lambda inner: st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["calendar", "year", "month", "day", "leap", "said", "at", "what", "n", "x"]), inner, max_size=6),
            max_leaves=12,
        ),
    )
    def test_whatever_json_can_say_is_taken_or_refused(self, asked: Field, value: Any):
        loaded(asked, value)

    @given(
        st.sampled_from(ASKED),
        st.sampled_from(["solar", "lunar", "农历", "", None]),
        *[st.none() | st.integers(-5, 2200) | st.text("0123456789.-十", max_size=5)] * 3,
        st.booleans() | st.sampled_from(["1", "on", "maybe"]),
    )
    def test_whatever_a_form_says_of_a_wedding_is_taken_or_refused(self, asked, calendar, year, month, day, leap):
        loaded(BY_NAME["married_on"], {"calendar": calendar, "year": year, "month": month, "day": day, "leap": leap})

    @pytest.mark.parametrize("body", [None, [], "x", 1, [{}], True])
    def test_what_is_no_object_is_refused(self, body: Any):
        with pytest.raises(ValidationError) as no:
            schema_of(ASKED, "all")().load(body)
        hold_to_manner(no.value)

    def test_a_key_that_nobody_asked_for_is_refused_by_name(self):
        with pytest.raises(ValidationError) as no:
            schema_of((Text("text", "文字"),), "one")().load({"text": "x", "admin": "1"})
        assert list(faults(no.value.messages)) == ["admin"]
        hold_to_manner(no.value)

    def test_everything_left_out_is_told_at_once(self):
        with pytest.raises(ValidationError) as no:
            schema_of(ASKED, "all")().load({})
        assert set(faults(no.value.messages)) == set(BY_NAME) - {"rows"}
        hold_to_manner(no.value)


def _libraries() -> list[type[fields.Field]]:
    kinds = {k for k in vars(fields).values() if isinstance(k, type) and issubclass(k, fields.Field)}
    return sorted(kinds, key=lambda k: k.__name__)


class TestNoEnglishOfTheLibrary:
    @pytest.mark.parametrize("kind", _libraries(), ids=lambda k: k.__name__)
    def test_no_field_of_the_library_speaks_english(self, kind: type[fields.Field]):
        said = {m for cls in kind.__mro__ for m in getattr(cls, "default_error_messages", {}).values()}
        assert said
        assert not [m for m in said if ENGLISH.search(m)]

    @pytest.mark.parametrize(
        ("check", "value"),
        [
            (validate.Length(max=1), "abc"), (validate.Length(equal=1), "abc"), (validate.Range(min=1, max=2), 3), (validate.Range(max=2), 3),
            (validate.OneOf(["a"]), "b"), (validate.NoneOf(["b"]), "b"), (validate.Regexp("a"), "b"), (validate.Email(), "b"), (validate.URL(), "b"),
            (validate.Equal("a"), "b"), (validate.ContainsOnly(["a"]), ["b"]), (validate.Predicate("isdigit"), "b"),
        ],
    )  # fmt: skip
    def test_no_validator_of_the_library_speaks_english(self, check: validate.Validator, value: Any):
        with pytest.raises(ValidationError) as no:
            check(value)
        hold_to_manner(no.value)

    def test_no_schema_of_the_library_speaks_english(self):
        assert not [m for schema in (Schema, StrictSchema) for m in schema().error_messages.values() if ENGLISH.search(m)]


GOOD: dict[str, Any] = {
    "text": "村文化广场", "long": "第一行\r\n第二行", "name": "古丽娜尔·艾力", "phone": "+86 138 0593 0001", "id_number": "11010519491231002x",
    "number": "12", "money": "1,200.50", "day": "2027-05-29", "at": "09:30", "moment": "2027-05-29T09:30", "yes": "on", "choice": "b",
    "choices": ["b", "a", "b"], "married_on": {"calendar": "lunar", "year": "1974", "month": "12", "day": "8"},
    "rows": [{"at": "09:00", "what": "开场"}, {"at": "", "what": ""}, {"at": "10:00", "what": "合影", "n": 3}],
}  # fmt: skip
READ: dict[str, Any] = {
    "text": "村文化广场", "long": "第一行\n第二行", "name": "古丽娜尔·艾力", "phone": "13805930001", "id_number": "11010519491231002X",
    "number": 12, "money": 120050, "day": date(2027, 5, 29), "at": time(9, 30), "moment": datetime(2027, 5, 29, 1, 30, tzinfo=UTC), "yes": True,
    "choice": "b", "choices": ["b", "a"], "married_on": Anniversary("lunar", 1974, 12, 8),
    "rows": [{"at": time(9), "what": "开场", "n": None}, {"at": time(10), "what": "合影", "n": 3}],
}  # fmt: skip


class TestWhatIsRead:
    @pytest.mark.parametrize("name", BY_NAME)
    def test_good_answers_get_their_types(self, name: str):
        assert loaded(BY_NAME[name], GOOD[name]) == READ[name]

    @pytest.mark.parametrize("name", BY_NAME)
    def test_what_was_read_is_written_so_that_it_is_read_again_the_same(self, name: str):
        schema = schema_of((BY_NAME[name],), "one")()
        first = schema.load({name: GOOD[name]})
        assert schema.load(schema.dump(first)) == first

    @given(st.datetimes(FROM, UNTIL, timezones=st.none() | st.timezones()).map(lambda moment: moment.isoformat()))
    def test_moments_go_round(self, said: str):
        schema = schema_of((Moment("m", "何时"),), "one")()
        try:
            first = schema.load({"m": said})
        except ValidationError:
            return
        assert schema.load(schema.dump(first)) == first
        assert first["m"].tzinfo is UTC

    @given(st.integers(0, 10**12))
    def test_amounts_go_round(self, fen: int):
        schema = schema_of((Money("m", "金额"),), "one")()
        assert schema.load(schema.dump({"m": fen})) == {"m": fen}

    @pytest.mark.parametrize("value", [1.0, 1.9, True, "1.9", "1e3", 10**30, "１２.5", None])
    def test_a_whole_number_is_whole(self, value: Any):
        assert isinstance(loaded(Number("n", "人数"), value), ValidationError)

    def test_a_number_typed_with_full_width_digits_is_a_number(self):
        assert loaded(Number("n", "人数"), "１２") == 12

    def test_bounds_are_said_with_their_facts(self):
        no = loaded(Number("n", "人数", min=1, max=500), "501")
        assert faults(no.messages) == {"n": ["应在 1 到 500 之间"]}
        assert faults(no.messages)["n"][0].facts == {"least": 1, "most": 500}

    def test_nothing_typed_is_not_echoed_by_a_refusal_of_pythons_own(self):
        no = loaded(Money("m", "金额"), 10**5000)
        assert faults(no.messages) == {"m": ["这一项填得不对，请核对"]}

    @pytest.mark.parametrize("value", ["", None, "  "])
    def test_a_required_line_left_empty_is_asked_for(self, value: Any):
        assert faults(loaded(Text("t", "文字"), value).messages) == {"t": ["请填写这一项"]}

    def test_an_optional_answer_may_be_left_out_or_empty(self):
        schema = schema_of((Text("t", "文字", required=False), Number("n", "人数", required=False), Choices("c", "选", of=ABC)), "o")()
        assert schema.load({}) == {"t": None, "n": None, "c": []}
        assert schema.load({"t": "", "n": None}) == {"t": "", "n": None, "c": []}

    def test_a_retired_question_is_read_in_old_answers_and_asked_of_nobody(self):
        schema = schema_of((Text("t", "文字", retired=True), YesNo("y", "是", required=True, retired=True), Choices("c", "选", of=ABC, required=True, retired=True)), "r")()
        assert schema.load({}) == {"t": None, "y": False, "c": []}
        assert schema.load({"t": "旧"})["t"] == "旧"


class TestRows:
    def test_a_fault_is_told_by_the_rows_place_in_what_was_sent(self):
        rows = [{"at": "", "what": ""}, {"at": "9", "what": "x"}, {}, {"at": "09:00", "what": ""}]
        no = loaded(BY_NAME["rows"], rows)
        assert set(faults(no.messages)) == {"rows.1.at", "rows.3.what"}

    def test_too_many_are_refused_and_blank_ones_not_counted(self):
        row = {"at": "09:00", "what": "x"}
        assert len(loaded(BY_NAME["rows"], [row, {}, row, {}, row, row, row])) == 5
        assert faults(loaded(BY_NAME["rows"], [row] * 6).messages) == {"rows": ["最多 5 行"]}

    def test_an_unknown_column_is_refused_in_chinese(self):
        no = loaded(BY_NAME["rows"], [{"at": "09:00", "what": "x", "admin": 1}])
        assert faults(no.messages) == {"rows.0.admin": ["没有这一项"]}


class TestOnePlace:
    def test_the_same_questions_give_the_same_schema(self):
        assert schema_of(ASKED, "all") is schema_of(list(ASKED), "all")
        assert schema_of(ASKED[:1], "all") is not schema_of(ASKED[1:2], "all")
        assert schema_of((Choice("c", "选", of=ABC),), "x") is not schema_of((Choice("c", "选", of=ABC[:1]),), "x")

    @pytest.mark.parametrize("asked", ASKED, ids=lambda a: a.name)
    def test_a_question_says_how_it_is_drawn(self, asked: Field):
        told = asked.marshal().metadata
        assert told["label"] == asked.label
        assert told["widget"]

    def test_a_label_may_be_a_users_in_two_languages(self):
        assert schema_of((Text("t", {"zh": "问", "en": "Q"}),), "u")().fields["t"].metadata["label"] == {"zh": "问", "en": "Q"}
