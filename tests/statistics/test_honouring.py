"""An accepted report puts the couples who came on the roll of honours; taken back, it takes them off."""

from datetime import date

import pytest
from sqlalchemy import func, select

from eventsvc.infra.db import db, transactional
from eventsvc.people import honours
from eventsvc.people.honours import Spouse, Two
from eventsvc.people.models import Honour, HonourKey
from eventsvc.registrations.models import Participant
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import an_id_number, signed_up
from tests.factories.reports import a_report

HIS, HERS = an_id_number(), an_id_number("female")


def rows(model):
    return db.session.scalar(select(func.count()).select_from(model))


@transactional
def came(receipt):
    for one in db.session.scalars(select(Participant).where(Participant.registration_id == receipt.id)):
        one.attended = True


@pytest.fixture
def ceremony(app):
    activity = an_activity(unit=a_tree().village)
    there = signed_up(activity, people__husband__name="张建国", people__wife__name="李秀英", people__husband__id_number=HIS,
                      people__wife__id_number=HERS, consent__identity=True, answers__married_on={"calendar": "lunar", "year": 1966, "month": 12, "day": 8})  # fmt: skip
    signed_up(activity)
    came(there)
    return activity


def test_who_came_is_on_it_once_by_every_key_and_by_milestone(ceremony):
    written = a_report("submitted", activity=ceremony)
    assert rows(Honour) == 0
    written.move("accept")
    honour = db.session.scalar(select(Honour))
    assert (rows(Honour), honour.milestone, honour.activity_id) == (1, 60, ceremony.id)
    assert rows(HonourKey) == 3, "both ID numbers; names with the two years of the wedding"
    for two in (Two(Spouse(id_number=HERS), Spouse(id_number=HIS)), Two(Spouse("张建国"), Spouse("李秀英"), frozenset({1967}))):
        assert [(one.year, one.milestone) for one in honours.known(two)] == [(2027, 60)]


def test_a_correction_takes_them_off_until_it_is_accepted_again(ceremony):
    written = a_report("accepted", activity=ceremony)
    assert rows(Honour) == 1
    written.move("reopen")
    assert (rows(Honour), rows(HonourKey)) == (0, 0)
    written.move("submit")
    written.move("accept")
    assert rows(Honour) == 1


def test_asked_twice_a_registration_is_honoured_once(ceremony):
    unit, one = a_tree().village.id, db.session.scalar(select(Participant.registration_id))
    two = Two(Spouse("张建国"), Spouse("李秀英"), frozenset({1966}))
    first, second = (honours.honour(unit, two, 50, date(2027, 5, 29), now=ceremony.created_at, registration_id=one) for _ in range(2))
    assert first == second and rows(Honour) == 1


def test_other_kinds_honour_nobody(app):
    a_report("accepted")
    assert rows(Honour) == 0
