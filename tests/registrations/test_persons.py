"""One person of a party goes, or another comes instead; the people whom somebody signed up say themselves that they come."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity
from eventsvc.audit.models import AuditRow
from eventsvc.checkin import queries as door
from eventsvc.checkin import service as checkin
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.declare import Personal
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.kinds import KINDS
from eventsvc.registrations import finding, listing, openings, queries, service
from eventsvc.registrations.consent import asked_by
from eventsvc.registrations.errors import AlreadySignedUp, AlreadyWithdrawn, HasCome, NothingToConfirm, TooLateToChange
from eventsvc.registrations.models import HowConfirmed, Participant, Pool, Registration, Standing
from eventsvc.registrations.schemas import ReplacementSchema
from tests.conftest import NOW
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import another_county
from tests.factories.registrations import a_name, a_phone, an_id_number, delegation_body, signed_up

PROXY = {"relation": "child", "name": "陈丽华", "phone": "13900001111"}


def pool(activity: Activity) -> Pool:
    found = db.session.execute(select(Pool).where(Pool.activity_id == activity.id, Pool.kind == "main")).scalar_one()
    db.session.refresh(found)
    return found


def people(receipt) -> list[Participant]:
    return list(db.session.scalars(select(Participant).where(Participant.registration_id == receipt.id).order_by(Participant.position)))


def record(receipt) -> Registration:
    found = db.session.get(Registration, receipt.id)
    db.session.refresh(found)
    return found


def another(activity: Activity, role: str, **answers):
    agreed = {text.purpose: True for text in asked_by(KINDS[activity.kind]) if text.purpose != "guardian"}
    body = {"people": {role: answers}, "consent": agreed}
    return ReplacementSchema.asking(KINDS[activity.kind], openings.opening_of(activity.id).asked, role).load(body)


@pytest.fixture
def boss():
    """Return whoever organises an activity."""
    return lambda activity: a_user("organiser", activity.organisation)


class TestOneGoes:
    def test_of_a_couple_the_other_keeps_the_one_place(self, app):
        activity = an_activity(capacity=3)
        receipt = signed_up(activity)
        husband, wife = people(receipt)
        service.leave_one(receipt.id, husband.id, now=NOW)
        assert (pool(activity).taken, record(receipt).standing, record(receipt).placed_count) == (1, Standing.PLACED, 1)
        assert [p.id for p in queries.parties([receipt.id])[0].people] == [wife.id]

    def test_of_a_delegation_the_place_goes_to_who_waits(self, app):
        activity = an_activity("training", capacity=3)
        three = signed_up(activity, body=delegation_body(3))
        waits = signed_up(activity, body=delegation_body(1))
        assert waits.standing == Standing.WAITING
        service.leave_one(three.id, people(three)[1].id, now=NOW)
        assert (record(three).placed_count, record(three).wanted, record(waits).standing) == (2, 2, Standing.PLACED)
        assert pool(activity).taken == 3

    def test_a_waiting_party_waits_for_fewer_places(self, app):
        activity = an_activity("training", capacity=3)
        signed_up(activity, body=delegation_body(2))
        waits = signed_up(activity, body=delegation_body(2))
        service.leave_one(waits.id, people(waits)[0].id, now=NOW)
        assert (record(waits).standing, record(waits).placed_count, pool(activity).taken, pool(activity).waiting) == (Standing.PLACED, 1, 3, 0)

    def test_twice_is_once(self, app):
        activity = an_activity("training", capacity=5)
        receipt = signed_up(activity, body=delegation_body(3))
        one = people(receipt)[0].id
        service.leave_one(receipt.id, one, now=NOW)
        service.leave_one(receipt.id, one, now=NOW)
        assert (pool(activity).taken, len(queries.parties([receipt.id])[0].people)) == (2, 2)

    def test_with_the_last_one_the_party_goes(self, app):
        activity = an_activity()
        receipt = signed_up(activity)
        for one in people(receipt):
            service.leave_one(receipt.id, one.id, now=NOW)
        assert (record(receipt).standing, pool(activity).taken) == (Standing.WITHDRAWN, 0)
        with pytest.raises(AlreadyWithdrawn):
            service.leave_one(receipt.id, people(receipt)[1].id, now=NOW)

    def test_may_sign_up_again(self, app):
        activity = an_activity()
        who = {"people__husband__name": "张铁柱", "people__husband__phone": "13812340000"}
        receipt = signed_up(activity, **who)
        with pytest.raises(AlreadySignedUp):
            signed_up(activity, **who)
        service.leave_one(receipt.id, people(receipt)[0].id, now=NOW)
        assert signed_up(activity, **who).standing == Standing.PLACED

    def test_hands_the_telephone_on(self, app):
        receipt = signed_up(an_activity(), people__husband__phone="13812340000")
        service.leave_one(receipt.id, people(receipt)[0].id, now=NOW)
        assert queries.parties([receipt.id])[0].people[0].phone == "13812340000"

    def test_is_forgotten_in_a_month(self, app):
        receipt = signed_up(an_activity())
        one = people(receipt)[0].id
        service.leave_one(receipt.id, one, now=NOW)
        until = db.session.scalars(select(VaultRow.purge_on).where(VaultRow.owner_id == one)).all()
        assert until
        assert all(day <= (NOW + timedelta(days=31)).date() for day in until)

    def test_is_forgotten_in_a_month_though_the_day_moves(self, app, boss):
        activity = an_activity()
        receipt, went = signed_up(activity), signed_up(activity)
        one, stays = people(receipt)
        service.leave_one(receipt.id, one.id, now=NOW)
        service.withdraw(went.id, now=NOW)
        later = activity.starts_at + timedelta(days=60)
        activities.postpone(activity.id, later, later + timedelta(hours=2), note="台风", actor=boss(activity), now=NOW)
        kept = dict(db.session.execute(select(VaultRow.owner_id, VaultRow.purge_on).where(VaultRow.personal == Personal.CONTACT)).all())
        assert kept[stays.id] > later.date()
        assert max(kept[one.id], kept[people(went)[0].id]) <= (NOW + timedelta(days=31)).date()

    def test_who_has_come_cannot(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity)
        one = people(receipt)[0].id
        checkin.check_in(activity.id, [one], actor=boss(activity), now=activity.starts_at)
        with pytest.raises(HasCome):
            service.leave_one(receipt.id, one, actor=boss(activity), now=activity.starts_at)

    def test_nobody_of_another_party_can_be_taken_out(self, app):
        activity = an_activity()
        one, other = signed_up(activity), signed_up(activity)
        with pytest.raises(NotFound):
            service.leave_one(one.id, people(other)[0].id, now=NOW)

    def test_by_the_link_not_once_it_has_begun(self, app):
        activity = an_activity()
        receipt = signed_up(activity)
        with pytest.raises(TooLateToChange):
            service.leave_one(receipt.id, people(receipt)[0].id, now=activity.starts_at)

    def test_by_a_neighbour_not_at_all(self, app, boss):
        receipt = signed_up(an_activity())
        with pytest.raises((NotFound, NotAllowed)):
            service.leave_one(receipt.id, people(receipt)[0].id, actor=a_user("organiser", another_county()), now=NOW)


class TestWhoIsGone:
    def test_is_met_nowhere(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity, people__husband__name="张铁柱", people__husband__phone="13812340000")
        gone = people(receipt)[0].id
        service.leave_one(receipt.id, gone, now=NOW)
        assert "张铁柱" not in queries.roster(activity.id)[0].names
        assert listing.page_of(activity.id, "张铁柱").total == 0
        assert door.door_list(activity.id, "张铁柱") == []
        assert (door.attendance(activity.id).people_placed, door.attendance(activity.id).parties_placed) == (1, 1)
        assert [name for _, name in queries.names_of(queries.by_id(receipt.id))] == [queries.roster(activity.id)[0].people[0].name]
        with pytest.raises(finding.NotFoundSo):
            finding.find(openings.opening_of(activity.id), {"name": "张铁柱", "code": receipt.code})

    def test_is_not_checked_in_with_the_others(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity)
        gone, stays = people(receipt)
        service.leave_one(receipt.id, gone.id, now=NOW)
        actor = boss(activity)
        with pytest.raises(Exception, match="名单"):
            checkin.check_in(activity.id, [gone.id], actor=actor, now=activity.starts_at)
        assert checkin.all_came(activity.id, actor=actor, now=activity.starts_at) == 1
        found = door.attendance(activity.id)
        assert (found.parties_present, found.people_present) == (1, 1)


class TestAnotherComes:
    def test_with_names_and_a_check_in_of_their_own(self, app, boss):
        activity = an_activity("training", capacity=5)
        receipt = signed_up(activity, body=delegation_body(2))
        old = people(receipt)[0]
        made = service.replace_one(
            receipt.id, old.id, another(activity, "member_1", name="许小梅", sex="female", post="officer"), actor=boss(activity), now=NOW)
        first = queries.parties([receipt.id])[0].people[0]
        assert (first.id, first.name, first.role, first.attended) == (made, "许小梅", "member_1", False)
        assert pool(activity).taken == 2
        assert listing.page_of(activity.id, "许小梅").total == 1

    def test_claims_who_comes_and_frees_who_goes(self, app, boss):
        activity = an_activity()
        number = an_id_number()
        receipt = signed_up(activity, people__husband__name="张铁柱", people__husband__phone="13812340000")
        service.replace_one(receipt.id, people(receipt)[0].id, another(activity, "husband", name="李大山", phone=a_phone(), id_number=number, mobility="walks"),
                            actor=boss(activity), now=NOW)  # fmt: skip
        again = {"people__husband__id_number": number, "consent": {"contact": True, "identity": True}}
        with pytest.raises(AlreadySignedUp):
            signed_up(activity, **again)
        assert signed_up(activity, people__husband__name="张铁柱", people__husband__phone="13812340000").standing

    def test_is_refused_when_they_stand_there_already(self, app, boss):
        activity = an_activity()
        one = signed_up(activity, people__husband__name="张铁柱", people__husband__phone="13812340000")
        other = signed_up(activity)
        told = another(activity, "husband", name="张铁柱", phone="13812340000", mobility="walks")
        with pytest.raises(AlreadySignedUp):
            service.replace_one(other.id, people(other)[0].id, told, actor=boss(activity), now=NOW)
        assert len(queries.parties([one.id])[0].people) == len(queries.parties([other.id])[0].people) == 2

    def test_leaves_a_line_in_the_audit_without_a_name(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity)
        told = another(activity, "wife", name=a_name(), phone=a_phone(), mobility="walks")
        service.replace_one(receipt.id, people(receipt)[1].id, told, actor=boss(activity), now=NOW)
        row = db.session.execute(select(AuditRow).where(AuditRow.action == "registrations.person_replaced")).scalar_one()
        assert row.subject_id == receipt.id
        assert told[0].name not in str(row.facts)


class TestTheySayThemselves:
    def test_by_telephone(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity, proxy=PROXY)
        assert [party.id for party in queries.unconfirmed(activity.id)] == [receipt.id]
        service.confirm(receipt.id, HowConfirmed.PHONE, boss(activity), NOW)
        service.confirm(receipt.id, HowConfirmed.VISIT, boss(activity), NOW)
        assert record(receipt).confirmed_how == "phone"
        assert queries.unconfirmed(activity.id) == []
        assert listing.page_of(activity.id, standing=listing.UNCONFIRMED).total == 0

    def test_by_coming_and_an_undo_takes_it_back(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity, proxy=PROXY)
        actor, ids = boss(activity), [one.id for one in people(receipt)]
        checkin.check_in(activity.id, ids, actor=actor, now=activity.starts_at)
        assert record(receipt).confirmed_how == "on_the_day"
        checkin.undo(activity.id, ids[0], actor=actor, now=activity.starts_at)
        assert record(receipt).confirmed_how == "on_the_day"
        checkin.undo(activity.id, ids[1], actor=actor, now=activity.starts_at)
        assert record(receipt).confirmed_at is None

    def test_what_was_said_by_telephone_stays_after_an_undo(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity, proxy=PROXY)
        actor, ids = boss(activity), [one.id for one in people(receipt)]
        service.confirm(receipt.id, HowConfirmed.PHONE, actor, NOW)
        checkin.check_in(activity.id, ids, actor=actor, now=activity.starts_at)
        checkin.undo(activity.id, ids, actor=actor, now=activity.starts_at)
        assert record(receipt).confirmed_how == "phone"

    def test_who_signed_up_themselves_need_not(self, app, boss):
        activity = an_activity()
        receipt = signed_up(activity)
        assert queries.unconfirmed(activity.id) == []
        with pytest.raises(NothingToConfirm):
            service.confirm(receipt.id, HowConfirmed.PHONE, boss(activity), NOW)

    def test_whom_a_unit_names_need_not_either(self, app):
        activity = an_activity("training")
        signed_up(activity, body=delegation_body(2))
        assert queries.unconfirmed(activity.id) == []


def test_a_telephone_is_shared_by_as_many_as_like(app):
    """A phone number is never unique: a village has one at its shop."""
    activity = an_activity(capacity=10)
    for _ in range(4):
        receipt = signed_up(activity, people__husband__phone="13800001111", people__wife__phone="13800001111")
        assert receipt.standing == Standing.PLACED
