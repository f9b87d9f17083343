"""Every kind of activity keeps every promise, and a kind that breaks one stops the start."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from marshmallow import ValidationError

from eventsvc.activities import rules, schemas
from eventsvc.declare import Choice, Choices, Counter, Indicator, Personal, Rows, Text, schema_of
from eventsvc.declare.kind import SHARED_INDICATORS, Document
from eventsvc.declare.personal import KEEP
from eventsvc.kinds import FACTS, KINDS, SHARED_PLAN, WrongKind, checked, personal_questions, questions, read_kinds

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
DAY = date(2027, 5, 29)


def test_the_three_kinds_of_the_first_issue_are_here():
    assert set(KINDS) >= {"golden_wedding", "member_day", "home_visit"}
    assert {code: kind.code for code, kind in read_kinds().items()} == {code: code for code in KINDS}


class TestEveryKind:
    @every_kind
    def test_says_what_it_is_in_chinese(self, kind):
        for words in (kind.label, kind.about, kind.title("观洋村", DAY), kind.theme, kind.purpose):
            assert any("\u4e00" <= char <= "\u9fff" for char in str(words)), words
        assert "2027" in kind.title("观洋村", DAY)
        assert len(kind.title("福建省宁德市福鼎市点头镇观洋村村民委员会", DAY)) <= 100

    @every_kind
    def test_labels_whatever_it_asks_counts_and_prints(self, kind):
        for asked in questions(kind):
            assert asked.label, asked.name
            for code, label in getattr(asked, "of", ()) if isinstance(asked, Choice) else ():
                assert code and label, asked.name
        assert all(i.label and i.unit for i in (*kind.indicators, *kind.counters))
        assert all(d.label and d.template.endswith(".html") for d in kind.documents)

    @every_kind
    def test_starts_with_a_plan_that_its_own_schema_takes(self, kind):
        schema = schemas.PlanSchema.asking(kind)
        sent = schema.dump(rules.first_plan(kind, "观洋村", "林小芳", DAY))
        back = schema.dump(schema.load(json.loads(json.dumps(sent))))
        added = {name: value for name, value in back.items() if name not in sent}
        assert not any(added.values()), "what was not sent comes back as an open question"
        assert {n: back["plan"][n] for n in sent["plan"]} == sent["plan"]
        assert {n: back[n] for n in sent if n != "plan"} == {n: v for n, v in sent.items() if n != "plan"}

    @every_kind
    def test_gives_every_question_it_needs_a_default_or_asks_for_it(self, kind):
        own = {f.name for f in kind.plan}
        assert set(kind.plan_defaults(DAY)) <= own
        missing = [f.name for f in kind.plan if f.required and f.name not in kind.plan_defaults(DAY)]
        gaps = {name for name, _ in rules._kind_gaps(kind, {})}
        assert {f"plan.{name}" for name in missing} <= gaps

    @every_kind
    def test_takes_no_name_of_the_shared_plan(self, kind):
        columns = {f.name for f in schemas.SHARED}
        assert {f.name for f in kind.plan}.isdisjoint(SHARED_PLAN | columns)
        assert columns >= SHARED_PLAN

    @every_kind
    def test_computes_only_from_facts_that_are_known(self, kind):
        known = FACTS | {f"counter:{c.code}" for c in kind.counters} | {""}
        assert {i.of for i in kind.indicators} <= known
        assert set(SHARED_INDICATORS) <= set(kind.indicators)

    @every_kind
    def test_keeps_each_personal_answer_in_a_class_with_an_end(self, kind):
        people = [f for p in (kind.party.people if kind.party else ()) for f in p.fields()]
        assert [f.name for f in people if f.personal is None] == [], "whatever is asked of a person is personal"
        assert set(personal_questions(kind).values()) <= set(KEEP)
        for name in ("health", "mobility", "problems", "condition", "advice", "meal"):
            assert personal_questions(kind).get(name, Personal.HEALTH) is Personal.HEALTH

    @every_kind
    def test_drops_nothing_on_the_way_to_json_and_back(self, kind):
        for name, asked in (("sign_up", kind.sign_up), ("report", kind.report_questions), ("visit", kind.extra.get("visit", ()))):
            schema = schema_of(asked, f"{kind.code}_{name}_contract")()
            sent = {f.name: an_answer(f) for f in asked}
            loaded = schema.load(json.loads(json.dumps(sent)))
            assert schema.load(schema.dump(loaded)) == loaded, name

    @every_kind
    def test_refuses_answers_to_questions_it_never_asked(self, kind):
        with pytest.raises(ValidationError):
            schemas.PlanSchema.asking(kind).load({"title": "活动", "starts_at": "2027-05-29T09:00", "plan": {"surprise": 1}})

    @every_kind
    def test_has_tasks_in_order_and_lines_that_fit(self, kind):
        offsets = [t.offset for t in kind.tasks]
        assert offsets == sorted(offsets)
        assert all(b.fen > 0 and b.item for b in kind.budget)
        assert [line.at for line in kind.schedule] == sorted(line.at for line in kind.schedule)

    @every_kind
    def test_is_usually_held_on_a_day_that_can_still_be_prepared(self, kind):
        for today in (date(2027, 1, 1), date(2027, 5, 28), date(2027, 12, 31)):
            assert today + timedelta(days=13) < rules.usual_day(kind, today) < today + timedelta(days=420)


def an_answer(asked):
    """Give some right answer to a question, as JSON sends it."""
    widget = asked.metadata()["widget"]
    if isinstance(asked, Choices):
        return [asked.of[0][0]]
    if isinstance(asked, Choice):
        return asked.of[0][0]
    if isinstance(asked, Rows):
        return []
    return {
        "text": "林小芳", "textarea": "一两句话\n第二行", "tel": "0593-7851234", "number": getattr(asked, "min", 0), "date": "2027-05-29",
        "yesno": True, "money": "12.30", "anniversary": {"calendar": "lunar", "year": 1974, "month": 12, "day": 8},
    }[widget]  # fmt: skip


GOLDEN = KINDS["golden_wedding"]


class TestWrongKinds:
    @pytest.mark.parametrize(("broken", "words"), [
        ({"label": ""}, "no label: kind"),
        ({"indicators": (Indicator("x", "某数", "个", of="moonbeams"),)}, "no such fact: moonbeams"),
        ({"indicators": (Indicator("x", "某数", "个", of="counter:moonbeams"),)}, "no such counter"),
        ({"indicators": (Indicator("x", "某数", ""),)}, "no label: unit of x"),
        ({"indicators": (Indicator("x", "某数", "个"), Indicator("x", "另一数", "个"))}, "x stands twice"),
        ({"plan": (Text("purpose", "目的"),)}, "takes a shared name"),
        ({"plan": (Text("colour", ""),)}, "no label: question colour"),
        ({"counters": (), "indicators": ()}, "counters are declared exactly where"),
        ({"party": None}, "sign-up and a party go together"),
        ({"can": frozenset({"sign_up", "counters", "round"})}, "a round has questions"),
        ({"sign_up": (Text("a", "甲"), Text("a", "乙"))}, "a stands twice"),
    ])  # fmt: skip
    def test_a_broken_promise_stops_the_start_and_is_named(self, broken, words):
        with pytest.raises(WrongKind, match=words):
            checked([replace(GOLDEN, **broken)])

    def test_two_kinds_with_one_code_stop_the_start(self):
        with pytest.raises(WrongKind, match="twice"):
            checked([GOLDEN, GOLDEN])

    def test_a_paper_for_each_party_needs_parties(self):
        paper = Document("card", "席卡", "documents/card.html", each="registration")
        with pytest.raises(WrongKind, match="needs sign-up"):
            checked([replace(KINDS["home_visit"], documents=(paper,))])

    def test_a_counter_needs_words(self):
        with pytest.raises(WrongKind, match="no label: Counter x"):
            checked([replace(GOLDEN, counters=(*GOLDEN.counters, Counter("x", "", "个")))])
