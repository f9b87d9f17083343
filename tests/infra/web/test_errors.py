"""What people and machines are told when it does not work, and what is not told."""

import io
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from flask import Flask

from eventsvc.infra.web import HEADERS
from tests.infra.web.doors import CANARY, ask, check_error_page

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
    assert "doors.py" in said
