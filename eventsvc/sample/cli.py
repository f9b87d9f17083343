"""The sample, from the command line."""

import click
from flask.cli import AppGroup

from eventsvc.core import clock
from eventsvc.core.errors import DomainError
from eventsvc.sample import service

sample = AppGroup("sample", help="The sample: 福鼎市 with accounts and activities in every state.")


@sample.command("load")
@click.option("--whole", is_flag=True, help="The whole tree of Fujian, 18,760 units, not only 福鼎市.")
def load(whole: bool) -> None:
    """Load the sample, or what of it is missing. Run again it changes nothing."""
    try:
        added = service.load(now=clock.now(), whole=whole, say=lambda words: click.echo(words, err=True))
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal} {refusal.fields or ''}") from refusal
    click.echo(f"The sample is complete: {added} activities added.", err=True)


@sample.command("show")
def show() -> None:
    """Print the sample's accounts and the addresses of its open sign-up pages; nothing when there is no sample."""
    for line in service.lines(now=clock.now()):
        click.echo(line)
