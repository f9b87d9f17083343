"""A browser's flat names and the API's nested ones are one grammar."""

from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_, Words
from eventsvc.declare import Choices, Name, Number, Rows, StrictSchema, Text, Time, YesNo, schema_of
from eventsvc.declare.marshal import Str, WeddingDay
from eventsvc.infra.forms import CONTROL, MOST_NAMES, BadForm, Form, flatten, fold, load

ABC = (("a", "甲"), ("b", "乙"), ("c", "丙"))
PersonSchema = schema_of((Name("name", N_("姓名")), Number("age", N_("年龄"), required=False)), "person_of_test")


class Party(StrictSchema):
    """Everything that a form nests."""

    title = Str(longest=20, required=True, metadata={"label": "标题"})
    people = fields.List(fields.Nested(PersonSchema), required=True, validate=validate.Length(max=9), metadata={"label": "人"})
    married_on = WeddingDay(load_default=None, metadata={"label": "结婚日期"})
    answers = fields.Nested(
        schema_of(
            (
                Choices("tags", "标签", of=ABC),
                YesNo("bus", {"zh": "坐车", "en": "Bus"}),
                Rows("plan", "日程", of=(Time("at", "时间"), Text("what", "内容"))),
            ),
            "answers_of_test",
        ),
        load_default=dict,
    )


def typed(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(pairs)


class TestFold:
    def test_flat_names_become_objects_and_lists(self):
        flat = typed(("title", "会"), ("people.0.name", "甲"), ("people.1.name", "乙"), ("answers.tags", "a"), ("answers.tags", "b"))
        assert fold(flat) == {"title": "会", "people": [{"name": "甲"}, {"name": "乙"}], "answers": {"tags": ["a", "b"]}}

    def test_rows_keep_their_order_ten_after_nine(self):
        assert fold(typed(*[(f"r.{n}", str(n)) for n in (10, 9, 2, 0)])) == {"r": ["0", "2", "9", "10"]}

    @pytest.mark.parametrize("blank", ["", " ", "\t\r\n", "\u3000"])
    def test_what_was_left_empty_is_left_out(self, blank: str):
        assert fold(typed(("a", blank), ("b.0.c", blank), ("d", "x"), ("d", blank))) == {"d": "x"}

    @pytest.mark.parametrize("name", sorted(CONTROL))
    def test_what_belongs_to_the_page_is_no_answer(self, name: str):
        assert fold(typed((name, "x"))) == {}

    @pytest.mark.parametrize(
        "name",
        ["", ".", "a.", ".a", "a..b", "A", "a b", "a-b", "0", "0.a", "a.0b", "a.1000", "a[0]", "__proto__.x.", "a\n", "a\0", "名", "a.٠", "a.²",
         "a.b.c.d.e.f.g.h", "a" * 65, "a." * 5000 + "a", "{x}", "a%"],
    )  # fmt: skip
    def test_a_name_that_our_pages_never_send_is_refused(self, name: str):
        with pytest.raises(BadForm):
            fold(typed((name, "x")))

    @pytest.mark.parametrize(
        "pairs",
        [
            [("a", "1"), ("a.b", "2")],
            [("a.b", "2"), ("a", "1")],
            [("a.0", "1"), ("a.0.b", "2")],
            [("a.b.c", "1"), ("a.b", "2"), ("a.b", "3")],
        ],
    )
    def test_an_answer_that_is_a_word_and_an_object_at_once_is_refused(self, pairs):
        with pytest.raises(BadForm):
            fold(typed(*pairs))

    def test_a_list_that_is_also_an_object_is_left_to_the_schema_to_refuse(self):
        assert fold(typed(("a.0", "1"), ("a.b", "2"))) == {"a": {"0": "1", "b": "2"}}

    def test_a_flood_of_names_is_refused_at_once(self):
        with pytest.raises(BadForm):
            fold(typed(*[(f"a{n}", "x") for n in range(MOST_NAMES + 1)]))
        assert len(fold(typed(*[(f"a{n}", "x") for n in range(MOST_NAMES)]))) == MOST_NAMES

    @given(st.lists(st.tuples(st.text(st.sampled_from("ab01._ \n[")), st.text(max_size=5)), max_size=12))
    def test_any_names_at_all_are_folded_or_refused(self, pairs):
        with suppress(BadForm):
            assert isinstance(fold(typed(*pairs)), dict)

    @given(
        st.recursive(
            st.text("甲a%{}", min_size=1, max_size=4),
            lambda inner: st.lists(st.dictionaries(st.sampled_from("abc"), inner, min_size=1), min_size=1, max_size=3)
            | st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
            max_leaves=10,
        )
    )
    def test_what_is_flattened_folds_back(self, value: Any):
        flat = typed(*flatten({"root": value}))
        if max(name.count(".") for name in flat) > 6:  # deeper than any form of ours
            with pytest.raises(BadForm):
                fold(flat)
        else:
            assert fold(flat) == {"root": value}


PARTY = {
    "title": "会", "people": [{"name": "郑金凤", "age": 71}, {"name": "林国栋"}], "married_on": {"calendar": "solar", "year": 1974, "month": 5},
    "answers": {"tags": ["a", "c"], "bus": True, "plan": [{"at": "09:00", "what": "100% {开场}"}, {"at": "10:00", "what": "合影"}]},
}  # fmt: skip


class TestForm:
    def test_an_object_filled_in_and_sent_back_unchanged_is_the_same_object(self, app: Flask):
        schema = Party()
        value = schema.load(PARTY)
        form = Form(schema, filled=schema.dump(value))
        assert Form(schema, form.typed).load() == value

    def test_a_browser_that_sends_one_of_many_is_understood(self, app: Flask):
        value = Form(Party(), typed(("title", "会"), ("people.0.name", "郑金凤"), ("answers.tags", "b"))).load()
        assert value["answers"]["tags"] == ["b"]
        assert value["answers"]["bus"] is False

    def test_an_answer_given_twice_is_refused_not_an_accident(self, app: Flask):
        form = Form(Party(), typed(("title", "一"), ("title", "二"), ("people.0.name", "郑金凤"), ("answers.bus", "1"), ("answers.bus", "1")))
        with pytest.raises(Invalid) as no:
            form.load()
        assert set(no.value.fields) == {"title", "answers.bus"}

    def test_an_object_in_the_place_of_a_word_is_refused_not_an_accident(self, app: Flask):
        form = Form(Party(), typed(("title.0", "x"), ("people", "x"), ("married_on", "x"), ("answers", "x")))
        with pytest.raises(Invalid) as no:
            form.load()
        assert set(no.value.fields) == {"title", "people", "married_on", "answers"}

    def test_faults_are_told_where_they_were_typed_though_blank_rows_were_dropped(self, app: Flask):
        form = Form(
            Party(),
            typed(
                ("title", "会"), ("people.0.name", ""), ("people.1.name", "林国栋"), ("people.3.name", "1"), ("people.12.age", "x"),
                ("answers.plan.0.at", ""), ("answers.plan.1.at", "9"), ("answers.plan.1.what", "x"),
            ),
        )  # fmt: skip
        assert form.run(lambda value: value) is None
        assert form.status == 422
        assert set(form.wrongs) == {"people.3.name", "people.12.name", "people.12.age", "answers.plan.1.at"}
        assert form.wrong("people.3.name")
        assert not form.wrong("people.1.name")

    def test_run_gives_the_value_last_and_returns_what_the_command_says(self, app: Flask):
        form = Form(Party(), typed(("title", "会"), ("people.0.name", "郑金凤")))
        said = form.run(lambda where, value, *, now: (where, value["title"], now), "here", now=1)
        assert said == ("here", "会", 1)
        assert (form.status, form.wrongs, form.refusal) == (200, {}, "")

    def test_a_refusal_of_the_command_is_taken_over_and_what_was_typed_is_kept(self, app: Flask):
        class Full(Conflict):
            code = "full"
            words = "“{title}”满了"

        def command(value: Any) -> None:
            raise Full(title="100% {x}", fields={"title": [Words("最多{most}个字", most=3)]})

        form = Form(Party(), typed(("title", "会"), ("people.0.name", "郑金凤")))
        assert form.run(command) is None
        assert (form.status, form.code, form.refusal) == (409, "full", "“100% {x}”满了")
        assert form.wrong("title") == ["最多3个字"]
        assert form.typed["people.0.name"] == "郑金凤"

    def test_a_form_that_makes_no_sense_is_a_refusal_too(self, app: Flask):
        form = Form(Party(), typed(("a..b", "x")))
        assert form.run(lambda value: value) is None
        assert (form.status, form.code) == (422, "bad_form")

    def test_an_accident_of_the_command_stays_an_accident(self, app: Flask):
        with pytest.raises(ZeroDivisionError):
            Form(Party(), typed(("title", "会"), ("people.0.name", "郑金凤"))).run(lambda value: 1 / 0)


class TestWhatAPageAsks:
    @pytest.mark.parametrize(
        ("name", "label"),
        [("title", "标题"), ("people.0.name", "姓名"), ("people.7.age", "年龄"), ("answers.tags", "标签"), ("answers.plan.3.what", "内容"), ("people", "人")],
    )
    def test_a_question_is_found_by_its_dotted_name(self, app: Flask, name: str, label: str):
        assert Form(Party()).question(name).metadata["label"] == label

    @pytest.mark.parametrize("name", ["nope", "people.0.nope", "answers.nope.x"])
    def test_a_question_that_is_not_there_is_a_mistake_of_ours(self, app: Flask, name: str):
        with pytest.raises((KeyError, AttributeError)):
            Form(Party()).question(name)

    def test_names_lists_the_questions_of_one_level(self, app: Flask):
        form = Form(Party())
        assert form.names() == ["title", "people", "married_on"]
        assert form.names("answers") == ["answers.tags", "answers.bus", "answers.plan"]
        assert form.names("people.4") == ["people.4.name", "people.4.age"]
        assert form.names("answers.plan.0") == ["answers.plan.0.at", "answers.plan.0.what"]

    def test_what_is_wrong_inside_one_question_is_told_beside_it_and_of_a_group_only_its_own(self, app: Flask):
        form = Form(Party())
        form.wrongs = {"married_on.year": ["填年份"], "people.0.name": ["填姓名"], "people": ["太多"]}
        assert form.wrong("married_on") == ["填年份"]
        assert form.wrong("people") == ["太多"]
        assert form.wrong("people.0.name") == ["填姓名"]
        assert form.wrong("title") == []

    def test_the_summary_names_each_fault_even_where_no_question_stands(self, app: Flask):
        form = Form(Party())
        form.wrongs = {"people.0.name": ["填姓名"], "admin": ["没有这一项"], "": ["不对"], "married_on.year": ["填年份"], "answers.bus": ["选"]}
        assert form.errors == [
            ("people.0.name", "姓名", "填姓名"), ("admin", "", "没有这一项"), ("", "", "不对"), ("married_on.year", "", "填年份"), ("answers.bus", "坐车", "选"),
        ]  # fmt: skip


class TestJson:
    def test_a_body_is_held_to_the_same_grammar(self):
        assert load(Party(), PARTY)["people"][1]["name"] == "林国栋"
        with pytest.raises(Invalid) as no:
            load(Party(), {**PARTY, "people": [{"name": "郑金凤"}, {"name": "1", "admin": True}]})
        assert set(no.value.fields) == {"people.1.name", "people.1.admin"}

    @pytest.mark.parametrize("body", [None, [], "x", 3, {"": ""}, {"\ud800": 1}])
    def test_a_body_of_another_shape_is_invalid(self, body: Any):
        with pytest.raises(Invalid):
            load(Party(), body)
