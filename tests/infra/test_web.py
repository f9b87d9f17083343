"""What every answer passes through, accidents and refusals included."""

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Blueprint, Flask, abort, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from eventsvc import app as roof
from eventsvc.config import Settings
from eventsvc.core.errors import Conflict, NotFound, NotLoggedIn
from eventsvc.core.words import N_, Words
from eventsvc.infra import logs
from eventsvc.infra.db import db
from eventsvc.infra.forms import load
from eventsvc.infra.openapi import body
from eventsvc.infra.pages import fingerprint
from eventsvc.infra.policy import policy
from eventsvc.infra.web import HEADERS, csrf, limiter
from tests import servers
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


@pytest.fixture(scope="module")
def own_limiter() -> Iterator[None]:
    """One limiter serves the process; give it back as it was."""
    before = dict(vars(limiter))
    yield
    vars(limiter).clear()
    vars(limiter).update(before)


@pytest.fixture(scope="module")
def build(own_limiter: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Build the whole service as it runs for people, with the doors of these tests besides."""
    folder = tmp_path_factory.mktemp("web")
    settings = Settings(secret_key="s" * 32, database_url=f"sqlite:///{folder}/web.db", redis_url=f"unix://{folder}/none.sock", var_dir=folder,
                        base_url="http://localhost", rate_limits=False)  # fmt: skip
    doors = roof.DOORS

    def build_(**more: object) -> Flask:
        roof.DOORS = (*doors, trial)
        try:
            return roof.create_app(replace(settings, **more))
        finally:
            roof.DOORS = doors

    yield build_
    logs.configure("INFO", whole=True)


@pytest.fixture(scope="module")
def service(build) -> Flask:
    app = build()
    with app.app_context():
        db.create_all()
    return app


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


PAGES = [
    ("/nowhere", "GET", 404, "没有找到"),
    ("/trial/missing", "GET", 404, "没有找到您要的内容"),
    ("/healthz", "POST", 405, "不能这样打开"),
    ("/trial/office", "POST", 400, "刷新后再试"),
    ("/trial/refused", "GET", 409, "“100% {x} <b>”名额已满（共30人）", "最多3个"),
    (f"/trial/broken?x={CANARY}", "GET", 500, "出了点问题"),
    ("/trial/clash", "GET", 500, "出了点问题"),
    ("/trial/abort/403", "GET", 403, "没有做这一步的权限"),
    ("/trial/abort/413", "GET", 413, "文件太大了"),
    ("/trial/abort/418", "GET", 418, "刷新后再试"),
    ("/trial/abort/503", "GET", 503, "稍后再试"),
    ("/trial/abort/502", "GET", 502, "出了点问题"),
    ("/s/a%00b", "GET", 400, "内容不完整"),
    ("/healthz?q=%00", "GET", 400, "内容不完整"),
    ("/healthz?%00=q", "GET", 400, "内容不完整"),
    ("/static/../config.py", "GET", 404, "没有找到"),
    ("/static/%2e%2e/config.py", "GET", 404, "没有找到"),
    ("/static/nope.css?v=1", "GET", 404, "没有找到"),
]


class TestErrorPages:
    @pytest.mark.parametrize(("path", "method", "status", "words"), [(p, m, s, w) for p, m, s, *w in PAGES])
    def test_each_is_a_whole_chinese_page_without_any_detail(self, service: Flask, path: str, method: str, status: int, words: list[str]):
        check_error_page(ask(service, path, method), status, *words)

    @pytest.mark.parametrize("path", ["/nowhere", f"/trial/broken?x={CANARY}", "/trial/refused"])
    def test_it_comes_in_large_type_for_who_chose_it(self, service: Flask, path: str):
        assert "data-view" in ask(service, path, cookies={"view": "elder"}).text

    def test_it_comes_even_when_the_database_is_away(self, build, tmp_path: Path):
        app = build(database_url=f"sqlite:///{tmp_path}/no/such/folder/x.db")
        answer = ask(app, "/me", cookies={"eventsvc": "x"})
        check_error_page(answer, 503, "稍后再试")
        assert answer.headers["Retry-After"] == "60"
        assert ask(app, "/healthz").status_code == 200
        assert ask(app, "/readyz").status_code == 503

    def test_markup_in_what_people_wrote_stays_text(self, service: Flask):
        assert "&lt;b&gt;" in ask(service, "/trial/refused").text
        assert "{x} <b>" not in ask(service, "/trial/refused").text

    def test_what_may_be_done_instead_is_said_to_programs(self, service: Flask):
        assert set(ask(service, "/healthz", "POST").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}

    def test_an_accident_of_a_view_leaves_nothing_in_the_session(self, service: Flask):
        ask(service, f"/trial/broken?x={CANARY}")
        assert ask(service, "/trial/broken?x=7").text == "7"


class TestStrangers:
    def test_who_is_not_logged_in_is_led_to_the_door_and_back(self, service: Flask):
        answer = ask(service, "/trial/stranger?month=2027-05")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/log-in?next=/trial/stranger?month%3D2027-05")

    def test_a_form_that_was_posted_is_not_an_address_to_come_back_to(self, service: Flask):
        assert ask(service, "/trial/stranger", "POST").headers["Location"] == "/log-in"

    def test_a_machine_is_told_so(self, service: Flask):
        answer = ask(service, "/api/trial/stranger")
        assert (answer.status_code, answer.json["code"]) == (401, "not_logged_in")


API = [
    ("/api/nowhere", "GET", 404, "not_found"),
    ("/api/trial/missing", "GET", 404, "not_found"),
    ("/api/trial/refused", "POST", 405, "bad_method"),
    ("/api/trial/refused", "GET", 409, "full"),
    (f"/api/trial/broken?x={CANARY}", "GET", 500, "accident"),
    ("/api/trial/clash", "GET", 500, "accident"),
    ("/api/trial/abort/413", "GET", 413, "too_large"),
    ("/api/trial/abort/403", "GET", 403, "not_allowed"),
    ("/api/trial/refused?q=%00", "GET", 400, "bad_request"),
    ("/api/trial/party", "POST", 422, "bad_form"),
]


class TestApi:
    @pytest.mark.parametrize(("path", "method", "status", "code"), API)
    def test_every_refusal_has_the_same_shape(self, service: Flask, path: str, method: str, status: int, code: str):
        answer = ask(service, path, method)
        assert (answer.status_code, answer.json["code"]) == (status, code)
        assert set(answer.json) == {"code", "message", "fields"}
        assert isinstance(answer.json["fields"], dict)
        assert any("一" <= c <= "鿿" for c in answer.json["message"])
        assert CANARY not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS

    def test_the_refusal_carries_words_and_faults(self, service: Flask):
        assert ask(service, "/api/trial/refused").json == {
            "code": "full", "message": "“100% {x} <b>”名额已满（共30人）", "fields": {"seats": ["最多3个"]},
        }  # fmt: skip

    def test_a_body_is_held_to_the_grammar_with_every_fault_by_its_name(self, service: Flask):
        answer = ask(service, "/api/trial/party", "POST", json={"title": "会", "people": [{"name": "1"}], "admin": 1})
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
        assert set(answer.json["fields"]) == {"people.0.name", "admin"}

    @pytest.mark.parametrize(
        "sent",
        [
            b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000, b'{"title": "\\ud800"}',
            b'{"title": "a\\u0000b"}', b'{"title": NaN}', b'{"title": 1e999}', b'{"\\ud800": 1}', b'{"people": {"0": {}}}', b'{"answers": []}',
        ],
    )  # fmt: skip
    def test_no_body_at_all_is_an_accident(self, service: Flask, sent: bytes):
        answer = ask(service, "/api/trial/party", "POST", data=sent, content_type="application/json")
        assert answer.status_code == 422, answer.text
        assert set(answer.json) == {"code", "message", "fields"}

    @pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
    def test_a_body_of_another_kind_is_refused(self, service: Flask, media: str):
        assert ask(service, "/api/trial/party", "POST", data=b'{"title": "x"}', content_type=media).status_code == 422


class TestTooMuch:
    def test_more_than_the_whole_may_be_is_too_large(self, service: Flask):
        answer = ask(service, "/trial/upload", "POST", data={"file": (io.BytesIO(b"x" * (20 * 2**20 + 1)), "x.jpg")})
        check_error_page(answer, 413, "文件太大了")

    @pytest.mark.parametrize("media", ["multipart/form-data", "application/x-www-form-urlencoded"])
    def test_a_form_of_megabytes_of_text_is_too_large(self, service: Flask, media: str):
        check_error_page(ask(service, "/trial/upload", "POST", data={"a": "x" * (2 * 2**20 + 1)}, content_type=media), 413, "文件太大了")

    def test_so_is_a_body_for_machines(self, service: Flask):
        answer = ask(service, "/api/trial/party", "POST", json={"title": "x" * (2 * 2**20)})
        assert (answer.status_code, answer.json["code"]) == (413, "too_large")

    def test_a_form_of_thousands_of_parts_is_too_large(self, service: Flask):
        parts = {f"a{n}": "x" for n in range(3001)}
        check_error_page(ask(service, "/trial/upload", "POST", data=parts, content_type="multipart/form-data"), 413)

    def test_a_photo_of_nineteen_megabytes_is_let_through(self, service: Flask):
        answer = ask(service, "/trial/upload", "POST", data={"a": "x", "file": (io.BytesIO(b"x" * (19 * 2**20)), "x.jpg")})
        assert answer.text == "1 1"


class TestHost:
    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "evil.example#localhost", "127.0.0.2", "local host"]
    )
    @pytest.mark.parametrize("path", ["/trial/far", "/healthz", "/", "/nowhere"])
    def test_a_foreign_name_is_refused_before_anything_is_done(self, service: Flask, host: str, path: str):
        answer = ask(service, path, headers={"Host": host})
        check_error_page(answer, 400)
        assert "evil.example" not in answer.text

    @pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000"])
    def test_our_own_names_are_answered(self, service: Flask, host: str):
        assert ask(service, "/healthz", headers={"Host": host}).status_code == 200

    def test_more_names_may_be_set(self, build):
        app = build(base_url="https://a.example", trusted_hosts="b.example")
        assert [ask(app, "/healthz", headers={"Host": h}).status_code for h in ("a.example", "b.example", "c.example")] == [200, 200, 400]

    def test_forwarded_names_and_addresses_count_only_behind_our_own_proxy(self, build, service: Flask):
        forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        assert ask(service, "/trial/far", headers=forged).text == "http://localhost/healthz"
        behind = build(proxy_hops=1)
        assert ask(behind, "/trial/far", headers=forged).status_code == 400
        assert ask(behind, "/trial/far", headers={"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https"}).text == "https://localhost/healthz"


class TestHeaders:
    @pytest.mark.parametrize("path", ["/log-in", "/healthz", "/static/app.css", "/language/en", "/api/v1/openapi.json", "/api/docs", "/nowhere", "/trial/clash"])
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    def test_stand_on_every_answer(self, service: Flask, path: str, method: str):
        answer = ask(service, path, method)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS

    def test_nothing_runs_but_our_own_files(self):
        told = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
        assert told["default-src"] == told["script-src"] == told["style-src"] == told["form-action"] == "'self'"
        assert told["object-src"] == told["base-uri"] == told["frame-ancestors"] == "'none'"
        assert "unsafe" not in HEADERS["Content-Security-Policy"]

    def test_over_https_browsers_are_told_to_stay_there_and_cookies_are_secure(self, build, service: Flask):
        safe = build(base_url="https://localhost")
        answer = ask(safe, "/language/en", base_url="https://localhost")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Secure" in answer.headers["Set-Cookie"]
        assert safe.config["SESSION_COOKIE_NAME"] == "__Host-form"
        assert safe.config["SESSION_COOKIE_SECURE"]
        assert "Strict-Transport-Security" not in ask(service, "/healthz").headers, "one service says nothing for another"

    def test_pages_are_kept_by_no_cache_unless_they_say_so(self, service: Flask):
        assert ask(service, "/log-in").headers["Cache-Control"] == "no-store"
        assert ask(service, "/healthz").headers["Cache-Control"] == "no-store"


class TestStatic:
    def test_a_file_asked_for_by_its_fingerprint_is_kept_for_good(self, service: Flask):
        with service.app_context():
            mark = fingerprint("app.css")
        answer = ask(service, f"/static/app.css?v={mark}")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        again = ask(service, f"/static/app.css?v={mark}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, max-age=31536000, immutable")

    @pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789", "?w=1"])
    def test_under_any_other_name_it_is_asked_for_again(self, service: Flask, query: str):
        assert ask(service, f"/static/app.css{query}").headers["Cache-Control"] == "no-cache"

    def test_nobody_is_looked_up_for_a_file(self, service: Flask):
        answer = ask(service, "/static/app.css", cookies={"eventsvc": "x"})
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


class TestCsrf:
    def test_a_form_of_the_office_needs_its_token(self, service: Flask):
        assert ask(service, "/trial/office", "POST").status_code == 400
        service.config["WTF_CSRF_ENABLED"] = False
        try:
            assert ask(service, "/trial/office", "POST").text == "in"
        finally:
            service.config["WTF_CSRF_ENABLED"] = True

    def test_the_token_of_somebody_else_is_worth_nothing(self, service: Flask):
        with service.test_client() as theirs:
            page = theirs.get("/log-in").text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        assert ask(service, "/trial/office", "POST", data={"csrf_token": token}).status_code == 400

    def test_doors_of_the_api_ask_for_a_token_of_their_own_instead(self, service: Flask):
        exempt = {room.name for room in roof.API_DOORS}
        assert exempt
        assert exempt <= {b if isinstance(b, str) else b.name for b in csrf._exempt_blueprints}


@pytest.mark.parametrize("path", ["/trial/broken", "/api/trial/broken"])
def test_an_accident_is_logged_by_type_and_place_and_nothing_that_was_sent(build, path: str):
    ear = io.StringIO()
    with redirect_stderr(ear):
        app = build()
    answer = ask(
        app, f"{path}?q={CANARY}", "POST", data={"x": CANARY, CANARY: CANARY}, headers={"User-Agent": CANARY, "X-Anything": CANARY}, cookies={"c": CANARY}
    )
    ask(app, path.replace("broken", "clash"))
    ask(app, f"{path}?x={CANARY}", headers={"Host": CANARY})
    assert answer.status_code == 500
    said = ear.getvalue()
    assert CANARY not in said
    assert said.count('"accident"') == 2
    assert "builtins.ValueError" in said
    assert "sqlalchemy.exc.IntegrityError" in said
    assert "test_web.py" in said


@pytest.fixture
def healthy(own_limiter: None) -> None:
    """Let the limiter forget that some other service's Redis was away."""
    limiter._storage_dead = False


@pytest.mark.usefixtures("healthy")
class TestLimits:
    def test_too_fast_is_said_in_words_and_when_to_come_again(self, build):
        app = build(rate_limits=True)
        client = app.test_client()
        assert [client.get("/trial/limited").status_code for _ in range(3)] == [200] * 3
        answer = client.get("/trial/limited")
        check_error_page(answer, 429, "操作太快了")
        assert answer.headers["Retry-After"] == "60"

    def test_a_machine_is_told_so(self, build):
        client = build(rate_limits=True).test_client()
        answers = [client.get("/api/trial/limited") for _ in range(4)]
        assert (answers[-1].status_code, answers[-1].json["code"]) == (429, "too_fast")

    def test_while_redis_is_away_memory_counts_and_nobody_is_refused_for_it(self, build):
        with servers.redis_server() as redis:
            client = build(rate_limits=True, redis_url=redis.url).test_client()
            assert [client.get("/trial/limited").status_code for _ in range(2)] == [200] * 2
            redis.stop()
            after = [client.get("/trial/limited").status_code for _ in range(5)]
            assert after == [200] * 3 + [429] * 2

    def test_it_starts_while_redis_is_away(self, build):
        client = build(rate_limits=True, redis_url="redis://127.0.0.1:1/0").test_client()
        assert [client.get("/trial/limited").status_code for _ in range(4)] == [200] * 3 + [429]
