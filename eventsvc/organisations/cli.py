"""Commands for the operator: the tree."""

import csv
import io
from datetime import datetime
from typing import BinaryIO

import click
from flask.cli import AppGroup

from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import DomainError
from eventsvc.core.periods import local
from eventsvc.core.words import N_, Words
from eventsvc.organisations import queries, rules, service
from eventsvc.organisations.models import Organisation

organisations = AppGroup("organisations", help=N_("单位树：导入、撤并。"))


@organisations.command("import")
@click.argument("source", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help=N_("只检查，不写入。"))
def import_(source: BinaryIO, dry_run: bool) -> None:
    """Load the tree of organisations from a CSV of code,name,parent_code,level.

    Running it twice changes nothing: units are matched by their code. UTF-8 or GBK.
    """
    try:
        rows = csv.DictReader(io.StringIO(rules.decode(source.read()), newline=""))
        done = service.import_tree(rows, today=local(clock.now()).date(), dry_run=dry_run)
    except DomainError as refusal:
        raise said(refusal) from refusal
    words = N_("将新增{added}，更新{changed}，未变{same}") if dry_run else N_("新增{added}，更新{changed}，未变{same}")
    click.echo(Words(words, added=done.added, changed=done.changed, same=done.same))


@organisations.command("merge")
@click.argument("source")
@click.argument("into")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help=N_("从哪一天起，如 2027-01-01。"))
def merge(source: str, into: str, day: datetime) -> None:
    """Merge the unit with code SOURCE into the one with code INTO as of a day."""
    try:
        units = [_unit(code) for code in (source, into)]
        service.merge(units[0].id, units[1].id, day.date(), actor=SYSTEM, now=clock.now())
    except DomainError as refusal:
        raise said(refusal) from refusal
    click.echo(Words(N_("{source}已并入{into}"), source=units[0].name, into=units[1].name))


def said(refusal: DomainError) -> click.ClickException:
    """Say a refusal on the command line: its code, its words, every fault."""
    faults = [str(words) for found in refusal.fields.values() for words in found]
    return click.ClickException("\n  ".join([f"{refusal.code}: {refusal}", *faults]))


def _unit(code: str) -> Organisation:
    found = queries.by_code(code)
    if found is None:
        raise click.ClickException(Words(N_("没有代码为{code}的单位"), code=code))
    return found
