"""A storm over places: many hands at once, walls that move, and a checker that counts everything in its own way."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from eventsvc.core.errors import DomainError
from eventsvc.infra.db import after_commit, db, transactional
from eventsvc.registrations import queries, queueing, service
from eventsvc.registrations.models import Channel, Promotion, Registration, Seat, SignUpRules, Standing
from eventsvc.registrations.schemas import Party, PersonAnswers
from eventsvc.registrations.service import PoolPlan, places, waiting
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.registrations import a_name, a_party, a_phone

K, HANDS, CROWD = 2, 6, 35
HOLDS = (Standing.PLACED, Standing.OFFERED)
_numbers = itertools.count(1)


@dataclass
class Place:
    """One activity in the storm, and what the checker remembers of it."""

    id: UUID
    slug: str
    kind: str
    villages: list[UUID]
    by: Any
    one_pool: bool
    bound: dict[UUID, int] = field(default_factory=dict)
    """How many places of a pool may be taken: its cap, or what stood when a wall was moved in."""


class Storm:
    """Everything that happens in one storm."""

    def __init__(self, app: Any, monkeypatch: Any, seed: int = 7) -> None:
        self.app, self.chance = app, random.Random(seed)
        self.lock, self.faults, self.done = threading.Lock(), [], Counter[str]()
        self.people: list[tuple[Place, UUID]] = []
        self.passes: Counter[UUID] = Counter()
        self.began, self.stop = time.monotonic(), threading.Event()
        self.places = [self._place(Promotion.AT_ONCE), self._place(Promotion.OFFER), self._place(Promotion.OFFER, one_pool=True), self._uniform()]
        self._watch(monkeypatch)

    # -- the ground ---------------------------------------------------------------------------------------------------------

    def _place(self, promotion: Promotion, *, one_pool: bool = False) -> Place:
        """Courses for parties of one to four; of one pool, or with villages, categories, a reserve."""
        tree = a_tree()
        villages = [tree.village.id, a_sibling_village(tree).id]
        by = a_user("organiser", tree.township)
        activity = an_activity("training", unit=tree.township, by=by, places=12, sign_up=True)
        place = Place(activity.id, activity.slug, "training", villages, by, one_pool)
        self._rules(activity.id, promotion)
        service.set_pools(activity.id, self._pools(place, 12), actor=by, now=NOW)
        return place

    def _uniform(self) -> Place:
        tree = a_tree()
        by = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=by, places=6)
        return Place(activity.id, activity.slug, "golden_wedding", [], by, True)

    @staticmethod
    @transactional
    def _rules(activity_id: UUID, promotion: Promotion) -> None:
        values = {"activity_id": activity_id, "promotion": promotion, "offer_hours": 1, "most_passed": K, "changed_at": NOW}
        db.session.execute(insert(SignUpRules), values)

    def _pools(self, place: Place, cap: int) -> list[PoolPlan]:
        if place.one_pool:
            return [PoolPlan("main", "", cap)]
        villages = [PoolPlan(f"unit:{one.hex}", f"村{at}", self.chance.randint(4, 7), at) for at, one in enumerate(place.villages)]
        return [
            PoolPlan("main", "", cap), PoolPlan("reserve", "现场预留", 3), *villages,
            PoolPlan("category:male", "男", self.chance.randint(5, 9)), PoolPlan("photo:a", "合影", 9, gates=False),
        ]  # fmt: skip

    def _watch(self, monkeypatch: Any) -> None:
        """Count who is passed over by what goes into the walk and what comes out; and look at who is let in without one."""
        scan, take = queueing.scan, places.take

        def watched(free: Any, listed: Any, k: int, **how: Any) -> Any:
            seen: list[queueing.Party] = []
            told = (seen.append(one) or one for one in listed)
            done = scan(free, told, k, **how)
            lucky = {one.id for one in done.promoted}
            after_commit(lambda: self._count(dict(free), seen, lucky))
            return done

        def watched_take(opening: Any, party: UUID, *what: Any, **how: Any) -> Any:
            before = db.session.scalar(select(func.count()).where(Registration.activity_id == opening.id, Registration.standing == Standing.WAITING))
            done = take(opening, party, *what, **how)
            if done and done[0] == Standing.PLACED and how["channel"] != Channel.WALK_IN:
                now_waiting = db.session.scalar(
                    select(func.count()).where(Registration.activity_id == opening.id, Registration.standing == Standing.WAITING)
                )
                after_commit(lambda: self._let_in(party, min(before, now_waiting)))
            return done

        monkeypatch.setattr(queueing, "scan", watched)
        monkeypatch.setattr(places, "take", watched_take)
        self.walked: set[UUID] = set()

    def _count(self, left: dict[UUID, int], seen: list[queueing.Party], lucky: set[UUID]) -> None:
        with self.lock:
            self.walked |= lucky
            for at, one in enumerate(seen):
                if one.id in lucky:
                    for pool, n in one.wants.items():
                        left[pool] -= n
                        if left[pool] < 0:
                            self.faults.append("more was given than was free")
                    continue
                short = {pool for pool, n in one.wants.items() if left[pool] < n}
                self.passes[one.id] += sum(not short.isdisjoint(other.wants) for other in seen[at + 1:] if other.id in lucky)
                if self.passes[one.id] > K:
                    self.faults.append("passed over too often")

    def _let_in(self, party: UUID, others: int) -> None:
        with self.lock:
            if others and party not in self.walked:
                self.faults.append("a newcomer went past those who wait")

    # -- the hands ----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> Any:
        """A clock that runs 1800 times faster: an offer of one hour stands for two seconds."""
        return NOW + timedelta(seconds=(time.monotonic() - self.began) * 1800 % 2_000_000)

    def run(self, seconds: float) -> None:
        """Let it blow, until the time is over or something is wrong; then let the wind die down and look once more."""
        hands = [threading.Thread(target=self._hand, args=(at,)) for at in range(HANDS)] + [threading.Thread(target=self._organiser)]
        for hand in hands:
            hand.start()
        self.stop.wait(seconds)
        self.stop.set()
        for hand in hands:
            hand.join()
        if not self.faults:
            for place in self.places:
                self._look(place, at_rest=True)

    def _hand(self, number: int) -> None:
        chance = random.Random(number)
        steps: list[tuple[Callable[..., None], int]] = [
            (self._comes, 9), (self._goes, 6), (self._says_yes, 2), (self._says_no, 1), (self._lapses, 1), (self._one_stays_away, 2),
        ]  # fmt: skip
        with self.app.app_context():
            while not self.stop.is_set():
                crowd = len(self.people) > CROWD * len(self.places)
                step = self._goes if crowd else chance.choices([s for s, _ in steps], [w for _, w in steps])[0]
                self._try(step, chance)

    def _try(self, step: Callable[..., None], *args: Any) -> None:
        try:
            step(*args)
            self.done[step.__name__] += 1
        except DomainError as no:
            self.done[no.code] += 1
        except Exception as trouble:  # noqa: BLE001 (whatever it is, the storm must tell)
            with self.lock:
                self.faults.append(repr(trouble)[:300])
        finally:
            db.session.rollback()
        if self.faults:
            self.stop.set()

    def _comes(self, chance: random.Random) -> None:
        place = chance.choice(self.places)
        party = a_party() if place.kind == "golden_wedding" else a_delegation(chance, place.villages)
        made = service.sign_up(place.slug, (party,), nonce=f"storm-{next(_numbers)}", now=NOW)
        with self.lock:
            self.people.append((place, made.id))

    def _someone(self, chance: random.Random, *, gone: bool = False) -> UUID | None:
        with self.lock:
            if not self.people:
                return None
            at = chance.randrange(len(self.people))
            return (self.people.pop(at) if gone else self.people[at])[1]

    def _goes(self, chance: random.Random) -> None:
        if one := self._someone(chance, gone=True):
            service.withdraw(one, now=self.now)

    def _offered(self, chance: random.Random) -> UUID | None:
        """Pick somebody who answers: one in three lets the time go by."""
        found = db.session.scalars(select(Registration.id).where(Registration.standing == Standing.OFFERED))
        answers = [one for one in found if one.int % 3]
        return chance.choice(answers) if answers else None

    def _says_yes(self, chance: random.Random) -> None:
        if one := self._offered(chance):
            service.accept_offer(one, now=self.now)

    def _says_no(self, chance: random.Random) -> None:
        if one := self._offered(chance):
            service.decline_offer(one, now=self.now)

    def _lapses(self, _chance: random.Random) -> None:
        lapsed = service.lapse_offers(self.now)
        with self.lock:
            self.done["lapsed"] += lapsed

    def _one_stays_away(self, chance: random.Random) -> None:
        if one := self._someone(chance):
            fewer(one, self.now)

    # -- the walls, and the look at everything ----------------------------------------------------------------------------------

    def _organiser(self) -> None:
        with self.app.app_context():
            while not self.stop.wait(0.1):
                place = self.chance.choice(self.places)
                self._try(self._turn, place)

    @transactional
    def _turn(self, place: Place) -> None:
        """Look, move a wall or let somebody in at the door, look again: all while nobody else can do anything."""
        queries.pool_of(place.id, lock=True)
        self._look(place)
        if not place.one_pool and self.chance.random() < 0.25:
            party = a_delegation(self.chance, place.villages, most=2)
            service.add_by_staff(place.id, party, channel=Channel.WALK_IN, nonce=f"door-{next(_numbers)}", actor=place.by, now=NOW)
            self.done["at_the_door"] += 1
        else:
            service.set_pools(place.id, self._pools(place, self.chance.randint(5, 16)), actor=place.by, now=NOW)
        self._look(place, moved=True)

    def _look(self, place: Place, *, moved: bool = False, at_rest: bool = False) -> None:
        rows = queries.pools(place.id)
        if moved:
            place.bound = {row.id: max(row.cap, row.taken) for row in rows}
        for fault in check(place, rows, self.passes if at_rest else None):
            with self.lock:
                self.faults.append(fault)
        place.bound = {row.id: max(row.cap, row.taken) for row in rows}
        self.done["looks"] += 1


@transactional
def fewer(party: UUID, now: Any) -> None:
    """Take one person out of a party of several."""
    record = places.locked(party)
    if record.wanted < 2 or record.standing not in (*HOLDS, Standing.WAITING):
        return
    villages = {pool: record.wanted - 1 for pool, n in record.wants.items() if n == record.wanted}
    places.shrink(record, record.wanted - 1, {**{p: n for p, n in record.wants.items() if n < record.wanted}, **villages})
    waiting.move_up(record.opening, now)


def a_delegation(chance: random.Random, villages: list[UUID], most: int = 4) -> Party:
    """One to four people of a village, men and women."""
    people = tuple(
        PersonAnswers(f"member_{at}", {"name": a_name(), "phone": a_phone(), "sex": chance.choice(("male", "female")), "post": "officer"})
        for at in range(1, chance.randint(1, most) + 1)
    )  # fmt: skip
    return Party(people, {"unit_name": "点头镇计生协"}, None, chance.choice(villages))


def check(place: Place, rows: Any, passes: Counter[UUID] | None) -> list[str]:
    """Count everything again from the parties themselves; return what does not add up."""
    db.session.expire_all()
    parties = list(db.session.scalars(select(Registration).where(Registration.activity_id == place.id)))
    seats: dict[UUID, dict[UUID, int]] = {}
    query = select(Seat).join(Registration, Registration.id == Seat.registration_id).where(Registration.activity_id == place.id)
    for seat in db.session.scalars(query):
        seats.setdefault(seat.registration_id, {})[seat.pool_id] = seat.n
    found = [f"a party is split: {one.standing}" for one in parties if not whole(one, seats.get(one.id, {}), rows)]
    found += [f"passed {one.passed} times" for one in parties if one.passed > K]
    waits = [one for one in parties if one.standing == Standing.WAITING]
    if len({one.seq for one in waits} - {None}) != len(waits):
        found.append("two with one number")
    for row in rows:
        found += _of_pool(place, row, waits, sum(held.get(row.id, 0) for held in seats.values()))
    if passes is not None:
        found += [f"{one.passed} written, {passes[one.id]} seen" for one in parties if one.passed != passes[one.id]]
    return found + _left_behind(rows, waits)


def _of_pool(place: Place, row: Any, waits: list[Registration], held: int) -> list[str]:
    found = []
    if row.taken != held:
        found.append(f"{row.kind}: {row.taken} taken, {held} held")
    if row.taken > place.bound.get(row.id, row.taken):
        found.append(f"{row.kind}: {row.taken} of {row.cap}")
    who = len(waits) if row.kind == "main" else sum(bool(one.wants.get(row.id.hex)) for one in waits)
    if row.waiting != who:
        found.append(f"{row.kind}: {row.waiting} counted as waiting, {who} wait")
    return found


def whole(one: Registration, held: dict[UUID, int], rows: Any) -> bool:
    """Say whether a party holds all that it wants, or nothing."""
    if one.standing not in HOLDS:
        return not held and one.placed_count == 0
    wants = {UUID(pool): n for pool, n in one.wants.items()}
    room = next(({row.id: one.wanted} for row in rows if row.kind == "reserve" and row.id in held), {rows[0].id: one.wanted})
    return held == {**room, **wants} and one.placed_count == one.wanted


def _left_behind(rows: Any, waits: list[Registration]) -> list[str]:
    """Whoever could have moved has moved: what frees a place gives it away in the same transaction."""
    free = {row.id: max(row.cap - row.taken, 0) for row in rows if row.gates and row.kind != "reserve"}
    listed = sorted(waits, key=lambda one: one.seq or 0)
    told = [queueing.Party(one.id, {rows[0].id: one.wanted, **{UUID(p): n for p, n in one.wants.items()}}, one.passed) for one in listed]
    for at, one in enumerate(told):
        held_up = any(before.passed >= K for before in told[:at])
        if not held_up and all(free.get(pool, n) >= n for pool, n in one.wants.items()):
            return ["somebody waits for what is free"]
    return []
