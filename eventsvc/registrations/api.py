"""Sign-up for machines: the grammar, the command and the refusals of the web form."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import Schema, fields

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.errors import Invalid, NotFound
from eventsvc.core.masking import mask_phone
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.infra.forms import load
from eventsvc.infra.openapi import blueprint, body
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.registrations import listing, openings, queries, rush, service
from eventsvc.registrations.doors import absolute
from eventsvc.registrations.errors import LinkClosed
from eventsvc.registrations.models import Channel, Standing
from eventsvc.registrations.queries import PartyRow
from eventsvc.registrations.schemas import PartySchema
from eventsvc.registrations.service import Receipt

bp = blueprint("registrations", N_("报名"))
LONGEST_KEY = 255


class KeyMissing(Invalid):
    """A sign-up by machine names itself, so that it may be sent again."""

    code = "idempotency_key_missing"
    words = N_("请在请求头 Idempotency-Key 里给这次报名一个不重复的编号（1到255个字符）；重发时用同一个编号")


class ReceiptOut(Schema):
    """What a party got."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"description": "Printed on the receipt; opens nothing by itself."})
    standing = fields.String(required=True, metadata={"enum": [s.value for s in Standing]})
    seq = fields.Integer(allow_none=True, metadata={"description": "Its number on the waiting list."})
    link = fields.String(required=True, metadata={"description": "The party's private link: see, change, withdraw."})
    also = fields.List(fields.Nested("ReceiptOut", exclude=("also",)), metadata={"description": "The second couple, if two were sent."})


class PersonOut(Schema):
    """One person of a party, masked."""

    id = fields.UUID(required=True)
    role = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "Masked: 138****5678."})
    attended = fields.Boolean(required=True)


class RegistrationOut(Schema):
    """One party, masked."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    standing = fields.String(required=True)
    seq = fields.Integer(allow_none=True)
    channel = fields.String(required=True)
    village = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    people = fields.List(fields.Nested(PersonOut), required=True)


class RegistrationsOut(Schema):
    """One page of an activity's parties."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    items = fields.List(fields.Nested(RegistrationOut), required=True)


class Wanted(StrictSchema):
    """Which parties. Whom one looks for comes in a body: no name stands in an address."""

    q = marshal.Str(longest=listing.LONGEST_SEARCH, load_default="", metadata={"description": "Name, pinyin, last digits of the phone, or code."})
    standing = marshal.OneOf(codes=("", *Standing), load_default="", metadata={"enum": ["", *(s.value for s in Standing)]})
    page = marshal.Whole(least=1, most=100_000, load_default=1)


BODIES = [PartySchema.described(kind) for kind in KINDS.values() if kind.party]
REQUEST = {"required": True, "content": {"application/json": {"schema": {"oneOf": BODIES}}}}
KEY = {"in": "header", "name": "Idempotency-Key", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}}


@bp.route("/activities/<slug>/registrations", methods=["POST"])
@bp.doc(requestBody=REQUEST, parameters=[KEY])
@bp.response(201, ReceiptOut)
@rush.limited()
@policy(public=True)
def sign_up(slug: str) -> dict[str, Any]:
    """Sign a party up through its public link (the last part of /s/…). The same key and body again give the same receipt."""
    opening = openings.opening(slug)
    if opening.kind.party is None:
        raise LinkClosed
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= LONGEST_KEY:
        raise KeyMissing
    parties = load(PartySchema.asking(opening.kind, opening.asked), body())
    return _out(service.sign_up(opening, parties, nonce=f"api:{key}", now=clock.now(), channel=Channel.API))


def _out(receipt: Receipt) -> dict[str, Any]:
    link = absolute("registrations.open_link", secret=receipt.secret)
    return {**asdict(receipt), "link": link, "also": [_out(other) for other in receipt.also]}


@bp.route("/activities/<uuid:activity_id>/registrations", methods=["GET"])
@bp.arguments(Wanted(exclude=("q",)), location="query", as_kwargs=True)
@bp.response(200, RegistrationsOut)
@policy("viewer", scope="registrations:read")
def index(activity_id: UUID, standing: str, page: int) -> dict[str, Any]:
    """List the parties of an activity of one's own unit (or of the units directly below), masked."""
    return _listed(activity_id, "", standing, page)


@bp.route("/activities/<uuid:activity_id>/registrations/search", methods=["POST"])
@bp.arguments(Wanted, as_kwargs=True)
@bp.response(200, RegistrationsOut)
@policy("viewer", scope="registrations:read")
def search(activity_id: UUID, q: str, standing: str, page: int) -> dict[str, Any]:
    """Look for parties by name, pinyin, last digits of a phone or code, masked."""
    return _listed(activity_id, q, standing, page)


def _listed(activity_id: UUID, q: str, standing: str, page: int) -> dict[str, Any]:
    activity = activities.activity(activity_id, within=actor())
    queries.must_see_people(activity, actor())
    found = listing.page_of(activity_id, q, standing, str(page))
    if page > found.pages:
        raise NotFound
    return {"total": found.total, "page": found.number, "pages": found.pages, "items": [_masked(party) for party in found.parties]}


def _masked(party: PartyRow) -> dict[str, Any]:
    people = [{"id": p.id, "role": p.role, "name": p.name, "phone": mask_phone(p.phone), "attended": p.attended} for p in party.people]
    return {**{name: getattr(party, name) for name in ("id", "code", "standing", "seq", "channel", "village", "created_at")}, "people": people}
