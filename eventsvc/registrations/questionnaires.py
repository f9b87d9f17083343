"""The organiser's own questions through time: the latest version is asked, the others keep the words of those who answered them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from eventsvc.core.periods import day_of
from eventsvc.declare import Field
from eventsvc.declare.asked import Asked, asked_by
from eventsvc.infra.db import db
from eventsvc.registrations import openings
from eventsvc.registrations.models import QuestionSet
from eventsvc.registrations.openings import Opening


@dataclass(frozen=True)
class Versions:
    """Every version of an activity's own questions, by number."""

    by_number: Mapping[int, Asked]

    def fields(self, number: int, per: str) -> tuple[Field, ...]:
        """Return what a version asks of the party or of each person."""
        asked = self.by_number.get(number)
        return () if asked is None else asked.of_party if per == "party" else asked.of_person

    def asked(self, number: int, per: str, answers: Mapping[str, Any]) -> list[Field]:
        """Return the questions of a party's version, and those of others that it has answers to."""
        now = list(self.fields(number, per))
        names = {f.name for f in now}
        return now + [f for f in self._latest_first(per) if f.name not in names and f.name in answers]

    def columns(self, per: str) -> list[Field]:
        """Return a column for each question in each wording, in the order in which they came."""
        found = {(f.name, f.label): f for number in sorted(self.by_number) for f in self.fields(number, per)}
        return list(found.values())

    def _latest_first(self, per: str) -> Iterator[Field]:
        seen: set[str] = set()
        for number in sorted(self.by_number, reverse=True):
            for asked in self.fields(number, per):
                if asked.name not in seen:
                    seen.add(asked.name)
                    yield asked


def versions(where: Opening) -> Versions:
    """Return all versions of an activity's own questions; no statement when it has none."""
    if not where.form_version:
        return Versions({})
    query = select(QuestionSet.version, QuestionSet.questions).where(QuestionSet.activity_id == where.id)
    offered, day = openings.villages(where.organisation_id), day_of(where.starts_at)
    return Versions({
        number: asked_by(where.kind, questions, version=number, day=day, villages=offered) for number, questions in db.session.execute(query)
    })  # fmt: skip


def asked_of_record(where: Opening, answered: int) -> Asked:
    """Return what is asked now, and what a party that answered another version may have told besides: no longer asked, still kept."""
    if answered in (0, where.form_version):
        return where.asked
    everything = versions(where)
    former = {per: _former(everything, where, per) for per in ("party", "person")}
    now = where.asked
    return replace(now, version=where.form_version, of_party=(*now.of_party, *former["party"]), of_person=(*now.of_person, *former["person"]))


def _former(everything: Versions, where: Opening, per: str) -> list[Field]:
    now = {f.name for f in everything.fields(where.form_version, per)}
    return [replace(f, retired=True) for f in everything._latest_first(per) if f.name not in now]
