"""How pages say days, times and sums, and how files are named so that browsers may keep them."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

from eventsvc.infra import pages
from eventsvc.infra.i18n import COOKIE
from eventsvc.infra.pages import (
    asset,
    clock_words,
    day_words,
    fingerprint,
    moment_words,
    page,
    span_words,
    wants_fragment,
    wants_json,
)

MORNING = datetime(2027, 5, 29, 1, 0, tzinfo=UTC)
EVENING = datetime(2027, 5, 29, 10, 30, tzinfo=UTC)
PAST_MIDNIGHT = datetime(2027, 5, 29, 17, 0, tzinfo=UTC)


@pytest.fixture
def request_in(app: Flask):
    """Open a request in a language."""

    def open_(path: str = "/", language: str = "", **headers: str):
        return app.test_request_context(path, headers={**headers, "Cookie": f"{COOKIE}={language}"})

    return open_


class TestTimes:
    @pytest.mark.parametrize(
        ("said", "words"),
        [
            (lambda: moment_words(MORNING), "2027年5月29日（周六） 09:00"),
            (lambda: moment_words(PAST_MIDNIGHT), "2027年5月30日（周日） 01:00"),
            (lambda: moment_words(None), ""),
            (lambda: day_words(date(2027, 5, 3)), "2027年5月3日（周一）"),
            (lambda: day_words(PAST_MIDNIGHT), "2027年5月30日（周日）"),
            (lambda: day_words(None), ""),
            (lambda: clock_words(MORNING), "09:00"),
            (lambda: clock_words(None), ""),
            (lambda: span_words(MORNING, EVENING), "2027年5月29日（周六） 09:00–18:30"),
            (lambda: span_words(MORNING, PAST_MIDNIGHT), "2027年5月29日（周六） 09:00 – 2027年5月30日（周日） 01:00"),
            (lambda: span_words(MORNING, None), "2027年5月29日（周六） 09:00"),
        ],
    )
    def test_they_are_said_on_shanghais_clock(self, request_in, said, words: str):
        with request_in():
            assert said() == words

    def test_in_english_too(self, request_in):
        with request_in(language="en"):
            assert day_words(date(2027, 5, 29)).startswith("2027-05-29 (")
            assert moment_words(PAST_MIDNIGHT).endswith(") 01:00")

    def test_a_moment_without_a_zone_is_a_mistake_of_ours(self, request_in):
        with request_in(), pytest.raises(ValueError, match="zone"):
            moment_words(MORNING.replace(tzinfo=None))

    def test_templates_say_them_by_filters(self, request_in):
        with request_in():
            said = render_template_string("{{ m|local }}|{{ m|day }}|{{ m|clock }}|{{ f|yuan }}|{{ span(m, m) }}", m=MORNING, f=120050)
        day = '2027年5月<span class="unit">29日（周六）</span>'
        assert said == f"{day} 09:00|{day}|09:00|1,200.50|{day} 09:00–09:00"

    def test_what_is_no_page_gets_plain_words(self, request_in):
        with request_in():
            said = render_template_string("{% autoescape false %}{{ m|local }}{% endautoescape %}", m=MORNING)
        assert said == "2027年5月29日（周六） 09:00"

    def test_what_is_said_beside_a_day_is_escaped_as_ever(self, request_in):
        with request_in():
            said = render_template_string("{{ who ~ ' · ' ~ (m|day) }}|{{ _('%(day)s前', day=m|day) }}", m=MORNING, who="<b>")
        assert said == '&lt;b&gt; · 2027年5月<span class="unit">29日（周六）</span>|2027年5月<span class="unit">29日（周六）</span>前'


class TestAnswers:
    def test_a_page_is_kept_by_no_cache(self, request_in):
        with request_in():
            answer = page("errors/api_docs.html", 422)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (422, "no-store")

    def test_a_name_that_a_template_was_not_given_is_an_error_not_a_gap(self, request_in):
        with request_in(), pytest.raises(UndefinedError):
            render_template_string("{{ nobody_gave_this }}")

    @pytest.mark.parametrize(("path", "json"), [("/api/v1/x", True), ("/x/api/", False), ("/apix", False)])
    def test_machines_are_known_by_the_address(self, request_in, path: str, json: bool):
        with request_in(path):
            assert wants_json() is json

    def test_our_script_asks_for_a_piece(self, request_in):
        with request_in(**{"X-Fragment": "1"}):
            assert wants_fragment()
        with request_in():
            assert not wants_fragment()


class TestFiles:
    def test_the_name_changes_with_the_content(self, app: Flask, tmp_path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(app, "static_folder", str(tmp_path))
        (tmp_path / "a.css").write_text("a{}")
        first = fingerprint("a.css")
        pages._fingerprint.cache_clear()
        (tmp_path / "a.css").write_text("b{}")
        assert fingerprint("a.css") != first
        assert len(first) == 10
        pages._fingerprint.cache_clear()

    def test_a_file_that_is_not_there_is_an_error_not_a_broken_page(self, request_in):
        with request_in(), pytest.raises(FileNotFoundError):
            asset("nope.css")

    def test_the_address_says_it(self, request_in):
        with request_in():
            assert asset("app.css") == f"/static/app.css?v={fingerprint('app.css')}"
