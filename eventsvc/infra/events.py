"""How what is below speaks upwards: an event is announced, handlers of the rooms above hear it.

Handlers run inside the command's transaction and write rows; who hears what is the one table in `app.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app

Handlers = Mapping[type, Sequence[Callable[[Any], None]]]


def announce(event: Any) -> None:
    """Tell everyone above who asked to hear this kind of event."""
    for handler in current_app.extensions["eventsvc_subscribers"].get(type(event), ()):
        handler(event)


def connect(app: Any, handlers: Handlers) -> None:
    """Hang the table of subscribers into the application."""
    app.extensions["eventsvc_subscribers"] = handlers
