"""Commands for the operator: the first administrator, a forgotten password."""

import click
from flask.cli import AppGroup, with_appcontext

from eventsvc.accounts import queries, service
from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import DomainError
from eventsvc.core.words import N_, Words
from eventsvc.organisations.cli import said
from eventsvc.organisations.rules import Level

accounts = AppGroup("accounts", help=N_("账号：重置密码。"))
LEVELS = [level.value for level in Level if level is not Level.GROUP]


@click.command("setup")
@click.option("--user-name", prompt=N_("管理员用户名"), help=N_("管理员登录用的名字。"))
@click.option("--name", prompt=N_("管理员姓名"), help=N_("管理员的姓名。"))
@click.option("--password", prompt=N_("密码"), hide_input=True, confirmation_prompt=N_("再输一遍"), help=N_("至少8个字符。"))
@click.option("--unit", default="", help=N_("最上级单位的名称；已导入单位表时不用填。"))
@click.option("--level", type=click.Choice(LEVELS), default=None, help=N_("最上级单位的层级；不填就从代码看出来。"))
@click.option("--code", default="", help=N_("最上级单位的12位区划代码。"))
@with_appcontext
def setup(user_name: str, name: str, password: str, unit: str, level: str | None, code: str) -> None:
    """Make the first administrator of an empty service, and its topmost unit when there is none yet."""
    try:
        if not unit and not service.topmost():
            unit, code = click.prompt(N_("最上级单位的名称")), code or click.prompt(N_("它的12位区划代码"))
        root = service.set_up(user_name, name, password, unit=unit, level=level or "", code=code, now=clock.now())
    except (DomainError, ValueError) as refusal:
        raise _said(refusal) from refusal
    click.echo(Words(N_("已建好：{name}是“{root}”的管理员，可以登录了。"), name=name, root=root))


@accounts.command("reset-password")
@click.argument("login")
def reset_password(login: str) -> None:
    """Give the account with this user name or phone a password for once; its sessions and tokens end."""
    user = queries.by_login(login)
    if user is None:
        raise click.ClickException(Words(N_("没有“{login}”这个账号"), login=login))
    once = service.reset_password(user.id, actor=SYSTEM, now=clock.now())
    click.echo(Words(N_("{name}的一次性密码：{once}\n首次登录时会要求换成自己的密码。"), name=user.name, once=once))


def _said(refusal: DomainError | ValueError) -> click.ClickException:
    return said(refusal) if isinstance(refusal, DomainError) else click.ClickException(str(refusal))
