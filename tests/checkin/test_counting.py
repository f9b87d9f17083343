"""Counters: several phones at once, each tap once."""

import threading
from uuid import uuid4

import pytest

from eventsvc.checkin import queries, service
from eventsvc.checkin.errors import AnotherUse, DoorShut, NothingToUndo
from eventsvc.core.errors import DomainError, Invalid, NotFound
from eventsvc.infra.db import db
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import a_sibling_village, a_tree


def a_member_day(state="published"):
    staff = a_user("organiser", a_tree().village)
    activity = an_activity("member_day", state, by=staff)
    return activity, staff, activity.starts_at


def total(activity, counter="leaflets"):
    db.session.rollback()
    return queries.tallies(activity.id).get(counter, 0)


def test_several_phones_at_once_add_up(app):
    activity, staff, now = a_member_day()
    others = [a_user("group_leader", a_tree().village) for _ in range(3)]

    def count(who):
        with app.app_context():
            for n in (1, 10, 50):
                service.tally(activity.id, "leaflets", n, actor=who, now=now, id=uuid4())

    threads = [threading.Thread(target=count, args=(who,)) for who in (staff, *others)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert total(activity) == 4 * 61


def test_a_double_tap_counts_once(app):
    activity, staff, now = a_member_day()
    id, found = uuid4(), []

    def tap():
        with app.app_context():
            found.append(service.tally(activity.id, "leaflets", 50, actor=staff, now=now, id=id))

    threads = [threading.Thread(target=tap) for _ in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert found == [id] * 8 and total(activity) == 50


@pytest.mark.parametrize("counter, amount", [("leaflets", 10), ("clinic", 50)])
def test_the_same_id_with_something_else_is_refused(app, counter, amount):
    activity, staff, now = a_member_day()
    id = service.tally(activity.id, "leaflets", 50, actor=staff, now=now, id=uuid4())
    with pytest.raises(AnotherUse):
        service.tally(activity.id, counter, amount, actor=staff, now=now, id=id)
    assert total(activity) == 50


def test_what_was_counted_is_taken_back_once_and_a_repeat_does_not_bring_it_back(app):
    activity, staff, now = a_member_day()
    id = service.tally(activity.id, "clinic", 10, actor=staff, now=now, id=uuid4())
    service.undo_tally(activity.id, id, actor=staff, now=now)
    with pytest.raises(NothingToUndo):
        service.undo_tally(activity.id, id, actor=staff, now=now)
    service.tally(activity.id, "clinic", 10, actor=staff, now=now, id=id)
    assert total(activity, "clinic") == 0


def test_one_takes_back_ones_own_and_the_organiser_anybodys(app):
    activity, staff, now = a_member_day()
    leader = a_user("group_leader", a_tree().village)
    hers = service.tally(activity.id, "clinic", 10, actor=staff, now=now)
    with pytest.raises(NothingToUndo):
        service.undo_tally(activity.id, hers, actor=leader, now=now)
    mine = service.tally(activity.id, "clinic", 5, actor=leader, now=now)
    assert queries.last_tallies(activity.id, leader)["clinic"].id == mine
    service.undo_tally(activity.id, mine, actor=staff, now=now)
    assert total(activity, "clinic") == 10


@pytest.mark.parametrize("amount", [0, -1, 100_001])
def test_an_impossible_number_is_refused(app, amount):
    activity, staff, now = a_member_day()
    with pytest.raises(Invalid):
        service.tally(activity.id, "leaflets", amount, actor=staff, now=now)
    assert total(activity) == 0


def test_a_counter_that_the_kind_does_not_have(app):
    activity, staff, now = a_member_day()
    with pytest.raises(NotFound):
        service.tally(activity.id, "nonsense", 1, actor=staff, now=now)


def test_not_before_it_is_published_and_not_by_a_neighbour(app):
    activity, staff, now = a_member_day("approved")
    with pytest.raises(DoorShut):
        service.tally(activity.id, "leaflets", 1, actor=staff, now=now)
    with pytest.raises(DomainError) as no:
        service.tally(activity.id, "leaflets", 1, actor=a_user("organiser", a_sibling_village(a_tree())), now=now)
    assert no.value.status == 404
