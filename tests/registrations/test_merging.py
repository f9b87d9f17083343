"""Two sign-ups that are one: one goes, its place goes on; it can be brought back, to its place or to the head of the list."""

import pytest
from sqlalchemy import select

from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.registrations import lookalikes, queries, service
from eventsvc.registrations.errors import AlreadySignedUp, HasCome, NotToMerge, NotToUndo
from eventsvc.registrations.events import Merged
from eventsvc.registrations.models import Claim, Merge, Participant, Pool, Standing
from eventsvc.registrations.service import merging, privacy
from tests.clients import text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import signed_up

FIRST = {"people__husband__name": "陈国强", "people__husband__born_on": "1948-03-12", "people__husband__phone": "13800001111", "people__wife__name": "林秀英"}
AGAIN = {"people__husband__name": "陳國強", "people__husband__phone": "13900002222", "people__wife__name": "凌秀英"}


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tree = a_tree()
    by = a_user("organiser", tree.village)
    return an_activity(unit=tree.village, by=by, places=2), by


def stands(receipt) -> Standing:
    return queries.by_id(receipt.id).standing


def test_likely_doubles_are_counted_shown_with_why_and_masked(app, world):
    activity, by = world
    signed_up(activity, **FIRST)
    signed_up(activity, **AGAIN)
    office = logged_in(app, by)
    assert "可能重复 1 对" in text_of(office.get(f"/activities/{activity.id}/registrations").text)
    page = office.get(f"/activities/{activity.id}/registrations/doubles").text
    assert "姓名相同，一个写繁体或异体字" in page
    assert "姓名读音相同或相近" in page
    assert "138****1111" in page
    assert "13800001111" not in page


def test_strangers_are_no_pair(app, world):
    activity, _ = world
    for _ in range(3):
        signed_up(activity)
    assert lookalikes.count(activity.id) == 0


def test_the_one_that_goes_gives_its_place_to_who_waits(app, world):
    activity, by = world
    kept, gone, waits = signed_up(activity, **FIRST), signed_up(activity, **AGAIN), signed_up(activity)
    assert stands(waits) == Standing.WAITING
    office = logged_in(app, by)
    office.get(f"/activities/{activity.id}/registrations/doubles")
    office.post(f"/activities/{activity.id}/registrations/doubles/merge", {"kept": kept.id, "gone": gone.id}, status=303)
    assert (stands(kept), stands(gone), stands(waits)) == (Standing.PLACED, Standing.WITHDRAWN, Standing.PLACED)
    assert lookalikes.count(activity.id) == 0


def test_undone_it_gets_its_place_back_while_there_is_one(app, world):
    activity, by = world
    kept, gone = signed_up(activity, **FIRST), signed_up(activity, **AGAIN)
    claims = set(db.session.scalars(select(Claim.value)))
    done = merging.merge(activity.id, kept.id, gone.id, actor=by, now=NOW)
    assert merging.undo(activity.id, done, actor=by, now=NOW) == Standing.PLACED
    assert db.session.scalar(select(Pool.taken)) == 2
    assert set(db.session.scalars(select(Claim.value))) == claims
    with pytest.raises(NotToUndo):
        merging.undo(activity.id, done, actor=by, now=NOW)


def test_undone_too_late_for_its_place_it_waits_before_all_others(app, world):
    activity, by = world
    kept, gone = signed_up(activity, **FIRST), signed_up(activity, **AGAIN)
    first, second = signed_up(activity), signed_up(activity)
    done = merging.merge(activity.id, kept.id, gone.id, actor=by, now=NOW)
    assert (stands(first), stands(second)) == (Standing.PLACED, Standing.WAITING)
    assert merging.undo(activity.id, done, actor=by, now=NOW) == Standing.WAITING
    assert (queries.by_id(gone.id).ahead, queries.by_id(second.id).ahead) == (1, 2)
    service.withdraw(kept.id, now=NOW)
    assert (stands(gone), stands(second)) == (Standing.PLACED, Standing.WAITING)


def test_one_that_waited_waits_again_with_its_old_number(app, world):
    activity, by = world
    kept = signed_up(activity, **FIRST)
    signed_up(activity)
    gone, later = signed_up(activity, **AGAIN), signed_up(activity)
    seq = queries.by_id(gone.id).seq
    done = merging.merge(activity.id, kept.id, gone.id, actor=by, now=NOW)
    assert queries.by_id(later.id).ahead == 1
    assert merging.undo(activity.id, done, actor=by, now=NOW) == Standing.WAITING
    assert (queries.by_id(gone.id).seq, queries.by_id(gone.id).ahead, queries.by_id(later.id).ahead) == (seq, 1, 2)


def test_told_apart_nobody_asks_again(app, world):
    activity, by = world
    one, other = signed_up(activity, **FIRST), signed_up(activity, **AGAIN)
    assert lookalikes.count(activity.id) == 1
    for _ in range(2):
        merging.tell_apart(activity.id, other.id, one.id, actor=by, now=NOW)
    assert lookalikes.count(activity.id) == 0


def test_what_cannot_be_merged_says_so(app, world):
    activity, by = world
    kept, gone = signed_up(activity, **FIRST), signed_up(activity, **AGAIN)
    with pytest.raises(NotToMerge):
        merging.merge(activity.id, kept.id, kept.id, actor=by, now=NOW)
    db.session.execute(Participant.__table__.update().where(Participant.registration_id == gone.id).values(attended=True))
    db.session.commit()
    with pytest.raises(HasCome):
        merging.merge(activity.id, kept.id, gone.id, actor=by, now=NOW)
    assert db.session.scalar(select(Merge.id)) is None


def test_an_erased_one_cannot_be_brought_back(app, world):
    activity, by = world
    kept, gone = signed_up(activity, **FIRST), signed_up(activity, **AGAIN)
    done = merging.merge(activity.id, kept.id, gone.id, actor=by, now=NOW)
    privacy.erase(gone.id, now=NOW)
    with pytest.raises(NotToUndo):
        merging.undo(activity.id, done, actor=by, now=NOW)


def test_who_signed_up_again_meanwhile_stands_once(app, world):
    activity, by = world
    kept, gone = signed_up(activity, **FIRST), signed_up(activity, **AGAIN)
    done = merging.merge(activity.id, kept.id, gone.id, actor=by, now=NOW)
    signed_up(activity, **AGAIN)
    with pytest.raises(AlreadySignedUp):
        merging.undo(activity.id, done, actor=by, now=NOW)
    assert stands(gone) == Standing.WITHDRAWN


def test_the_event_names_nobody():
    assert set(Merged.__dataclass_fields__) == {"registration_id", "activity_id", "kept_id", "at", "actor_id"}
