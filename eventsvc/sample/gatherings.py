"""Sessions for babies, a meeting of the young, courses: parties of other shapes, and places given in other ways."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from eventsvc.core.periods import at_local
from eventsvc.registrations import queries as rosters
from eventsvc.registrations import service as registrations
from eventsvc.registrations.arrangement import Arrangement, Slot
from eventsvc.registrations.models import Admission
from eventsvc.sample.names import MINORITY_NAME, People
from eventsvc.sample.parties import Body
from eventsvc.sample.stage import Stage
from eventsvc.sample.story import Story
from eventsvc.sample.telling import Telling

SAFETY = {
    "parent_child": "活动室软垫、桌角包边，带班老师两人；备急救包，发热的宝宝劝回；出口专人看门，接送认人。",
    "youth_mixer": "签到核对身份证，现场有工作人员和志愿者；不公布个人资料，活动结束统一送到车站。",
    "training": "会场两个出口，专人看电和空调；食堂留样，住宿登记，备常用药。",
}
CALLED = "安一宁禾果豆米朵星苗"
WISHES = ("多大开始刷牙", "不肯吃蔬菜怎么办", "半夜总醒", "")
SEED = "54f1c2aa9b3d4e7f8a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f"


def stories(stage: Stage) -> Iterator[Story]:
    """Give these activities, those of the past first."""
    saturday = stage.day(12)
    told = (
        ("parent_child", "太姥山镇", "taimushan", f"太姥山镇{stage.day(-24).year}年{stage.day(-24).month}月“向日葵亲子小屋”活动", stage.day(-24), session_held),
        ("parent_child", "桐城街道", "tongcheng", f"桐城街道{saturday.year}年{saturday.month}月“向日葵亲子小屋”活动", saturday, sessions_open),
        ("youth_mixer", "福鼎市", "fuding-2", f"福鼎市{stage.day(33).year}年“缘来福鼎”青年联谊活动", stage.day(33), drawn_by_lot),
        ("training", "福鼎市", "fuding", f"福鼎市{stage.day(-52).year}年计生协骨干培训班", stage.day(-52), course_held),
        ("training", "点头镇", "diantou", f"点头镇{stage.day(27).year}年会员小组长培训班", stage.day(27), course_open),
    )
    yield from (Story(kind, unit, by, title, day, play) for kind, unit, by, title, day, play in told)


# -- people ---------------------------------------------------------------------------------------------------------------


def family(people: People, day: date, number: int, slot: str = "") -> Body:
    """Return a baby of some months with whoever looks after it."""
    carer = people.grown_up()
    born = day - timedelta(days=250 + number * 61)
    baby = {"name": carer.name[0] + CALLED[number % len(CALLED)] * 2, "sex": ("female", "male")[number % 2], "born_on": born.isoformat(),
            "allergies": "对鸡蛋过敏" if number == 3 else ""}  # fmt: skip
    told = {"name": carer.name, "phone": carer.phone, "relation": ("mother", "grandparent", "father")[number % 3]}
    return {"people": {"baby": baby, "carer": told}, "answers": {"wishes": WISHES[number % 4]}, **({"slot": slot} if slot else {})}


def young(people: People, day: date, number: int) -> Body:
    """Return somebody young who wants to meet others."""
    who = people.grown_up()
    told: dict[str, Any] = {
        "name": who.name, "sex": ("female", "male")[number % 2], "phone": who.phone, "born_on": date(day.year - 23 - number % 14, 3, 8).isoformat(),
        "height": 158 + number % 25, "education": ("college", "bachelor", "secondary")[number % 3], "marital": "never",
        "work": ("茶企质检员", "小学老师", "乡镇干部", "护士")[number % 4], "single_pledge": True,
    }  # fmt: skip
    return {"people": {"participant": told}}


def delegation(people: People, unit: str, number: int) -> Body:
    """Return so many people whom a unit names, with whoever of the unit signs them up."""
    contact = people.grown_up()
    named = [people.grown_up(MINORITY_NAME if at == 2 and number > 4 else "") for at in range(number)]
    each = {
        f"member_{at}": {"name": one.name, "sex": one.sex, "phone": one.phone, "post": "group_leader" if at > 1 else "officer", "lodging": at % 3 == 0}
        for at, one in enumerate(named, start=1)
    }  # fmt: skip
    return {"people": each, "answers": {"unit_name": f"{unit}计生协"}, "proxy": {"relation": "unit", "name": contact.name, "phone": contact.phone}}


# -- what happens -----------------------------------------------------------------------------------------------------------


def _plan(telling: Telling, venue: str, places: int, **more: Any) -> dict[str, Any]:
    return {"venue": venue, "capacity": places, "expected_people": places * 2, "safety": SAFETY[telling.kind_code],
            "parts": [{"part": "implementer", "name": f"{telling.unit}卫生院" if "市" not in telling.unit else "福鼎市卫生健康局"}], **more}  # fmt: skip


def session_held(telling: Telling) -> None:
    """Held, reported, accepted; one family did not come."""
    telling.on_stage(_plan(telling, "太姥山镇向日葵亲子小屋", 12), planned=20)
    telling.sign_up([family(telling.people, telling.day, n) for n in range(9)], telling.before(15, 19))
    telling.check_in(telling.before(0, 9, 20), all_but=1)
    telling.count(telling.before(0, 10, 10), consulted=6, books=14)
    telling.hold()
    telling.reported({"course": "手指操、爬行隧道、亲子共读三个环节，宝宝们从躲在大人身后到自己上前拿书。"}, home_visits_after=2)


def sessions_open(telling: Telling) -> None:
    """Two sessions in one morning; families choose, some sign up by the link, one on paper."""
    telling.on_stage(_plan(telling, "桐城街道龙山社区亲子活动室", 16), planned=20)
    slots = (Slot("a", time(9), "上午第一场", 8), Slot("b", time(10, 30), "上午第二场", 8))
    registrations.arrange(telling.id, Arrangement(16, slots=slots), seed=SEED, actor=telling.organiser, now=telling.before(17, 16))
    kept = [slot for slot in rosters.pools(telling.id) if slot.kind.startswith("slot:")]
    keys = [slot.kind.removeprefix("slot:") for slot in kept]
    telling.sign_up([family(telling.people, telling.day, n, keys[n % 2]) for n in range(7)], telling.before(15, 19))
    telling.add(family(telling.people, telling.day, 7, keys[0]), telling.stage.at(-1, 15))


def drawn_by_lot(telling: Telling) -> None:
    """As many women as men, drawn by lot: everybody may enter until sign-up ends."""
    closes = at_local(telling.day - timedelta(days=9), time(18))
    telling.on_stage(_plan(telling, "福鼎市青少年宫二楼", 40, closes_at=closes), planned=50)
    wanted = Arrangement(40, admission=Admission.LOTTERY, male=20, female=20)
    registrations.arrange(telling.id, wanted, seed=SEED, actor=telling.organiser, now=telling.before(47, 16))
    telling.sign_up([young(telling.people, telling.day, n) for n in range(11)], telling.before(45, 19))


def course_held(telling: Telling) -> None:
    """Held, reported, accepted; whoever came has a certificate."""
    telling.on_stage(_plan(telling, "福鼎市委党校三号教室", 50))
    units = (("点头镇", 4), ("太姥山镇", 3), ("桐城街道", 5), ("白琳镇", 2))
    telling.sign_up([delegation(telling.people, unit, n) for unit, n in units], telling.before(30, 10))
    telling.check_in(telling.before(0, 8, 30))
    telling.hold()
    telling.reported({"course": "一天六学时，上午讲政策，下午分组演练入户访视。"}, hours=6, passed=13)
    telling.ask_for("certificate", telling.after(6))


def course_open(telling: Telling) -> None:
    """Villages name their group leaders; one stays at home, another comes instead of one who is ill."""
    telling.on_stage(_plan(telling, "点头镇政府会议室", 30), planned=40)
    villages = (("柏柳村", 3), ("观洋村", 2), ("大坪村", 6))
    done = telling.sign_up([delegation(telling.people, unit, n) for unit, n in villages], telling.before(36, 10))
    (party,) = rosters.parties([done[2]])
    registrations.leave_one(party.id, party.people[-1].id, actor=telling.organiser, now=telling.stage.at(-2, 11))
