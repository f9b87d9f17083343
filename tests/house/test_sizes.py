"""What a phone on a village's network has to load stays small, asks no foreign host, and runs nothing but our own files."""

import re
from pathlib import Path

import pytest

from eventsvc.infra.web import HEADERS

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "eventsvc/static"
TEMPLATES = ROOT / "templates"
BUDGET = {"app.css": 25_000, "app.js": 7_000, "tokens.css": 3_000}
"""Bytes of what every page loads."""
WHOLE = 90_000
"""Bytes of everything that any page may load."""
PAPERS = ("documents", "kinds")
"""Folders of papers: drawn by our own worker, never sent to a browser as a page."""
PAGES = sorted(p for p in TEMPLATES.rglob("*.html") if p.relative_to(TEMPLATES).parts[0] not in PAPERS)
TEXTS = sorted(p for folder in (STATIC, TEMPLATES) for p in folder.rglob("*") if p.suffix in {".html", ".css", ".js", ".svg", ".txt"})

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->|/\*.*?\*/", re.DOTALL)
NAMESPACE = re.compile(r"""xmlns(:\w+)?=(["'])[^"']*\2""")
_FOREIGN = re.compile(r"(?:https?:)?//[a-z0-9][a-z0-9.-]*\.[a-z]{2,}", re.IGNORECASE)
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without a file": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"<[a-z][^>{}]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script in an address": re.compile(r"javascript:", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false"),
}


def foreign(text: str) -> list[str]:
    """Return the foreign hosts that a text names."""
    return _FOREIGN.findall(NAMESPACE.sub("", text))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def plain(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", BUDGET)
def test_what_every_page_loads_stays_small(name: str):
    assert (STATIC / name).stat().st_size <= BUDGET[name]


def test_all_of_it_together_stays_small():
    assert sum(f.stat().st_size for f in STATIC.rglob("*") if f.is_file()) <= WHOLE


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_nothing_is_asked_of_a_foreign_host(path: Path):
    assert foreign(plain(path)) == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_brings_no_style_and_no_script_of_its_own(path: Path):
    found = {what: hit for what, pattern in INLINE.items() if (hit := pattern.findall(plain(path)))}
    assert not found


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=named)
def test_a_file_that_is_named_is_there(path: Path):
    asked = re.findall(r"""asset\(\s*["']([^"']+)["']\s*\)""", path.read_text(encoding="utf-8"))
    assert [name for name in asked if not (STATIC / name).is_file()] == []


def test_the_script_builds_no_markup_from_text():
    risky = re.compile(r"\b(eval|Function|document\.write|outerHTML|insertAdjacentHTML)\b")
    assert not [f"{named(p)}: {hit}" for p in STATIC.rglob("*.js") for hit in risky.findall(plain(p))]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a style attribute", '<p style="color:red">'), ("a style element", "<style>p{}</style>"), ("a script without a file", "<script>x()</script>"),
        ("a handler in an attribute", '<a href="#" onclick="x()">'), ("a script in an address", '<a href="JavaScript:x()">'),
        ("text that is not escaped", "{{ words | safe }}"),
    ],
)  # fmt: skip
def test_each_of_these_would_be_seen(what: str, text: str):
    """Negative controls."""
    assert INLINE[what].search(text)


@pytest.mark.parametrize("text", ['src="https://cdn.example.com/x.js"', "url(//fonts.example.org/a.woff)", "fetch('HTTP://evil.example')"])
def test_a_foreign_host_would_be_seen(text: str):
    assert foreign(text)


def test_a_namespace_asks_nobody():
    assert not foreign('<svg xmlns="http://www.w3.org/2000/svg"> // a.b comment url(/static/a.css)')


def test_browsers_are_told_the_same():
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert "http" not in HEADERS["Content-Security-Policy"]
