"""Whatever people do in whatever order: places add up, nobody is put out, who waits longest comes first."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from eventsvc.activities.events import ActivityPlanned
from eventsvc.activities.models import Activity
from eventsvc.infra.db import db, transactional
from eventsvc.infra.vault import VaultRow
from eventsvc.messages.models import Message
from eventsvc.registrations import service
from eventsvc.registrations.models import CLAIMS, PARTICIPANTS, REGISTRATIONS, SEATS, Pool, Registration, Seat, Standing
from tests.factories.activities import NOW, an_activity
from tests.factories.registrations import signed_up

STEPS = st.lists(
    st.one_of(
        st.just(("sign_up", 0)),
        st.tuples(st.just("withdraw"), st.integers(0, 30)),
        st.tuples(st.just("capacity"), st.integers(1, 6)),
    ),
    max_size=22,
)


@dataclass
class Model:
    """What should happen, in a dozen lines."""

    cap: int
    placed: list = field(default_factory=list)
    waiting: list = field(default_factory=list)

    def sign_up(self, one) -> None:
        (self.waiting if self.waiting or len(self.placed) >= self.cap else self.placed).append(one)

    def withdraw(self, one) -> None:
        (self.placed if one in self.placed else self.waiting).remove(one)
        self.fill()

    def capacity(self, cap: int) -> None:
        self.cap = cap
        self.fill()

    def fill(self) -> None:
        while self.waiting and len(self.placed) < self.cap:
            self.placed.append(self.waiting.pop(0))


@transactional
def give(activity_id, cap: int) -> None:
    db.session.execute(update(Activity).where(Activity.id == activity_id).values(capacity=cap))
    service.hear_plan(ActivityPlanned(activity_id))


@transactional
def nobody_yet(cap: int) -> None:
    for table in (Message.__table__, CLAIMS, SEATS, VaultRow.__table__, PARTICIPANTS, REGISTRATIONS):
        db.session.execute(delete(table))
    db.session.execute(update(Pool).values(cap=cap, taken=0, waiting=0, seq=0))


def stands_as(model: Model) -> None:
    db.session.rollback()
    db.session.expire_all()
    pool = db.session.scalar(select(Pool))
    standing = {r.id: r.standing for r in db.session.scalars(select(Registration))}
    waiting = list(db.session.scalars(select(Registration.id).where(Registration.standing == Standing.WAITING).order_by(Registration.seq)))
    assert {one for one, at in standing.items() if at == Standing.PLACED} == set(model.placed)
    assert waiting == model.waiting
    assert pool.taken == len(model.placed) == (db.session.scalar(select(func.sum(Seat.n))) or 0)
    assert pool.waiting == len(model.waiting)
    assert (db.session.scalar(select(func.sum(Registration.placed_count))) or 0) == len(model.placed)


def test_places_add_up_and_the_first_come_first(app):
    activity = an_activity(places=2)
    key = activity.id

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(STEPS)
    def walk(steps):
        nobody_yet(2)
        give(key, 2)
        model = Model(2)
        for what, number in steps:
            there = model.placed + model.waiting
            if what == "sign_up":
                model.sign_up(signed_up(activity).id)
            elif what == "withdraw" and there:
                gone = there[number % len(there)]
                service.withdraw(gone, now=NOW)
                model.withdraw(gone)
            elif what == "capacity":
                give(key, number)
                model.capacity(number)
        stands_as(model)

    walk()
