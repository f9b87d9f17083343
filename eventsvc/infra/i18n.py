"""Chinese is the source; English is complete. Words are translated here and only here."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request
from flask_babel import Babel, get_locale, gettext

from eventsvc.core.errors import DomainError
from eventsvc.core.words import Words

LOCALES = ("zh_Hans_CN", "en")
COOKIE = "lang"

babel = Babel()


def chosen_locale() -> str:
    """Return the reader's language: chosen by the switch, else Chinese."""
    try:
        chosen = request.cookies.get(COOKIE, "")
    except RuntimeError:  # outside a request: papers, jobs and the command line speak Chinese
        return LOCALES[0]
    return chosen if chosen in LOCALES else LOCALES[0]


def say(words: Any) -> str:
    """Say words in the reader's language: a msgid, `Words` with facts, a user's {zh, en} label, a refusal."""
    if isinstance(words, DomainError):
        words = words.said
    if isinstance(words, Words):
        return gettext(words.msgid).format(**{k: say(v) if isinstance(v, Words) else v for k, v in words.facts.items()})
    if isinstance(words, Mapping):
        return str(words.get("en" if in_english() else "zh") or words.get("zh") or "")
    if isinstance(words, str):
        return _plain(words)
    return "" if words is None else str(words)


def _plain(text: str) -> str:
    # gettext applies "%" formatting only when arguments are given, so a user's "50%" is safe here.
    return gettext(text) if text else ""


def in_english() -> bool:
    """Say whether the reader chose English."""
    return str(get_locale() or "").startswith("en")


def init_app(app: Flask) -> None:
    """Attach Babel and the `say` filter."""
    app.config.update(BABEL_DEFAULT_LOCALE=LOCALES[0], BABEL_DEFAULT_TIMEZONE="Asia/Shanghai", BABEL_TRANSLATION_DIRECTORIES="translations")
    babel.init_app(app, locale_selector=chosen_locale)
    app.jinja_env.filters["say"] = say
