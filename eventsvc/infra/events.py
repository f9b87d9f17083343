"""How what is below speaks upwards: an event is announced, handlers of the rooms above hear it.

Handlers run inside the command's transaction and write rows; who hears what is the one table in `app.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app

Handlers = Mapping[type, Sequence[Callable[[Any], None]]]


def announce(event: Any) -> None:
    """Tell everyone above who asked to hear this kind of event, then those who hear everything (`object`)."""
    handlers: Handlers = current_app.extensions["eventsvc_subscribers"]
    for handler in (*handlers.get(type(event), ()), *handlers.get(object, ())):
        handler(event)


def connect(app: Any, handlers: Handlers) -> None:
    """Hang the table of subscribers into the application."""
    app.extensions["eventsvc_subscribers"] = handlers


@dataclass(frozen=True)
class Exported:
    """Personal data left the house in a file: what, of which thing, how many rows. Any room may announce it."""

    what: str
    subject_id: UUID
    organisation_id: UUID | None
    rows: int
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class PersonalDataSeen:
    """Somebody looked at personal data unmasked, and said why. Any room may announce it.

    `subject_id` is whose (a registration, a household), `classes` which (`contact identity`), `reason` a code or a few words
    without any personal data in them.
    """

    subject_id: UUID
    organisation_id: UUID | None
    classes: str
    reason: str
    actor_id: UUID
    at: datetime
