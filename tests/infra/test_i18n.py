"""Words are said in the reader's language; a user's own words are never taken for a sentence of ours."""

import os
import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.enums import Labelled
from eventsvc.core.errors import Conflict, WrongMoment
from eventsvc.core.words import Words
from eventsvc.infra import i18n
from eventsvc.infra.i18n import COOKIE, chosen_locale, compile_catalogues, in_english, say

ENGLISH = {
    "报名": "Sign up",
    "“{title}”已满（共{capacity}人）": "“{title}” is full ({capacity} places)",
    "现在是“{state}”状态，不能{action}；请刷新页面看最新情况": "Now {state}: no {action}",
    "草稿": "draft",
    "到{day:%Y年%m月%d日}为止": "until {day:%Y-%m-%d}",
    "只剩10%": "only 10% left",
}


def write_catalogue(folder: Path, words: dict[str, str], charset: str = "utf-8") -> Path:
    """Write an English catalogue as translators do."""
    file = folder / "en/LC_MESSAGES/messages.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = f'msgid ""\nmsgstr "Content-Type: text/plain; charset={charset}\\n"\n\n'
    file.write_text(head + "".join(f'msgid "{zh}"\nmsgstr "{en}"\n\n' for zh, en in words.items()), encoding=charset)
    return file


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A little service with a catalogue of its own."""
    folder = tmp_path_factory.mktemp("words")
    write_catalogue(folder / "translations", ENGLISH)
    app = Flask("small", root_path=str(folder))
    i18n.init_app(app, folder / "var")
    return app


@pytest.fixture(params=["zh", "en"])
def language(small: Flask, request: pytest.FixtureRequest):
    """Read in Chinese, then in English."""
    with small.test_request_context(headers={"Cookie": f"{COOKIE}=en"} if request.param == "en" else {}):
        yield request.param


class Full(Conflict):
    words = "“{title}”已满（共{capacity}人）"


class S(Labelled):
    DRAFT = "draft", "草稿"


CASES = [
    ("报名", "报名", "Sign up"),
    ("没有译文", "没有译文", "没有译文"),
    ("只剩10%", "只剩10%", "only 10% left"),
    (Words("“{title}”已满（共{capacity}人）", title="庆典", capacity=30), "“庆典”已满（共30人）", "“庆典” is full (30 places)"),
    (Full(title="庆典", capacity=30), "“庆典”已满（共30人）", "“庆典” is full (30 places)"),
    (Words("到{day:%Y年%m月%d日}为止", day=date(2027, 5, 29)), "到2027年05月29日为止", "until 2027-05-29"),
    (
        WrongMoment(state=Words("草稿"), action=Words("报名")),
        "现在是“草稿”状态，不能报名；请刷新页面看最新情况",
        "Now draft: no Sign up",
    ),
    ({"zh": "坐车", "en": "Bus"}, "坐车", "Bus"),
    ({"zh": "坐车"}, "坐车", "坐车"),
    ({"zh": "坐车", "en": ""}, "坐车", "坐车"),
    ({}, "", ""),
    (Words("“{title}”已满（共{capacity}人）", title={"zh": "会", "en": "Meeting"}, capacity=3), "“会”已满（共3人）", "“Meeting” is full (3 places)"),
    (S.DRAFT.label, "草稿", "draft"),
    ("", "", ""),
    (Words(""), "", ""),
    (None, "", ""),
    (12, "12", "12"),
]


@pytest.mark.parametrize(("words", "chinese", "english"), CASES)
def test_words_are_said_in_the_readers_language(language: str, words, chinese: str, english: str):
    assert say(words) == (english if language == "en" else chinese)


@given(st.text(max_size=20) | st.sampled_from(["{x}", "100%", "%s", "%(x)s", "{", "}}", "{0}", "{x.__class__.__mro__}", "%", "%%"]))
def test_a_users_own_words_never_break_a_sentence(small: Flask, text: str):
    for cookie in ("zh_Hans_CN", "en"):
        with small.test_request_context(headers={"Cookie": f"{COOKIE}={cookie}"}):
            assert text in say(Full(title=text, capacity=1))
            assert text in say(WrongMoment(state=Words("草稿"), action=Words(text)))
            for own in (Words(text), text, {"zh": text, "en": text}):
                assert say(own) == (ENGLISH.get(text, text) if cookie == "en" else text)


def test_in_a_template_a_users_words_stay_text(small: Flask):
    with small.test_request_context():
        said = render_template_string("{{ words | say }}|{{ label | say }}", words=Full(title="<b>100%</b> {x}", capacity=1).said, label="<i>%s</i>")
    assert said == "“&lt;b&gt;100%&lt;/b&gt; {x}”已满（共1人）|&lt;i&gt;%s&lt;/i&gt;"


class TestWhoseLanguage:
    @pytest.mark.parametrize(("cookie", "locale"), [("en", "en"), ("", "zh_Hans_CN"), ("fr", "zh_Hans_CN"), ("../en", "zh_Hans_CN")])
    def test_it_is_chosen_by_the_switch_and_by_nothing_else(self, small: Flask, cookie: str, locale: str):
        with small.test_request_context(headers={"Cookie": f"{COOKIE}={cookie}", "Accept-Language": "de"}):
            assert chosen_locale() == locale
            assert in_english() is (locale == "en")

    def test_papers_jobs_and_the_command_line_speak_chinese(self, small: Flask):
        with small.app_context():
            assert not in_english()
            assert say("报名") == "报名"
        assert say(Words("{n}人", n=3)) == "3人"


class TestCatalogues:
    def test_it_is_compiled_once_and_again_when_its_source_is_another_even_an_older_one(self, tmp_path: Path):
        source, target = tmp_path / "po", tmp_path / "mo"
        po = write_catalogue(source, {"甲": "A"})
        compile_catalogues(source, target)
        mo = target / "en/LC_MESSAGES/messages.mo"
        first = mo.stat().st_ino
        compile_catalogues(source, target)
        assert mo.stat().st_ino == first
        write_catalogue(source, {"甲": "B"})
        os.utime(po, (1, 1))
        compile_catalogues(source, target)
        assert b"B" in mo.read_bytes()

    def test_many_may_compile_at_once_and_nobody_reads_half_a_file(self, tmp_path: Path):
        source, target = tmp_path / "po", tmp_path / "mo"
        write_catalogue(source, {f"词{n}": f"word {n}" for n in range(200)})
        failures: list[BaseException] = []

        def work() -> None:
            try:
                compile_catalogues(source, target)
                assert b"word 199" in (target / "en/LC_MESSAGES/messages.mo").read_bytes()
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert [f.name for f in (target / "en/LC_MESSAGES").iterdir()] == ["messages.mo"], "no drafts are left behind"
