"""Commands on registrations: who comes, who waits, who goes. Places change in `places` alone."""

from eventsvc.registrations.service.arrival import Receipt, add_by_staff, sign_up
from eventsvc.registrations.service.change import change, correct, renew_link
from eventsvc.registrations.service.forgetting import forget_unkept
from eventsvc.registrations.service.look import export, unmask
from eventsvc.registrations.service.places import fill
from eventsvc.registrations.service.pools import hear_change, hear_move, hear_plan
from eventsvc.registrations.service.standing import admit, reject, withdraw

__all__ = [
    "Receipt",
    "add_by_staff",
    "admit",
    "change",
    "correct",
    "export",
    "fill",
    "forget_unkept",
    "hear_change",
    "hear_move",
    "hear_plan",
    "reject",
    "renew_link",
    "sign_up",
    "unmask",
    "withdraw",
]
