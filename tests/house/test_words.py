"""Every word that people read is Chinese first and has English."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent.parent
HANZI = re.compile(r"[\u3400-\u9fff]")
METHODS = [("eventsvc/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
CHINESE_ONLY = ("documents", "kinds")
"""Folders of templates that are papers: Chinese only."""
MARKED = {"N_", "_", "gettext", "say", "Words"}


def english() -> dict[str, str]:
    """Return msgid → English."""
    with (ROOT / "eventsvc/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def used() -> dict[str, str]:
    """Return every msgid in code and templates → the file it stands in."""
    found = extract_from_dir(str(ROOT), METHODS, {"templates/**.html": {"trimmed": "true"}}, KEYWORDS)
    return {str(m): name for name, _line, m, *_ in found if not name.startswith(tuple(f"templates/{c}/" for c in CHINESE_ONLY))}


def test_every_msgid_has_english():
    known = english()
    missing = {m: f for m, f in used().items() if not known.get(m)}
    assert not missing, f"{len(missing)} without English, such as {list(missing.items())[:10]}; run `make words`"


def test_english_keeps_the_facts_of_the_sentence():
    holes = re.compile(r"%\((\w+)\)s|\{(\w+)(?::[^}]*)?\}")
    wrong = {m: e for m, e in english().items() if e and {a or b for a, b in holes.findall(m)} != {a or b for a, b in holes.findall(e)}}
    assert not wrong, wrong


def test_english_is_english():
    quoted = re.compile(r"[“「(（][^”」)）]*[”」)）]")
    wrong = {m: e for m, e in english().items() if HANZI.search(quoted.sub("", e)) and "中文" not in e}
    assert not wrong, list(wrong.items())[:10]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_template_has_no_bare_chinese(path):
    if path.relative_to(ROOT / "templates").parts[0] in CHINESE_ONLY:
        return  # a paper
    bare = [text for text in _data(path.read_text()) if HANZI.search(text)]
    assert not bare, bare


def _data(source: str) -> list[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found, raw = [], False
    for _line, kind, text in environment.lex(source):
        if kind in ("raw_begin", "raw_end"):
            raw = kind == "raw_begin"
        elif kind == "data" and not raw:
            found.append(re.sub(r'lang="zh[^"]*"[^<>]*>[^<]*', "", text))
    return found


DATA_FILES = ("eventsvc/sample/", "eventsvc/kinds/", "eventsvc/core/", "eventsvc/documents/", "eventsvc/migrations/", "eventsvc/reports/drafts.py", "eventsvc/people/headings.py",
              "eventsvc/declare/kind.py", "eventsvc/infra/fonts.py", "eventsvc/infra/pdf.py", "eventsvc/infra/openapi.py")  # fmt: skip
"""Chinese that is data: names of the sample, defaults of a plan, tables of feasts and surnames, papers."""


@pytest.mark.parametrize("path", sorted((ROOT / "eventsvc").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_code_has_no_unmarked_chinese(path):
    if str(path.relative_to(ROOT)).startswith(DATA_FILES):
        return
    tree = ast.parse(path.read_text())
    marked = {id(a) for n in ast.walk(tree) if isinstance(n, ast.Call) and _name(n.func) in MARKED for a in ast.walk(n)}
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
    bare = [
        (n.lineno, n.value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and HANZI.search(n.value) and id(n) not in marked | docs
    ]
    assert not bare, bare


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
