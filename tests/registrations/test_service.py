"""Who gets a place, who waits, who is refused: by the commands that doors call."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity, State
from eventsvc.core.errors import Invalid, NotFound
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.kinds import KINDS
from eventsvc.kinds.golden_wedding.rules import NotGoldenYet
from eventsvc.registrations import openings, queries, reasons, service
from eventsvc.registrations.errors import (
    ActivityCancelled,
    ActivityFull,
    AlreadySignedUp,
    AnotherBody,
    LinkClosed,
    NotOpenYet,
    SignUpOver,
    SignUpPaused,
)
from eventsvc.registrations.models import (
    REGISTRATIONS,
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
from tests.factories.registrations import NOW, a_party, an_id_number, couple_body, signed_up
from tests.registrations.counts import UNSURE, pool, rows


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
        assert "核实" in reasons.told(queries.by_id(receipt.id).review_reason)
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
