"""Words for WeChat groups on an activity's page: each one click to copy, each there to be marked without a script."""

import re
from datetime import timedelta
from html import unescape

import pytest

from eventsvc.activities import service
from eventsvc.core import clock
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def tree(app):
    return a_tree()


@pytest.fixture
def me(tree):
    return a_user("organiser", tree.village)


@pytest.fixture
def activity(tree, me):
    return an_activity(unit=tree.village, by=me)


def texts(app, me, activity) -> dict[str, str]:
    """Return the texts of the page by their titles; what a click copies must be what is shown."""
    page = logged_in(app, me).get(f"/activities/{activity.id}").text
    found = re.findall(r'<section class="flow" aria-label="([^"]+)">.*?<pre[^>]*>(.*?)</pre>.*?data-copy="([^"]*)"', page, re.S)
    assert all(unescape(shown).strip() == unescape(copied).strip() for _, shown, copied in found)
    return {title: unescape(shown) for title, shown, _ in found}


def test_an_open_activity_has_a_text_with_its_link(app, me, activity):
    found = texts(app, me, activity)
    assert list(found) == ["报名通知"]
    for told in (activity.title, activity.venue, f"http://localhost/s/{activity.slug}", activity.contact_phone):
        assert told in found["报名通知"]
    assert len(found["报名通知"]) < 300
    assert "\n\n" not in found["报名通知"].strip()


def test_a_postponed_one_says_what_was_and_what_is(app, me, activity):
    later = activity.starts_at + timedelta(days=7)
    service.postpone(activity.id, later, later + timedelta(hours=3), actor=me, now=NOW, note="台风")
    words = texts(app, me, activity)["变更通知"]
    assert "时间改为：2027年6月5日" in words
    assert "原定2027年5月29日" in words
    assert "地点改为" not in words
    assert len(words) < 300


def test_a_cancelled_one_says_that_nobody_should_come(app, me, activity):
    service.move(activity.id, "cancel", actor=me, now=NOW, note="台风")
    found = texts(app, me, activity)
    assert list(found) == ["取消通知"]
    assert "请不要前往" in found["取消通知"]
    assert activity.contact_phone in found["取消通知"]
