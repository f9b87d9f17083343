"""Browsers for tests: a Flask client that reads pages and fills in forms as a person does."""

import re
from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any

import html5lib
from flask import Flask, has_app_context
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from eventsvc.infra.db import db

Tree = Any


class Browser:
    """A visitor. Every page it is shown is checked: well-formed, a title, a language, no double ids, labelled fields."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, path: str, *, status: int | None = 200, **kw: Any) -> TestResponse:
        """Open an address; fail when the status is another."""
        answer = alone(self.client.get, path, follow_redirects=kw.pop("follow", True), **kw)
        return self._seen(answer, status)

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, status: int | None = None, **kw: Any) -> TestResponse:
        """Send a form, with the CSRF token where there is a session for one."""
        fields = MultiDict(data or {})
        if token := self.csrf():
            fields["csrf_token"] = token
        answer = alone(self.client.post, path, data=fields, follow_redirects=kw.pop("follow", False), **kw)
        return self._seen(answer, status)

    def csrf(self) -> str:
        """Return the token of the last page that had one."""
        return getattr(self, "_token", "")

    def _seen(self, answer: TestResponse, status: int | None) -> TestResponse:
        if status is not None:
            assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:2000]}"
        if answer.mimetype == "text/html" and answer.status_code < 300 and "<html" in answer.text:
            check_page(answer.text)
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text if answer.mimetype == "text/html" else ""):
            self._token = found[1]
        return answer


def alone(ask: Callable[..., TestResponse], *args: Any, **kw: Any) -> TestResponse:
    """Ask as a server is asked: each request in a context of its own, with nothing of the test's, nor of the request before.

    Flask would lend the request the test's own application context: its `g` (who is acting), its language, its session.
    """
    if has_app_context():
        db.session.rollback()  # the test's own reading ends here: afterwards it sees what the request wrote
    return Context().run(ask, *args, **kw)


def tree_of(html: str) -> Tree:
    """Parse a page."""
    return html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)


def text_of(html: str) -> str:
    """Return the words of a page, folded to single spaces."""
    tree = tree_of(html)
    for gone in ("script", "style"):
        for node in tree.iter(gone):
            node.text = ""
    return re.sub(r"\s+", " ", "".join(tree.itertext()))


def form_of(html: str, *, action: str | None = None, number: int = 0) -> MultiDict[str, str]:
    """Return what a form of the page would send if its button were pressed now."""
    tree = tree_of(html)
    forms = [f for f in tree.iter("form") if action is None or (f.get("action") or "").split("?")[0].endswith(action)]
    sent: MultiDict[str, str] = MultiDict()
    for node in forms[number].iter():
        name = node.get("name")
        if not name or node.get("disabled") is not None:
            continue
        if node.tag == "input" and node.get("type") in ("checkbox", "radio"):
            if node.get("checked") is not None:
                sent.add(name, node.get("value", "on"))
        elif node.tag == "input" and node.get("type") not in ("submit", "file", "image", "button"):
            sent.add(name, node.get("value", ""))
        elif node.tag == "textarea":
            sent.add(name, (node.text or "").removeprefix("\n"))
        elif node.tag == "select":
            options = list(node.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            for option in chosen:
                sent.add(name, option.get("value", option.text or ""))
    return sent


def check_page(html: str) -> None:
    """Fail when a page is not well made."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    serious = [e for e in parser.errors if e[1] not in ("expected-doctype-but-got-chars",)]
    assert not serious, f"not well-formed: {serious[:3]}"
    html_node = tree if tree.tag == "html" else tree.find("html")
    assert html_node.get("lang"), "no language"
    title = "".join(html_node.find("head/title").itertext()).strip()
    assert title, "no title"
    ids = [n.get("id") for n in tree.iter() if n.get("id")]
    assert len(ids) == len(set(ids)), f"double ids: {sorted({i for i in ids if ids.count(i) > 1})}"
    labelled = {n.get("for") for n in tree.iter("label")}
    wrapped = {id(c) for label in tree.iter("label") for c in label.iter()}
    for node in tree.iter():
        if node.tag in ("input", "select", "textarea") and node.get("type") not in ("hidden", "submit", "button"):
            named = node.get("id") in labelled or id(node) in wrapped or node.get("aria-label") or node.get("aria-labelledby")
            assert named, f"no label for {node.get('name')}"
    words = "".join(tree.itertext())
    assert "Traceback" not in words and "Undefined" not in words
