"""Accounts of the sample: every role at every level, one password."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventsvc.accounts import queries, service
from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.sample.units import Units

PASSWORD = "baicha-2027"  # noqa: S105 (printed for whoever tries the sample; never one of a real service)
FIRST = "fujian"


@dataclass(frozen=True)
class Account:
    """One log-in: what it is called, who it is, and what it may do where."""

    user_name: str
    name: str
    roles: tuple[tuple[Role, str], ...]
    phone: str = ""


def _at(place: str, *roles: Role) -> tuple[tuple[Role, str], ...]:
    return tuple((role, place) for role in roles)


ACCOUNTS: tuple[Account, ...] = (
    Account("fujian", "郑省观", _at("福建省", Role.VIEWER)),
    Account("fujian-approve", "叶省批", _at("福建省", Role.APPROVER)),
    Account("ningde", "蔡宁德", _at("宁德市", Role.VIEWER, Role.APPROVER)),
    Account("fuding-admin", "黄福鼎", _at("福鼎市", Role.ADMIN)),
    Account("fuding-approve", "陈会长", _at("福鼎市", Role.APPROVER)),
    Account("fuding", "林秋琴", _at("福鼎市", Role.ORGANISER), "19900009001"),
    Account("fuding-2", "吴志涵", _at("福鼎市", Role.ORGANISER)),
    Account("fuding-3", "许佳敏", _at("福鼎市", Role.VIEWER)),
    Account("diantou", "张晓燕", _at("点头镇", Role.ORGANISER), "19900009002"),
    Account("diantou-approve", "李镇批", _at("点头镇", Role.APPROVER)),
    Account("taimushan", "王海峰", _at("太姥山镇", Role.ORGANISER)),
    Account("taimushan-approve", "刘文辉", _at("太姥山镇", Role.APPROVER)),
    Account("xiamen-she", "雷思颖", _at("硖门畲族乡", Role.ORGANISER)),
    Account("xiamen-she-approve", "钟志强", _at("硖门畲族乡", Role.APPROVER)),
    Account("boliu", "陈玉珍", _at("柏柳村", Role.ORGANISER), "19900009003"),
    Account("ruiyun", "蓝丽芳", _at("瑞云村", Role.ORGANISER)),
    Account("leader-1", "陈阿妹", _at("柏柳村第一会员小组", Role.GROUP_LEADER), "19900009011"),
    Account("leader-2", "吴春荣", _at("柏柳村第二会员小组", Role.GROUP_LEADER), "19900009012"),
    Account("leader-3", "林桂香", _at("柏柳村第三会员小组", Role.GROUP_LEADER), "19900009013"),
    Account("tongcheng", "方佳颖", _at("桐城街道", Role.ORGANISER)),
    Account("two-units", "游建明", (*_at("白琳镇", Role.ORGANISER), *_at("太姥茶业企业计生协", Role.ORGANISER))),
)


def open_accounts(units: Units, now: datetime) -> dict[str, Actor]:
    """Make the accounts that are not there yet, with their roles; return everybody by user name."""
    return {account.user_name: queries.actor(_opened(account, units, now)) for account in ACCOUNTS}


def _opened(account: Account, units: Units, now: datetime) -> UUID:
    found = queries.by_login(account.user_name)
    user_id = found.id if found else service.create_user(
        account.user_name, account.name, PASSWORD, phone=account.phone or None, by=SYSTEM, now=now)  # fmt: skip
    for role, place in account.roles:
        service.grant(user_id, role, units[place], actor=SYSTEM, now=now)
    return user_id
