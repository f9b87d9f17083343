"""Jobs of campaigns."""

from eventsvc.campaigns import service
from eventsvc.core import clock
from eventsvc.infra.jobs.service import Claim


def hand_down(claim: Claim) -> None:
    """Bring a campaign to every unit that it asks. Safe to kill anywhere: what is there is not written again."""
    service.hand_down(claim, now=clock.now())
