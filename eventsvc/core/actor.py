"""Who acts: a person with roles, each *at* an organisation and over all below it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from eventsvc.core.enums import Labelled
from eventsvc.core.errors import NotAllowed
from eventsvc.core.words import N_


class Role(Labelled):
    """What somebody may do at a unit and below it."""

    ADMIN = "admin", N_("管理员")
    APPROVER = "approver", N_("审批人")
    ORGANISER = "organiser", N_("组织者")
    GROUP_LEADER = "group_leader", N_("小组长")
    VIEWER = "viewer", N_("查看者")


IMPLIED: dict[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset({Role.ADMIN, Role.ORGANISER, Role.GROUP_LEADER, Role.VIEWER}),
    Role.APPROVER: frozenset({Role.APPROVER, Role.VIEWER}),
    Role.ORGANISER: frozenset({Role.ORGANISER, Role.GROUP_LEADER, Role.VIEWER}),
    Role.GROUP_LEADER: frozenset({Role.GROUP_LEADER}),
    Role.VIEWER: frozenset({Role.VIEWER}),
}
"""A role brings these with it. An administrator does not approve: that is a role of its own."""


@dataclass(frozen=True)
class Grant:
    """One role at one organisation."""

    role: Role
    organisation_id: UUID
    place: str = ""
    """The organisation's name, to show."""


@dataclass(frozen=True)
class Actor:
    """Somebody who is logged in (or a token that speaks for them), as of this request."""

    id: UUID
    name: str
    grants: tuple[Grant, ...] = ()

    @property
    def unit(self) -> str:
        """Return the name of the first organisation this actor serves at, to show beside the own name."""
        return self.grants[0].place if self.grants else ""

    def places(self, role: str = Role.VIEWER) -> tuple[UUID, ...]:
        """Return the organisations at which this actor holds `role`; the subtrees below follow."""
        return tuple(dict.fromkeys(g.organisation_id for g in self.grants if role in IMPLIED[g.role]))

    def can(self, role: str, lineage: Iterable[UUID] | None = None) -> bool:
        """Say whether the role is held anywhere, or at one of `lineage` (a unit and its ancestors)."""
        places = set(self.places(role))
        return bool(places) if lineage is None else not places.isdisjoint(lineage)

    def must_be(self, role: str, lineage: Iterable[UUID] | None = None) -> None:
        """Raise NotAllowed unless `can`."""
        if not self.can(role, lineage):
            raise NotAllowed


SYSTEM = Actor(UUID(int=0), "系统")
"""The house itself: workers and the sweeper, for steps marked `by="system"`."""
