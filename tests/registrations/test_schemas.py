"""What the grammar of a party takes and refuses, the same for form and API."""

from datetime import date

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from eventsvc.core.words import Words
from eventsvc.infra.forms import flatten, fold
from eventsvc.kinds import KINDS
from eventsvc.registrations import rules
from eventsvc.registrations.schemas import Party, PartySchema
from tests.factories.questions import a_question, asked
from tests.factories.registrations import a_party, an_id_number, couple_body, single_body

KIND = KINDS["golden_wedding"]
TODAY = date(2027, 5, 1)


def load(body):
    return PartySchema.asking(KIND, {}).load(body)


def wrong_fields(body):
    with pytest.raises(ValidationError) as refused:
        load(body)
    found = set()

    def walk(node, path):
        if isinstance(node, dict):
            for key, inner in node.items():
                walk(inner, path if key == "_schema" else [*path, str(key)])
        else:
            assert node
            assert all(isinstance(words, str) for words in node)
            found.add(".".join(path))

    walk(refused.value.messages, [])
    return found


class TestGrammar:
    def test_a_form_and_a_json_body_say_the_same(self):
        body = couple_body(proxy={"relation": "child", "name": "张小明", "phone": "139 0000 1111"})
        sent = fold(MultiDict(list(flatten(body))))
        assert repr(load(sent)) == repr(load(body))
        assert load(sent)[0].people[0].answers == load(body)[0].people[0].answers
        assert load(sent)[0].proxy == load(body)[0].proxy
        assert load(sent)[0].answers == load(body)[0].answers

    def test_one_couple_is_one_party_and_two_are_two(self):
        other = couple_body()
        body = couple_body(another={"people": other["people"], "answers": other["answers"]})
        parties = load(body)
        assert len(parties) == 2
        assert parties[0].consent == parties[1].consent
        assert parties[1].people[0].name == other["people"]["husband"]["name"]

    def test_a_second_couple_left_as_it_was_drawn_is_none(self):
        untouched = {"people": {"husband": {"mobility": "walks"}}, "answers": {"married_on": {"calendar": "solar"}, "companions": "0"}}
        assert len(load(couple_body(another=untouched))) == 1

    def test_who_signs_up_for_oneself_is_no_proxy(self):
        assert load(couple_body(proxy={"relation": "self"}))[0].proxy is None

    def test_the_same_questions_are_built_once(self):
        assert PartySchema.asking(KIND, {}) is PartySchema.asking(KIND)
        assert PartySchema.asking(KIND, asked(a_question("song"))) is PartySchema.asking(KIND, asked(a_question("song")))
        assert PartySchema.asking(KIND, asked(a_question("song"))) is not PartySchema.asking(KIND, {})

    def test_what_people_are_told_can_be_shown_without_their_data(self):
        party = a_party(people__husband__name="张铁柱")
        assert "张铁柱" not in f"{party!r} {party.people!r} {party.people[0]!r}"

    def test_single_people_are_asked_their_sex_and_phone(self):
        with pytest.raises(ValidationError) as refused:
            PartySchema.asking(KINDS["member_day"], {}).load(single_body(people__participant={"name": "王芳"}))
        assert {"sex", "phone", "role"} <= set(refused.value.messages["people"]["participant"])


@pytest.mark.parametrize("body", ([], "x", 1, None))
def test_what_is_no_object_is_refused(body):
    with pytest.raises(ValidationError):
        load(body)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"people__husband__nick": "x"}, "people.husband.nick"),
        ({"surprise": 1}, "surprise"),
        ({"people": []}, "people"),
        ({"people": {"husband": "x", "wife": {}}}, "people.husband"),
        ({"people__husband__name": ""}, "people.husband.name"),
        ({"people__husband__name": "张" * 51}, "people.husband.name"),
        ({"people__husband__name": "张\u0000三"}, "people.husband.name"),
        ({"people__husband__name": "张\u202e三"}, "people.husband.name"),
        ({"people__husband__name": "\ud800张"}, "people.husband.name"),
        ({"people__husband__name": 12}, "people.husband.name"),
        ({"people__husband__name": ["张三"]}, "people.husband.name"),
        ({"people__husband__phone": "12345"}, "people.husband.phone"),
        ({"people__husband__born_on": "1948-02-30"}, "people.husband.born_on"),
        ({"people__husband__born_on": "48年"}, "people.husband.born_on"),
        ({"people__husband__id_number": "350982194803120015"}, "people.husband.id_number"),
        ({"people__husband__mobility": "flies"}, "people.husband.mobility"),
        ({"people__husband__health": "x" * 201}, "people.husband.health"),
        ({"answers__married_on": {"calendar": "lunar", "year": 1974, "month": 13}}, "answers.married_on"),
        ({"answers__married_on": "1974"}, "answers.married_on"),
        ({"answers__companions": 1.9}, "answers.companions"),
        ({"answers__companions": True}, "answers.companions"),
        ({"answers__companions": 10**30}, "answers.companions"),
        ({"proxy": {"relation": "child"}}, "proxy.name"),
        ({"proxy": {"relation": "robot", "name": "甲乙", "phone": "13800000000"}}, "proxy.relation"),
        ({"proxy": {"relation": "self", "phone": "13800000000"}}, "proxy.relation"),
        ({"village": "not-an-id"}, "village"),
        ({"village_name": "x" * 51}, "village_name"),
        ({"consent": {"contact": "maybe"}}, "consent.contact"),
        ({"consent": {"everything": True}}, "consent.everything"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_the_name_of_its_field(changed, field):
    assert field in wrong_fields(couple_body(**changed))


def test_what_is_missing_is_named_where_it_is_missing():
    assert {"people.wife.name", "answers.married_on"} <= wrong_fields({"people": {"husband": {"name": "张三"}}})


def faults(**changed):
    return rules.faults(KIND, a_party(**changed), TODAY)


class TestRules:
    def test_a_couple_that_tells_the_least_is_enough(self):
        assert faults() == {}

    def test_somebody_must_be_reachable(self):
        assert list(faults(people__husband__phone="")) == ["people.husband.phone"]
        assert faults(people__husband__phone="", people__wife__phone="0593-7812345") == {}
        assert faults(people__husband__phone="", proxy={"relation": "child", "name": "张小明", "phone": "13900001111"}) == {}

    def test_a_walk_in_needs_no_phone(self):
        assert rules.faults(KIND, a_party(people__husband__phone=""), TODAY, at_the_door=True) == {}

    def test_nobody_is_born_tomorrow(self):
        assert list(faults(people__wife__born_on="2027-05-02")) == ["people.wife.born_on"]

    def test_a_husbands_number_that_says_female_is_asked_about(self):
        found = faults(people__husband__id_number=an_id_number("female"), consent={"contact": True, "identity": True})
        assert list(found) == ["people.husband.id_number"]
        assert "女" in found["people.husband.id_number"][0]

    def test_birth_date_and_number_must_agree(self):
        number = an_id_number("male", "19480312")
        found = faults(people__husband__id_number=number, people__husband__born_on="1949-03-12", consent={"contact": True, "identity": True})
        assert list(found) == ["people.husband.born_on"]
        assert number not in str(found)

    def test_a_number_born_in_the_future_is_refused(self):
        found = faults(people__husband__id_number=an_id_number("male", "20280101"), consent={"contact": True, "identity": True})
        assert list(found) == ["people.husband.id_number"]

    def test_two_people_have_two_numbers(self):
        number = an_id_number("male")
        found = faults(people__husband__id_number=number, people__wife__id_number=number, consent={"contact": True, "identity": True})
        assert "people.wife.id_number" in found

    @pytest.mark.parametrize(
        ("told", "purpose"),
        [
            ({"people__husband__id_number": an_id_number("male")}, "identity"),
            ({"people__wife__health": "高血压"}, "health"),
            ({"people__wife__mobility": "wheelchair"}, "health"),
            ({"answers__story": "一九七四年认识的"}, "photo"),
        ],
    )
    def test_sensitive_answers_ask_for_a_consent_of_their_own(self, told, purpose):
        assert list(faults(**told)) == [f"consent.{purpose}"]
        assert faults(**told, consent={"contact": True, purpose: True}) == {}

    def test_without_consent_to_contact_nobody_is_written_down(self):
        assert list(faults(consent={})) == ["consent.contact"]

    def test_words_can_be_said_in_another_language(self):
        [words] = faults(people__husband__id_number=an_id_number("female"), consent={"contact": True, "identity": True})["people.husband.id_number"]
        assert isinstance(words, Words)


class TestIdentityKeys:
    def keys(self, **changed) -> set[str]:
        return {kind for kind, _ in rules.identity_keys(a_party(**changed))}

    def test_a_phone_alone_is_never_a_key(self):
        party = a_party(people__husband__phone="13800000000")
        assert all("|" in value or kind == "id_number" for kind, value in rules.identity_keys(party))

    def test_each_way_to_be_known_is_one(self):
        found = self.keys(people__husband__id_number=an_id_number(), people__husband__born_on="1948-03-12")
        assert found == {"id_number", "name_birth", "name_phone"}

    def test_couples_share_a_phone(self):
        values = {v for k, v in rules.identity_keys(a_party(people__husband__name="张三", people__wife__name="李四", people__husband__phone="13800000000"))}
        assert values == {"张三|13800000000", "李四|13800000000"}

    def test_a_proxys_phone_is_nobodys_key(self):
        party = a_party(people__husband__phone="", proxy={"relation": "village_staff", "name": "林小芳", "phone": "13900001111"})
        assert rules.identity_keys(party) == []

    def test_two_spellings_of_a_name_are_one(self):
        one = rules.identity_keys(a_party(people__husband__name="买买提·艾力", people__husband__phone="13800000000"))
        other = rules.identity_keys(a_party(people__husband__name="买买提艾力", people__husband__phone="138-0000-0000"))
        assert set(one) & set(other)

    def test_a_party_without_people_is_no_party(self):
        assert rules.identity_keys(Party(people=())) == []
