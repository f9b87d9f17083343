"""Golden weddings of the sample at which places are given in other ways: a draw to come, one held, offers, times for make-up and photo."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from eventsvc.core.periods import at_local, local
from eventsvc.registrations import service as registrations
from eventsvc.registrations.arrangement import Arrangement, Batches
from eventsvc.registrations.models import Admission, Promotion
from eventsvc.sample.ceremonies import KIND, bodies
from eventsvc.sample.parties import Couples
from eventsvc.sample.plans import ceremony
from eventsvc.sample.stage import Stage
from eventsvc.sample.story import Story
from eventsvc.sample.telling import Telling

TAIMUSHAN, BAILIN = ("方家山村", "秦屿村", "潋城村"), ("翠郊村", "康山村")


def stories(stage: Stage) -> Iterator[Story]:
    """Give them, the nearest first."""
    told = (
        ("太姥山镇", "taimushan", f"太姥山镇{stage.day(5).year}年金婚夫妇海上合影", stage.day(5), waits_for_its_draw),
        ("白琳镇", "two-units", f"白琳镇{stage.day(4).year}年金婚夫妇冬日茶会", stage.day(4), drawn),
        ("硖门畲族乡", "xiamen-she", f"硖门畲族乡{stage.day(18).year}年金婚夫妇歌会", stage.day(18), offers),
    )
    yield from (Story(KIND, *one) for one in told)


def _arranged(telling: Telling, capacity: int, **wanted: Any) -> None:
    """Say how places are given, on the day after publishing. The sample's seeds are made of titles: it is the same on every machine."""
    seed = hashlib.sha256(f"sample {telling.title}".encode()).hexdigest()
    at = telling.before(36, 9)
    registrations.arrange(telling.id, Arrangement(capacity, **wanted), seed=seed, actor=telling.organiser, now=at)


def waits_for_its_draw(telling: Telling) -> None:
    """Sign-up is over, more came than there is room for; one is still to be looked at. The button waits to be pressed."""
    telling.on_stage(ceremony(telling.day, "太姥山镇渔人码头", 6))
    _arranged(telling, 6, admission=Admission.LOTTERY)
    doubtful = Couples(telling.people, telling.day).body(telling.units[TAIMUSHAN[0]], years=50, told="year")
    telling.sign_up([*bodies(telling, 11, villages=TAIMUSHAN), doubtful], telling.before(35, 19))


def drawn(telling: Telling) -> None:
    """Drawn by quota two days ago, two from each village at most; make-up and photo times given, one couple went since."""
    telling.on_stage(ceremony(telling.day, "白琳镇茶博园", 5))
    day = local(telling.activity.starts_at).date()
    morning = at_local(day, local(telling.activity.starts_at).time().replace(hour=7, minute=20))
    _arranged(telling, 5, admission=Admission.LOTTERY, each_village=3, makeup=Batches(morning, 20, 2), photo=Batches(morning + timedelta(minutes=20), 10, 1))
    done = telling.sign_up(bodies(telling, 9, villages=BAILIN), telling.before(35, 19))
    registrations.hold_draw(telling.id, actor=telling.organiser, now=telling.stage.at(-2))
    registrations.give_slots(telling.id, afresh=False, actor=telling.organiser, now=telling.stage.at(-2, 11))
    registrations.withdraw(done[0], now=telling.stage.at(-1, 20))
    registrations.fill_slots(telling.stage.at(-1, 21))


def offers(telling: Telling) -> None:
    """Freed places are offered for two days: one offer stands, one lapsed and went to the next."""
    telling.on_stage(ceremony(telling.day, "硖门畲族乡歌台", 5))
    _arranged(telling, 5, promotion=Promotion.OFFER, offer_hours=48)
    done = telling.sign_up(bodies(telling, 9, villages=("瑞云村", "柏洋村")), telling.before(35, 19))
    registrations.withdraw(done[1], now=telling.stage.at(-4, 15))
    registrations.lapse_offers(telling.stage.at(-1, 16))
    registrations.withdraw(done[3], now=telling.stage.at(-1, 20))
