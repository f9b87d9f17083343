"""Chinese is the source; English is complete. Words are translated here and only here."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, request
from flask_babel import Babel, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from eventsvc.core.errors import DomainError
from eventsvc.core.words import Words, filled

LOCALES = ("zh_Hans_CN", "en")
COOKIE, COOKIE_READ = "lang", "eventsvc.language"


def chosen_locale() -> str:
    """Return the reader's language: chosen by the switch, else Chinese."""
    try:
        kept = request.environ
    except RuntimeError:  # outside a request: papers, jobs and the command line speak Chinese
        return LOCALES[0]
    if COOKIE_READ not in kept:  # asked for with every word of a page
        chosen = request.cookies.get(COOKIE, "")
        kept[COOKIE_READ] = chosen if chosen in LOCALES else LOCALES[0]
    return str(kept[COOKIE_READ])


def say(words: Any) -> str:
    """Say words in the reader's language: a msgid, `Words` with facts, a user's {zh, en} label, a refusal."""
    if isinstance(words, DomainError):
        words = words.said
    if isinstance(words, Words):
        return filled(_plain(words.msgid), words.facts, _fact)
    if isinstance(words, Mapping):
        return str(words.get("en" if in_english() else "zh") or words.get("zh") or "")
    if isinstance(words, str):
        return _plain(words)
    return "" if words is None else str(words)


def _plain(text: str) -> str:
    # For who reads Chinese the msgid is the answer: a page has a hundred of them, and no look-up costs nothing.
    # gettext applies "%" formatting only when arguments are given, so a user's "50%" is safe here.
    return gettext(text) if text and in_english() else text


@pass_eval_context
def _in_a_page(how: EvalContext, msgid: str, /, **facts: Any) -> str:
    """Say a template's `_("…%(name)s…", name=…)`; facts are escaped, and "%" is written "%%", as Jinja has it."""
    said = _plain(msgid)
    return (Markup(said) if how.autoescape else said) % facts  # noqa: S704 (our own words)


def _fact(fact: Any) -> Any:
    # Numbers and dates keep their type: the sentence says how they are written.
    return say(fact) if isinstance(fact, Words | Mapping | DomainError) else fact


def in_english() -> bool:
    """Say whether the reader chose English."""
    return chosen_locale() == "en"


def compile_catalogues(source: Path, target: Path) -> None:
    """Compile every catalogue that is not the one compiled before; several processes and threads may do so at once.

    The compiled file carries the time of its source, so that going back to an older release goes back to its words.
    """
    for po in source.glob("*/LC_MESSAGES/messages.po"):
        mo = target / po.relative_to(source).with_suffix(".mo")
        written = po.stat().st_mtime_ns
        if mo.exists() and mo.stat().st_mtime_ns == written:
            continue
        mo.parent.mkdir(parents=True, exist_ok=True)
        with po.open("rb") as file:
            catalogue = read_po(file)
        draft = mo.with_name(f".{mo.name}.{secrets.token_hex(8)}")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        os.utime(draft, ns=(written, written))
        draft.replace(mo)


def init_app(app: Flask, var_dir: Path) -> None:
    """Attach Babel and the `say` filter. Compiled catalogues lie under var/, never in the tree."""
    compiled = var_dir.resolve() / "translations"
    compile_catalogues(Path(app.root_path) / "translations", compiled)
    app.config.update(
        BABEL_DEFAULT_LOCALE=LOCALES[0],
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(compiled),
    )
    Babel().init_app(app, locale_selector=chosen_locale)
    app.jinja_env.filters["say"] = say
    app.jinja_env.globals.update(_=_in_a_page, gettext=_in_a_page)
