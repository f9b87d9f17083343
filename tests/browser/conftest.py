"""A whole running service and a real headless browser, for the journeys. Pictures go to var/screenshots/."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, sync_playwright

from eventsvc.app import create_app
from eventsvc.config import Settings
from eventsvc.infra.db import db
from eventsvc.serve.instance import Instance
from tests import servers

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "var" / "screenshots"
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-gpu"]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass
class Live:
    """A service started as `make run` starts it, and its application object for looking into its rows."""

    url: str
    var: Path
    app: Flask
    environ: dict[str, str] = field(repr=False)

    def flask(self, *arguments: str) -> str:
        """Run a command of the operator's."""
        done = subprocess.run([sys.executable, "-m", "flask", *arguments], env=self.environ, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextlib.contextmanager
def running(var: Path, **environ: str) -> Iterator[Live]:
    """Start everything in a folder of its own on a free port; stop it all at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("EVENTSVC_")}
    env = {**kept, "PORT": str(port), "EVENTSVC_VAR_DIR": str(var), "EVENTSVC_SAMPLE": "no", "EVENTSVC_RATE_LIMITS": "no",
           "EVENTSVC_ARGON2_MEMORY_KIB": "1024", **environ}  # fmt: skip
    var.mkdir(parents=True, exist_ok=True)
    with (var / "said").open("wb") as said:
        process = subprocess.Popen([sys.executable, "-m", "eventsvc.serve"], env=env, cwd=ROOT, stdout=said, stderr=said, start_new_session=True)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process, var / "said")
        whole = Instance.from_env(env).environment()
        yield Live(f"http://127.0.0.1:{port}", var, create_app(Settings.from_env(whole)), whole)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert process.poll() is None, said.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(said.read_text())


@pytest.fixture(scope="session")
def live(home: Path) -> Iterator[Live]:
    """The service on SQLite and its embedded Redis, with web, worker and sweeper."""
    with running(home / "live") as service:
        yield service


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A headless browser."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=servers.chromium_path(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def rows(live: Live) -> Iterator[Any]:
    """A session on the service's own database, to look at rows."""
    with live.app.app_context():
        yield db.session
        db.session.remove()


class Person:
    """Somebody with a browser: a window of a size, clicks by words, looks, pictures."""

    def __init__(self, chromium: Chromium, base: str, size: dict[str, int], *, scripts: bool = True) -> None:
        self.context: BrowserContext = chromium.new_context(
            base_url=base, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=scripts,
            has_touch=size is PHONE, device_scale_factor=1,
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda m: self.troubles.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.troubles.append(str(e)))
        self.page.on("request", self._stays_home)
        self.home = base

    def _stays_home(self, request: Any) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.troubles.append(f"asks a foreign host: {request.url}")

    def goes(self, path: str) -> "Person":
        """Open an address."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status < 400, f"{path}: {answer and answer.status}"
        return self

    def logs_in(self, name: str, password: str) -> "Person":
        """Log in by the page."""
        self.goes("/log-in")
        self.page.get_by_label(re.compile("手机号|用户名")).first.fill(name)
        self.page.get_by_label(re.compile("密码")).first.fill(password)
        self.presses("登录")
        return self

    def presses(self, words: str) -> "Person":
        """Press the button with these words and wait for the page that follows."""
        self.page.get_by_role("button", name=re.compile(words)).first.click()
        self.page.wait_for_load_state("load")
        return self

    def follows(self, words: str) -> "Person":
        """Follow the link with these words."""
        self.page.get_by_role("link", name=re.compile(words)).first.click()
        self.page.wait_for_load_state("load")
        return self

    def sees(self, words: str, *, within: float = 10) -> "Person":
        """Wait until the page shows these words."""
        self.page.get_by_text(re.compile(words)).first.wait_for(timeout=within * 1000)
        return self

    def fills(self, **answers: str) -> "Person":
        """Fill in fields by their names; `people__0__name` stands for `people.0.name`."""
        for name, value in answers.items():
            self.page.locator(f'[name="{name.replace("__", ".")}"]').first.fill(value)
        return self

    def picture(self, name: str) -> "Person":
        """Keep a picture of the whole page."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        return self

    def finds_no_barrier(self) -> "Person":
        """Ask axe-core; fail at anything serious."""
        found = Axe().run(self.page)
        serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        told = [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in serious]
        assert not serious, f"{self.page.url}: {told}"
        return self

    def has_no_sideways_scroll(self) -> "Person":
        """Fail when the page is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
        assert not wide, f"{self.page.url} is wider than {self.page.viewport_size}"
        return self

    def had_no_trouble(self) -> None:
        """Fail when the console told of an error or a foreign host was asked."""
        assert not self.troubles, self.troubles


@pytest.fixture
def someone(chromium: Chromium, live: Live) -> Iterator[Any]:
    """Make people with browsers: `someone(phone=True)`."""
    made: list[Person] = []

    def make(*, phone: bool = False, scripts: bool = True, at: Live = live) -> Person:
        made.append(Person(chromium, at.url, PHONE if phone else DESK, scripts=scripts))
        return made[-1]

    yield make
    for person in made:
        person.context.close()
        person.had_no_trouble()
