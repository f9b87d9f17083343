"""One campaign of the sample: the county asks all below it for the next 5·29, a town hands it on, others answer as they do."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity, State
from eventsvc.campaigns import service
from eventsvc.campaigns.models import Campaign
from eventsvc.core.actor import Actor
from eventsvc.core.periods import member_day_ordinal
from eventsvc.infra.db import db, transactional
from eventsvc.sample.stage import Stage

UNDER = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED, State.PUBLISHED})


def tell(stage: Stage) -> bool:
    """Issue the campaign if it is not there yet, and say whether it was."""
    day = stage.next(5, 29)
    title = f"{day.year}年“5·29”第{member_day_ordinal(day.year)}个会员活动日系列活动"
    known = select(Campaign.id).where(Campaign.organisation_id == stage.units["福鼎市"], Campaign.title == title)
    if db.session.scalar(known) is not None:
        return False
    _told(stage, title)
    return True


@transactional
def _told(stage: Stage, title: str) -> None:
    """Let all of it happen, or nothing."""
    day, now, actors = stage.next(5, 29), stage.now, stage.actors
    asked: dict[str, Any] = {
        "title": title, "theme": "会员在行动 健康进家庭", "doc_number": f"鼎计生协〔{stage.today.year}〕5号", "kinds": ["member_day"],
        "notice": "一、各村（社区）至少办一场广场宣传或义诊。\n二、乡镇（街道）办一场讲座或文艺演出。\n三、每场交2至5张照片，横幅要看得清。",
        "starts_on": stage.today, "ends_on": day + timedelta(days=12), "plan_by": day - timedelta(days=14), "due_on": day + timedelta(days=10),
        "reach": "subtree", "targets": [{"code": "activities_held", "amount": 1}],
    }  # fmt: skip
    first = service.open_campaign(stage.units["福鼎市"], asked, actor=actors["fuding"], now=now)
    list(service.bring(first, now=now))  # no worker runs while the sample is loaded
    nearer = asked | {"doc_number": f"点计生协〔{stage.today.year}〕2号", "due_on": day + timedelta(days=7)}
    second = service.open_campaign(stage.units["点头镇"], nearer, actor=actors["diantou"], now=now, parent_id=first)
    for campaign_id, user_name in ((first, "taimushan"), (first, "xiamen-she"), (second, "boliu")):
        service.read(campaign_id, actor=actors[user_name], now=now)
    service.answer(first, stage.units["瑞云村"], "decline", actor=actors["ruiyun"], now=now, note="村委会正在换届，与邻村合办")
    for unit, user_name, campaign_id in (("点头镇", "diantou", first), ("桐城街道", "tongcheng", first), ("柏柳村", "boliu", second)):
        _put_under(stage, unit, actors[user_name], campaign_id, asked)


def _put_under(stage: Stage, unit: str, actor: Actor, campaign_id: Any, asked: dict[str, Any]) -> None:
    """Put what the unit has planned in that time under the campaign."""
    since, until = stage.at(asked["starts_on"] + timedelta(days=1)), stage.at(asked["ends_on"])
    query = select(Activity.id).where(Activity.organisation_id == stage.units[unit], Activity.kind == "member_day", Activity.state.in_(UNDER))
    for activity_id in db.session.scalars(query.where(Activity.starts_at.between(since, until))).all():
        activities.put_under(activity_id, campaign_id, actor=actor, now=stage.now)
