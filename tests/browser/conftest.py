"""A whole running service and a real headless browser, for the journeys. Pictures go to var/screenshots/."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tests import servers
from tests.browser import town as towns
from tests.browser.living import Live, running
from tests.browser.town import Town

QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-gpu"]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here: it needs a browser, and a journey takes its time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A headless browser."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=servers.chromium_path(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live(home: Path) -> Iterator[Live]:
    """The service on SQLite and its embedded Redis, with web, worker and sweeper."""
    with running(home / "live") as service:
        yield service


@pytest.fixture(scope="session")
def live_on_postgresql(home: Path, postgres: Any) -> Iterator[Live]:
    """The same on PostgreSQL."""
    postgres.create("journeys")
    with running(home / "live-pg", EVENTSVC_DATABASE_URL=str(postgres.url("journeys"))) as service:
        yield service


@pytest.fixture(scope="session")
def town(live: Live, chromium: Chromium) -> Iterator[Town]:
    """A town with its staff."""
    place = towns.founded(live, chromium)
    yield place
    place.close()


@pytest.fixture(scope="session")
def town_on_postgresql(live_on_postgresql: Live, chromium: Chromium) -> Iterator[Town]:
    """A town whose rows lie in PostgreSQL."""
    place = towns.founded(live_on_postgresql, chromium)
    yield place
    place.close()
