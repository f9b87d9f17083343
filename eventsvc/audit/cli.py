"""Commands for the operator: is the record whole?"""

import sys

import click
from flask.cli import AppGroup

from eventsvc.audit import service
from eventsvc.core import clock

audit = AppGroup("audit", help="操作记录：核对是否被改动。")
WORDS = {"altered": "第{seq}条（{row}）被改动过，或是后来塞进去的", "missing": "第{seq}条不见了"}


@audit.command("verify")
def verify() -> None:
    """Walk the chain of sealed rows; exit 1 and name each row that was altered, deleted or inserted."""
    found = service.verify(now=clock.now())
    for fault in found.faults[:50]:
        click.echo(WORDS[fault.what].format(seq=fault.seq, row=fault.row_id or "—"))
    if found.unsealed:
        click.echo(f"有{found.unsealed}条超过10分钟还没有封存：请看 sweeper 是否在运行")
    click.echo(f"核对了{found.rows}条，{len(found.faults)}处有问题")
    sys.exit(1 if found.faults or found.unsealed else 0)
