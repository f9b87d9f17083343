"""Somebody who signs up one question a page: answers by name, screen after screen, as the buttons of a page do."""

from werkzeug.datastructures import MultiDict

from tests.clients import Browser, form_of, text_of
from tests.factories.registrations import a_name, a_phone

ANSWERS = {
    "proxy.relation": "child", "proxy.name": "张小明", "answers.married_on.calendar": "lunar", "answers.married_on.year": "1970",
    "answers.married_on.month": "8", "answers.married_on.day": "15", "answers.marriage_proof": "own_word", "answers.residence": "living",
    "answers.honoured_before": "no", "consent.contact": "1",
}  # fmt: skip


class Walker:
    """A reader of large type."""

    def __init__(self, app, slug: str, **answers: str) -> None:
        self.browser, self.slug = Browser(app), slug
        self.browser.client.set_cookie("view", "elder", domain="localhost")
        mine = {"proxy.phone": a_phone(), "people.husband.name": a_name(), "people.wife.name": a_name()}
        self.answers = {**ANSWERS, **mine, **{name.replace("__", "."): value for name, value in answers.items()}}
        self.page = self.browser.get(f"/s/{slug}").text
        self.seen: list[str] = []

    @property
    def form(self) -> MultiDict[str, str]:
        return form_of(self.page, action=f"/s/{self.slug}")

    @property
    def screen(self) -> str:
        return self.form.get("_step", "")

    @property
    def words(self) -> str:
        return text_of(self.page)

    def press(self, status: int = 200, **more: str) -> "Walker":
        """Send the screen as it stands with what a button adds (`action` for its name)."""
        form = self.form
        for name, value in more.items():
            form["_action" if name == "action" else name.replace("__", ".")] = value
        answer = self.browser.post(f"/s/{self.slug}", form, status=status)
        self.location = answer.headers.get("Location", "")
        self.page = answer.text
        return self

    def answer(self, status: int = 200) -> "Walker":
        """Answer this screen and go on."""
        form, here = self.form, self.screen.removesuffix("!")
        self.seen.append(here)
        rooms = {here, "village_name"} if here == "village" else {here}
        rooms |= {name for name in self.answers if name.startswith("consent.")} if here.startswith("consent.") else set()
        for name, value in self.answers.items():
            if any(name == room or name.startswith(f"{room}.") for room in rooms):
                form[name] = value
        self.page = self.browser.post(f"/s/{self.slug}", form, status=status).text
        return self

    def to_the_end(self) -> "Walker":
        """Answer everything, to the summary."""
        while self.screen:
            before = self.screen
            self.answer()
            assert self.screen != before, self.words
        return self
