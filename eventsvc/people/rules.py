"""Who sees how much of a household: dignity and need to know, as one small table."""

from dataclasses import dataclass, replace
from uuid import UUID

from eventsvc.core.enums import Labelled
from eventsvc.core.masking import mask_address, mask_name, mask_phone
from eventsvc.core.words import N_


class Sight(Labelled):
    """How much of a household somebody sees."""

    WHOLE = "whole", N_("全部信息")
    NEAR = "near", N_("姓名，电话和住址已隐藏")
    FAR = "far", N_("姓名、电话和住址已隐藏")
    NUMBER = "number", N_("只显示户编号")


@dataclass(frozen=True)
class Household:
    """What is known of a household, as much of it as its reader may see."""

    id: UUID
    organisation_id: UUID
    number: str
    special: bool
    leader_id: UUID | None
    leader: str
    closed: bool
    head: str = ""
    phone: str = ""
    address: str = ""
    situation: str = ""
    sight: Sight = Sight.WHOLE

    @property
    def whole(self) -> bool:
        """Say whether nothing is hidden."""
        return self.sight is Sight.WHOLE


def sight(*, special: bool, assigned: bool, own: bool, parent: bool) -> Sight:
    """Say how much is seen: the assigned leader all, of a special family nobody else anything but the number.

    Of other households the village sees all, the unit above it the name, whoever is higher a masked name.
    """
    if assigned:
        return Sight.WHOLE
    if special:
        return Sight.NUMBER
    if own:
        return Sight.WHOLE
    return Sight.NEAR if parent else Sight.FAR


def as_seen(household: Household, by: Sight) -> Household:
    """Hide what this reader may not see."""
    if by is Sight.WHOLE:
        return replace(household, sight=by)
    if by is Sight.NUMBER:
        return replace(household, head="", phone="", address="", situation="", sight=by)
    head = household.head if by is Sight.NEAR else mask_name(household.head)
    return replace(household, head=head, phone=mask_phone(household.phone) if household.phone else "",
                   address=mask_address(household.address), situation="", sight=by)  # fmt: skip
