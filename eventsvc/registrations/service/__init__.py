"""Commands on registrations: who comes, who waits, who goes. Places change in `places` alone."""

from eventsvc.registrations.attachments import forget_attachments
from eventsvc.registrations.service.admission import arrange, hold_draw
from eventsvc.registrations.service.arrival import Receipt, add_by_staff, sign_up
from eventsvc.registrations.service.asking import ask, defined, keep_template, template, templates
from eventsvc.registrations.service.capacity import PoolPlan, set_pools
from eventsvc.registrations.service.change import change, correct, renew_link
from eventsvc.registrations.service.deciding import decide
from eventsvc.registrations.service.forgetting import forget_unkept
from eventsvc.registrations.service.look import export, open_attachment, unmask
from eventsvc.registrations.service.offers import accept_offer, decline_offer, lapse_offers
from eventsvc.registrations.service.overriding import judged_now, let_in
from eventsvc.registrations.service.persons import confirm, leave_one, replace_one
from eventsvc.registrations.service.pools import hear_change, hear_move, hear_plan
from eventsvc.registrations.service.slots import fill_slots, give_slots, move_slot
from eventsvc.registrations.service.standing import admit, reject, withdraw
from eventsvc.registrations.service.waiting import fill, promote

__all__ = [
    "PoolPlan",
    "Receipt",
    "accept_offer",
    "add_by_staff",
    "admit",
    "arrange",
    "ask",
    "change",
    "confirm",
    "correct",
    "decide",
    "decline_offer",
    "defined",
    "export",
    "fill",
    "fill_slots",
    "forget_attachments",
    "forget_unkept",
    "give_slots",
    "hear_change",
    "hear_move",
    "hear_plan",
    "hold_draw",
    "judged_now",
    "keep_template",
    "lapse_offers",
    "leave_one",
    "let_in",
    "move_slot",
    "open_attachment",
    "promote",
    "reject",
    "replace_one",
    "renew_link",
    "set_pools",
    "sign_up",
    "template",
    "templates",
    "unmask",
    "withdraw",
]
