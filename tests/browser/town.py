"""A real town for the journeys: 点头镇 of 福鼎市 with its villages, an administrator, and staff who were made on the pages."""

import csv
import io
from dataclasses import dataclass, field

from playwright.sync_api import Browser as Chromium

from eventsvc.sample.units import DIVISIONS
from tests.browser.living import Live
from tests.browser.person import DESK, PHONE, Person

PROVINCE, CITY, COUNTY, TOWN = "福建省", "宁德市", "福鼎市", "点头镇"
VILLAGE, GROUP = "柏柳村委会", "第一会员小组"
CODES = {"350000000000", "350900000000", "350982000000", "350982107000"}
PASSWORD = "shan-lan-cha-yuan"
STAFF = {
    "cunli": ("陈玉珍", VILLAGE, "organiser", DESK),
    "zhenpi": ("李镇批", TOWN, "approver", DESK),
    "sheng": ("郑省观", PROVINCE, "viewer", DESK),
    "zuzhang": ("陈阿妹", GROUP, "group_leader", PHONE),
}
"""Who serves where, and at what sort of window."""


@dataclass
class Town:
    """The service, a browser, and whoever is logged in."""

    live: Live
    chromium: Chromium
    staff: dict[str, Person] = field(default_factory=dict)
    others: list[Person] = field(default_factory=list)

    def __getitem__(self, name: str) -> Person:
        """Return somebody of the staff, made and logged in by the pages at first."""
        if name not in self.staff:
            self.staff[name] = self.takes_office(name)
        return self.staff[name]

    def somebody(self, *, phone: bool = False, scripts: bool = True, language: str = "zh-CN") -> Person:
        """Return a visitor without an account."""
        self.others.append(Person(self.chromium, self.live.url, PHONE if phone else DESK, scripts=scripts, language=language))
        return self.others[-1]

    def on_a_phone(self, name: str) -> Person:
        """Return somebody of the staff at her own phone."""
        assert self[name]
        person = self.somebody(phone=True)
        return person.logs_in(name, PASSWORD)

    def takes_office(self, user_name: str) -> Person:
        """Have the administrator make an account on the users page; its owner logs in and sets a password of her own."""
        name, place, role, size = STAFF[user_name]
        admin = self.administrator()
        self._open_users(admin, place)
        if not admin.named("user_name").first.is_visible():
            admin.opens("添加新账号")
        admin.fills(name=name, user_name=user_name).picks(role=role).presses("添加账号").picture("users-1280")
        once = admin.page.locator(".once strong").inner_text()
        person = Person(self.chromium, self.live.url, size)
        person.logs_in(user_name, once).sees("一次性密码")
        return person.fills(present=once, password=PASSWORD, again=PASSWORD).presses("保存新密码")

    def administrator(self) -> Person:
        """Return the first administrator, logged in."""
        if "admin" not in self.staff:
            self.staff["admin"] = Person(self.chromium, self.live.url).logs_in("admin", PASSWORD)
        return self.staff["admin"]

    def _open_users(self, admin: Person, place: str) -> None:
        unit = VILLAGE if place == GROUP else place
        admin.follows("^单位$").fills(q=unit).presses("筛选|查找|找").follows(f"^{unit}$")
        if place == GROUP:
            if not admin.page.get_by_role("link", name=GROUP).count():
                admin.follows("设立下级单位").fills(name=GROUP).picks(level="group", kind="territorial").presses("设立")
            if admin.page.get_by_role("link", name=GROUP).count():
                admin.follows(GROUP)
        admin.follows("^账号$")

    def finds_every_link_alive(self) -> None:
        """Have everybody of the staff follow what they were shown: nobody is led to a page that they may not see."""
        for person in self.staff.values():
            person.finds_every_link_alive()

    def close(self) -> None:
        """Close all windows; fail when any page of anybody's had trouble."""
        everybody = [*self.staff.values(), *self.others]
        for person in everybody:
            person.context.close()
        for person in everybody:
            person.had_no_trouble()


def founded(live: Live, chromium: Chromium) -> Town:
    """Take in the tree and make the first administrator by the operator's commands."""
    if not (live.var / "town.csv").exists():
        (live.var / "town.csv").write_text(subtree(), encoding="utf-8")
        assert "新增" in live.flask("organisations", "import", str(live.var / "town.csv"))
        assert "新增0" in live.flask("organisations", "import", str(live.var / "town.csv"))
        live.flask("setup", "--user-name", "admin", "--name", "管理员", "--password", PASSWORD)
    return Town(live, chromium)


def subtree() -> str:
    """Return the real rows of one town and what stands above it."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] in CODES or row["parent_code"] == "350982107000"]
    out = io.StringIO()
    writer = csv.DictWriter(out, ["code", "name", "parent_code", "level"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
