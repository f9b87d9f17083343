"""Places for machines: what is left of each part of them, and where one's own party stands."""

from typing import Any

from marshmallow import Schema, fields

from eventsvc.core import clock
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.infra.openapi import blueprint
from eventsvc.infra.policy import policy
from eventsvc.registrations import arrangement, draw, openings, queries
from eventsvc.registrations.errors import LinkClosed
from eventsvc.registrations.models import Standing
from eventsvc.registrations.openings import MAIN, RESERVE
from eventsvc.registrations.service.pools import NO_LIMIT

bp = blueprint("places", N_("名额"))


class PoolOut(Schema):
    """One part of the places: all (main), a session (slot:<key>), a village (unit:<id>), a category."""

    kind = fields.String(required=True)
    label = fields.String(required=True)
    cap = fields.Integer(required=True, allow_none=True, metadata={"description": "Null: no limit."})
    left = fields.Integer(required=True, allow_none=True, metadata={"description": "Free to a newcomer: none while others wait."})
    waiting = fields.Integer(required=True, metadata={"description": "Parties on the waiting list."})


class PlacesOut(Schema):
    """How an activity gives its places, and what is left."""

    admission = fields.String(required=True, metadata={"enum": ["first_come", "review", "lottery", "rank"]})
    open = fields.Boolean(required=True)
    waiting_list = fields.Boolean(required=True)
    seed_sha256 = fields.String(required=True, metadata={"description": "Of the draw's seed; empty where nothing is drawn."})
    drawn_at = fields.DateTime(required=True, allow_none=True)
    pools = fields.List(fields.Nested(PoolOut), required=True)


class SecretIn(StrictSchema):
    """The last part of a party's private link; in a body, so that it stands in no log."""

    secret = marshal.Str(longest=100, required=True)


class TimeOut(Schema):
    """A time of one's own."""

    kind = fields.String(required=True, metadata={"description": "slot, makeup, photo"})
    starts_at = fields.DateTime(required=True)


class StandingOut(Schema):
    """Where a party stands."""

    code = fields.String(required=True)
    standing = fields.String(required=True, metadata={"enum": [one.value for one in Standing]})
    place = fields.Integer(required=True, allow_none=True, metadata={"description": "Its place on the waiting list, from 1."})
    rank = fields.Integer(required=True, allow_none=True, metadata={"description": "Its place in the draw, from 1."})
    offer_until = fields.DateTime(required=True, allow_none=True)
    times = fields.List(fields.Nested(TimeOut), required=True)


@bp.route("/activities/<slug>/places", methods=["GET"])
@bp.response(200, PlacesOut)
@policy(public=True)
def places(slug: str) -> dict[str, Any]:
    """Say how many places are left of each part (the last part of /s/… names the activity)."""
    opening = openings.opening(slug)
    if opening.kind.party is None or opening.pool_id is None:
        raise LinkClosed
    rows = [row for row in queries.pools(opening.id) if row.gates and row.kind != RESERVE]
    return {
        "admission": opening.admission.value, "open": opening.refusal(clock.now()) is None, "waiting_list": opening.waiting_list,
        "seed_sha256": draw.digest(opening.seed) if opening.seed else "", "drawn_at": opening.drawn_at, "pools": [_pool(row) for row in rows],
    }  # fmt: skip


def _pool(row: Any) -> dict[str, Any]:
    bounded = row.cap < NO_LIMIT
    left = 0 if row.waiting else max(row.cap - row.taken, 0)
    label = "" if row.kind == MAIN else str(arrangement.pool_words(row))
    return {"kind": row.kind, "label": label, "cap": row.cap if bounded else None, "left": left if bounded else None, "waiting": row.waiting}


@bp.route("/registrations/standing", methods=["POST"])
@bp.arguments(SecretIn, as_kwargs=True)
@bp.response(200, StandingOut)
@policy(public=True)
def standing(secret: str) -> dict[str, Any]:
    """Say where the party stands whose private link this is; nothing of its people."""
    record = queries.by_secret(secret)
    times = [{"kind": row.kind.partition(":")[0], "starts_at": row.starts_at} for row in queries.times_of(record)]
    return {
        "code": record.code, "standing": record.standing.value, "place": record.ahead or None, "rank": record.rank,
        "offer_until": record.offer_until, "times": times,
    }  # fmt: skip
