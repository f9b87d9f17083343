"""Who gets a place, who waits, who is refused: by the commands that doors call."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from eventsvc.activities import queries as plans
from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity, State
from eventsvc.activities.schemas import PlanSchema, plan_of
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import Invalid, NotAllowed, NotFound
from eventsvc.declare import Personal
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.kinds import KINDS
from eventsvc.kinds.golden_wedding.rules import NotGoldenYet
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import openings, queries, service
from eventsvc.registrations.errors import (
    ActivityCancelled,
    ActivityFull,
    AlreadySignedUp,
    AlreadyWithdrawn,
    AnotherBody,
    HasCome,
    LinkClosed,
    NotOpenYet,
    NotToReview,
    SayWhy,
    SignUpOver,
    SignUpPaused,
    TooLateToChange,
)
from eventsvc.registrations.models import (
    PARTICIPANTS,
    REGISTRATIONS,
    Channel,
    Claim,
    Participant,
    Pool,
    Registration,
    Seat,
    Standing,
)
from eventsvc.registrations.schemas import PartySchema
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import NOW, a_party, an_id_number, couple_body, entered, signed_up

UNSURE = {"calendar": "solar", "year": 1977}
"""Fifty years in the year of the ceremony: the day is not known, so the rules can't tell."""


def pool(activity) -> Pool:
    db.session.expire_all()
    return db.session.scalar(select(Pool).where(Pool.activity_id == activity.id))


def rows(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def standing(receipt) -> Standing:
    return queries.by_id(receipt.id).standing


class TestSignUp:
    def test_the_last_place_goes_to_one_couple(self, app):
        activity = an_activity(places=1, waiting_list=False)
        signed_up(activity)
        with pytest.raises(ActivityFull, match="名额已满"):
            signed_up(activity)
        assert (pool(activity).taken, rows(Registration), rows(Seat)) == (1, 1, 1)

    def test_a_couple_takes_one_place_and_a_volunteer_one(self, app):
        couples, volunteers = an_activity(places=5), an_activity("member_day", places=5, sign_up=True, unit=a_tree().village)
        signed_up(couples)
        signed_up(volunteers)
        assert (pool(couples).taken, pool(volunteers).taken) == (1, 1)
        assert rows(Participant) == 3

    def test_when_it_is_full_people_wait_in_order(self, app):
        activity = an_activity(places=1)
        receipts = [signed_up(activity) for _ in range(3)]
        assert [r.standing for r in receipts] == [Standing.PLACED, Standing.WAITING, Standing.WAITING]
        assert [r.seq for r in receipts] == [None, 1, 2]
        assert [queries.by_id(r.id).ahead for r in receipts] == [0, 1, 2]

    def test_a_newcomer_does_not_pass_those_who_wait(self, app):
        activity = an_activity(places=1)
        signed_up(activity), signed_up(activity)
        db.session.execute(update(Pool).values(cap=9))
        db.session.commit()
        assert signed_up(activity).standing == Standing.WAITING

    @pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED}))
    def test_a_link_works_only_while_the_activity_is_published(self, app, state):
        activity = an_activity(state=state)
        with pytest.raises((LinkClosed, NotFound)):
            service.sign_up(activity.slug or "nothing", (a_party(),), nonce="n", now=NOW)
        assert rows(Registration) == 0

    def test_too_early_too_late_and_paused_each_say_so(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=by, opens_at=NOW + timedelta(days=1))
        with pytest.raises(NotOpenYet, match="2027年5月2日"):
            signed_up(activity)
        with pytest.raises(SignUpOver):
            signed_up(activity, now=activity.closes_at)
        activities.set_paused(activity.id, True, actor=by, now=NOW)
        with pytest.raises(SignUpPaused):
            signed_up(activity, now=NOW + timedelta(days=2))

    def test_sign_up_ends_at_the_latest_when_the_activity_begins(self, app):
        activity = an_activity()
        db.session.execute(update(Activity).values(closes_at=None))
        db.session.commit()
        signed_up(activity, now=activity.starts_at - timedelta(minutes=1))
        with pytest.raises(SignUpOver):
            signed_up(activity, now=activity.starts_at)

    def test_the_statement_itself_asks_whether_the_link_is_open(self, app):
        """What a page was drawn from may be old: the guarded UPDATE has the last word."""
        tree = a_tree()
        by = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=by)
        seen = openings.opening(activity.slug)
        activities.move(activity.id, "cancel", actor=by, now=NOW, note="台风")
        with pytest.raises(ActivityCancelled):
            service.sign_up(seen, (a_party(),), nonce="n", now=NOW)
        assert (rows(Registration), rows(Claim), rows(Participant)) == (0, 0, 0)

    def test_a_couple_married_too_late_is_refused_with_the_field_named(self, app):
        with pytest.raises(NotGoldenYet) as no:
            signed_up(an_activity(), answers__married_on={"calendar": "solar", "year": 1990})
        assert "answers.married_on" in no.value.fields
        assert rows(Registration) == 0

    def test_when_the_rules_cannot_tell_somebody_looks(self, app):
        activity = an_activity(places=1)
        receipt = signed_up(activity, answers__married_on=UNSURE)
        assert receipt.standing == Standing.TO_REVIEW
        assert "核实" in queries.by_id(receipt.id).review_reason
        assert pool(activity).taken == 0

    def test_a_village_of_another_town_is_refused(self, app):
        tree = a_tree()
        activity = an_activity(unit=tree.township)
        party = a_party(village=str(tree.county.id))
        with pytest.raises(Invalid) as no:
            service.sign_up(activity.slug, (party,), nonce="n", now=NOW)
        assert list(no.value.fields) == ["village"]

    def test_a_village_of_this_town_stands_in_the_list(self, app):
        tree = a_tree()
        activity = an_activity(unit=tree.township)
        signed_up(activity, village=str(tree.village.id))
        assert queries.roster(activity.id)[0].village == tree.village.name


class TestTwice:
    def test_the_same_form_sent_twice_gives_the_same_receipt(self, app):
        activity, party = an_activity(), a_party()
        first = service.sign_up(activity.slug, (party,), nonce="x" * 20, now=NOW)
        again = service.sign_up(activity.slug, (party,), nonce="x" * 20, now=NOW + timedelta(minutes=1))
        assert (again.id, again.code, again.secret) == (first.id, first.code, first.secret)
        assert (rows(Registration), pool(activity).taken) == (1, 1)

    def test_it_does_so_even_when_sign_up_has_ended_since(self, app):
        activity, party = an_activity(places=1, waiting_list=False), a_party()
        first = service.sign_up(activity.slug, (party,), nonce="x" * 20, now=NOW)
        assert service.sign_up(activity.slug, (party,), nonce="x" * 20, now=activity.starts_at).id == first.id

    def test_another_body_with_the_same_nonce_is_refused(self, app):
        activity = an_activity()
        signed_up(activity, nonce="x" * 20)
        with pytest.raises(AnotherBody) as no:
            signed_up(activity, nonce="x" * 20)
        assert no.value.status == 422

    def test_the_same_nonce_in_another_activity_is_another_form(self, app):
        tree = a_tree()
        one, other = an_activity(unit=tree.village), an_activity(unit=tree.village)
        assert signed_up(one, nonce="x" * 20).id != signed_up(other, nonce="x" * 20).id

    @pytest.mark.parametrize(
        "told",
        [
            {"people__husband__id_number": an_id_number("male", "19480312", 7), "consent": {"contact": True, "identity": True}},
            {"people__husband__name": "张铁柱", "people__husband__born_on": "1948-03-12"},
            {"people__husband__name": "张铁柱", "people__husband__phone": "13899990000"},
        ],
        ids=["ID number", "name and birth date", "name and phone"],
    )  # fmt: skip
    def test_one_person_stands_in_one_party(self, app, told):
        activity = an_activity()
        signed_up(activity, **told)
        with pytest.raises(AlreadySignedUp, match="找回"):
            signed_up(activity, **told)
        assert (rows(Registration), pool(activity).taken) == (1, 1)

    def test_a_shared_phone_is_no_clash(self, app):
        activity = an_activity()
        signed_up(activity, people__husband__phone="13899990000")
        assert signed_up(activity, people__husband__phone="13899990000").standing == Standing.PLACED

    def test_who_withdrew_may_sign_up_again(self, app):
        activity, told = an_activity(), {"people__husband__name": "张铁柱", "people__husband__phone": "13899990000"}
        service.withdraw(signed_up(activity, **told).id, now=NOW)
        assert signed_up(activity, **told).standing == Standing.PLACED


class TestBothPairsOfParents:
    def two(self, **changed):
        other = couple_body()
        body = couple_body(another={"people": other["people"], "answers": other["answers"]})
        for name, value in changed.items():
            body["another"][name] = value
        return PartySchema.asking(KINDS["golden_wedding"], {}).load(body)

    def test_each_gets_a_place_a_code_and_a_secret(self, app):
        activity = an_activity()
        receipt = service.sign_up(activity.slug, self.two(), nonce="x" * 20, now=NOW)
        [other] = receipt.also
        assert receipt.code != other.code
        assert receipt.secret != other.secret
        assert (rows(Registration), rows(Participant), pool(activity).taken) == (2, 4, 2)

    def test_both_or_neither(self, app):
        activity = an_activity(places=1, waiting_list=False)
        with pytest.raises(ActivityFull):
            service.sign_up(activity.slug, self.two(), nonce="x" * 20, now=NOW)
        assert (rows(Registration), rows(Claim), rows(VaultRow) > 100, pool(activity).taken) == (0, 0, False, 0)

    def test_what_is_wrong_with_the_second_is_named_as_the_second(self, app):
        answers = {**couple_body()["answers"], "married_on": {"calendar": "solar", "year": 1990}}
        with pytest.raises(NotGoldenYet) as no:
            service.sign_up(an_activity().slug, self.two(answers=answers), nonce="x" * 20, now=NOW)
        assert list(no.value.fields) == ["another.answers.married_on"]

    def test_sent_twice_both_get_what_they_had(self, app):
        activity, parties = an_activity(), self.two()
        first = service.sign_up(activity.slug, parties, nonce="x" * 20, now=NOW)
        again = service.sign_up(activity.slug, parties, nonce="x" * 20, now=NOW)
        assert (again.code, again.also[0].code) == (first.code, first.also[0].code)

    def test_nobody_stands_in_both(self, app):
        body = couple_body()
        body["another"] = {"people": body["people"], "answers": body["answers"]}
        parties = PartySchema.asking(KINDS["golden_wedding"], {}).load(body)
        with pytest.raises(Invalid):
            service.sign_up(an_activity().slug, parties, nonce="x" * 20, now=NOW)


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


class TestReview:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(places=1, unit=tree.village, by=by)

    def test_admitted_it_gets_the_place(self, office):
        by, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        assert service.admit(receipt.id, actor=by, now=NOW) == Standing.PLACED
        assert (pool(activity).taken, queries.by_id(receipt.id).placed_count) == (1, 1)

    def test_admitted_when_full_it_waits_with_the_number_it_came_with(self, office):
        by, activity = office
        doubtful = signed_up(activity, answers__married_on=UNSURE)
        placed, later = signed_up(activity), signed_up(activity)
        assert service.admit(doubtful.id, actor=by, now=NOW) == Standing.WAITING
        service.withdraw(placed.id, now=NOW)
        assert (standing(doubtful), standing(later)) == (Standing.PLACED, Standing.WAITING)

    def test_rejected_with_words_it_gives_its_names_back(self, office):
        by, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        with pytest.raises(SayWhy):
            service.reject(receipt.id, " ", actor=by, now=NOW)
        service.reject(receipt.id, "户口簿上的日期不到五十年", actor=by, now=NOW)
        assert standing(receipt) == Standing.REJECTED
        assert rows(Claim) == 0

    def test_nobody_decides_twice(self, office):
        by, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        service.admit(receipt.id, actor=by, now=NOW)
        with pytest.raises(NotToReview):
            service.reject(receipt.id, "不行不行", actor=by, now=NOW)

    def test_a_neighbours_organiser_decides_nothing(self, office):
        _, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        stranger = a_user("organiser", a_tree().group)
        with pytest.raises((NotFound, NotAllowed)):
            service.admit(receipt.id, actor=stranger, now=NOW)


class TestCapacity:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(places=2, unit=tree.village, by=by)

    def give(self, by, activity, places: int) -> None:
        db.session.expire_all()
        kind, found = KINDS[activity.kind], plans.activity(activity.id, within=SYSTEM)
        plan = dict(PlanSchema.asking(kind).load(plan_of(kind, found)))
        activities.save(activity.id, plan | {"capacity": places}, version=found.version, actor=by, now=NOW)

    def test_raised_those_who_wait_move_up(self, office):
        by, activity = office
        receipts = [signed_up(activity) for _ in range(5)]
        self.give(by, activity, 4)
        assert [standing(r) for r in receipts] == [Standing.PLACED] * 4 + [Standing.WAITING]

    def test_lowered_nobody_is_put_out_and_nobody_comes_in(self, office):
        by, activity = office
        receipts = [signed_up(activity) for _ in range(3)]
        self.give(by, activity, 1)
        assert [standing(r) for r in receipts] == [Standing.PLACED] * 2 + [Standing.WAITING]
        service.withdraw(receipts[0].id, now=NOW)
        assert standing(receipts[2]) == Standing.WAITING
        assert (pool(activity).cap, pool(activity).taken) == (1, 1)

    def test_cancelled_it_frees_what_was_promised_and_everyone_is_told(self, office):
        by, activity = office
        receipts = [signed_up(activity) for _ in range(3)]
        activities.move(activity.id, "cancel", actor=by, now=NOW, note="台风")
        assert (pool(activity).taken, pool(activity).waiting, rows(Seat), rows(Claim)) == (0, 0, 0, 0)
        due = db.session.scalars(select(Message.registration_id).where(Message.state == MessageState.DUE, Message.topic == "cancelled"))
        assert set(due) == {r.id for r in receipts}

    def test_a_new_day_is_told_and_moves_the_day_of_purging(self, office):
        by, activity = office
        signed_up(activity)
        later = activity.starts_at + timedelta(days=10)
        activities.postpone(activity.id, later, actor=by, now=NOW, note="下雨")
        contact = db.session.scalar(select(VaultRow.purge_on).where(VaultRow.personal == Personal.CONTACT))
        assert contact == later.date() + timedelta(days=365)
        assert db.session.scalars(select(Message.topic).where(Message.state == MessageState.DUE)).all() == ["rescheduled"]


class TestStaff:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(places=1, unit=tree.village, by=by)

    def test_paper_forms_are_entered_after_the_deadline(self, office):
        by, activity = office
        entered(activity, by, now=activity.closes_at)
        assert pool(activity).taken == 1

    def test_when_it_is_full_they_wait_like_everyone(self, office):
        by, activity = office
        signed_up(activity)
        assert queries.by_id(entered(activity, by)).standing == Standing.WAITING

    def test_a_walk_in_finds_a_place_even_when_all_are_taken(self, office):
        by, activity = office
        signed_up(activity)
        walked_in = entered(activity, by, Channel.WALK_IN, now=activity.starts_at, people__husband__phone="")
        assert queries.by_id(walked_in).standing == Standing.PLACED
        assert (pool(activity).taken, pool(activity).cap) == (2, 1)

    def test_a_viewer_enters_nobody(self, office):
        _, activity = office
        viewer = a_user("viewer", activity.organisation_id)
        with pytest.raises(NotAllowed):
            entered(activity, viewer)

    def test_names_are_for_the_host_and_the_one_above(self, office):
        _, activity = office
        tree = a_tree()
        near = [a_user("viewer", unit) for unit in (tree.village, tree.township)]
        far = [a_user("viewer", unit) for unit in (tree.county, tree.city, tree.province)]
        assert [queries.sees_people(activity, one) for one in near] == [True, True]
        assert [queries.sees_people(activity, one) for one in far] == [False, False, False]


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


class TestLooking:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(unit=tree.village, by=by)

    def test_full_data_is_shown_to_whoever_says_why(self, office):
        by, activity = office
        receipt = signed_up(activity)
        with pytest.raises(SayWhy):
            service.unmask(activity.id, receipt.id, "", actor=by, now=NOW)
        assert service.unmask(activity.id, receipt.id, "电话核对", actor=by, now=NOW).id == receipt.id

    def test_a_party_of_another_activity_is_not_there(self, office):
        by, activity = office
        other = signed_up(an_activity(unit=activity.organisation))
        with pytest.raises(NotFound):
            service.unmask(activity.id, other.id, "电话核对", actor=by, now=NOW)

    def test_a_full_list_is_taken_away_only_with_a_reason(self, office):
        by, activity = office
        signed_up(activity)
        assert len(service.export(activity.id, full=False, actor=by, now=NOW)) == 1
        with pytest.raises(SayWhy):
            service.export(activity.id, full=True, actor=by, now=NOW)


def test_a_list_goes_by_the_sound_of_names(app):
    activity = an_activity()
    for name in ("张三", "安生", "欧阳娜"):
        signed_up(activity, people__husband__name=name)
    assert [p.people[0].name for p in queries.roster(activity.id)] == ["安生", "欧阳娜", "张三"]


def test_standing_and_places_agree_in_the_row(app):
    activity = an_activity(places=1)
    signed_up(activity), signed_up(activity)
    found = db.session.execute(select(REGISTRATIONS.c.standing, REGISTRATIONS.c.placed_count).order_by(REGISTRATIONS.c.created_at)).all()
    assert sorted(tuple(f) for f in found) == [(Standing.PLACED, 1), (Standing.WAITING, 0)]
