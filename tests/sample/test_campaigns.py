"""The sample's campaign: issued once however often the sample is loaded, handed on, answered in different ways."""

from sqlalchemy import select

from eventsvc.campaigns.models import Campaign, Duty, DutyState
from eventsvc.infra.db import db
from eventsvc.organisations.models import Organisation
from eventsvc.sample import service
from tests.conftest import NOW


def test_the_campaign_is_there_once_and_units_answered_in_different_ways(app):
    service.load(now=NOW)
    service.load(now=NOW)
    both = list(db.session.scalars(select(Campaign).order_by(Campaign.created_at, Campaign.id)))
    assert len(both) == 2
    assert {one.root_id for one in both} == {next(one.id for one in both if one.parent_id is None)}
    states = dict(db.session.execute(select(Organisation.name, Duty.state).join(Organisation, Organisation.id == Duty.organisation_id)).all())
    assert {DutyState.ASKED, DutyState.READ, DutyState.PLANNED, DutyState.DECLINED} <= set(states.values())
