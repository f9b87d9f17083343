"""The steps of a report: written below, judged above."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsvc.core.actor import Actor, Role
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.core.workflow import Step, Workflow, states
from eventsvc.reports.errors import OwnReport


class ReportState(Labelled):
    """Where a report stands."""

    DRAFTING = "drafting", N_("填写中")
    SUBMITTED = "submitted", N_("待审核")
    RETURNED = "returned", N_("已退回")
    ACCEPTED = "accepted", N_("已审核")
    LOCKED = "locked", N_("已锁定")


S = ReportState
REVIEWER = "reviewer"
"""Whoever may judge: an approver at the unit or above it, or who runs an office above it."""

OPEN = states(S.DRAFTING, S.RETURNED)
"""States in which a report is written."""


def not_ones_own(report: Any, actor: Actor) -> None:
    """Nobody accepts what they sent up themselves."""
    if actor.id == report.submitted_by:
        raise OwnReport


WORKFLOW = Workflow(
    Step("submit", N_("提交审核"), OPEN, S.SUBMITTED, by=Role.ORGANISER),
    Step("withdraw", N_("撤回修改"), states(S.SUBMITTED), S.DRAFTING, by=Role.ORGANISER),
    Step("accept", N_("审核通过"), states(S.SUBMITTED), S.ACCEPTED, by=REVIEWER, check=not_ones_own),
    Step(
        "send_back",
        N_("退回修改"),
        states(S.SUBMITTED),
        S.RETURNED,
        by=REVIEWER,
        check=not_ones_own,
        needs="note",
        danger=True,
    ),
    Step("reopen", N_("退回更正"), states(S.ACCEPTED), S.RETURNED, by=REVIEWER, needs="note", danger=True),
    Step("lock", N_("锁定"), states(S.ACCEPTED), S.LOCKED, by="system"),
)


def may(actor: Actor, role: str, lineage: Sequence[UUID]) -> bool:
    """Say whether the actor may take steps marked `by=role` on a report of the first unit of `lineage`."""
    if role == REVIEWER:
        return actor.can(Role.APPROVER, lineage) or actor.can(Role.ORGANISER, lineage[1:])
    return actor.can(role, lineage)
