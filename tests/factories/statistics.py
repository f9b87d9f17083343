"""Figures without a report behind them, for tests of the sums alone."""

from datetime import UTC, datetime
from uuid import UUID

from eventsvc.activities.models import Activity
from eventsvc.core.codes import new_id
from eventsvc.infra.db import db, transactional
from eventsvc.kinds import KINDS
from eventsvc.organisations.models import Organisation
from eventsvc.statistics.definitions import definitions_of

NOW = datetime(2027, 5, 1, 2, 0, tzinfo=UTC)


@transactional
def a_definition(code: str, kind: str = "member_day") -> UUID:
    """Write down what an indicator of a kind means, and return its id."""
    indicator = KINDS[kind].indicator(code)
    assert indicator is not None
    return definitions_of([indicator])[code, indicator.version]


@transactional
def an_activity_row(unit: Organisation, title: str = "会员活动日", kind: str = "member_day") -> UUID:
    """Write the bare row of an activity: enough for figures to hang on."""
    row = Activity(id=new_id(), kind=kind, organisation_id=unit.id, title=title, starts_at=NOW, created_by=new_id(), created_at=NOW,
                   updated_at=NOW, plan={})  # fmt: skip
    db.session.add(row)
    return row.id
