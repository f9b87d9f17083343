"""Couples on the sample's rolls, the roll of who was honoured before, and whom two ceremonies invite."""

from datetime import datetime

from sqlalchemy import select

from eventsvc.core.lunar import Anniversary
from eventsvc.core.said_dates import read_said
from eventsvc.infra.db import db
from eventsvc.people import couples, honour_roll
from eventsvc.people.couples import Given, One
from eventsvc.people.honours import Spouse, Two, wedding_years
from eventsvc.people.models import Couple
from eventsvc.people.pairs import Honoured
from eventsvc.registrations import inviting
from eventsvc.sample.names import People
from eventsvc.sample.stage import Stage
from eventsvc.sample.telling import Telling

ROLLS = {"柏柳村": ("boliu", (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)), "瑞云村": ("ruiyun", (1, 2, 3, 5)), "翠郊村": ("two-units", (1, 2, 4)),
         "秦屿村": ("taimushan", (1, 3, 4, 6))}  # fmt: skip
"""In which households (by number) of which village a couple is known, and who wrote it down. A special family is none of them."""
YEARS = (50, 49, 61, 50, 53, 60, 51, 49, 70, 50, 57)
"""For how many years they will have been married at the end of this year, more or less."""
WAYS = ("{year}年腊月初八", "{year}年10月1日", "{year}年春节", "{year}年", "农历{year}年八月十五", "{year}-05-01", "{year}年冬月")
HONOURED = ((2, -1, 60), (5, -2, 50))
"""Which couple of 柏柳村 was honoured so many years ago, and for what."""


def fill_couples(stage: Stage, now: datetime) -> int:
    """Write down the couples of each roll and who of them was honoured; twice changes nothing. Return how many couples there are."""
    told = 0
    for village, (by, numbers) in ROLLS.items():
        rows = [_couple(People(f"{village}夫妇{number}"), number, at, stage) for at, number in enumerate(numbers)]
        couples.import_couples(stage.units[village], rows, actor=stage.actors[by], now=now)
        told += len(rows)
        if village == "柏柳村":
            past = [_honour(rows[at], stage.today.year + ago, milestone) for at, ago, milestone in HONOURED]
            honour_roll.import_roll(stage.units[village], [*past, *_gone(stage)], actor=stage.actors[by], now=now)
    return told


def _couple(people: People, number: int, at: int, stage: Stage) -> Given:
    year = stage.today.year - YEARS[at % len(YEARS)]
    husband, wife = people.elder("male", year - 23), people.elder("female", year - 21)
    told = One(husband.name, husband.phone if at % 3 else "", husband.born_on), One(wife.name, "" if at % 2 else wife.phone, wife.born_on)
    return Given(*told, read_said(WAYS[at % len(WAYS)].format(year=year)), f"{number:03d}")


def _honour(given: Given, year: int, milestone: int) -> Honoured:
    return Honoured(0, couples.two_of(given), year, milestone)


def _gone(stage: Stage) -> list[Honoured]:
    """Give couples of former ceremonies who stand on no list of households any more."""
    people, found = People("柏柳村往年"), []
    for at in range(9):
        year = stage.today.year - 3 - at % 4
        married = Anniversary("solar", year - 51 - at % 3)
        names = people.elder("male", married.year - 23), people.elder("female", married.year - 21)
        both = [Spouse(one.name, one.born_on) for one in names]
        found.append(Honoured(0, Two(both[0], both[1], wedding_years(married)), year, 50))
    return found


def invite(telling: Telling, at: datetime, *, most: int, decline: bool = False) -> None:
    """Invite couples of 柏柳村; one of them says no."""
    ids = list(db.session.scalars(select(Couple.id).where(Couple.organisation_id == telling.units["柏柳村"]).order_by(Couple.id).limit(most)))
    inviting.invite(telling.id, ids, actor=telling.organiser, now=at)
    if decline:
        first = inviting.invitees(telling.id, within=telling.organiser)[0]
        inviting.answer(first.link, telling.activity.slug or "", None, now=at)
