"""Words that people read: Chinese first, translated only when they are shown."""

from collections.abc import Callable, Mapping
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
        self = super().__new__(cls, filled(msgid, facts, _in_chinese))
        self.msgid, self.facts = msgid, facts
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_again, (self.msgid, self.facts))


def filled(sentence: str, facts: Mapping[str, Any], say: Callable[[Any], Any]) -> str:
    """Fill the facts into a sentence. Without facts it stays as it is: then it may be somebody's own text, with braces."""
    return sentence.format(**{name: say(fact) for name, fact in facts.items()}) if facts else sentence


def _in_chinese(fact: Any) -> Any:
    return fact.get("zh", "") if isinstance(fact, Mapping) else fact


def _again(msgid: str, facts: dict[str, Any]) -> Words:
    return Words(msgid, **facts)
