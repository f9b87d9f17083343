"""What organisers of the sample write into the planning form, beside what the kind suggests."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from eventsvc.core.periods import at_local

Plan = dict[str, Any]

SAFETY = {
    "golden_wedding": "镇卫生院派一名医生、一名护士到场，备急救箱和轮椅；雨天移到室内；老人由家属或志愿者一对一陪同进出，散场时车辆分批离开。",
    "member_day": "现场设医疗点和两条疏散通道，专人看电线、音响；遇大雨或大风改到室内，由广播和会员小组长通知。",
}
CEREMONY_DUTIES = (("接送和引导", "接待组", -1), ("更衣化妆、量血压", "后勤组、镇卫生院", 0), ("摄影和证书", "宣传组", -3), ("场地和音响", "后勤组", -1))
CEREMONY_GOODS = (("红毯、背景布、胸花", "1套", "后勤组"), ("相框和证书", "每对1份", "宣传组"), ("长寿面、蛋糕", "按人数", "后勤组"))
SQUARE_DUTIES = (("搭台布展", "后勤组", -1), ("资料和竞答", "宣传组", 0), ("义诊咨询", "卫生院", 0), ("现场点数", "会员小组长", 0))
SQUARE_GOODS = (("宣传资料", "2000份", "宣传组"), ("血压计、血糖仪", "各3台", "卫生院"), ("桌椅、帐篷", "10套", "后勤组"))


def ceremony(day: date, venue: str, places: int, *, partners: Sequence[str] = (), **more: Any) -> Plan:
    """Return the plan of a golden wedding: where, how many couples, who helps."""
    return {
        "venue": venue, "capacity": places, "expected_people": places * 8,
        "audience": f"结婚满50年的夫妇{places}对，家属和群众约{places * 6}人",
        "eligibility": "到庆典当天结婚满50年的夫妇都可以报名，子女可以代报；没有结婚证也可以来。",
        "parts": _parts(partners), "duties": _duties(day, CEREMONY_DUTIES), "materials": _goods(CEREMONY_GOODS),
        "safety": SAFETY["golden_wedding"], "publicity": "村村通广播、会员小组长上门告知，海报贴在村委会和卫生所。",
        "plan": {"makeup_place": "会场隔壁的会议室", "pick_up": "当天8:00从各村村委会门口发车，活动后送回"},
    } | more  # fmt: skip


def square(day: date, venue: str, parts: Sequence[str], people: int, *, partners: Sequence[str] = (), volunteers: int = 0, **more: Any) -> Plan:
    """Return the plan of a member day; with `volunteers` it opens sign-up for so many."""
    sign_up = {"sign_up": True, "capacity": volunteers, "closes_at": at_local(day - timedelta(days=3), time(18))} if volunteers else {}
    return {
        "venue": venue, "expected_people": people, "audience": f"会员和群众约{people}人",
        "parts": _parts(partners), "duties": _duties(day, SQUARE_DUTIES), "materials": _goods(SQUARE_GOODS),
        "safety": SAFETY["member_day"], "publicity": "海报、村广播和会员小组微信群告知。",
        "plan": {"parts_of_day": list(parts), "stalls": max(4, people // 60), "rain_plan": "移到文化活动中心一楼"},
    } | sign_up | more  # fmt: skip


def visiting(day: date, area: str, until: date, *, visit_kind: str = "care_0_3", **more: Any) -> Plan:
    """Return the plan of a round of visits: where, until when, what about."""
    focus = ["feeding", "responsive", "vaccines"] if visit_kind == "care_0_3" else ["health", "spirit", "livelihood"]
    return {
        "venue": area, "ends_at": at_local(until, time(16, 30)), "audience": "名单上的家庭，由联系的会员小组长上门",
        "parts": _parts(("乡镇卫生院",)),
        "plan": {"visit_kind": visit_kind, "due_on": until, "focus": focus, "materials_to_give": "科学养育手册、绘本"},
    } | more  # fmt: skip


def opening(opens_at: datetime, closes_at: datetime) -> Plan:
    """Return when sign-up opens and closes."""
    return {"opens_at": opens_at, "closes_at": closes_at}


def helpers(unit: str) -> tuple[str, ...]:
    """Name who usually helps a unit: the first carries it out, the others stand by."""
    if unit == "福鼎市":
        return ("福鼎市卫生健康局", "福鼎市医院", "福鼎市妇联")
    if unit.endswith("计生协"):
        return ("福鼎市总工会", "福鼎市医院")
    return (f"{unit}卫生所", f"{unit}老人协会") if unit.endswith("村") else (f"{unit}卫生院", f"{unit}妇联", f"{unit}老人协会")


def _parts(partners: Sequence[str]) -> list[Plan]:
    """The owner unit is the host by itself; others help."""
    names = ("implementer", "partner", "supporter", "supporter", "supporter")
    return [{"part": part, "name": name} for part, name in zip(names, partners, strict=False)]


def _duties(day: date, lines: Sequence[tuple[str, str, int]]) -> list[Plan]:
    return [{"task": task, "who": who, "by": day + timedelta(days=offset)} for task, who, offset in lines]


def _goods(lines: Sequence[tuple[str, str, str]]) -> list[Plan]:
    return [{"item": item, "amount": amount, "who": who} for item, amount, who in lines]
