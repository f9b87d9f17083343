"""Member days of the sample, one or more in every state; the figures of two years come from here."""

from collections.abc import Iterator
from datetime import timedelta

from eventsvc.core.periods import member_day_ordinal
from eventsvc.sample.asking import VOLUNTEERS, answered
from eventsvc.sample.parties import volunteer
from eventsvc.sample.plans import helpers, opening, square
from eventsvc.sample.stage import Stage
from eventsvc.sample.story import Story
from eventsvc.sample.telling import Telling

KIND = "member_day"
SQUARE = ("square", "show", "clinic", "quiz")
CLINIC = ("square", "clinic", "lecture")
HIGHLIGHTS = {"highlights": "一是把义诊送到村口，老人不出村就能量血压、测血糖；二是用闽东话和畲歌唱政策，听得懂、记得住。",
              "guests": "卫生院、妇联、白茶合作社负责人", "voices": "群众说：家门口就能看医生，来得值。"}  # fmt: skip


def stories(stage: Stage) -> Iterator[Story]:
    """Give the member days, the oldest first."""
    this, last, songs, tea = stage.last(5, 29), stage.last(5, 29, years=1), stage.last(3, 3, lunar=True), stage.last(4, 1)
    told = (
        ("福鼎市", "fuding", of_the_year("福鼎市", last.year), last, archived),
        ("点头镇", "diantou", of_the_year("点头镇", last.year), last, accepted),
        ("硖门畲族乡", "xiamen-she", f"硖门畲族乡{songs.year}年“三月三”会员活动日", songs, accepted),
        ("点头镇", "diantou", f"点头镇{tea.year}年春茶开采季会员活动日", tea, accepted),
        ("福鼎市", "fuding", of_the_year("福鼎市", this.year), this, accepted_with_volunteers),
        ("点头镇", "diantou", of_the_year("点头镇", this.year), this, accepted),
        ("太姥山镇", "taimushan", of_the_year("太姥山镇", this.year), this, accepted),
        ("桐城街道", "tongcheng", _monthly("桐城街道", stage, -128), stage.day(-128), accepted),
        ("太姥山镇", "taimushan", _monthly("太姥山镇", stage, -97), stage.day(-97), accepted),
        ("太姥茶业企业计生协", "two-units", _monthly("太姥茶企职工", stage, -66), stage.day(-66), accepted),
        ("柏柳村", "boliu", _monthly("柏柳村", stage, -38), stage.day(-38), accepted),
        ("点头镇", "diantou", _monthly("点头镇", stage, -12), stage.day(-12), report_submitted),
        ("柏柳村", "boliu", _monthly("柏柳村", stage, -3), stage.day(-3), held),
        ("观洋村", "diantou", _monthly("观洋村", stage, 0), stage.today, today),
        ("太姥山镇", "taimushan", _monthly("太姥山镇", stage, 8), stage.day(8), cancelled),
        ("柏柳村", "boliu", _monthly("柏柳村", stage, 12, "健康义诊"), stage.day(12), published),
        ("流美工业园流动人口计生协", "tongcheng", _monthly("流美工业园", stage, 15), stage.day(15), paused),
        ("福鼎市", "fuding-2", f"福鼎市{stage.day(18).year}年家庭健康服务志愿者招募暨会员活动日", stage.day(18), volunteers_wanted),
        ("点头镇", "diantou", _monthly("点头镇", stage, 35), stage.day(35), submitted),
        ("太姥山镇", "taimushan", _monthly("太姥山镇", stage, 40), stage.day(40), returned),
        ("桐城街道", "tongcheng", _monthly("桐城街道", stage, 28), stage.day(28), approved),
        ("福鼎市", "fuding", of_the_year("福鼎市", stage.next(5, 29).year), stage.next(5, 29), draft),
    )  # fmt: skip
    yield from (Story(KIND, *one) for one in told)


def of_the_year(unit: str, year: int) -> str:
    """Name the member day of a year and a place."""
    return f"{unit}{year}年“5·29”第{member_day_ordinal(year)}个会员活动日"


def _monthly(unit: str, stage: Stage, offset: int, theme: str = "") -> str:
    day = stage.day(offset)
    return f"{unit}{day.year}年{day.month}月{theme}会员活动日"


def _on_the_day(telling: Telling, people: int) -> None:
    """Plan it, publish it, count on the day."""
    where = {"福鼎市": "福鼎市桐江溪滨公园", "点头镇": "点头镇文化广场"}.get(telling.unit, f"{telling.unit}文化活动中心前广场")
    parts = SQUARE if people > 500 else CLINIC
    telling.on_stage(square(telling.day, where, parts, people, partners=helpers(telling.unit)), planned=25)
    clinic = people * telling.random.randint(12, 20) // 100
    telling.count(telling.before(0, 10, 40), leaflets=people * 2, consulted=clinic * 2, clinic=clinic, audience=people)
    telling.count(telling.before(0, 11, 10), supplies=people // 10, condolence=people // 150)


def accepted(telling: Telling) -> None:
    """Held, reported, accepted: its figures stand at the province."""
    people = telling.random.randint(16, 34) * (10 if "村" in telling.unit or "企业" in telling.unit else 25)
    _on_the_day(telling, people)
    telling.hold()
    shows = int(people > 500)
    telling.reported(HIGHLIGHTS, condolence_money=people // 150 * 500, boards=6 + people // 100, banners=4, shows=shows, media=shows)


def archived(telling: Telling) -> None:
    """Of last year, put away for good."""
    accepted(telling)
    telling.archive(telling.after(70))


def accepted_with_volunteers(telling: Telling) -> None:
    """The county's great day: volunteers signed up by name, everybody else was counted."""
    plan = square(telling.day, "福鼎市桐江溪滨公园", (*SQUARE, "honours", "condolence"), 950, volunteers=20,
                  partners=("福鼎市卫生健康局", "福鼎市医院", "福鼎市妇联", "桐山街道计生协", "福鼎市文化馆"))  # fmt: skip
    telling.on_stage(plan)
    roles = ("volunteer", "volunteer", "performer", "clinic")
    telling.sign_up([volunteer(telling.people, roles[n % 4], n) for n in range(14)], telling.before(35, 19))
    telling.walk_in(volunteer(telling.people, "clinic", 14), telling.before(0, 8, 30))
    telling.check_in(telling.before(0, 8, 40), all_but=2)
    telling.count(telling.before(0, 11), leaflets=2600, consulted=412, clinic=186, audience=930, supplies=240, condolence=12)
    telling.hold()
    telling.reported(HIGHLIGHTS, condolence_money=12_000, boards=24, banners=16, shows=1, media=4)
    telling.ask_for("summary", telling.after(6))


def report_submitted(telling: Telling) -> None:
    """Its report waits for the county."""
    _on_the_day(telling, 420)
    telling.hold()
    telling.report(telling.after(1), HIGHLIGHTS, condolence_money=1_000, boards=8, banners=4, shows=0, media=1)
    telling.report_move("submit", telling.after(3, 16))


def held(telling: Telling) -> None:
    """Held; nobody has begun to report."""
    _on_the_day(telling, 160)
    telling.hold()


def today(telling: Telling) -> None:
    """It is being held today: the counters run."""
    telling.on_stage(square(telling.day, "观洋村村委会门口", CLINIC, 150, partners=("点头中心卫生院",)), planned=20)
    telling.count(telling.before(0, 9, 20), leaflets=120, consulted=14, clinic=22, audience=60)


def published(telling: Telling) -> None:
    """Everybody may come; nobody signs up."""
    telling.on_stage(square(telling.day, "柏柳村文化礼堂前", CLINIC, 120), planned=25)


def volunteers_wanted(telling: Telling) -> None:
    """Volunteers sign up, one of them by telephone; they are asked about the coach, tongues and songs besides."""
    telling.on_stage(square(telling.day, "福鼎市桐城街道流美广场", SQUARE, 600, volunteers=30, partners=("福鼎市妇联",)))
    telling.ask(VOLUNTEERS, telling.before(34))
    roles = ("volunteer", "clinic", "performer")
    telling.sign_up([answered(volunteer(telling.people, roles[n % 3], n), n) for n in range(9)], telling.before(30, 19))
    telling.add(answered(volunteer(telling.people, "volunteer", 9), 9), telling.stage.at(-1, 15))


def paused(telling: Telling) -> None:
    """Sign-up is held for a while."""
    telling.on_stage(square(telling.day, "流美工业园职工之家", CLINIC, 200, volunteers=12, partners=("桐城街道工会",)))
    telling.sign_up([volunteer(telling.people, "volunteer", n) for n in range(4)], telling.before(30, 19))
    telling.pause(telling.stage.at(-1, 16))


def cancelled(telling: Telling) -> None:
    """Called off."""
    telling.on_stage(square(telling.day, "秦屿村小学操场", CLINIC, 200), planned=25)
    telling.move("cancel", telling.stage.at(-1, 16), note="学校操场改造，没有合适的场地，并入下个月的活动一起办。")


def submitted(telling: Telling) -> None:
    """Waits for the county's approval."""
    telling.draft(square(telling.day, "点头镇文化广场", SQUARE, 400), telling.stage.at(-5))
    telling.submit(telling.stage.at(-2))


def returned(telling: Telling) -> None:
    """Came back with words."""
    telling.draft(square(telling.day, "太姥山镇文体中心", CLINIC, 300), telling.stage.at(-7))
    telling.submit(telling.stage.at(-5))
    telling.move("send_back", telling.stage.at(-3), actor=telling.approver, note="义诊要写明哪几位医生、几点到几点；竞答奖品按厉行节约的要求减半。")


def approved(telling: Telling) -> None:
    """Approved by click, not published yet; sign-up is planned."""
    times = opening(telling.stage.at(2), telling.stage.at(telling.day - timedelta(days=4), 18))
    telling.draft(square(telling.day, "桐城街道龙山社区广场", SQUARE, 350, volunteers=15) | times, telling.stage.at(-6))
    telling.approve(telling.stage.at(-3))


def draft(telling: Telling) -> None:
    """Begun early: title, day and what the kind suggests."""
    telling.draft({"venue": "福鼎市桐江溪滨公园（待定）", "plan": {"parts_of_day": list(SQUARE)}}, telling.stage.at(-1, 17))
