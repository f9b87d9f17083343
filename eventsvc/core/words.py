"""Words that people read: Chinese first, translated only when they are shown."""

from collections.abc import Mapping
from typing import Any, Self

Label = str | Mapping[str, str]
"""A msgid of ours, or `{"zh": …, "en": …}` written by a user."""


def N_(text: str) -> str:
    """Mark a Chinese msgid for the catalogue; it is translated where it is shown."""
    return text


class Words(str):
    """A sentence with facts in it that can still be said in another language.

    It reads as Chinese everywhere; `infra.i18n.say` looks up `msgid` and fills in the facts again.
    """

    msgid: str
    facts: dict[str, Any]

    def __new__(cls, msgid: str, **facts: Any) -> Self:
        self = super().__new__(cls, msgid.format(**facts) if facts else msgid)
        self.msgid, self.facts = msgid, facts
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_again, (self.msgid, self.facts))


def _again(msgid: str, facts: dict[str, Any]) -> Words:
    return Words(msgid, **facts)
