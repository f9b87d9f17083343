"""Enumerations whose members carry the words that people read."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A string enum with a Chinese label: `DRAFT = "draft", N_("草稿")`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        self = str.__new__(cls, value)
        self._value_ = value
        self.label = label or value
        return self

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (value, label) pairs in the order they were written."""
        return [(member.value, member.label) for member in cls]
