"""What is done again and again, and how often. Each chore is short, safe to repeat, and safe to do twice at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from eventsvc.accounts import forgetting
from eventsvc.audit import service as audit
from eventsvc.campaigns import service as campaigns
from eventsvc.core.periods import day_of
from eventsvc.documents import service as documents
from eventsvc.infra import vault
from eventsvc.infra.db import transactional
from eventsvc.infra.jobs import service as jobs
from eventsvc.people import service as people
from eventsvc.registrations import service as registrations
from eventsvc.reports import archiving
from eventsvc.statistics import service as statistics

log = structlog.get_logger()
HOURLY = timedelta(hours=1)


@dataclass
class Chore:
    """One thing to do every so often; due at the start, and then so long after it was last begun."""

    name: str
    every: timedelta
    do: Callable[[datetime], object]
    due: datetime | None = field(default=None)

    def turn(self, now: datetime) -> None:
        """Do it if its time has come; what goes wrong is logged and tried again next time."""
        if self.due is not None and now < self.due:
            return
        self.due = now + self.every
        try:
            self.do(now)
        except Exception as trouble:
            log.error("chore_failed", chore=self.name, kind=type(trouble).__name__, exc_info=trouble)


def chores() -> Iterable[Chore]:
    """Return everything that is due again and again.

    What waits is told to the queue every 5 s. Sums are folded here too, so that the province's number is there within
    seconds even when Redis is away.
    """
    return (
        Chore("tell", timedelta(seconds=5), lambda now: jobs.sweep(now=now)),
        Chore("fold", timedelta(seconds=2), statistics.fold),
        Chore("seal", timedelta(seconds=2), audit.seal),
        Chore("lapse_offers", timedelta(seconds=30), registrations.lapse_offers),
        Chore("fill_slots", timedelta(seconds=30), registrations.fill_slots),
        Chore("top_up_campaigns", HOURLY, campaigns.top_up),
        Chore("purge_vault", HOURLY, lambda now: transactional(vault.purge)(day_of(now))),
        Chore("forget_households", HOURLY, people.forget_unkept),
        Chore("forget_parties", HOURLY, registrations.forget_unkept),
        Chore("forget_attachments", HOURLY, registrations.forget_attachments),
        Chore("forget_sessions", HOURLY, lambda now: forgetting.forget_expired_sessions(now=now)),
        Chore("forget_tokens", HOURLY, lambda now: forgetting.forget_expired_tokens(now=now)),
        Chore("tidy_papers", HOURLY, lambda now: documents.tidy(now=now)),
        Chore("archive", HOURLY, archiving.put_away),
        Chore("forget_jobs", HOURLY, lambda now: jobs.forget_done(now=now)),
    )
