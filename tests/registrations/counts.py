"""What tests of places look at: the pool, how many rows there are, where a party stands."""

from sqlalchemy import func, select

from eventsvc.infra.db import db
from eventsvc.registrations import queries
from eventsvc.registrations.models import Pool, Standing

UNSURE = {"calendar": "solar", "year": 1977}
"""Fifty years in the year of the ceremony: the day is not known, so the rules can't tell."""


def pool(activity) -> Pool:
    db.session.expire_all()
    return db.session.scalar(select(Pool).where(Pool.activity_id == activity.id))


def rows(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def standing(receipt) -> Standing:
    return queries.by_id(receipt.id).standing
