"""What a party may do after it signed up: go again, change what it told."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventsvc.core.errors import NotFound
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.kinds.golden_wedding.rules import NotGoldenYet
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import queries, service
from eventsvc.registrations.errors import AlreadyWithdrawn, HasCome, TooLateToChange
from eventsvc.registrations.models import PARTICIPANTS, Standing
from eventsvc.registrations.schemas import PartySchema
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import NOW, couple_body, signed_up
from tests.registrations.counts import pool, standing


class TestGoing:
    def test_a_freed_place_goes_to_who_waits_longest_and_they_are_to_be_called(self, app):
        activity = an_activity(places=1)
        first, second, third = (signed_up(activity) for _ in range(3))
        service.withdraw(first.id, now=NOW)
        assert [standing(r) for r in (first, second, third)] == [Standing.WITHDRAWN, Standing.PLACED, Standing.WAITING]
        assert queries.by_id(third.id).ahead == 1
        due = db.session.execute(select(Message.registration_id, Message.topic).where(Message.state == MessageState.DUE)).all()
        assert [tuple(d) for d in due] == [(second.id, "promoted")]

    def test_who_leaves_the_list_frees_nothing(self, app):
        activity = an_activity(places=1)
        _, second, third = (signed_up(activity) for _ in range(3))
        service.withdraw(second.id, now=NOW)
        assert (pool(activity).taken, pool(activity).waiting) == (1, 1)
        assert standing(third) == Standing.WAITING

    def test_going_twice_is_going_once(self, app):
        activity = an_activity(places=2)
        receipt = signed_up(activity)
        service.withdraw(receipt.id, now=NOW)
        service.withdraw(receipt.id, now=NOW)
        assert pool(activity).taken == 0

    def test_after_it_began_the_party_itself_cannot_go(self, app):
        activity = an_activity()
        receipt = signed_up(activity)
        with pytest.raises(TooLateToChange):
            service.withdraw(receipt.id, now=activity.starts_at)

    def test_who_was_checked_in_has_come(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        receipt = signed_up(an_activity(unit=tree.village, by=by))
        db.session.execute(PARTICIPANTS.update().values(attended=True))
        db.session.commit()
        with pytest.raises(HasCome):
            service.withdraw(receipt.id, now=NOW, actor=by)

    def test_what_they_told_is_kept_for_thirty_days_more_at_most(self, app):
        receipt = signed_up(an_activity())
        service.withdraw(receipt.id, now=NOW)
        latest = db.session.scalar(select(func.max(VaultRow.purge_on)))
        assert latest == NOW.date() + timedelta(days=30)


class TestChange:
    def test_a_new_phone_is_found_again_and_the_old_one_is_free(self, app):
        activity = an_activity()
        receipt = signed_up(activity, people__husband__name="张铁柱", people__husband__phone="13800000001")
        told = PartySchema.changing(queries.by_id(receipt.id).opening.kind, {}).load(changed(phone="13800000002"))
        service.change(receipt.id, told, now=NOW)
        [party] = queries.roster(activity.id)
        assert (party.people[0].name, party.people[0].phone) == ("张铁柱", "13800000002")
        other = signed_up(activity, people__husband__name="张铁柱", people__husband__phone="13800000001")
        assert other.standing == Standing.PLACED

    def test_a_changed_answer_still_has_to_fit_the_rules(self, app):
        receipt = signed_up(an_activity())
        told = PartySchema.changing(queries.by_id(receipt.id).opening.kind, {}).load(changed(year=1990))
        with pytest.raises(NotGoldenYet):
            service.change(receipt.id, told, now=NOW)
        assert queries.roster(queries.by_id(receipt.id).opening.id)[0].answers["married_on"]["year"] == 1974

    def test_who_has_gone_changes_nothing(self, app):
        receipt = signed_up(an_activity())
        service.withdraw(receipt.id, now=NOW)
        with pytest.raises(AlreadyWithdrawn):
            service.change(receipt.id, PartySchema.changing(queries.by_id(receipt.id).opening.kind, {}).load(changed()), now=NOW)

    def test_the_office_corrects_a_name(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=by)
        receipt = signed_up(activity)
        told = PartySchema.asking(queries.by_id(receipt.id).opening.kind, {}).load(couple_body(people__wife__name="李𬭎"))
        service.correct(receipt.id, told, actor=by, now=NOW)
        assert queries.roster(activity.id)[0].people[1].name == "李𬭎"

    def test_an_old_link_opens_nothing(self, app):
        receipt = signed_up(an_activity())
        fresh = service.renew_link(receipt.id, now=NOW)
        assert queries.by_secret(fresh).id == receipt.id
        with pytest.raises(NotFound):
            queries.by_secret(receipt.secret)


def changed(phone: str = "13800000009", year: int = 1974):
    body = couple_body(answers__married_on={"calendar": "lunar", "year": year, "month": 12, "day": 8})
    for person in body["people"].values():
        person.pop("name")
        person.pop("phone", None)
    body["people"]["husband"]["phone"] = phone
    return body
