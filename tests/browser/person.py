"""Somebody with a browser: goes by words and labels as people do; every page that is new is looked at for faults."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page, TimeoutError

from tests.browser.living import ROOT

PICTURES = ROOT / "var" / "screenshots"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
AXE = Axe()
LOADING = "Failed to load resource"
_ONE_OF_MANY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/[srkc]/)[^/]+")


class Person:
    """A window of a size, with cookies of its own."""

    looked_at: set[Any] = set()
    """Kinds of page, by width, that axe-core has seen: each once, for it takes half a second."""

    def __init__(self, chromium: Chromium, base: str, size: dict[str, int] = DESK, *, scripts: bool = True, language: str = "zh-CN") -> None:
        self.context: BrowserContext = chromium.new_context(
            base_url=base, viewport=size, locale=language, timezone_id="Asia/Shanghai", java_script_enabled=scripts,
            has_touch=size is PHONE, device_scale_factor=1, accept_downloads=True,
        )  # fmt: skip
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.base, self.scripts = base, scripts
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        self.taps = 0
        self.shown: dict[str, str] = {}
        """Links that were shown, by what kind of page they lead to."""
        self.page.on("console", self._hears)
        self.page.on("pageerror", lambda e: self.troubles.append(str(e)))
        self.page.on("request", self._stays_home)
        self.page.on("response", self._is_answered)

    # -- trouble -------------------------------------------------------------------------------------------------

    def _hears(self, message: Any) -> None:
        if message.type == "error" and LOADING not in message.text:  # those are seen as answers, with their address
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _stays_home(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.troubles.append(f"{self.page.url} asks a foreign host: {request.url}")

    def _is_answered(self, answer: Any) -> None:
        if answer.status >= 400 and answer.status not in self.expected:
            self.troubles.append(f"{answer.request.method} {answer.url}: {answer.status}")

    @contextmanager
    def may_be_refused(self, *statuses: int) -> Iterator[None]:
        """Expect one of these answers for a while."""
        self.expected = set(statuses)
        yield
        self.expected = set()

    def had_no_trouble(self) -> None:
        """Fail when the console told of an error, a foreign host was asked, or something was not there."""
        assert not self.troubles, self.troubles

    # -- ways ----------------------------------------------------------------------------------------------------

    def goes(self, path: str) -> Self:
        """Open an address."""
        answer = self.page.goto(path)
        assert answer is not None and (answer.status < 400 or answer.status in self.expected), f"{path}: {answer and answer.status}"
        return self.looks()

    def logs_in(self, name: str, password: str) -> Self:
        """Log in by the page."""
        return self.goes("/log-in").fills(login=name, password=password).presses("登录")

    def presses(self, words: str, *, within: Locator | None = None) -> Self:
        """Press the button with these words; a page follows."""
        button = (within or self.page).get_by_role("button", name=re.compile(words)).first
        with self.page.expect_navigation():
            self.tap(button)
        return self.looks()

    def taps_button(self, words: str, *, within: Locator | None = None) -> Self:
        """Press a button whose answer is exchanged in place, and wait until it is."""
        button = (within or self.page).get_by_role("button", name=re.compile(words)).first
        old = button.evaluate_handle("button => document.querySelector(button.form.dataset.swap)")
        self.tap(button)
        self.page.wait_for_function("old => !old.isConnected", arg=old)
        return self

    def follows(self, words: str, *, within: Locator | None = None) -> Self:
        """Follow the link with these words."""
        link = (within or self.page).get_by_role("link", name=re.compile(words)).first
        with self.page.expect_navigation():
            self.tap(link)
        return self.looks()

    def opens(self, words: str) -> Self:
        """Open what is folded away under these words."""
        self.tap(self.page.locator("summary").filter(has_text=re.compile(words)).first)
        return self

    def tap(self, what: Locator, times: int = 1) -> None:
        """Tap once; a list that drops down costs two."""
        what.click()
        self.taps += times

    # -- forms ---------------------------------------------------------------------------------------------------

    def fills(self, **answers: str) -> Self:
        """Type into fields by their names; `people__husband__name` stands for `people.husband.name`."""
        for name, value in answers.items():
            self.named(name).first.fill(value)
        return self

    def picks(self, **answers: str) -> Self:
        """Choose by names: of a list that drops down, of round buttons, or a box to tick."""
        for name, value in answers.items():
            field = self.named(name).first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
                self.taps += 2
            else:
                exact = self.page.locator(f'[name="{name.replace("__", ".")}"][value="{value}"]').first
                self.tap(self.page.locator("label", has=exact).first)
                assert exact.is_checked()
        return self

    def fills_the_rest_with_nothing(self) -> Self:
        """Say 0 to every figure of a report that only its writer knows and that has no answer yet."""
        for row in self.page.locator("tr", has_text="请您填写").filter(has_not_text="活动支出").all():
            field = row.locator('input[name$=".value"]')
            if not field.input_value():
                field.fill("0")
        return self

    def unpicks(self, name: str) -> Self:
        """Take a tick away."""
        self.named(name).first.uncheck()
        return self

    def named(self, name: str) -> Locator:
        """Return the field with this name."""
        return self.page.locator(f'[name="{name.replace("__", ".")}"]:not([type="hidden"])')

    def says(self, name: str) -> str:
        """Return what stands in a field."""
        return str(self.named(name).first.input_value())

    # -- looks ---------------------------------------------------------------------------------------------------

    def sees(self, words: str, *, within: float = 15) -> Self:
        """Wait until the page shows these words."""
        try:
            self.page.locator("body").get_by_text(re.compile(words)).locator("visible=true").first.wait_for(timeout=within * 1000)
        except TimeoutError as never:
            self.picture("failed")
            raise AssertionError(f"{words!r} never stood on {self.page.url}: see {PICTURES / 'failed.png'}") from never
        return self

    def sees_soon(self, there: Locator) -> Self:
        """Ask for the page again until something stands on it: five seconds, more on a machine that is busy with others."""
        until = time.monotonic() + (5 if os.getloadavg()[0] < 2 * (os.cpu_count() or 1) else 30)
        while not there.count():
            if time.monotonic() > until:
                self.picture("failed")
                raise AssertionError(f"not on {self.page.url} in time: see {PICTURES / 'failed.png'}")
            time.sleep(0.2)
            self.page.reload()
        return self.looks()

    def misses(self, words: str) -> Self:
        """Fail when these words stand anywhere in the page, shown or not."""
        assert not re.search(words, self.page.content()), f"{words} on {self.page.url}"
        return self

    def picture(self, name: str) -> Self:
        """Keep a picture of the whole page."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        return self

    def looks(self) -> Self:
        """Look at this page as one who judges it, once for each kind of page, its state and the width of the window."""
        address = urlsplit(self.page.url)
        seen = (_ONE_OF_MANY.sub("*", address.path), self.page.viewport_size["width"], self.page.title().split("·")[0])
        if self.scripts and seen not in self.looked_at and address.scheme.startswith("http"):
            self.looked_at.add(seen)
            self.finds_no_barrier().has_no_sideways_scroll()
            for link in self.page.locator("a[href]:not([href^='#'])").evaluate_all("links => links.map(link => link.href.split('#')[0])"):
                self.shown.setdefault(_ONE_OF_MANY.sub("*", link), link)
        return self

    def finds_every_link_alive(self) -> Self:
        """Follow one link of each kind that was shown; fail when it leads nowhere."""
        dead = []
        for link in self.shown.values():
            if link.startswith(self.base) and "/language/" not in link and "/elder/" not in link:
                answer = self.page.request.get(link)
                dead += [(answer.status, link)] if not answer.ok else []
        assert not dead, dead
        self.shown.clear()
        return self

    def finds_no_barrier(self) -> Self:
        """Ask axe-core; fail at anything serious."""
        serious = [v for v in AXE.run(self.page).response["violations"] if v["impact"] in ("serious", "critical")]
        told = [(v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]]) for v in serious]
        assert not serious, f"{self.page.url}: {told}"
        return self

    def has_no_sideways_scroll(self) -> Self:
        """Fail when the page is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{self.page.url} is {wide} px wider than {self.page.viewport_size}"
        return self

    def fetches(self, path: str) -> bytes:
        """Download what a link of the page leads to."""
        answer = self.page.request.get(path)
        assert answer.ok, f"{path}: {answer.status}"
        return answer.body()

    def linked(self, words: str) -> str:
        """Return the address behind a link."""
        return str(self.page.get_by_role("link", name=re.compile(words)).first.get_attribute("href"))


def kept(name: str) -> Path:
    """Return where a picture is kept."""
    return PICTURES / f"{name}.png"
