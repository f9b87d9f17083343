"""One activity of the sample on its way: each method is a step that somebody takes, by the command of its form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from eventsvc.activities import queries, rules
from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity
from eventsvc.activities.schemas import PlanSchema
from eventsvc.checkin import counting
from eventsvc.checkin import service as checkin
from eventsvc.checkin.models import Method
from eventsvc.core.actor import SYSTEM, Actor
from eventsvc.declare import ActivityKind
from eventsvc.documents import service as documents
from eventsvc.infra.images import take_photo
from eventsvc.kinds import KINDS
from eventsvc.registrations import openings
from eventsvc.registrations import queries as rosters
from eventsvc.registrations import service as registrations
from eventsvc.registrations.models import Channel, Standing
from eventsvc.reports import drafts
from eventsvc.reports import queries as reports
from eventsvc.reports import service as reporting
from eventsvc.reports.schemas import report_schema
from eventsvc.sample import pictures
from eventsvc.sample.names import People
from eventsvc.sample.parties import Body, parties
from eventsvc.sample.stage import Stage
from eventsvc.sample.units import Units

OFFICE_PHONE = "0593-7000529"
"""Of no office: a row of noughts with the day of the members in it."""
APPROVERS = {
    "柏柳村": "diantou-approve", "瑞云村": "xiamen-she-approve", "观洋村": "diantou-approve", "点头镇": "fuding-approve",
    "太姥山镇": "taimushan-approve", "硖门畲族乡": "xiamen-she-approve",
}  # fmt: skip
"""Who approves plans of a unit; where nobody is named, the county's chair does."""
REVIEWERS = {"柏柳村": "diantou", "观洋村": "diantou-approve", "瑞云村": "xiamen-she", "福鼎市": "ningde"}
"""Who reviews reports of a unit; where nobody is named, the county's office does."""


@dataclass
class Telling:
    """One activity and whoever organises it. Days are dates; steps of one day follow each other by the hour."""

    stage: Stage
    kind_code: str
    unit: str
    title: str
    by: str
    day: date
    lasts: int = 0
    """How many days more than one it takes: a round of visits takes weeks."""
    id: UUID = UUID(int=0)

    @property
    def kind(self) -> ActivityKind:
        """Return the kind's declaration."""
        return KINDS[self.kind_code]

    @property
    def organiser(self) -> Actor:
        """Return whoever organises it."""
        return self.stage.actors[self.by]

    @property
    def approver(self) -> Actor:
        """Return whoever approves plans of this unit."""
        return self.stage.actors[APPROVERS.get(self.unit, "fuding-approve")]

    @property
    def reviewer(self) -> Actor:
        """Return whoever reviews reports of this unit."""
        return self.stage.actors[REVIEWERS.get(self.unit, "fuding")]

    @property
    def units(self) -> Units:
        """Return the units by their names."""
        return self.stage.units

    @cached_property
    def people(self) -> People:
        """Return where its people come from: the same ones whatever was told before."""
        return People(f"{self.unit} {self.title}")

    @property
    def random(self) -> Random:
        """Return the chance that everything here is drawn from."""
        return self.people.random

    def before(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """Give a moment so many days before the activity."""
        return self.stage.at(self.day - timedelta(days=days), hour, minute)

    def after(self, days: int, hour: int = 9) -> datetime:
        """Give a moment so many days after the activity's last day."""
        return self.stage.at(self.day + timedelta(days=self.lasts + days), hour)

    # -- the plan ------------------------------------------------------------------------------------------------

    def draft(self, said: Mapping[str, Any], at: datetime) -> None:
        """Write the plan as its form sends it: the defaults of the kind, and what the organiser says instead."""
        first = rules.first_plan(self.kind, self.unit, self.organiser.name, self.day)
        first |= {"title": self.title, "contact_phone": OFFICE_PHONE, **said}
        first["plan"] = self.kind.plan_defaults(self.day) | said.get("plan", {})
        schema = PlanSchema.asking(self.kind)
        plan = schema.load(schema.dump(first))
        self.id = activities.draft(self.kind_code, self.units[self.unit], plan, actor=self.organiser, now=at)

    def move(self, action: str, at: datetime, *, actor: Actor | None = None, note: str = "") -> None:
        """Take a step of the workflow."""
        activities.move(self.id, action, actor=actor or self.organiser, now=at, note=note)

    def submit(self, at: datetime) -> None:
        """Send the plan up."""
        self.move("submit", at)

    def approve(self, at: datetime) -> None:
        """Send the plan up and have it approved by click, an hour later."""
        self.submit(at)
        self.move("approve", min(at + timedelta(hours=1), self.stage.now), actor=self.approver)

    def publish(self, at: datetime) -> None:
        """Put it on its public page."""
        self.move("publish", at)

    def approve_on_paper(self, at: datetime, signed: date) -> None:
        """Enter that the chair signed on paper, with a photo of the page."""
        approver = self.stage.actors["fuding-approve"].name
        scan = pictures.signed_page(self.title, approver, f"{signed.year}年{signed.month}月{signed.day}日")
        activities.approve_on_paper(self.id, approver, signed, scan, "image/jpeg", actor=self.organiser, now=at)

    def postpone(self, starts_at: datetime, at: datetime, note: str) -> None:
        """Give it another day."""
        activities.postpone(self.id, starts_at, starts_at + timedelta(hours=3), note=note, actor=self.organiser, now=at)

    def pause(self, at: datetime) -> None:
        """Stop sign-up for a while."""
        activities.set_paused(self.id, True, actor=self.organiser, now=at)

    def on_stage(self, said: Mapping[str, Any], *, planned: int = 40) -> None:
        """Plan it, have it approved and publish it, beginning so many days before the activity."""
        self.draft(said, self.before(planned, 8, 40))
        self.approve(self.before(planned - 2))
        self.publish(self.before(planned - 3, 15))

    # -- people ------------------------------------------------------------------------------------------------------

    @property
    def activity(self) -> Activity:
        """Return the activity as it stands."""
        return queries.activity(self.id, within=SYSTEM)

    def ask(self, questions: Sequence[Mapping[str, Any]], at: datetime) -> None:
        """Ask the organiser's own questions from now on."""
        registrations.ask(self.id, list(questions), version=openings.opening_of(self.id).form_version, actor=self.organiser, now=at)

    def sign_up(self, bodies: Iterable[Body], first: datetime) -> list[UUID]:
        """Sign parties up by the public link, some hours between them, none in the night."""
        slug, done, at = self.activity.slug or "", [], first
        for number, body in enumerate(bodies):
            read = parties(self.kind_code, body, openings.opening(slug).asked)
            nonce = f"sample-{self.id}-{at.isoformat()}-{number}"
            done.append(registrations.sign_up(slug, read, nonce=nonce, now=at).id)
            at = min(at + timedelta(hours=4 if at.hour < 10 else 15, minutes=17), self.stage.now)
        return done

    def add(self, body: Body, at: datetime) -> UUID:
        """Write down a party that came on paper or by telephone."""
        (party,) = parties(self.kind_code, body, openings.opening_of(self.id).asked)
        nonce = f"sample-{self.id}-{at.isoformat()}-staff"
        return registrations.add_by_staff(self.id, party, channel=Channel.STAFF, nonce=nonce, actor=self.organiser, now=at)

    def walk_in(self, body: Body, at: datetime) -> UUID:
        """Write down a party that came to the door, and check it in."""
        (party,) = parties(self.kind_code, body)
        return checkin.walk_in(self.id, party, actor=self.organiser, now=at)

    def check_in(self, at: datetime, *, all_but: int = 0) -> None:
        """Check in whoever has a place, all but the last few parties; every third by the code on its receipt."""
        late = [party for party in rosters.roster(self.id, Standing.PLACED) if not party.people[0].attended]
        for number, party in enumerate(late[: len(late) - all_but]):
            method = Method.QR if number % 3 == 0 else Method.LIST
            people = [person.id for person in party.people]
            now = min(at + timedelta(minutes=number), self.stage.now)
            checkin.check_in(self.id, people, method=method, actor=self.organiser, now=now)

    def count(self, at: datetime, **tallied: int) -> None:
        """Tally what was given out and who came by, in several goes as one taps."""
        for counter, total in tallied.items():
            for amount in filter(None, (total // 2, total // 3, total - total // 2 - total // 3)):
                counting.tally(self.id, counter, amount, actor=self.organiser, now=at)

    # -- afterwards --------------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Say that it has been held, in the evening."""
        self.move("hold", self.after(0, 17))

    def report(self, at: datetime, answers: Mapping[str, Any] | None = None, **given: int) -> None:
        """Write the report: what the system knows, what the organiser adds, spending, words, two pictures."""
        reporting.start(self.id, actor=self.organiser, now=at)
        if not self.kind.dignified:
            for seed in ("a", "b"):
                taken = take_photo(pictures.banner(self.title, f"{self.title}{seed}"))
                reporting.add_photo(self.id, taken, actor=self.organiser, now=at)
        lines = reports.report(self.id, within=self.organiser).activity.budget
        self._save_report(at, {"spending": [{"id": str(line.id), "actual": _yuan(line.planned_fen, self.random)} for line in lines]})
        self._save_report(at, self._words(given) | {"answers": dict(answers or {})})

    def _words(self, given: Mapping[str, int]) -> Body:
        """Return what is typed when the spending stands there: figures that nobody but the organiser knows, words, captions."""
        report = reports.report(self.id, within=self.organiser)
        values = reports.values(report)
        captions = ("活动现场", "群众观看宣传展板")
        return {
            "figures": {v.indicator.code: {"value": given.get(v.indicator.code, 0)} for v in values if v.computed is None},
            "words": drafts.propose(self.kind, reports.told(report.activity), values),
            "photos": [{"id": str(p.id), "caption": c, "consent": True} for p, c in zip(report.photos, captions, strict=False)],
        }  # fmt: skip

    def _save_report(self, at: datetime, told: Body) -> None:
        version = reports.report(self.id, within=self.organiser).version
        read = report_schema(self.kind).load(told)
        reporting.save(self.id, read, version=version, actor=self.organiser, now=at)

    def report_move(self, action: str, at: datetime, note: str = "") -> None:
        """Send the report up, or (the level above) accept or return it."""
        actor = self.organiser if action == "submit" else self.reviewer
        reporting.move(self.id, action, actor=actor, now=at, note=note)

    def reported(self, answers: Mapping[str, Any] | None = None, **given: int) -> None:
        """Report within three days, and have it accepted by the level above two days later."""
        self.report(self.after(1), answers, **given)
        self.report_move("submit", self.after(3, 16))
        self.report_move("accept", self.after(5))

    def archive(self, at: datetime) -> None:
        """Put it away: the house itself locks the report and archives the activity."""
        reporting.lock(self.id, now=at)
        activities.archive(self.id, now=at)

    def ask_for(self, code: str, at: datetime, party: UUID | None = None) -> None:
        """Ask for a paper, of the whole activity or of one party."""
        documents.request(self.id, code, party, actor=self.organiser, now=at)


def _yuan(planned_fen: int, chance: Random) -> str:
    """Give what was spent of a line, in yuan as it is typed: some less than planned."""
    return str(planned_fen // 100 * chance.randint(82, 100) // 100)


