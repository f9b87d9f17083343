"""Commands on campaigns: issue, hand on, change, end (`opening`); bring it to all below (`handing`); answer it (`answering`)."""

from eventsvc.campaigns.service.answering import answer, follow, read, remind
from eventsvc.campaigns.service.handing import HAND_DOWN, bring, hand_down, hear_merged, hear_opened, hear_tree, top_up
from eventsvc.campaigns.service.opening import change, close, open_campaign

__all__ = [
    "HAND_DOWN", "answer", "bring", "change", "close", "follow", "hand_down", "hear_merged", "hear_opened", "hear_tree", "open_campaign",
    "read", "remind", "top_up",
]  # fmt: skip
