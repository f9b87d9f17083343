"""Who stands in one registration, what is asked of each, and how long it is kept."""

from datetime import timedelta

import pytest

from eventsvc.declare import (
    PROXY_RELATIONS,
    ActivityKind,
    Choice,
    Counter,
    Couple,
    Document,
    Indicator,
    Name,
    Personal,
    Single,
    Text,
    per_registration,
)
from eventsvc.declare.personal import KEEP


def asked_of(person) -> list[str]:
    return [field.name for field in person.fields()]


class TestCouple:
    def test_is_two_people_on_one_place(self):
        couple = Couple()
        assert (couple.places, [p.role for p in couple.people]) == (1, ["husband", "wife"])

    def test_says_the_sex_of_each_so_nobody_is_asked(self):
        assert [p.sex for p in Couple().people] == ["male", "female"]
        assert all("sex" not in asked_of(p) for p in Couple().people)

    def test_needs_no_phone_for_elders_often_have_none(self):
        phones = [f for p in Couple().people for f in p.fields() if f.name == "phone"]
        assert [f.required for f in phones] == [False, False]

    def test_may_be_signed_up_by_somebody_else(self):
        assert Couple().proxy
        assert {"child", "neighbour", "group_leader"} <= {code for code, _ in PROXY_RELATIONS}


class TestSingle:
    def test_is_one_person_on_one_place_who_gives_a_phone(self):
        single = Single()
        assert single.places == 1
        assert "sex" in asked_of(single.people[0])
        assert next(f for f in single.people[0].fields() if f.name == "phone").required

    def test_plays_the_part_it_is_given(self):
        assert Single(role="volunteer", label="志愿者").person("volunteer").label == "志愿者"
        with pytest.raises(StopIteration):
            Single().person("husband")


class TestQuestions:
    def test_a_kinds_own_question_takes_the_place_of_the_usual_one(self):
        own = Name("name", "艺名", required=False)
        person = Single(own, Text("troupe", "队名")).people[0]
        assert asked_of(person).count("name") == 1
        assert next(f for f in person.fields() if f.name == "name") is own
        assert asked_of(person)[-1] == "troupe"

    def test_everything_usual_about_a_person_is_personal(self):
        for shape in (Couple(), Single()):
            assert all(f.personal for p in shape.people for f in p.fields())

    def test_an_id_number_is_never_demanded(self):
        assert not any(f.required for s in (Couple(), Single()) for p in s.people for f in p.fields() if f.personal is Personal.IDENTITY)


class TestHowLong:
    def test_every_class_has_an_end(self):
        assert set(KEEP) == set(Personal)
        assert all(span > timedelta(0) for span in KEEP.values())

    def test_health_goes_first_and_honours_stay_longest(self):
        by_length = sorted(KEEP, key=KEEP.__getitem__)
        assert (by_length[0], by_length[-1]) == (Personal.HEALTH, Personal.AWARD)
        assert KEEP[Personal.IDENTITY] < KEEP[Personal.CONTACT]


class TestKind:
    KIND = ActivityKind(
        code="walk",
        label="健步走",
        about="一起走走。",
        can=frozenset({"sign_up"}),
        party=Single(),
        counters=(Counter("water", "水", "瓶"),),
        indicators=(Indicator("walkers", "走路的人", "人", of="people_present"),),
        documents=(Document("notice", "通知", "documents/notice.html"), per_registration("medal", "奖状", "documents/medal.html", after="held")),
        sign_up=(Choice("size", "尺码", of=(("s", "小"), ("l", "大"))),),
    )

    def test_says_what_it_can(self):
        assert self.KIND.has("sign_up")
        assert not self.KIND.has("round")

    def test_finds_its_papers_and_figures_by_code(self):
        assert self.KIND.document("medal").each == "registration"
        assert self.KIND.document("notice").each == "activity"
        assert self.KIND.indicator("walkers").of == "people_present"
        assert self.KIND.document("none") is self.KIND.indicator("none") is None

    def test_is_not_changed_by_anybody(self):
        with pytest.raises(AttributeError):
            self.KIND.label = "别的"
