"""The fast table: each row a sign-up of its own, with every question of the public page."""

import json
import re

import pytest
from werkzeug.datastructures import MultiDict

from eventsvc.kinds import KINDS
from eventsvc.registrations import openings, queries, table
from eventsvc.registrations.doors import PartyForm
from eventsvc.registrations.models import Channel, Standing
from eventsvc.registrations.schemas import PartySchema
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import an_activity
from tests.factories.registrations import a_name, a_phone

COUPLE = {"people.husband.mobility": "walks", "people.wife.mobility": "walks", "answers.married_on": "1974年腊月初八",
          "answers.marriage_proof": "own_word", "answers.residence": "living", "answers.honoured_before": "no", "proxy.relation": "self",
          "consent.contact": "1"}  # fmt: skip


@pytest.fixture
def at(at_now, app):
    """Return an activity, a browser of its organiser who has its table open, and the table's address."""

    def opened(kind="golden_wedding", **plan):
        activity = an_activity(kind, **plan)
        browser, url = logged_in(app, a_user("organiser", activity.organisation)), f"/activities/{activity.id}/registrations/table"
        browser.get(url)
        return activity, browser, url

    return opened


def a_row(number: int, nonce: str = "", **changed: str) -> dict[str, str]:
    row = COUPLE | {"people.husband.name": a_name(), "people.wife.name": a_name(), "people.husband.phone": a_phone()}
    row |= {name.replace("__", "."): value for name, value in changed.items()} | {"_nonce": nonce or f"nonce-of-row-{number:06d}"}
    return {f"rows.{number}.{name}": value for name, value in row.items()}


class TestColumns:
    @pytest.mark.parametrize("code", [code for code, kind in KINDS.items() if kind.party])
    def test_are_all_questions_of_the_public_page(self, app, code):
        kind = KINDS[code]
        with app.test_request_context():
            form = PartyForm(PartySchema.asking(kind), MultiDict())
            found = {c.name for c in table.columns(form, kind.party, 2, [("v", "柏柳村")], [], ["contact"])}
        people = [f"people.{p.role}" for p in kind.party.everyone[:2]]
        asked = {name for room in [*people, *(["answers"] if kind.sign_up else [])] for name in form.names(room)}
        asked |= {"village", "village_name", "consent.contact"} | ({"proxy.relation", "proxy.name", "proxy.phone"} if kind.party.proxy else set())
        assert found == asked

    def test_begin_with_what_every_row_needs(self, app):
        kind = KINDS["golden_wedding"]
        with app.test_request_context():
            names = [c.name for c in table.columns(PartyForm(PartySchema.asking(kind), MultiDict()), kind.party, 1, [], [], ["contact"])]
        assert names[:3] == ["people.husband.name", "people.wife.name", "answers.married_on"]
        assert names[-1] == "consent.contact"


class TestPlainForm:
    def test_draws_ten_rows(self, at):
        _, browser, url = at()
        assert len(re.findall(r"<tr data-row=", browser.get(url).text)) == 10

    def test_saves_what_is_right_and_keeps_what_is_not(self, at):
        activity, browser, url = at()
        wrong = a_row(1, answers__married_on="去年")
        page = browser.post(url, a_row(0) | wrong | {"rows.2._nonce": "nonce-of-a-blank-row", "rows.2.proxy.relation": "self", "rows.2.answers.companions": "0"}, status=422).text
        (party,) = queries.roster(activity.id)
        assert party.channel == Channel.STAFF
        assert party.code in page
        assert wrong["rows.1.people.husband.name"] in page
        assert "去年" in page
        assert 'aria-describedby="w-1-answers-married_on"' in page

    def test_reads_dates_as_people_write_them(self, at):
        activity, browser, url = at()
        browser.post(url, a_row(0, people__husband__born_on="19480312"))
        (party,) = queries.roster(activity.id)
        assert party.people[0].born_on == "1948-03-12"
        assert (party.answers["married_on"]["calendar"], party.answers["married_on"]["month"]) == ("lunar", 12)

    def test_sent_twice_is_written_once(self, at):
        activity, browser, url = at()
        row = a_row(0)
        browser.post(url, row)
        browser.post(url, row)
        assert len(queries.roster(activity.id)) == 1

    def test_one_wrong_row_does_not_hold_up_the_next(self, at):
        activity, browser, url = at()
        browser.post(url, a_row(0, people__husband__name="") | a_row(1), status=422)
        assert len(queries.roster(activity.id)) == 1


class TestOneRow:
    def test_answers_with_its_code(self, at):
        activity, browser, url = at()
        told = json.loads(browser.post(f"{url}/row", a_row(4) | {"row": "4"}, status=201).text)
        (party,) = queries.roster(activity.id)
        assert told == {"code": party.code, "standing": "报名成功", "url": f"/activities/{activity.id}/registrations/{party.id}"}

    def test_waits_when_all_places_are_taken(self, at):
        activity, browser, url = at(places=1)
        for number in (0, 1):
            browser.post(f"{url}/row", a_row(number) | {"row": str(number)}, status=201)
        assert {party.standing for party in queries.roster(activity.id)} == {Standing.PLACED, Standing.WAITING}

    def test_says_cell_by_cell_what_is_wrong(self, at):
        _, browser, url = at()
        sent = a_row(0, people__wife__name="", people__husband__born_on="昨天") | {"row": "0"}
        told = json.loads(browser.post(f"{url}/row", sent, status=422).text)
        assert set(told["fields"]) == {"people.wife.name", "people.husband.born_on"}
        assert all(words for words in told["fields"].values())

    def test_takes_nothing_that_was_not_agreed_to(self, at):
        activity, browser, url = at()
        told = json.loads(browser.post(f"{url}/row", a_row(0, consent__contact="") | {"row": "0"}, status=422).text)
        assert set(told["fields"]) == {"consent.contact"}
        assert queries.roster(activity.id) == []

    def test_says_what_no_cell_shows(self, at):
        _, browser, url = at()
        row = a_row(0)
        browser.post(f"{url}/row", row | {"row": "0"}, status=201)
        told = json.loads(browser.post(f"{url}/row", row | {"row": "0", "rows.0._nonce": "another-nonce-altogether"}, status=422).text)
        assert "已经报过" in told["refusal"]

    @pytest.mark.parametrize("row", ["", "x", "99999", "-1", "３"])
    def test_is_named_by_a_number(self, at, row):
        _, browser, url = at()
        browser.post(f"{url}/row", {"row": row}, status=422)

    @pytest.mark.parametrize("nonce", ["", "short", "x" * 65])
    def test_needs_its_own_nonce(self, at, nonce):
        activity, browser, url = at()
        browser.post(f"{url}/row", a_row(0) | {"row": "0", "rows.0._nonce": nonce}, status=422)
        assert queries.roster(activity.id) == []


class TestOtherKinds:
    def test_a_delegation_has_as_many_cells_as_people_are_asked_for(self, at):
        activity, browser, url = at("training")
        one = {"sex": "female", "post": "officer"}
        row = {f"people.member_{n}.{k}": v for n in (1, 2) for k, v in (one | {"name": a_name()}).items()}
        row |= {"answers.unit_name": "点头镇计生协", "proxy.relation": "unit", "proxy.name": "林小芳", "proxy.phone": a_phone(),
                "consent.contact": "1", "_nonce": "nonce-of-a-delegation"}  # fmt: skip
        browser.post(f"{url}?people=2", {f"rows.0.{k}": v for k, v in row.items()})
        (party,) = queries.roster(activity.id)
        assert len(party.people) == 2
        assert openings.opening_of(activity.id).taken == 2

    def test_an_activity_without_names_has_no_table(self, app, at_now):
        activity = an_activity("home_visit")
        browser = logged_in(app, a_user("organiser", activity.organisation))
        browser.get(f"/activities/{activity.id}/registrations/table", status=404)
