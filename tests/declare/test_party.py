"""Who stands in one registration, what is asked of each, and how long it is kept."""

from datetime import timedelta

import pytest

from eventsvc.declare import (
    PROXY_RELATIONS,
    ActivityKind,
    Choice,
    Counter,
    Couple,
    Delegation,
    Document,
    Family,
    Indicator,
    Name,
    PartyShape,
    Person,
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


class TestFamily:
    def test_is_a_baby_and_whoever_looks_after_it_on_one_place(self):
        family = Family()
        assert (family.places, [p.role for p in family.people]) == (1, ["baby", "carer"])

    def test_calls_the_carer(self):
        carer = Family().person("carer")
        assert next(f for f in carer.fields() if f.name == "phone").required

    def test_asks_a_baby_nothing_that_a_baby_has_not(self):
        assert {"phone", "id_number"}.isdisjoint(asked_of(Family().person("baby")))
        assert "name" in asked_of(Family().person("baby"))


class TestDelegation:
    def test_is_up_to_so_many_people_a_place_each(self):
        delegation = Delegation(most=20)
        assert [delegation.places_of(n) for n in (1, 7, 20)] == [1, 7, 20]
        assert (delegation.places, delegation.named_by_unit) == (1, True)

    def test_numbers_its_people(self):
        delegation = Delegation(label="学员", most=3)
        assert [(p.role, p.label) for p in delegation.everyone] == [("member_1", "第1位学员"), ("member_2", "第2位学员"), ("member_3", "第3位学员")]
        assert delegation.person("member_3").label == "第3位学员"

    @pytest.mark.parametrize("role", ["member", "member_0", "member_4", "member_01", "wife"])
    def test_knows_no_other_part(self, role):
        with pytest.raises(StopIteration):
            Delegation(most=3).person(role)

    def test_needs_the_first_of_them(self):
        assert [p.role for p in Delegation().needed] == ["member_1"]

    def test_asks_everybody_the_same(self):
        asked = [asked_of(p) for p in Delegation(Text("post", "职务"), most=4).everyone]
        assert asked[0] == asked[3]
        assert asked[0][-1] == "post"


class TestShape:
    def test_couples_and_families_take_one_place_however_many_they_are(self):
        assert [shape.places_of(n) for shape in (Couple(), Family()) for n in (1, 2)] == [1, 1, 1, 1]

    @pytest.mark.parametrize("wrong", [{}, {"more": Person("member", "成员")}, {"most": 3}, {"more": Person("member", "成员"), "most": 2, "least": 3}])
    def test_without_anybody_is_none(self, wrong):
        with pytest.raises(ValueError, match="nobody"):
            PartyShape("odd", "怪", "人", (), **wrong)


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
