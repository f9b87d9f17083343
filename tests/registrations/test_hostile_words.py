"""Names, numbers and dates as they really come and as somebody would send them to do harm: form, API, vault, list, xlsx, paper."""

import io
import itertools
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from eventsvc.core import clock
from eventsvc.core.identity import check_digit, parse_id_number
from eventsvc.core.lunar import Anniversary
from eventsvc.core.names import clean_name
from eventsvc.core.periods import at_local, day_of, full_years, local
from eventsvc.documents import contents
from eventsvc.infra.db import db
from eventsvc.infra.forms import flatten
from eventsvc.kinds import KINDS
from eventsvc.registrations import openings, queries, questionnaires
from eventsvc.registrations.workbook import roster_workbook
from tests.factories.accounts import a_token, a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import couple_body

_keys = itertools.count()
LONG = "阿卜杜热西提·买买提依明江·吐尔逊买买提艾力·麦麦提敏·阿不都热依木江·库尔班·玉素甫江艾"
HIDDEN = {"nul": "\x00", "control": "\x07", "bidi": "\u202e", "isolate": "\u2066", "zero width": "\u200b", "joiner": "\u200d", "surrogate": "\ud800", "noncharacter": "\ufdd0"}


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tree = a_tree()
    by = a_user("organiser", tree.village)
    return an_activity(unit=tree.village, by=by, places=10_000), by


def send(app, activity, body):
    """Send a party as JSON, lone surrogates as JSON can write them."""
    sent = json.dumps(body, ensure_ascii=True)
    headers = {"Idempotency-Key": f"key-{next(_keys)}", "Content-Type": "application/json"}
    db.session.rollback()
    return app.test_client().post(f"/api/v1/activities/{activity.slug}/registrations", data=sent, headers=headers)


@pytest.mark.parametrize("name", [LONG, "林𬭎", "周䶮", "古丽娜尔·艾山", "㛃秀英", "林\U0003106c"])
def test_a_name_goes_from_end_to_end_as_it_is(app, world, name):
    activity, by = world
    assert len(name) <= 50
    sent = send(app, activity, couple_body(people__wife__name=name))
    assert sent.status_code == 201, sent.text
    party = queries.roster(activity.id)[0]
    assert party.people[1].name == name
    listed = app.test_client().get(f"/api/v1/activities/{activity.id}/registrations", headers=a_token(by, "registrations:read"))
    assert listed.status_code == 200, listed.text
    assert listed.json["items"][0]["people"][1]["name"] == name
    opening = openings.opening_of(activity.id)
    made = _workbook(activity, opening, [party])
    cells = [cell for row in load_workbook(io.BytesIO(made)).active.iter_rows(values_only=True) for cell in row]
    assert name in cells
    found = db.session.get(type(activity), activity.id)
    paper = repr(contents.of(KINDS[found.kind].document("sign_in"), found, found.id, today=NOW.date()))
    assert name in paper


def _workbook(activity, opening, parties):
    return roster_workbook(activity.title, opening.kind, questionnaires.versions(opening), parties, full=True)


@pytest.mark.parametrize("dot", list("•・．‧∙⋅･﹒·"))
def test_every_dot_of_a_minority_name_becomes_the_one_dot(dot):
    assert clean_name(f"古丽娜尔{dot}艾山") == "古丽娜尔·艾山"


def test_letters_of_a_name_are_put_together_and_never_replaced():
    assert clean_name("Zoe\u0301") == "Zo\u00e9"
    assert clean_name("王㎏娜".replace("㎏", "")) == "王娜"
    with pytest.raises(ValueError, match="㎏"):
        clean_name("王㎏娜")


@pytest.mark.parametrize("what", sorted(HIDDEN))
def test_what_hides_is_refused_by_json_naming_the_field(app, world, what):
    activity, _ = world
    for name in ("people__wife__name", "answers__address", "village_name"):
        answer = send(app, activity, couple_body(**{name: f"林秀{HIDDEN[what]}英"}))
        assert answer.status_code == 422, answer.text
        assert name.replace("__", ".") in answer.json["fields"]
        assert queries.roster(activity.id) == []


@pytest.mark.parametrize("what", sorted(set(HIDDEN) - {"surrogate"}))
def test_what_hides_is_refused_by_the_form_naming_the_field(app, world, browser, what):
    activity, _ = world
    body = dict(flatten(couple_body(people__wife__name=f"林秀{HIDDEN[what]}英")))
    page = browser.client.post(f"/s/{activity.slug}", data=body)
    assert page.status_code in (200, 422, 400)
    assert queries.roster(activity.id) == []


def test_a_name_of_fifty_one_is_refused(app, world):
    activity, _ = world
    assert send(app, activity, couple_body(people__wife__name="林" * 51)).status_code == 422
    assert send(app, activity, couple_body(people__wife__name="林" * 50)).status_code == 201


TODAY = date(2027, 5, 1)


def a_number(region: str, born: str, order: str) -> str:
    first = region + born + order
    return first + check_digit(first)


class TestNumbers:
    @pytest.mark.parametrize("region", ["810000", "820000", "830000"])
    def test_residence_permits_of_hong_kong_macau_and_taiwan(self, region):
        read = parse_id_number(a_number(region, "19500301", "002"), today=TODAY)
        assert (read.kind, read.sex, read.born) == ("hmt_residence", "female", date(1950, 3, 1))

    def test_the_permanent_residence_of_a_foreigner(self):
        read = parse_id_number(a_number("935156", "19480229", "001"), today=TODAY)
        assert (read.kind, read.born, read.sex) == ("permanent_residence", date(1948, 2, 29), "male")

    def test_full_width_small_x_and_fifteen_digits_are_one_number(self):
        number = next(n for n in (a_number("350982", "19480312", f"{order:03d}") for order in range(1, 99)) if n.endswith("X"))
        wide = number.translate({ord(c): 0xFF10 + int(c) for c in "0123456789"}).replace("X", "ｘ")
        assert {parse_id_number(way, today=TODAY).number for way in (number, number.lower(), wide, number[:6] + number[8:17], f" {number[:6]} {number[6:]} ")} == {number}

    def test_both_ways_of_one_number_are_one_person(self, app, world):
        activity, _ = world
        number = a_number("350982", "19480312", "011")
        agreed = {"consent": {"contact": True, "identity": True}}
        assert send(app, activity, couple_body(people__husband__id_number=number, **agreed)).status_code == 201
        assert send(app, activity, couple_body(people__husband__id_number=number[:6] + number[8:17], **agreed)).status_code == 409

    @given(st.text(alphabet="0123456789Xx０９ｘ- ", max_size=22))
    def test_whatever_is_typed_is_refused_in_words_or_right(self, typed):
        try:
            read = parse_id_number(typed, today=TODAY)
        except ValueError as no:
            assert str(no)
            assert not any(char.isascii() and char.isdigit() and len(typed) > 4 and typed in str(no) for char in typed)
            return
        assert check_digit(read.number[:17]) == read.number[17]
        assert date(1900, 1, 1) <= read.born <= TODAY

    @given(st.integers(0, 16), st.integers(1, 9))
    def test_no_single_wrong_digit_passes(self, at, by):
        number = a_number("350982", "19480312", "011")
        wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
        with pytest.raises(ValueError, match="."):
            parse_id_number(wrong, today=TODAY)


class TestDates:
    @pytest.mark.parametrize(("day", "years"), [(date(2026, 2, 27), 49), (date(2026, 2, 28), 50), (date(2026, 3, 1), 50)])
    def test_married_on_29_february(self, day, years):
        wed = Anniversary("solar", 1976, 2, 29)
        assert wed.years_on(day) == (years, years)

    def test_the_cut_off_day_itself_counts(self):
        assert full_years(date(1977, 5, 29), date(2027, 5, 29)) == 50
        assert full_years(date(1977, 5, 30), date(2027, 5, 29)) == 49

    @given(st.datetimes(datetime(1986, 1, 1), datetime(1992, 1, 1)))  # noqa: DTZ001 (the clocks of Shanghai)
    def test_the_summer_time_of_1986_to_1991_moves_no_day(self, moment):
        """Clocks stood an hour ahead in those summers; whatever the moment, its day in Shanghai is the day on its clocks."""
        shown = local(moment.replace(tzinfo=UTC))
        assert day_of(moment.replace(tzinfo=UTC)) == shown.date()
        assert shown.utcoffset() in (timedelta(hours=8), timedelta(hours=9))

    @given(st.dates(date(1986, 1, 1), date(1991, 12, 31)))
    def test_midnight_of_every_day_of_those_years_is_on_that_day(self, day):
        assert day_of(at_local(day, datetime.min.time())) == day

    @pytest.mark.parametrize("born", ["1986-05-04", "1987-04-12", "1988-04-17", "1991-09-15"])
    def test_a_child_born_on_the_day_clocks_moved_keeps_its_birthday(self, app, world, born):
        activity, _ = world
        assert send(app, activity, couple_body(people__husband__born_on=born)).status_code in (201, 409, 422)
        kept = [p.people[0].born_on for p in queries.roster(activity.id)]
        assert kept in ([born], [])


WORDS = st.one_of(st.text(max_size=60), st.none(), st.integers(), st.booleans(), st.lists(st.text(max_size=3), max_size=2), st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2))
PLACES = st.sampled_from(["people__husband__name", "people__wife__name", "people__husband__phone", "people__husband__born_on", "people__husband__id_number",
                          "answers__married_on", "answers__address", "answers__story", "proxy", "village", "village_name", "consent", "people", "answers"])  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=PLACES, value=WORDS)
def test_whatever_is_sent_nothing_breaks_and_nothing_wrong_is_kept(app, world, name, value):
    activity, _ = world
    answer = send(app, activity, couple_body(**{name: value}))
    assert answer.status_code in (201, 409, 422), answer.text
    if answer.status_code == 201 and isinstance(value, str) and name.endswith("name") and value.strip():
        kept = queries.parties_with_code(activity.id, answer.json["code"])[0]
        shown = (kept.village,) if name == "village_name" else tuple(p.name for p in kept.people)
        assert all(not any(ord(char) < 32 or char in "\u200b\u202e\ufeff" for char in text) for text in shown)
    if answer.status_code == 422:
        assert answer.json["fields"] or answer.json["code"]
