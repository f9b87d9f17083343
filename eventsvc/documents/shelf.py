"""The papers of one activity as its page shows them: what each is for, how far it is, whether it can be made now."""

from dataclasses import dataclass
from uuid import UUID

from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor
from eventsvc.core.words import N_, Label, Words
from eventsvc.declare import Document as Declared
from eventsvc.documents import queries
from eventsvc.documents.models import Document
from eventsvc.documents.rules import SIGN_IN, SUMMARY, in_time
from eventsvc.documents.service import AFTER
from eventsvc.infra.jobs.service import Progress, progress_of
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.models import Standing

ABOUT: dict[str, Label] = {
    SUMMARY: N_("按公文格式排好的总结：报告里的文字、数据和照片都在里面，可直接打印上报"),
    SIGN_IN: N_("给现场签名用的名单，按村排列，行高够老人签字；空几行给临时来的人"),
}
ABOUT_EACH = N_("每份报名一页，可以一次印出全部，也可以单独补印一份")


@dataclass(frozen=True)
class Copy:
    """One party's own copy: its names, its paper if there is one."""

    subject_id: UUID
    names: str
    code: str
    paper: Document | None
    going: Progress | None


@dataclass(frozen=True)
class Place:
    """One sort of paper on the shelf."""

    code: str
    label: Label
    about: Label
    not_yet: Words | None
    """Why it cannot be made now; None when it can."""
    paper: Document | None
    going: Progress | None
    each: bool
    copies: tuple[Copy, ...]


def of(activity: Activity, *, within: Actor) -> list[Place]:
    """Return the papers that this actor may see, in the order in which the kind declares them."""
    shown = queries.shown(activity, within)
    newest = queries.newest(activity, within=within) if shown else {}
    going = progress_of(queries.waiting(newest.values()))
    return [_place(paper, activity, newest, going) for paper in shown]


def _place(paper: Declared, activity: Activity, newest: dict[tuple[str, UUID], Document], going: dict[UUID, Progress]) -> Place:
    each, ready = paper.each == "registration", in_time(paper, activity.state)
    own = newest.get((paper.code, activity.id))
    not_yet = None if ready else Words(N_("活动{state}以后可以生成"), state=Words(AFTER[paper.after]))
    copies = _copies(paper, activity, newest, going) if each and ready else ()
    about = ABOUT.get(paper.code) or paper.help or (ABOUT_EACH if each else "")
    return Place(paper.code, paper.label, about, not_yet, own, going.get(own.id) if own else None, each, copies)


def _copies(paper: Declared, activity: Activity, newest: dict[tuple[str, UUID], Document], going: dict[UUID, Progress]) -> tuple[Copy, ...]:
    found = []
    for party in registrations.roster(activity.id, Standing.PLACED):
        own = newest.get((paper.code, party.id))
        found.append(Copy(party.id, party.names, party.code, own, going.get(own.id) if own else None))
    return tuple(found)
