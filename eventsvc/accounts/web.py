"""Doors of accounts."""

from flask import Blueprint

from eventsvc.core.actor import Actor

bp = Blueprint("accounts", __name__)


def who() -> Actor | None:
    """Find who is acting, by session cookie or token."""
    return None
