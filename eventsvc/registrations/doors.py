"""What the doors of registrations share: the blueprint, the form of a party, the cookie of a party."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import zxingcpp
from flask import Blueprint, current_app, request, url_for
from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from eventsvc.core import clock
from eventsvc.core.errors import Invalid, NotFound
from eventsvc.core.masking import mask_name, mask_phone
from eventsvc.core.words import N_, Words
from eventsvc.declare.asked import NOTHING, Asked
from eventsvc.declare.marshal import Str
from eventsvc.infra.forms import BadForm, Form
from eventsvc.infra.i18n import say
from eventsvc.registrations import attachments, nonces, openings, queries
from eventsvc.registrations.arrangement import pool_words
from eventsvc.registrations.models import Admission
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import Receipt

bp = Blueprint("registrations", __name__)
bp.add_app_template_filter(mask_phone, "masked_phone")
bp.add_app_template_filter(mask_name, "masked_name")
COOKIE_LASTS = timedelta(hours=12)
SHORTEST_NONCE, LONGEST_NONCE = 16, 64
ONE_MORE = "more"
REDRAWS = frozenset({"two", ONE_MORE})
"""Buttons of a sign-up form that ask for more questions, and send nothing off."""


class PartyForm(Form):
    """A form of a party: what is wrong is named with whose it is."""

    sessions: Sequence[tuple[str, str]] = ()
    """(Key, words) of the sessions to choose from, where there are several."""

    def __init__(self, schema: Schema, typed: MultiDict[str, str] | None = None, *, filled: Mapping[str, Any] | None = None) -> None:
        """Read what was typed; a second couple that was just asked for begins with what is usual, as the first did."""
        super().__init__(schema, typed, filled=filled)
        self.refused_files: dict[str, list[str]] = {}
        if self.two and not any(name.startswith("another.") for name in self.typed):
            self.typed = MultiDict([*self.typed.items(multi=True), *self._usual("another")])
        if (added := self._added()) is not None:
            self.typed = MultiDict([*self.typed.items(multi=True), *self._usual_of([f"people.{added}"]), (f"people.{added}.name", "")])

    def question(self, name: str) -> fields.Field[Any]:
        """Return the question behind a name; that of the session knows which there are."""
        if name == "slot" and self.sessions:
            return Str(longest=6, required=True, metadata={"label": N_("参加哪一场"), "widget": "radio", "choices": self.sessions})
        return super().question(name)

    def _usual(self, prefix: str) -> Iterator[tuple[str, str]]:
        roles: Any = self.question(f"{prefix}.people")
        yield from self._usual_of([*(f"{prefix}.people.{role}" for role in roles.schema.fields), f"{prefix}.answers"])

    def _usual_of(self, rooms: list[str]) -> Iterator[tuple[str, str]]:
        for name in (name for room in rooms for name in self.names(room)):
            if (usual := self.question(name).metadata.get("prefill")) is not None:
                yield name, str(usual)

    def _rooms_of_people(self, prefix: str = "") -> Mapping[str, Any]:
        rooms: Any = self.question(f"{prefix}people")
        return dict(rooms.schema.fields)

    def _added(self) -> str | None:
        """Return the role of the person who is asked for by “one more”, if there is room."""
        left = [role for role in self._rooms_of_people() if role not in self.roles()]
        return left[0] if left and request.form.get("_action") == ONE_MORE else None

    def roles(self, prefix: str = "") -> list[str]:
        """Return whose questions are drawn: those who must come, and as many more as were asked for."""
        rooms = self._rooms_of_people(prefix)
        begun = [at for at, role in enumerate(rooms) if rooms[role].required or any(name.startswith(f"{prefix}people.{role}.") for name in self.typed)]
        return list(rooms)[: max(begun, default=-1) + 1]

    @property
    def one_more(self) -> bool:
        """Say whether somebody may be added."""
        return len(self.roles()) < len(self._rooms_of_people())

    def load(self) -> Any:
        """Read it; answers to own questions that are no longer asked, from a page drawn before, are let go."""
        asked = {q["id"] for q in self._own.questions}
        self.typed = MultiDict((n, v) for n, v in self.typed.items(multi=True) if ".own." not in n or n.split(".own.")[1].split(".")[0] in asked)
        if not self.refused_files:
            return super().load()
        fields = dict(self.refused_files)
        try:
            super().load()
        except Invalid as no:
            fields = {**no.fields, **fields}
        raise Invalid(fields=fields)

    @property
    def _own(self) -> Asked:
        return getattr(self.schema, "own", NOTHING)

    @property
    def takes_files(self) -> bool:
        """Say whether some question is answered with a file."""
        return bool(self._own.uploads)

    @property
    def program(self) -> Mapping[str, Any]:
        """Return what the page's script needs to show and hide own questions; nothing when none depends on another."""
        return getattr(self.schema, "program", {}) if self._own.hints else {}

    def own_names(self, room: str) -> list[str]:
        """Return the dotted names of the own questions in a room of the form."""
        try:
            return self.names(f"{room}.own")
        except KeyError:
            return []

    def kept_file(self, name: str) -> str:
        """Say what file was kept for a question, if one was."""
        return attachments.words_of(self.typed.get(name, ""))

    def _label(self, name: str) -> str:
        if name.startswith("consent."):  # its own label is the whole sentence
            return say(N_("同意和说明"))
        own = super()._label(name)
        parts = name.split(".")
        if "people" in parts[:-2]:
            role = super()._label(".".join(parts[: parts.index("people") + 2]))
            return f"{role} · {own}"
        return own

    @property
    def two(self) -> bool:
        """Say whether the second couple's questions are shown: asked for, or answered before."""
        if "another" not in self.schema.fields:
            return False
        return request.form.get("_action") == "two" or any(name.startswith("another.") for name in self.typed)


def choices_of(opening: Opening) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the villages and the sessions as a form offers them, with what is left where places are split among them."""
    known = openings.villages(opening.organisation_id)
    if not opening.more_pools:
        return village_choices(known), []
    rows = {row.kind: row for row in queries.pools(opening.id)}
    villages = [(str(key), _with_left(name, rows.get(f"unit:{key.hex}"), opening)) for key, name in known.items()]
    sessions = [(kind.removeprefix("slot:"), _with_left(say(pool_words(row)), row, opening)) for kind, row in rows.items() if kind.startswith("slot:")]
    return villages, sessions


def _with_left(name: str, pool: Any, opening: Opening) -> str:
    """Say how many places are left, as far as the main pool has that many."""
    if pool is None:
        return name
    if opening.admission in (Admission.LOTTERY, Admission.RANK):
        return say(Words(N_("{name}（共{n}个名额）"), name=name, n=pool.cap))
    left = 0 if pool.waiting else max(min(pool.cap - pool.taken, opening.cap - opening.taken), 0)
    return say(Words(N_("{name}（还有{n}个名额）"), name=name, n=left)) if left else say(Words(N_("{name}（已满，可候补）"), name=name))


def party_form(schema: Schema, activity_id: UUID, nonce: str) -> PartyForm:
    """Return the form that was sent, its files kept under the nonce, so that none has to be chosen again when it comes back."""
    own: Asked = getattr(schema, "own", NOTHING)
    if request.method != "POST" or not own.uploads or not request.files or not nonce:
        return PartyForm(schema, request.form)
    typed, refused = attachments.receive(activity_id, own, request.form, request.files, nonce=nonce, now=clock.now())
    form = PartyForm(schema, typed)
    form.refused_files = refused
    return form


def nonce() -> str:
    """Return the nonce that this form was drawn with; a form without one was not drawn by us."""
    given = request.form.get("_nonce", "")
    if not SHORTEST_NONCE <= len(given) <= LONGEST_NONCE or request.form.get("website"):
        raise BadForm
    return given


def nonce_of(slug: str) -> str:
    """Return the nonce of a public form: drawn by us for this activity, and not a moment ago."""
    given = nonce()
    if (drawn := nonces.drawn_at(slug, given)) is None:
        raise BadForm
    if _settings().rate_limits:
        nonces.refuse_haste(drawn, clock.now())
    return given


def kept_nonce(slug: str) -> str:
    """Return the nonce to draw a public form with: the one it came with, else a new one."""
    given = request.form.get("_nonce", "")
    return given if nonces.drawn_at(slug, given) else nonces.draw(slug, clock.now())


def _cookie() -> str:
    return "__Secure-party" if _settings().secure else "party"


def _settings() -> Any:
    return current_app.extensions["eventsvc_settings"]


def remembering(done: Receipt | Record, answer: Any) -> Response:
    """Give the browser the party's secret for some hours; it goes back to this party's own pages and nowhere else."""
    for one in (done, *getattr(done, "also", ())):
        answer.set_cookie(
            _cookie(), one.secret, max_age=COOKIE_LASTS, path=f"/r/{one.code}", httponly=True, samesite="Lax", secure=_settings().secure
        )  # fmt: skip
    return answer


def forgetting(record: Record, answer: Any) -> Response:
    """Take the secret back."""
    answer.delete_cookie(_cookie(), path=f"/r/{record.code}")
    return answer


def own_record(code: str) -> tuple[Record | None, bool]:
    """Return the registration with this code, and whether this browser holds its secret."""
    try:
        record = queries.by_code(code)
    except NotFound:
        return None, False
    return record, record.opened_by(request.cookies.get(_cookie(), ""))


def absolute(endpoint: str, **values: Any) -> str:
    """Return a whole address, made from the base address of this service and never from what a request claims."""
    return str(_settings().base_url).rstrip("/") + url_for(endpoint, **values)


def qr_image(text: str) -> str:
    """Return a QR code as an image address that needs no further request."""
    drawn = zxingcpp.write_barcode_to_svg(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M"))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def village_choices(villages: dict[UUID, str]) -> list[tuple[str, str]]:
    """Return the villages as a form offers them."""
    return [(str(key), name) for key, name in villages.items()]


def times_moved(opening: Opening) -> str:
    """Return the time that was announced before, if it was moved since."""
    return str((opening.moved or {}).get("before", {}).get("when", ""))
