"""Commands for the operator: is the record whole?"""

import sys

import click
from flask.cli import AppGroup

from eventsvc.audit import service
from eventsvc.core import clock
from eventsvc.core.words import N_, Words

audit = AppGroup("audit", help=N_("操作记录：核对是否被改动。"))
WORDS = {"altered": N_("第{seq}条（{row}）被改动过，或是后来塞进去的"), "missing": N_("第{seq}条不见了")}


@audit.command("verify")
def verify() -> None:
    """Walk the chain of sealed rows; exit 1 and name each row that was altered, deleted or inserted."""
    found = service.verify(now=clock.now())
    for fault in found.faults[:50]:
        click.echo(Words(WORDS[fault.what], seq=fault.seq, row=fault.row_id or "—"))
    if found.unsealed:
        click.echo(Words(N_("有{n}条超过10分钟还没有封存：请看 sweeper 是否在运行"), n=found.unsealed))
    click.echo(Words(N_("核对了{rows}条，{faults}处有问题"), rows=found.rows, faults=len(found.faults)))
    sys.exit(1 if found.faults or found.unsealed else 0)
