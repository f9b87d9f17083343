"""Jobs of statistics."""

from eventsvc.core import clock
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.jobs.service import Claim
from eventsvc.statistics import service


def fold(claim: Claim) -> None:
    """Add the deltas that wait to the sums. Safe to repeat: each delta is taken once."""
    service.fold(clock.now())
    jobs.close(claim, now=clock.now())


def rebuild(claim: Claim) -> None:
    """Compute all sums anew after units were merged."""
    service.rebuild()
    jobs.close(claim, now=clock.now())
