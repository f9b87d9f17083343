"""Doors that fail in every way, hung beside those of the service, and what an answer is held to."""

from flask import Blueprint, Flask, abort, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from eventsvc.core.errors import Conflict, NotFound, NotLoggedIn
from eventsvc.core.words import N_, Words
from eventsvc.infra.forms import load
from eventsvc.infra.openapi import body
from eventsvc.infra.policy import policy
from eventsvc.infra.web import HEADERS, csrf, limiter
from tests.clients import check_page, text_of
from tests.infra.test_forms import Party

CANARY = "canary-13805930001"
trial = Blueprint("trial", __name__)


class Full(Conflict):
    """A refusal for these tests."""

    code = "full"
    words = N_("“{title}”名额已满（共{capacity}人）")


def hang(rule: str, *methods: str):
    """Hang a view at a page's address and at one of the API's."""

    def mark(view):
        view = csrf.exempt(policy(public=True)(view))
        trial.add_url_rule(f"/trial/{rule}", view.__name__, view, methods=methods or ("GET",))
        trial.add_url_rule(f"/api/trial/{rule}", f"{view.__name__}_api", view, methods=methods or ("GET",))
        return view

    return mark


@hang("broken", "GET", "POST")
def broken() -> str:
    return str(int(request.values["x"]))


@hang("clash")
def clash() -> str:
    raise IntegrityError("INSERT …", {}, Exception(f"Key (name)=({CANARY}) already exists."))


@hang("refused")
def refused() -> str:
    raise Full(title="100% {x} <b>", capacity=30, fields={"seats": [Words("最多{most}个", most=3)]})


@hang("missing")
def missing() -> str:
    raise NotFound


@hang("stranger", "GET", "POST")
def stranger() -> str:
    raise NotLoggedIn


@hang("abort/<int:code>")
def stop(code: int) -> str:
    abort(code)


@hang("upload", "POST")
def upload() -> str:
    return f"{len(request.form)} {len(request.files)}"


@hang("party", "POST")
def party() -> str:
    return str(load(Party(), body())["title"])


@hang("limited")
@limiter.limit("3 per minute")
def limited() -> str:
    return "in"


@hang("far")
def far() -> str:
    return url_for("site.health", _external=True)


@trial.post("/trial/office")
@policy(public=True)
def office() -> str:
    return "in"


def ask(app: Flask, path: str, method: str = "GET", *, cookies: dict[str, str] | None = None, **kw: object) -> TestResponse:
    client = app.test_client()
    for name, value in (cookies or {}).items():
        client.set_cookie(name, value)
    return client.open(path, method=method, **kw)


def check_error_page(answer: TestResponse, status: int, *words: str) -> None:
    """Hold an error page to the house's manner."""
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    check_page(answer.text)
    said = text_of(answer.text)
    assert all(word in said for word in words), said
    assert CANARY not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
