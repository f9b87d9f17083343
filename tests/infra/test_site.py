"""Doors of no feature: language, elder view, health; and where a redirect may lead."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from eventsvc.infra import site
from eventsvc.infra.site import safe_next
from tests.clients import Browser, text_of

LITTLE = Flask("little")
HERE = ["/", "/activities", "/activities?month=2027-05&page=2", "/s/jin-hun#form", "/organisations/中心村", "/a/b/c", "/a?next=//evil.example", "/a//b"]
ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "http://evil.example", "https:evil.example",
    "http:/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "evil.example", "activities", "?x", "#x",
    "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", " //evil.example", "/\t\\evil.example", "/a\\..\\evil",
    "/a\nSet-Cookie: x=1", "/a\0", "/a b", "/\u2028/evil", "/\x7f", "/\xa0/x", "/\x85/evil",
]  # fmt: skip


def asked_for(wanted: str) -> str:
    with LITTLE.test_request_context("/", query_string={"next": wanted}):
        return safe_next("/default")


class TestNext:
    @pytest.mark.parametrize("wanted", HERE)
    def test_leads_back_to_a_page_of_ours(self, wanted: str):
        assert asked_for(wanted) == wanted

    @pytest.mark.parametrize("wanted", [*ELSEWHERE, ""])
    def test_never_leads_elsewhere(self, wanted: str):
        assert asked_for(wanted) == "/default"

    @given(st.text(st.sampled_from("/\\:.?#@ \t\n\r\0evilhtpjs\u3000\u2028"), max_size=12))
    def test_whatever_is_asked_a_browser_stays_here(self, wanted: str):
        found = asked_for(wanted)
        as_browsers_read_it = "".join(c for c in found if c not in "\t\n\r").strip().replace("\\", "/")
        assert as_browsers_read_it.startswith("/")
        assert not as_browsers_read_it.startswith("//")

    @pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example"])
    @pytest.mark.parametrize("door", ["/language/en", "/elder/on"])
    def test_the_doors_hold_to_it(self, browser: Browser, door: str, wanted: str):
        answer = browser.get(door, query_string={"next": wanted}, follow=False, status=303)
        assert answer.headers["Location"] == "/"


class TestLanguage:
    def test_is_remembered_and_leads_back(self, browser: Browser):
        answer = browser.get("/language/en?next=/log-in", follow=False, status=303)
        assert answer.headers["Location"] == "/log-in"
        cookie = answer.headers["Set-Cookie"]
        assert all(mark in cookie for mark in ("lang=en", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"))
        assert 'lang="en"' in browser.get("/log-in").text
        browser.get("/language/zh?next=/log-in")
        assert 'lang="zh-CN"' in browser.get("/log-in").text

    @pytest.mark.parametrize("code", ["fr", "..", "en-US", "zh_Hans_CN"])
    def test_an_unknown_one_is_chinese(self, browser: Browser, code: str):
        browser.get(f"/language/{code}?next=/log-in")
        assert 'lang="zh-CN"' in browser.get("/log-in").text

    def test_of_one_reader_is_nobody_elses(self, app: Flask):
        one, other = Browser(app), Browser(app)
        one.get("/language/en")
        assert 'lang="en"' in one.get("/log-in").text
        assert 'lang="zh-CN"' in other.get("/log-in").text


class TestElder:
    def test_large_type_is_remembered_until_it_is_switched_off(self, browser: Browser):
        assert "data-view" not in browser.get("/log-in").text
        browser.get("/elder/on?next=/log-in")
        assert "data-view" in browser.get("/log-in").text
        browser.get("/elder/off?next=/log-in")
        assert "data-view" not in browser.get("/log-in").text


class TestHealth:
    def test_alive_asks_nobody(self, browser: Browser, statements: list[str]):
        assert browser.get("/healthz").json == {"status": "ok"}
        assert statements == []

    def test_ready_when_database_and_disk_are(self, browser: Browser):
        assert browser.get("/readyz").json["status"] == "ok"

    def test_not_ready_without_tables(self, browser: Browser, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(site, "text", lambda _sql: text("SELECT 1 FROM canary"))
        answer = browser.get("/readyz", status=503)
        assert answer.json["database"] is False
        assert "canary" not in answer.text

    def test_not_ready_when_the_disk_is_full(self, browser: Browser, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("shutil.disk_usage", lambda _folder: type("Usage", (), {"free": 1})())
        assert browser.get("/readyz", status=503).json["disk"] is False

    def test_pages_of_no_feature_say_so_in_words(self, browser: Browser):
        assert "没有找到" in text_of(browser.get("/no/such/page", status=404).text)
