"""Doors of registrations: those of the public and those of the office hang on one blueprint."""

from eventsvc.registrations import (
    doubles_web,
    editor,
    eligibility_web,
    giving,
    invited,
    office,
    outcome,
    persons_web,
    privacy_web,
    public,
    radar,
    table_web,
)
from eventsvc.registrations.doors import bp

__all__ = [
    "bp",
    "doubles_web",
    "editor",
    "eligibility_web",
    "giving",
    "invited",
    "office",
    "outcome",
    "persons_web",
    "privacy_web",
    "public",
    "radar",
    "table_web",
]
