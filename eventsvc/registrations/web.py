"""Doors of registrations: those of the public and those of the office hang on one blueprint."""

from eventsvc.registrations import editor, office, public
from eventsvc.registrations.doors import bp

__all__ = ["bp", "editor", "office", "public"]
