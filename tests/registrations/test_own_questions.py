"""The organiser's own questions: written, asked by version, answered, dropped where hidden, shown in the words of their version."""

import pytest
from marshmallow import ValidationError
from sqlalchemy import func, select

from eventsvc.core.errors import Invalid, NotAllowed, NotFound, Stale
from eventsvc.declare.asked import define
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.kinds import KINDS
from eventsvc.registrations import openings, queries, questionnaires, service
from eventsvc.registrations.errors import FormChanged, TooLateToAsk
from eventsvc.registrations.models import QuestionSet, Registration
from eventsvc.registrations.schemas import PartySchema
from eventsvc.registrations.service.change import as_sent, changing, party_of
from eventsvc.registrations.workbook import told
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.questions import a_question, asked, when
from tests.factories.registrations import an_id_number, couple_body, signed_up

KIND = KINDS["golden_wedding"]
BUS = a_question("bus", "choice", "要不要派车接", required=True, options=["要", "不要"])
WHERE = a_question("where", "text", "在哪里上车", required=True, shown_when=when("own_bus", "eq", "o_a0"))
FRAIL = a_question("frail", "text", "走路要人扶吗", per="person", required=True, shown_when=when("person.age", "ge", 80))


def faults(*questions) -> dict:
    with pytest.raises(ValidationError) as no:
        define(list(questions), KIND)
    return no.value.normalized_messages()


class TestADefinition:
    def test_comes_back_in_its_normal_form(self):
        made = define([BUS, WHERE, FRAIL], KIND)
        assert [q["id"] for q in made] == ["own_bus", "own_where", "own_frail"]
        assert define(made, KIND) == made

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"id": "name"}, "id"), ({"type": "choice"}, "options"), ({"options": [], "type": "choices"}, "options"), ({"colour": "red"}, "colour"),
            ({"type": "number", "min": "ten"}, "min"), ({"type": "number", "min": 5, "max": 3}, "max"), ({"type": "date", "max": "2027-02-30"}, "max"),
            ({"shown_when": {"all": []}}, "shown_when"), ({"shown_when": when("own_none", "answered")}, "shown_when"), ({"shown_when": 3}, "shown_when"),
            ({"shown_when": when("person.age", "contains", 3)}, "shown_when"), ({"shown_when": when("person.age", "ge", "old")}, "shown_when"),
            ({"shown_when": when("person.sex", "eq", "both")}, "shown_when"), ({"shown_when": when("person.born_on", "answered")}, "shown_when"),
            ({"label": ""}, "label"), ({"type": "colour"}, "type"), ({"longest": 0}, "longest"),
        ],
    )  # fmt: skip
    def test_is_refused_where_it_cannot_be_asked(self, wrong: dict, field: str):
        assert list(faults({**a_question("song"), **wrong})[0]) == [field]

    def test_in_a_circle_is_refused_with_the_questions_named(self):
        one, two = a_question("one", label="甲", shown_when=when("own_two", "answered")), a_question("two", label="乙", shown_when=when("own_one", "answered"))
        assert "“甲”、“乙”" in str(faults(one, two)[0]["shown_when"][0])
        assert faults(a_question("self", shown_when=when("own_self", "answered")))

    def test_that_asks_about_what_comes_later_is_refused(self):
        assert "排在这一题前面" in str(faults(a_question("one", shown_when=when("own_bus", "eq", "o_a0")), BUS)[0]["shown_when"][0])

    def test_too_deep_or_too_large_is_refused(self):
        deep = when("person.age", "answered")
        for _ in range(6):
            deep = {"not": deep}
        wide = {"any": [when("person.age", "answered")] * 41}
        assert faults(a_question("one", shown_when=deep)) and faults(a_question("one", shown_when=wide))
        many = [a_question(f"q{at}xx") for at in range(41)]
        with pytest.raises(ValidationError):
            define(many, KIND)
        assert define(many[:40], KIND)

    def test_says_in_plain_words_when_it_is_asked(self):
        tree = {"all": [when("own_bus", "eq", "o_a0"), {"not": {"any": [when("person.age", "ge", 80), when("person.mobility", "eq", "walks")]}}]}
        hint = asked(BUS, a_question("song", shown_when=tree)).hints["own_song"]
        assert hint == "“要不要派车接”是“要”，并且不是（“年龄（活动当天满几周岁）”是80或以上，或者“行动情况”是“行走自如”）"


class TestTheGrammar:
    own = asked(BUS, WHERE, FRAIL)

    def load(self, **changed):
        return PartySchema.asking(KIND, self.own).load(couple_body(**changed))[0]

    def test_what_is_hidden_is_dropped_and_not_missed(self):
        party = self.load(answers__own={"own_bus": "o_a1", "own_where": "桥头"})
        assert party.answers["own_bus"] == "o_a1"
        assert "own_where" not in party.answers

    def test_what_is_shown_and_needed_is_missed(self):
        with pytest.raises(ValidationError) as no:
            self.load(answers__own={"own_bus": "o_a0", "own_where": " "})
        assert no.value.messages == {"answers": {"own": {"own_where": ["请填写这一项"]}}}
        with pytest.raises(ValidationError) as no:
            self.load()
        assert no.value.messages == {"answers": {"own": {"own_bus": ["请填写这一项"]}}}

    def test_what_is_asked_of_each_person_follows_each_persons_age_on_the_day(self):
        body = {"answers__own": {"own_bus": "o_a1"}, "people__husband__born_on": "1947-05-29", "people__wife__born_on": "1947-05-30"}
        with pytest.raises(ValidationError) as no:
            self.load(**body)
        assert no.value.messages == {"people": {"husband": {"own": {"own_frail": ["请填写这一项"]}}}}
        party = self.load(**body, people__husband__own={"own_frail": "要"}, people__wife__own={"own_frail": "不要"})
        assert [p.answers.get("own_frail") for p in party.people] == ["要", None]

    def test_an_unknown_question_and_a_wrong_kind_of_answer_are_refused(self):
        for own in ({"own_bus": "o_a1", "own_none": "x"}, {"own_bus": "bus"}, {"own_bus": ["o_a1"]}, [], "x"):
            with pytest.raises(ValidationError):
                self.load(answers__own=own)


@pytest.fixture
def office(app):
    unit = a_tree().village
    return an_activity(unit=unit), a_user("organiser", unit)


def ask(office, *questions, version: int = 0) -> int:
    activity, organiser = office
    return service.ask(activity.id, list(questions), version=version, actor=organiser, now=NOW)


def come(activity, **changed):
    where = openings.opening(activity.slug)
    parties = PartySchema.asking(where.kind, where.asked).load(couple_body(**changed))
    return service.sign_up(activity.slug, parties, nonce=f"n{changed!r}"[:60], now=NOW)


class TestVersions:
    def test_the_same_questions_make_no_new_version(self, office):
        assert ask(office, BUS) == 1
        assert ask(office, BUS, version=1) == 1
        assert ask(office, BUS, WHERE, version=1) == 2
        assert db.session.scalar(select(func.count()).select_from(QuestionSet)) == 2

    def test_an_older_page_saves_over_nothing(self, office):
        ask(office, BUS)
        with pytest.raises(Stale):
            ask(office, FRAIL)
        with pytest.raises(Invalid):
            ask(office, WHERE, version=1)  # what it asks about is not there

    def test_only_the_organiser_of_the_unit_writes_and_only_before_the_day(self, office, app):
        activity, _ = office
        with pytest.raises(NotAllowed):
            service.ask(activity.id, [BUS], version=0, actor=a_user("viewer", activity.organisation), now=NOW)
        held = an_activity("golden_wedding", "held", unit=activity.organisation)
        with pytest.raises(TooLateToAsk):
            service.ask(held.id, [BUS], version=0, actor=office[1], now=NOW)

    def test_a_party_keeps_the_version_it_was_asked_by_and_its_words(self, office):
        activity, _ = office
        ask(office, BUS)
        done = come(activity, answers__own={"own_bus": "o_a0"})
        reworded = {**BUS, "label": "坐不坐大巴", "options": [{"id": "o_a0", "label": "坐"}, {"id": "o_a1", "label": "不坐"}]}
        ask(office, reworded, version=1)
        assert db.session.get(Registration, done.id).form_version == 1
        record = queries.by_id(done.id)
        words = told(record.opening.kind, questionnaires.versions(record.opening), queries.parties([done.id])[0], full=True)
        assert ("要不要派车接", "要") in words.together

    def test_an_answer_outlives_its_question_and_a_change(self, office):
        activity, _ = office
        ask(office, BUS, a_question("song"))
        done = come(activity, answers__own={"own_bus": "o_a1", "own_song": "茉莉花"})
        ask(office, BUS, version=1)
        record = queries.by_id(done.id)
        sent = as_sent(party_of(record))
        sent["people"] = {role: {k: v for k, v in person.items() if k not in ("name", "sex", "born_on", "id_number")} for role, person in sent["people"].items()}
        sent["answers"]["own"] = {"own_bus": "o_a0"}
        service.change(done.id, changing(record).load(sent), now=NOW)
        after = queries.parties([done.id])[0]
        assert (after.answers["own_bus"], after.answers["own_song"], after.form_version) == ("o_a0", "茉莉花", 2)
        words = told(record.opening.kind, questionnaires.versions(queries.by_id(done.id).opening), after, full=True)
        assert ("会唱什么歌", "茉莉花") in words.together

    def test_a_form_read_before_a_change_is_told_so(self, office):
        activity, _ = office
        ask(office, BUS)
        where = openings.opening(activity.slug)
        parties = PartySchema.asking(where.kind, where.asked).load(couple_body(answers__own={"own_bus": "o_a0"}))
        ask(office, {**BUS, "label": "坐不坐车"}, version=1)
        with pytest.raises(FormChanged):
            service.sign_up(activity.slug, parties, nonce="n" * 20, now=NOW)


class TestAnswers:
    def test_lie_in_the_vault_and_nowhere_else(self, office):
        activity, _ = office
        ask(office, a_question("song"), a_question("sick", per="person", label="有什么忌口"))
        done = come(activity, answers__own={"own_song": "茉莉花"}, people__wife__own={"own_sick": "花生"})
        assert "own_song" not in db.session.get(Registration, done.id).answers
        party = queries.parties([done.id])[0]
        assert party.answers["own_song"] == "茉莉花"
        assert [p.extra.get("own_sick") for p in party.people] == [None, "花生"]

    def test_an_id_number_asks_for_a_consent_of_its_own_and_lies_among_identities(self, office):
        activity, _ = office
        number = an_id_number()
        ask(office, a_question("guard", "id_number", "陪同人身份证号"))
        with pytest.raises(Invalid) as no:
            come(activity, answers__own={"own_guard": number})
        assert "consent.identity" in no.value.fields
        done = come(activity, answers__own={"own_guard": number}, consent={"contact": True, "identity": True})
        rows = db.session.scalars(select(VaultRow).where(VaultRow.owner_id == done.id))
        opened = {row.personal.value: keys().open_json(row.blob, row=row.owner_id, what=f"vault:{row.personal.value}") for row in rows}
        assert opened["identity"]["own_guard"] == number

    def test_an_address_names_its_village(self, app):
        tree = a_tree()
        activity, organiser = an_activity(unit=tree.township), a_user("organiser", tree.township)
        ask((activity, organiser), a_question("home", "division", "住哪里"))
        done = come(activity, answers__own={"own_home": {"village": str(tree.village.id), "street": "桥头12号"}})
        assert queries.parties([done.id])[0].answers["own_home"]["name"] == tree.village.name
        with pytest.raises(ValidationError):
            come(activity, answers__own={"own_home": {"village": str(organiser.id), "street": ""}})


class TestStatements:
    def test_questions_cost_the_flow_no_statement(self, office, statements):
        activity, _ = office
        plain = an_activity(unit=activity.organisation)
        statements.clear()
        signed_up(plain)
        before = len(statements)
        ask(office, BUS, FRAIL)
        where = openings.opening(activity.slug)
        parties = PartySchema.asking(where.kind, where.asked).load(couple_body(answers__own={"own_bus": "o_a1"}))
        statements.clear()
        service.sign_up(activity.slug, parties, nonce="n" * 20, now=NOW)
        assert len(statements) == before


class TestTemplates:
    def test_are_for_the_unit_and_those_below_it(self, app):
        tree = a_tree()
        above, below = an_activity(unit=tree.township), an_activity(unit=tree.village)
        own = service.keep_template(above.id, "常问的", [BUS, WHERE], actor=a_user("organiser", tree.township), now=NOW)
        assert [q["id"] for q in service.template(own, below.organisation_id)] == ["own_bus", "own_where"]
        mine = service.keep_template(below.id, "村里的", [BUS], actor=a_user("organiser", tree.village), now=NOW)
        with pytest.raises(NotFound):
            service.template(mine, above.organisation_id)
        assert [t.name for t in service.templates(below.organisation_id)] == ["村里的", "常问的"]

    def test_the_same_name_again_replaces_it_and_no_name_is_refused(self, office):
        activity, organiser = office
        first = service.keep_template(activity.id, "常问的", [BUS], actor=organiser, now=NOW)
        assert service.keep_template(activity.id, "常问的", [BUS, WHERE], actor=organiser, now=NOW) == first
        for name, questions in ((" ", [BUS]), ("常问的", [])):
            with pytest.raises(Invalid):
                service.keep_template(activity.id, name, questions, actor=organiser, now=NOW)

