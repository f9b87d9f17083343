"""Rounds of home visits of the sample, and the roll of households that they go to."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from eventsvc.core.actor import Actor
from eventsvc.core.periods import at_local
from eventsvc.people import queries as roll
from eventsvc.people import service as people
from eventsvc.sample.names import People
from eventsvc.sample.plans import visiting
from eventsvc.sample.stage import Stage
from eventsvc.sample.story import Story
from eventsvc.sample.telling import Telling
from eventsvc.visits import queries, rounds
from eventsvc.visits import service as visits
from eventsvc.visits.rules import nobody_home
from eventsvc.visits.schemas import VisitSchema

KIND = "home_visit"
ROLLS = {"柏柳村": ("leader-1", "leader-2", "leader-3"), "瑞云村": ("ruiyun",), "翠郊村": ("two-units",), "秦屿村": ("taimushan",)}
"""Whose roll there is, and who goes to the households."""
HOUSEHOLDS = {"柏柳村": 18, "瑞云村": 7, "翠郊村": 6, "秦屿村": 6}
SITUATIONS = ("宝宝8个月，奶奶带", "双胞胎，一岁半", "妈妈产后第二个月", "父母在外务工，爷爷奶奶带", "宝宝两岁，准备上托班", "新迁入，还没有建档")
SPECIAL = "独子去世多年，老两口身体不好，不愿别人提起。"
REPORT = {"findings": "隔代照护的家庭多，普遍想知道辅食怎么添、发烧怎么办。", "solved": "帮三户联系了卫生院儿保门诊，送去绘本和手册。",
          "next_steps": "对家中无人的改在晚上再去。"}  # fmt: skip
TOPICS = (["feeding", "sleep"], ["responsive", "play"], ["vaccines", "check_ups"], ["safety", "teeth"])


def stories(stage: Stage) -> Iterator[Story]:
    """Give the rounds, the oldest first."""
    told = (
        ("柏柳村", "boliu", -370, archived, 18),
        ("柏柳村", "boliu", -150, accepted, 20),
        ("瑞云村", "ruiyun", -112, accepted, 16),
        ("柏柳村", "boliu", -62, accepted, 20),
        ("秦屿村", "taimushan", -34, held, 25),
        ("柏柳村", "boliu", -6, under_way, 24),
        ("翠郊村", "two-units", 3, published, 20),
        ("点头镇", "diantou", 20, approved, 20),
        ("硖门畲族乡", "xiamen-she", 16, submitted, 20),
        ("观洋村", "diantou", 14, returned, 15),
        ("瑞云村", "ruiyun", 33, draft, 0),
        ("太姥山镇", "taimushan", 9, cancelled, 20),
    )  # fmt: skip
    for unit, by, offset, play, lasts in told:
        day = stage.day(offset)
        yield Story(KIND, unit, by, f"{unit}{day.year}年{day.month}月入户访视", day, play, lasts)


def fill_rolls(stage: Stage, now: datetime) -> None:
    """Write down the households of the villages that have none yet, each with whoever goes to it; one is a special family."""
    for village, leaders in ROLLS.items():
        unit, organiser = stage.units[village], stage.actors["boliu" if len(leaders) > 1 else leaders[0]]
        there = roll.households(unit, within=organiser).total
        going, neighbours = cycle(leaders), People(village)
        for number in range(HOUSEHOLDS[village]):
            leader, head = next(going), neighbours.grown_up()
            special = village == "柏柳村" and number == 4
            if number >= there:
                people.add_household(
                    unit, f"{number + 1:03d}", head=head.name, phone=head.phone, address=f"{number % 6 + 1}组{number * 3 + 2}号",
                    leader_id=stage.actors[leader].id, special=special, situation=SPECIAL if special else SITUATIONS[number % 6],
                    actor=organiser, now=now,
                )  # fmt: skip


def _going(telling: Telling) -> None:
    """Plan a round, publish it, and put the whole roll on its list."""
    until = telling.day + timedelta(days=telling.lasts)
    telling.on_stage(visiting(telling.day, f"{telling.unit}各自然村", until), planned=14)
    rounds.take_whole_roll(telling.id, actor=telling.organiser, now=telling.before(10))


def _lines(telling: Telling) -> list[queries.Line]:
    return queries.lines(telling.id, within=telling.organiser, today=telling.stage.today)


def _goes(telling: Telling, line: queries.Line) -> Actor:
    return next((a for a in telling.stage.actors.values() if a.id == line.leader_id), telling.organiser)


def _visit(telling: Telling, line: queries.Line, day: date, **said: Any) -> None:
    """Write a visit down as the phone's form sends it."""
    number = int(line.household.number)
    answers = {
        "outcome": "seen", "way": "home" if number % 5 else "phone", "visited_on": day.isoformat(),
        "met": ("mother", "grandparent", "father", "grandparent")[number % 4], "topics": TOPICS[number % 4],
        "leaflets": 2, "books": number % 2, "referral": "none",
    } | said  # fmt: skip
    visit = VisitSchema.of(telling.kind).load(answers)
    at = min(at_local(day, time(15)) + timedelta(minutes=number), telling.stage.now)
    visits.record(line.id, visit, actor=_goes(telling, line), now=at)


def accepted(telling: Telling) -> None:
    """Everybody was visited but two; reported, accepted."""
    _going(telling)
    for number, line in enumerate(_lines(telling)[:-2]):
        problem = {"has_problem": True, "problems": "宝宝咳嗽一周没看医生", "referral": "clinic"} if number % 5 == 3 else {}
        _visit(telling, line, telling.day + timedelta(days=number % telling.lasts), **problem)
    telling.hold()
    telling.reported(REPORT, condolence_money=600)


def archived(telling: Telling) -> None:
    """Of last year, put away for good."""
    accepted(telling)
    telling.archive(telling.after(60))


def held(telling: Telling) -> None:
    """The round is over; nobody has begun to report."""
    _going(telling)
    for line in _lines(telling)[:-1]:
        _visit(telling, line, telling.day + timedelta(days=4))
    telling.hold()


def under_way(telling: Telling) -> None:
    """Three leaders are on their way: some are due today, some late, some were seen, some not at home, one not on the list."""
    _going(telling)
    today, lines = telling.stage.today, _lines(telling)
    parts = {"late": lines[:2], "today": lines[2:7], "soon": lines[7:10]}
    for name, offset in (("late", -1), ("today", 0), ("soon", 4)):
        for line in parts[name]:
            rounds.assign(telling.id, [line.id], line.leader_id, due_on=today + timedelta(days=offset), actor=telling.organiser, now=telling.before(-1))
    for number, line in enumerate(lines[10:16]):
        _visit(telling, line, today - timedelta(days=number % 4 + 1), **_found(number, today))
    for line in (lines[0], lines[16]):
        visits.record(line.id, nobody_home(today - timedelta(days=1)), actor=_goes(telling, line), now=telling.stage.at(-1, 19))
    _unplanned(telling)


def _found(number: int, today: date) -> dict[str, Any]:
    """Give what some of the visits found."""
    if number == 0:
        return {"has_problem": True, "problems": "宝宝体重偏轻，奶奶不知道怎么添辅食", "referral": "guidance_centre", "next_on": (today + timedelta(days=3)).isoformat()}
    return {"condition": "母亲睡眠不足，情绪平稳", "advice": "白天让奶奶搭把手，母亲补一觉"} if number == 3 else {}


def _unplanned(telling: Telling) -> None:
    """A leader meets a family that stood on no list."""
    leader, day = telling.stage.actors["leader-1"], telling.stage.day(-1)
    place = queries.places(telling.activity, leader)[0][0]
    family = telling.people.grown_up()
    visit = VisitSchema.of(telling.kind).load({
        "outcome": "seen", "way": "home", "visited_on": day.isoformat(), "met": "mother", "topics": ["feeding"], "leaflets": 1,
    })  # fmt: skip
    household = {"head": family.name, "phone": family.phone, "address": "溪边新楼2号", "situation": "刚迁入，宝宝4个月", "special": False}
    visits.record_unplanned(telling.id, place, household, visit, actor=leader, now=telling.stage.at(-1, 17))


def published(telling: Telling) -> None:
    """Begins in a few days; the list is made."""
    _going(telling)


def cancelled(telling: Telling) -> None:
    """Called off."""
    until = telling.day + timedelta(days=telling.lasts)
    telling.draft(visiting(telling.day, "太姥山镇沿海各村", until, visit_kind="warm"), telling.stage.at(-9))
    telling.approve(telling.stage.at(-7))
    telling.move("cancel", telling.stage.at(-2), note="与市里的暖心慰问安排重复，合并到市级一起走访。")


def approved(telling: Telling) -> None:
    """Approved by click, not published yet."""
    _planned(telling, -6)
    telling.approve(telling.stage.at(-3))


def submitted(telling: Telling) -> None:
    """Waits for approval."""
    _planned(telling, -5)
    telling.submit(telling.stage.at(-1))


def returned(telling: Telling) -> None:
    """Came back with words."""
    _planned(telling, -6)
    telling.submit(telling.stage.at(-5))
    telling.move("send_back", telling.stage.at(-2), actor=telling.approver, note="请先核对新出生和迁入的家庭，名单补齐再走。")


def draft(telling: Telling) -> None:
    """Begun: title and day."""
    telling.draft({}, telling.stage.at(-1, 17))


def _planned(telling: Telling, offset: int) -> None:
    until = telling.day + timedelta(days=telling.lasts)
    telling.draft(visiting(telling.day, f"{telling.unit}各村", until), telling.stage.at(offset))
