"""Own questions of organisers, as definitions and as they are asked."""

from datetime import date
from typing import Any

from eventsvc.declare.asked import Asked, asked_by, define
from eventsvc.kinds import KINDS

DAY = date(2027, 5, 29)


def a_question(name: str, kind: str = "text", label: str = "会唱什么歌", **more: Any) -> dict[str, Any]:
    """Return one question; `options` may be plain words."""
    options = more.pop("options", ())
    return {"id": f"own_{name}", "type": kind, "label": label, **more,
            "options": [{"id": f"o_a{at}", "label": words} for at, words in enumerate(options)]}  # fmt: skip


def when(ref: str, how: str, value: Any = True) -> dict[str, Any]:
    """Return one leaf of a condition."""
    return {"question": ref, "is": how, "value": value}


def asked(*questions: dict[str, Any], kind: str = "golden_wedding", version: int = 1, villages: Any = None) -> Asked:
    """Return questions as they are asked."""
    return asked_by(KINDS[kind], define(list(questions), KINDS[kind]), version=version, day=DAY, villages=villages)
