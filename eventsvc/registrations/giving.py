"""Doors of the office about places: how they are given, the draw, decisions in bulk."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.words import N_, Words
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.policy import actor, policy
from eventsvc.registrations import arrangement, draw, listing, openings, queries, rosters, service
from eventsvc.registrations.doors import bp
from eventsvc.registrations.errors import SlotTaken
from eventsvc.registrations.models import Admission, Standing
from eventsvc.registrations.office import BASE, _activity, _page
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.service.admission import BY_DRAW
from eventsvc.registrations.service.pools import NO_LIMIT


@dataclass(frozen=True)
class PoolShown:
    """A pool as the office reads it: what it is called and how it stands."""

    kind: str
    label: str
    cap: int | None
    taken: int
    waiting: int
    gates: bool

    @property
    def left(self) -> int | None:
        """How many places are free."""
        return None if self.cap is None else max(self.cap - self.taken, 0)

    @property
    def idle(self) -> bool:
        """Say whether it is of a village from which nobody has come yet: there may be thirty of them."""
        return self.kind.startswith("unit:") and not self.taken and not self.waiting

    @property
    def over(self) -> int:
        """How many more are in than there are places: somebody cut the number, nobody was put out."""
        return 0 if self.cap is None else max(self.taken - self.cap, 0)


def shown(activity_id: UUID) -> list[PoolShown]:
    """Return the pools of an activity as the office reads them."""
    return [
        PoolShown(row.kind, say(arrangement.pool_words(row)), None if row.cap >= NO_LIMIT else row.cap, row.taken, row.waiting, row.gates)
        for row in queries.pools(activity_id)
    ]


@bp.route(f"{BASE}/places", methods=["GET", "POST"])
@policy("organiser")
def places(activity_id: UUID) -> ResponseReturnValue:
    """Show how places are given and how they stand; let the organiser say it otherwise."""
    activity = _activity(activity_id, Role.ORGANISER)
    opening = openings.opening_of(activity_id)
    if opening.kind.party is None or opening.pool_id is None:
        raise NotFound
    villages = openings.villages(activity.organisation_id)
    schema = arrangement.asking(villages)
    if request.method == "POST":
        form = Form(schema, request.form)
        moved = form.run(lambda wanted: service.arrange(activity_id, wanted, seed=secrets.token_hex(32), actor=actor(), now=clock.now()))
        if moved is not None:
            flash(say(Words(N_("已保存；候补的递补了{n}份"), n=len(moved)) if moved else N_("已保存")), "success")
            return redirect(url_for(".places", activity_id=activity_id), 303)
    else:
        form = Form(schema, filled=arrangement.as_sent(opening, queries.pools(activity_id)))
    return _page(
        "registrations/places.html", activity, form.status, form=form, opening=opening, pools=shown(activity_id), villages=villages,
        ranks=arrangement.ranks(opening), asks_sex=arrangement.asks_sex(opening), may_draw=_may_draw(opening, clock.now()),
        seed_hash=draw.digest(opening.seed) if opening.seed else "", counts=queries.counts(activity_id), by_draw=opening.admission in BY_DRAW,
        by_rank=opening.admission == Admission.RANK,
    )  # fmt: skip


def _may_draw(opening: Opening, now: datetime) -> bool:
    return opening.admission in BY_DRAW and opening.drawn_at is None and opening.closes <= now < opening.starts_at


@bp.post(f"{BASE}/draw")
@policy("organiser")
def hold_draw(activity_id: UUID) -> ResponseReturnValue:
    """Hold the draw; pressed again, it shows what the first one gave."""
    activity = _activity(activity_id, Role.ORGANISER)
    try:
        placed, waiting = service.hold_draw(activity_id, actor=actor(), now=clock.now())
        flash(say(Words(N_("抽好了：{placed}份入选，{waiting}份候补。结果已经公布，要打电话的人在“通知”里"), placed=placed, waiting=waiting)), "success")
    except DomainError as no:
        flash(say(no), "info" if no.code == "already_drawn" else "error")
        if no.code != "already_drawn":
            return redirect(url_for(".places", activity_id=activity_id), 303)
    return redirect(url_for(".draw", slug=activity.slug), 303)


# -- decisions in bulk ---------------------------------------------------------------------------------------------------


@bp.route(f"{BASE}/review", methods=["GET", "POST"])
@policy("organiser")
def review(activity_id: UUID) -> ResponseReturnValue:
    """Go through everybody who is to be decided about, by keyboard alone if one likes: Tab to the next, arrows to choose, Enter to send."""
    activity = _activity(activity_id, Role.ORGANISER)
    wrong, chosen = None, dict(request.form.items())
    if request.method == "POST":
        try:
            told = {UUID(key.removeprefix("party-")): said for key, said in chosen.items() if key.startswith("party-") and said in ("admit", "reject")}
            done = service.decide(activity_id, told, request.form.get("reason", ""), actor=actor(), now=clock.now())
            _say_decided(done)
            return redirect(url_for(".review", activity_id=activity_id), 303)
        except ValueError as no:
            raise NotFound from no
        except DomainError as no:
            wrong = no
    found = listing.page_of(activity_id, standing=Standing.TO_REVIEW.value, page=request.args.get("page", ""))
    status = wrong.status if wrong else 200
    return _page("registrations/review.html", activity, status, found=found, wrong=wrong, chosen=chosen, opening=openings.opening_of(activity_id))


def _say_decided(done: Any) -> None:
    if not done:
        flash(say(N_("还没有选：每份选“通过”或“不通过”，再点保存")), "info")
        return
    words = N_("通过{admit}份，其中候补{waiting}份；不通过{reject}份；没处理成{failed}份（满了，或别人刚处理过）")
    facts = {name: done[name] for name in ("admit", "waiting", "reject", "failed")}
    flash(say(Words(words, **facts)), "warning" if done["failed"] else "success")


# -- times of one's own -----------------------------------------------------------------------------------------------------


@bp.route(f"{BASE}/times", methods=["GET", "POST"])
@policy("organiser")
def times(activity_id: UUID) -> ResponseReturnValue:
    """Show whose turn for make-up and photo is when; give everybody a time, or one party another."""
    activity = _activity(activity_id, Role.ORGANISER)
    if request.method == "POST":
        try:
            flash(say(_given(activity_id)), "success")
        except DomainError as no:
            flash(say(no), "error")
        return redirect(url_for(".times", activity_id=activity_id), 303)
    batches = rosters.batches(activity_id)
    if not batches:
        return redirect(url_for(".places", activity_id=activity_id), 303)
    paper = request.args.get("paper", "")
    template = "registrations/times_paper.html" if paper in ("slot", "village") else "registrations/times.html"
    kinds = {what: say(words) for what, words in arrangement.CALLS.items() if any(one.what == what for one in batches)}
    return _page(template, activity, batches=batches, parties=rosters.with_times(activity_id), paper=paper, kinds=kinds)


def _given(activity_id: UUID) -> str:
    """Carry out what was asked: one party's other time, or everybody's."""
    asked = {name: request.form.get(name, "") for name in ("party", "batch", "afresh")}
    if not asked["party"]:
        n = service.give_slots(activity_id, afresh=asked["afresh"] == "1", actor=actor(), now=clock.now())
        return Words(N_("排好了{n}份的时间，要打电话的人在“通知”里"), n=n) if n else N_("都有时间了，没有要排的")
    try:
        party, batch = UUID(asked["party"]), UUID(asked["batch"])
    except ValueError as no:
        raise SlotTaken from no
    service.move_slot(activity_id, party, batch, actor=actor(), now=clock.now())
    return N_("改好了，记得打电话告诉对方")
