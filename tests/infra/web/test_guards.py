"""What stands around every door: sizes, names, headers, tokens, how fast."""

import io

import pytest
from flask import Flask

from eventsvc import app as roof
from eventsvc.infra.pages import fingerprint
from eventsvc.infra.web import HEADERS, csrf, limiter
from tests import servers
from tests.infra.web.doors import ask, check_error_page


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
