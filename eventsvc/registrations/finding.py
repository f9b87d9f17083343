"""Find one's sign-up again without the link: two facts must match, and the answer never says which one did not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError as Fault
from marshmallow import validates_schema

from eventsvc.core.codes import read_printed_code
from eventsvc.core.errors import Conflict
from eventsvc.core.identity import parse_id_number
from eventsvc.core.names import clean_name, name_key
from eventsvc.core.phones import clean_phone, last_four
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema
from eventsvc.declare.marshal import Str
from eventsvc.registrations import queries
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.queries import PartyRow, Record


class NotFoundSo(Conflict):
    """No party has both facts. Whether one has either is not said."""

    code = "no_such_sign_up"
    words = N_("没有找到两项都对得上的报名；请核对写法，和报名时填的要一样，也可以打电话给主办单位")
    status = 422


class FindSchema(StrictSchema):
    """Two facts at least, of these four."""

    name = Str(longest=80, load_default="", reader=clean_name, metadata={"label": N_("姓名"), "help": N_("报名的任何一位")})
    phone = Str(longest=30, load_default="", reader=clean_phone, metadata={"label": N_("电话"), "help": N_("报名时留的任何一个"), "widget": "tel"})
    code = Str(
        longest=20, load_default="", reader=read_printed_code,
        metadata={"label": N_("报名编号"), "help": N_("回执上的8位编号")},
    )  # fmt: skip
    id_number = Str(
        longest=30, load_default="", reader=lambda text: parse_id_number(text, today=date(2100, 12, 31)).number,
        metadata={"label": N_("身份证号"), "widget": "id_number", "help": N_("报名时填过的才用得上")},
    )  # fmt: skip

    @validates_schema
    def _two(self, data: Mapping[str, Any], **_: Any) -> None:
        if sum(bool(value) for value in data.values()) < 2:
            raise Fault({"name": [N_("请至少填两项，例如姓名和电话")]})




def find(opening: Opening, facts: Mapping[str, str]) -> Record:
    """Return the party that has all the facts given, or refuse in the same words whatever is wrong."""
    for look in (_candidates, _by_their_proxy):
        for party in look(opening, facts):
            if _has_all(party, facts):
                return queries.by_id(party.id)
    raise NotFoundSo


def _by_their_proxy(opening: Opening, facts: Mapping[str, str]) -> list[PartyRow]:
    """Return those whom somebody of this name or phone signed up: a child looks for itself first."""
    wanted = (name_key(facts.get("name", "")), facts.get("phone", ""))
    found = [one for one, name, phone in queries.proxies(opening.id) if name_key(name) == wanted[0] or phone == wanted[1]]
    return queries.parties(found[:50])


def _candidates(opening: Opening, facts: Mapping[str, str]) -> list[PartyRow]:
    """Return those that may be meant, by what can be read without opening everybody's data."""
    if code := facts.get("code"):
        return queries.parties_with_code(opening.id, code)
    wanted, digits = name_key(facts.get("name", "")), last_four(facts.get("phone", ""))
    found = []
    for party_id, _, _, people in queries.listed(opening.id, None):
        texts = [queries.search_of(person, blob).split("|") for person, blob in people]
        if (wanted and any(text[0] == wanted for text in texts)) or (not wanted and any(text[2] == digits for text in texts)):
            found.append(party_id)
    return queries.parties(found[:50])


def _has_all(party: PartyRow, facts: Mapping[str, str]) -> bool:
    held: dict[str, set[str]] = {
        "name": {name_key(p.name) for p in party.people} | ({name_key(party.proxy["name"])} if party.proxy else set()),
        "phone": {p.phone for p in party.people} | ({party.proxy["phone"]} if party.proxy else set()),
        "code": {party.code},
        "id_number": {str(p.extra.get("id_number")) for p in party.people},
    }
    given = {key: name_key(value) if key == "name" else value for key, value in facts.items() if value}
    return len(given) >= 2 and all(value in held[key] for key, value in given.items())
