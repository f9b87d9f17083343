"""Parties and sign-ups, told and written down as the doors do."""

import itertools
from typing import Any

from eventsvc.activities.models import Activity
from eventsvc.core.identity import check_digit
from eventsvc.kinds import KINDS
from eventsvc.registrations import service
from eventsvc.registrations.arrangement import Arrangement
from eventsvc.registrations.models import Channel
from eventsvc.registrations.schemas import Party, PartySchema
from eventsvc.registrations.service import Receipt
from tests.factories.activities import NOW

_numbers = itertools.count(1)
SURNAMES = "林陈黄张吴李郑王刘许"
SEED = "5eed" * 16
GIVEN = "秀英建国玉兰福生金花文龙丽华志强"


def an_id_number(sex: str = "male", born: str = "19480312", number: int | None = None) -> str:
    """Return an ID number that is right, another one each time."""
    at = next(_numbers) if number is None else number
    first = f"350982{born}{at // 5 % 100:02d}{2 * (at % 5) + (1 if sex == 'male' else 0)}"
    return first + check_digit(first)


def a_phone(number: int | None = None) -> str:
    """Return a mobile number, another one each time."""
    return f"138{(next(_numbers) if number is None else number) % 10**8:08d}"


def a_name() -> str:
    """Return a name, another one each time for a long while."""
    at = next(_numbers)
    return SURNAMES[at % 10] + GIVEN[at // 10 % len(GIVEN)] + GIVEN[at // 160 % len(GIVEN)]


def couple_body(**changed: Any) -> dict[str, Any]:
    """Return a couple as JSON sends it; keywords replace whole parts (`answers`, `proxy`), dotted ones single answers."""
    body: dict[str, Any] = {
        "people": {
            "husband": {"name": a_name(), "phone": a_phone(), "mobility": "walks"},
            "wife": {"name": a_name(), "mobility": "walks"},
        },
        "answers": {
            "married_on": {"calendar": "lunar", "year": 1974, "month": 12, "day": 8},
            "marriage_proof": "own_word", "residence": "living", "honoured_before": "no",
        },
        "consent": {"contact": True},
    }  # fmt: skip
    return _changed(body, changed)


def single_body(**changed: Any) -> dict[str, Any]:
    """Return a volunteer as JSON sends one."""
    body = {
        "people": {"participant": {"name": a_name(), "sex": "female", "phone": a_phone(), "role": "volunteer"}},
        "consent": {"contact": True},
    }
    return _changed(body, changed)


def delegation_body(n: int = 2, **changed: Any) -> dict[str, Any]:
    """Return a delegation of `n` people as JSON sends it."""
    one = {"sex": "female", "post": "group_leader"}
    body = {
        "people": {f"member_{at}": {"name": a_name(), **one} for at in range(1, n + 1)},
        "answers": {"unit_name": "点头镇计生协"},
        "proxy": {"relation": "unit", "name": "林小芳", "phone": a_phone()},
        "consent": {"contact": True},
    }
    return _changed(body, changed)


def family_body(**changed: Any) -> dict[str, Any]:
    """Return a baby with its carer as JSON sends them."""
    body = {
        "people": {
            "baby": {"name": a_name(), "sex": "female", "born_on": "2025-09-01"},
            "carer": {"name": a_name(), "phone": a_phone(), "relation": "mother"},
        },
        "consent": {"contact": True, "guardian": True, "guardian_name": "林小芳"},
    }
    return _changed(body, changed)


def young_body(**changed: Any) -> dict[str, Any]:
    """Return somebody young who wants to meet others, as JSON sends them."""
    told = {"name": a_name(), "sex": "female", "phone": a_phone(), "born_on": "2000-02-29", "education": "college", "marital": "never", "single_pledge": True}
    return _changed({"people": {"participant": told}, "consent": {"contact": True}}, changed)


BODIES = {"golden_wedding": couple_body, "training": delegation_body, "parent_child": family_body, "youth_mixer": young_body}


def _changed(body: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    for name, value in changed.items():
        node, *path = body, *name.split("__")
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return body


def a_party(kind: str = "golden_wedding", **changed: Any) -> Party:
    """Return a party as the schema reads it: a_party(people__husband__phone="…")."""
    body = changed.pop("body", None) or BODIES.get(kind, single_body)(**changed)
    return PartySchema.asking(KINDS[kind], {}).load(body)[0]


def signed_up(activity: Activity, now: Any = NOW, nonce: str | None = None, **changed: Any) -> Receipt:
    """Sign a party up through the public link."""
    assert activity.slug
    party = a_party(activity.kind, **changed)
    return service.sign_up(activity.slug, (party,), nonce=nonce or f"n{next(_numbers)}", now=now)


def entered(activity: Activity, actor: Any, channel: Channel = Channel.STAFF, now: Any = NOW, override: str = "", **changed: Any) -> Any:
    """Enter a party as staff does."""
    party = a_party(activity.kind, **changed)
    return service.add_by_staff(activity.id, party, channel=channel, nonce=f"s{next(_numbers)}", actor=actor, now=now, override=override)


def arranged(activity: Activity, by: Any, now: Any = NOW, **wanted: Any) -> None:
    """Say how places are given: arranged(activity, by, admission=Admission.LOTTERY, each_village=3)."""
    capacity = wanted.pop("capacity", activity.capacity)
    service.arrange(activity.id, Arrangement(capacity, **wanted), seed=SEED, actor=by, now=now)
