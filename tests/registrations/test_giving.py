"""Pages about places: how they are given, the draw that anybody checks from the page alone, offers, times of one's own, decisions in bulk."""

import hashlib
import re
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from eventsvc.core import clock
from eventsvc.core.periods import at_local, day_of
from eventsvc.infra.db import db
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import openings, queries, rosters, service
from eventsvc.registrations.arrangement import Batches, Slot
from eventsvc.registrations.errors import OfferGone, SlotTaken
from eventsvc.registrations.models import Admission, Promotion, Registration, Standing
from tests.clients import Browser, form_of, text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.registrations import SEED, arranged, signed_up


@pytest.fixture
def tree(app):
    tree = a_tree()
    a_sibling_village(tree)
    return tree


@pytest.fixture
def by(tree):
    return a_user("organiser", tree.township)


@pytest.fixture
def event(tree, by):
    return an_activity(unit=tree.township, by=by, places=2)


@pytest.fixture
def office(app, by, at_now):
    return logged_in(app, by)


def path(event, rest=""):
    return f"/activities/{event.id}/registrations{rest}"


def at(event, hour, minute=0):
    return at_local(day_of(event.starts_at), NOW.time().replace(hour=hour, minute=minute))


def party_browser(app, receipt) -> Browser:
    """The phone on which the party's private link was opened."""
    browser = Browser(app)
    browser.get(f"/k/{receipt.secret}")
    return browser


def asked(page: str) -> dict[str, str]:
    """What the last form of a page would send."""
    return dict(form_of(page, number=-1).items())


def closed(event):
    return event.closes_at + timedelta(minutes=1)


class TestPlacesPage:
    def test_what_is_saved_stands_there_again(self, office, event, tree):
        form = asked(office.get(path(event, "/places")).text)
        form |= {"capacity": "5", "reserve": "2", "admission": "review", "promotion": "offer", "offer_hours": "48", "each_village": "3",
                 f"villages.v_{tree.village.id.hex}": "1", "slots.0.at": "09:30", "slots.0.label": "上午场", "slots.0.places": "4",
                 "makeup_at": "2027-05-29T07:30", "makeup_every": "20", "makeup_each": "2"}  # fmt: skip
        office.post(path(event, "/places"), form, status=303)
        again = asked(office.get(path(event, "/places")).text)
        assert {name: again[name] for name in ("capacity", "reserve", "offer_hours", "slots.0.key", "slots.0.at", "slots.0.label", "makeup_every")} == {
            "capacity": "5", "reserve": "2", "offer_hours": "48", "slots.0.key": "1", "slots.0.at": "09:30", "slots.0.label": "上午场", "makeup_every": "20",
        }  # fmt: skip
        opening = openings.opening_of(event.id)
        assert (opening.capacity, opening.admission, opening.promotion, opening.offer_hours) == (5, Admission.REVIEW, Promotion.OFFER, 48)
        other = a_sibling_village(tree).id.hex
        assert {row.kind: row.cap for row in queries.pools(event.id)} == {
            "main": 5, "reserve": 2, "slot:1": 4, f"unit:{tree.village.id.hex}": 1, f"unit:{other}": 3, "makeup:1": 2, "makeup:2": 2, "makeup:3": 2,
        }  # fmt: skip

    @pytest.mark.parametrize(
        "wrong",
        [{"capacity": "0"}, {"capacity": "x"}, {"admission": "odd"}, {"slots.0.places": "3"}, {"slots.0.at": "25:00"}, {"male": "3"}, {"villages.v_x": "3"}, {"offer_hours": "0"}],
    )
    def test_what_cannot_be_is_said_and_nothing_typed_is_lost(self, office, event, wrong):
        form = asked(office.get(path(event, "/places")).text) | {"each_village": "7"} | wrong
        page = office.post(path(event, "/places"), form, status=422).text
        assert asked(page)["each_village"] == "7"
        assert openings.opening_of(event.id).capacity == 2

    def test_cut_below_what_is_taken_nobody_is_put_out_and_that_is_said(self, office, event):
        for _ in range(2):
            signed_up(event)
        form = asked(office.get(path(event, "/places")).text)
        office.post(path(event, "/places"), form | {"capacity": "1"}, status=303)
        assert "比名额多1" in text_of(office.get(path(event, "/places")).text)
        assert queries.counts(event.id) == {Standing.PLACED: 2}

    def test_a_group_leader_does_not_arrange(self, app, event, tree, at_now):
        logged_in(app, a_user("group_leader", tree.township)).get(path(event, "/places"), status=403)


class TestChoosing:
    def test_the_form_asks_for_the_session_and_says_what_is_left(self, app, event, by, at_now):
        arranged(event, by, slots=(Slot("", time(9), "上午场", 1), Slot("", time(14), "", 1)))
        page = Browser(app).get(f"/s/{event.slug}").text
        assert re.search(r'name="slot"[^>]*value="1"', page)
        signed_up(event, slot=queries.pools(event.id)[1].kind.removeprefix("slot:"))
        assert "已满，可候补" in text_of(Browser(app).get(f"/s/{event.slug}").text)

    def test_whoever_chooses_none_is_asked(self, app, event, by, at_now):
        arranged(event, by, slots=(Slot("", time(9), "", 1),))
        form = asked(Browser(app).get(f"/s/{event.slug}").text)
        assert "请选择参加哪一场" in Browser(app).post(f"/s/{event.slug}", form | ANSWERS, status=422).text

    def test_villages_say_how_many_places_they_have_left(self, app, event, by, tree, at_now):
        arranged(event, by, each_village=2, capacity=10)
        signed_up(event, village=str(tree.village.id))
        assert "观洋村委会（还有1个名额）" in text_of(Browser(app).get(f"/s/{event.slug}").text)

    def test_the_receipt_says_which_session(self, app, event, by, at_now):
        arranged(event, by, slots=(Slot("", time(9, 30), "亲子操", 1),))
        receipt = signed_up(event, slot="1")
        assert "09:30 亲子操" in text_of(party_browser(app, receipt).get(f"/r/{receipt.code}").text)


ANSWERS = {
    "proxy.relation": "self", "people.husband.name": "曾秀英", "people.husband.phone": "13800001111", "people.wife.name": "李玉兰",
    "answers.married_on.year": "1970", "answers.marriage_proof": "own_word", "answers.residence": "living",
    "answers.honoured_before": "no", "consent.contact": "1", "consent.health": "1",
}  # fmt: skip


class TestPublicDraw:
    def drawn(self, event, by, tree, number=6):
        arranged(event, by, admission=Admission.LOTTERY, capacity=3, each_village=2)
        villages = [tree.village.id, a_sibling_village(tree).id]
        return [signed_up(event, village=str(villages[at % 3 == 2])) for at in range(number)]

    def test_the_hash_stands_there_before_anybody_signs_up_and_the_seed_does_not(self, app, event, by, at_now):
        arranged(event, by, admission=Admission.LOTTERY)
        page = Browser(app).get(f"/s/{event.slug}/draw").text
        assert hashlib.sha256(SEED.encode()).hexdigest() in page
        assert SEED not in page
        assert f"/s/{event.slug}/draw" in Browser(app).get(f"/s/{event.slug}").text

    def test_it_is_computed_again_from_the_page_alone(self, app, event, by, tree, at_now):
        self.drawn(event, by, tree)
        service.hold_draw(event.id, actor=by, now=closed(event))
        page = Browser(app).get(f"/s/{event.slug}/draw").text
        rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
        told = [re.findall(r">([^<>]+)<", row) for row in rows]
        lines = [[word.strip() for word in one if word.strip()] for one in told]
        results = [(one[0], "入选" in one, one[-1]) for one in lines if any(word in ("入选", "候补") for word in one)]
        seed, seed_hash = (re.search(rf"{label}[^<]*</dt>\s*<dd>([0-9a-f]{{64}})", page)[1] for label in ("种子（抽签后公布", "种子的指纹（报名前公布"))
        assert hashlib.sha256(seed.encode()).hexdigest() == seed_hash
        codes = [code for code, *_ in results]
        assert codes == sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())
        left = dict(re.findall(r"([^\s、：]+) (\d+)", re.search(r"抽签时的名额：([^<]+)<", page)[1]))
        left = {label: int(n) for label, n in left.items()}
        for _, inside, wants in results:
            wanted = {label: int(n) for label, n in re.findall(r"([^\s、]+) (\d+)", wants)}
            fits = all(left[label] >= n for label, n in wanted.items())
            assert fits == inside
            if fits:
                left |= {label: left[label] - n for label, n in wanted.items()}
        assert len(results) == 6

    def test_it_names_nobody(self, app, event, by, tree, at_now):
        arranged(event, by, admission=Admission.LOTTERY)
        signed_up(event, people__husband__name="欧阳罕见", people__husband__phone="13812345678")
        service.hold_draw(event.id, actor=by, now=closed(event))
        page = Browser(app).get(f"/s/{event.slug}/draw").text
        assert "欧阳" not in page
        assert "138" not in text_of(page).replace(SEED, "")

    def test_without_a_draw_there_is_no_such_page(self, app, event, at_now):
        Browser(app).get(f"/s/{event.slug}/draw", status=404)

    def test_the_button_draws_and_shows_the_result_however_often_it_is_pressed(self, app, event, by, tree, monkeypatch):
        self.drawn(event, by, tree)
        monkeypatch.setattr(clock, "now", lambda: closed(event))
        office = logged_in(app, by)
        assert "现在抽" in office.get(path(event, "/places")).text
        for _ in range(2):
            assert office.post(path(event, "/draw"), status=303).location.endswith(f"/s/{event.slug}/draw")
        topics = db.session.scalars(select(Message.topic).where(Message.state == MessageState.DUE)).all()
        assert sorted(topics) == ["drawn"] * 6
        calls = text_of(office.get(f"/activities/{event.id}/messages").text)
        assert "您入选了" in calls
        assert "这次先候补" in calls

    def test_who_has_entered_reads_what_comes_next(self, app, event, by, tree, at_now):
        receipt = self.drawn(event, by, tree, 1)[0]
        page = text_of(party_browser(app, receipt).get(f"/r/{receipt.code}").text)
        assert "已登记，等结果" in page


class TestOffers:
    @pytest.fixture
    def offered(self, app, event, by, at_now):
        arranged(event, by, promotion=Promotion.OFFER, offer_hours=24)
        receipts = [signed_up(event) for _ in range(4)]
        service.withdraw(receipts[0].id, now=NOW)
        return receipts[2]

    def test_the_receipt_offers_it_until_when_and_takes_a_yes(self, app, event, offered):
        phone = party_browser(app, offered)
        page = phone.get(f"/r/{offered.code}").text
        assert "给您留着一个名额" in text_of(page)
        assert phone.post(f"/r/{offered.code}/accept").status_code == 303
        assert queries.by_id(offered.id).standing == Standing.PLACED
        assert "名额确认好了" in text_of(phone.get(f"/r/{offered.code}").text)

    def test_a_no_gives_it_to_the_next(self, app, event, offered):
        phone = party_browser(app, offered)
        phone.get(f"/r/{offered.code}")
        assert phone.post(f"/r/{offered.code}/decline").status_code == 303
        assert queries.by_id(offered.id).standing == Standing.LAPSED
        assert queries.counts(event.id)[Standing.OFFERED] == 1
        assert "名额让给了别人" in text_of(phone.get(f"/r/{offered.code}").text)

    def test_looking_at_the_link_takes_nothing(self, app, offered):
        phone = party_browser(app, offered)
        assert phone.client.get(f"/r/{offered.code}/accept").status_code == 405
        assert queries.by_id(offered.id).standing == Standing.OFFERED

    def test_a_stranger_takes_nothing(self, app, event, offered):
        another = signed_up(event)
        stranger = party_browser(app, another)
        stranger.get(f"/r/{another.code}")
        stranger.post(f"/r/{offered.code}/accept", status=403)
        assert queries.by_id(offered.id).standing == Standing.OFFERED

    def test_who_is_asked_and_who_was_too_late_stands_on_the_call_list(self, office, event, offered):
        assert "要来请在" in text_of(office.get(f"/activities/{event.id}/messages").text)
        service.lapse_offers(NOW + timedelta(hours=25))
        calls = text_of(office.get(f"/activities/{event.id}/messages").text)
        assert "已经让给后面的人" in calls
        assert calls.count("要来请在") == 1
        with pytest.raises(OfferGone):
            service.accept_offer(offered.id, now=NOW + timedelta(hours=26))

    def test_who_waits_reads_how_many_are_ahead_and_may_leave(self, app, event, at_now):
        receipts = [signed_up(event) for _ in range(4)]
        phone = party_browser(app, receipts[3])
        page = phone.get(f"/r/{receipts[3].code}").text
        assert "前面还有1家" in text_of(page)
        assert phone.post(f"/r/{receipts[3].code}/withdraw").status_code == 303
        assert queries.by_id(receipts[3].id).standing == Standing.WITHDRAWN


class TestTimes:
    @pytest.fixture
    def timed(self, event, by, tree, at_now):
        arranged(event, by, capacity=6, makeup=Batches(at(event, 7, 30), 20, 2), photo=Batches(at(event, 8), 10, 1))
        other = a_sibling_village(tree)
        return [signed_up(event, village=str(v.id)) for v in (tree.village, other, tree.village, other, tree.village)]

    def given(self, event):
        return {one.party.id: (one.party.village, {what: batch.at for what, batch in one.times.items()}) for one in rosters.with_times(event.id)}

    def test_a_village_stays_together_and_no_batch_is_too_full(self, event, by, timed):
        assert service.give_slots(event.id, afresh=False, actor=by, now=NOW) == 5
        order = [village for village, _ in sorted(self.given(event).values(), key=lambda one: (one[1]["makeup"], one[1]["photo"]))]
        assert len(set(order[:2])) == len(set(order[-2:])) == 1
        assert sorted(times["photo"] for _, times in self.given(event).values()) == ["08:00", "08:10", "08:20", "08:30", "08:40"]
        assert all(batch.taken <= batch.cap for batch in rosters.batches(event.id))

    def test_whoever_comes_later_gets_the_next_and_who_goes_leaves_theirs(self, event, by, timed):
        service.give_slots(event.id, afresh=False, actor=by, now=NOW)
        late = signed_up(event)
        assert service.fill_slots(NOW) == 1
        assert self.given(event)[late.id][1] == {"makeup": "08:10", "photo": "08:50"}
        freed = self.given(event)[timed[0].id][1]["photo"]
        service.withdraw(timed[0].id, now=NOW)
        assert [batch.taken for batch in rosters.batches(event.id) if batch.what == "photo" and batch.at == freed] == [0]
        assert service.fill_slots(NOW) == 0

    def test_nothing_is_given_before_the_organiser_says_so(self, timed):
        assert service.fill_slots(NOW) == 0

    def test_there_are_always_enough(self, event, by, timed):
        arranged(event, by, capacity=3, makeup=Batches(at(event, 7, 30), 20, 1))
        assert service.give_slots(event.id, afresh=False, actor=by, now=NOW) == 5
        assert sorted(times["makeup"] for _, times in self.given(event).values()) == ["07:30", "07:50", "08:10", "08:30", "08:50"]

    def test_one_is_moved_by_hand_but_not_onto_a_full_one(self, office, event, by, timed):
        service.give_slots(event.id, afresh=False, actor=by, now=NOW)
        photo = {batch.at: batch for batch in rosters.batches(event.id) if batch.what == "photo"}
        office.get(path(event, "/times"))
        office.post(path(event, "/times"), {"party": str(timed[0].id), "batch": str(photo["08:50"].id)}, status=303)
        assert self.given(event)[timed[0].id][1]["photo"] == "08:50"
        with pytest.raises(SlotTaken):
            service.move_slot(event.id, timed[1].id, photo["08:50"].id, actor=by, now=NOW)
        assert all(batch.taken <= batch.cap for batch in rosters.batches(event.id))

    def test_the_receipt_the_papers_and_the_calls_say_it(self, app, office, event, by, timed):
        service.give_slots(event.id, afresh=False, actor=by, now=NOW)
        _, times = self.given(event)[timed[0].id]
        receipt = text_of(party_browser(app, timed[0]).get(f"/r/{timed[0].code}").text)
        assert times["makeup"] in receipt
        assert times["photo"] in receipt
        for paper in ("slot", "village"):
            assert times["makeup"] in office.get(path(event, f"/times?paper={paper}")).text
        assert "给您排好了时间" in text_of(office.get(f"/activities/{event.id}/messages").text)

    def test_new_times_are_told_and_old_words_dropped(self, event, by, timed):
        service.give_slots(event.id, afresh=False, actor=by, now=NOW)
        arranged(event, by, now=NOW + timedelta(hours=1), capacity=6, makeup=Batches(at(event, 7), 20, 2), photo=Batches(at(event, 8), 10, 1))
        due = db.session.scalars(select(Message).where(Message.topic == "slots", Message.state == MessageState.DUE)).all()
        assert len(due) == 5
        assert all(one.created_at == NOW + timedelta(hours=1) for one in due)


class TestReview:
    @pytest.fixture
    def waiting(self, event, by, at_now):
        arranged(event, by, admission=Admission.REVIEW)
        return [signed_up(event) for _ in range(4)]

    def test_everybody_comes_to_be_looked_at_and_is_decided_in_one_go(self, office, event, waiting):
        page = office.get(path(event, "/review")).text
        assert page.count('value="admit"') == 4
        told = {f"party-{one.id}": said for one, said in zip(waiting, ("admit", "admit", "admit", "reject"), strict=True)}
        office.post(path(event, "/review"), told | {"reason": "这次先请八十岁以上的"}, status=303)
        standings = [queries.by_id(one.id).standing for one in waiting]
        assert standings == [Standing.PLACED, Standing.PLACED, Standing.WAITING, Standing.REJECTED]
        assert "通过3份，其中候补1份；不通过1份" in text_of(office.get(path(event, "/review")).text)

    def test_a_no_without_words_changes_nothing_and_keeps_what_was_chosen(self, office, event, waiting):
        office.get(path(event, "/review"))
        page = office.post(path(event, "/review"), {f"party-{waiting[0].id}": "reject", f"party-{waiting[1].id}": "admit"}, status=422).text
        assert re.search(rf'name="party-{waiting[0].id}"[^>]*value="reject" checked', page)
        assert queries.counts(event.id) == {Standing.TO_REVIEW: 4}

    def test_somebody_of_another_activity_is_nobody(self, office, event, waiting, by, tree):
        other = signed_up(an_activity(unit=tree.township, by=by))
        office.get(path(event, "/review"))
        office.post(path(event, "/review"), {f"party-{other.id}": "admit", f"party-{waiting[0].id}": "admit"}, status=404)
        assert db.session.get(Registration, waiting[0].id, populate_existing=True).standing == Standing.TO_REVIEW
