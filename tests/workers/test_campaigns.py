"""A campaign for two thousand units, its worker killed again and again in the middle: every unit has it once."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from eventsvc.campaigns import service
from eventsvc.campaigns.models import Campaign, Duty
from eventsvc.campaigns.service.handing import BATCH
from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM
from eventsvc.infra.db import db, transactional
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.jobs.models import Job, JobState
from eventsvc.infra.jobs.queue import tell
from eventsvc.organisations import service as organisations
from tests.factories.campaigns import ASKED
from tests.factories.organisations import TODAY, a_tree, rows
from tests.workers.conftest import Crew, until

TOWNS, VILLAGES = 40, 49
UNITS = TOWNS * (VILLAGES + 1) + 2
"""Forty towns of 49 villages, and the tree's own town and village."""
KILLS = 3


@pytest.fixture
def county(app):
    """A county of two thousand units."""
    tree = a_tree()
    towns = [(f"350982{500 + n}000", f"新{n}镇", "350982000000", "township") for n in range(TOWNS)]
    villages = [(f"350982{500 + n}{200 + m}", f"新{n}镇{m}村委会", f"350982{500 + n}000", "village") for n in range(TOWNS) for m in range(VILLAGES)]
    organisations.import_tree(rows(*towns, *villages), today=TODAY)
    return tree.county


def a_campaign(county):
    """Issue it today, by today's clock: the workers go by that."""
    today = clock.now().date()
    days = {"starts_on": today, "ends_on": today + timedelta(days=60), "plan_by": today + timedelta(days=10), "due_on": today + timedelta(days=50)}
    return service.open_campaign(county.id, ASKED | days, actor=SYSTEM, now=clock.now())


def written(campaign_id):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Duty).where(Duty.root_id == campaign_id))


def job_of(campaign_id):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Job).where(Job.ref == campaign_id, Job.name == service.HAND_DOWN)).one()


@transactional
def lease_runs_out(job_id):
    """Let twelve seconds pass on the database's clock."""
    db.session.execute(update(Job).where(Job.id == job_id, Job.state == JobState.LEASED).values(lease_until=jobs.database_later(timedelta(seconds=-1))))


def some_more(campaign_id, before):
    """Wait until one more batch is there; look often, it takes moments."""
    end = time.monotonic() + 60
    while (now := written(campaign_id)) <= before:
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.002)
    return now


@pytest.mark.timeout(300)
class TestKilled:
    def test_two_thousand_units_each_have_it_once_after_three_kills(self, crew: Crew, county):
        campaign_id = a_campaign(county)
        job = job_of(campaign_id)
        cuts = [written(campaign_id)]
        for kill in range(KILLS):
            crew.worker(f"worker{kill}", "figures")
            if kill:
                lease_runs_out(job.id)
                tell(job.id, kill, job.name)
            some_more(campaign_id, cuts[-1])
            crew.dismiss(f"worker{kill}")
            cuts.append(written(campaign_id))
        assert cuts[0] == BATCH and cuts == sorted(set(cuts)) and cuts[-1] < UNITS, cuts
        assert job_of(campaign_id).state is JobState.LEASED
        lease_runs_out(job.id)
        crew.worker("last", "figures")
        tell(job.id, KILLS, job.name)
        until(lambda: job_of(campaign_id).state is JobState.DONE, 60)
        times = Counter(db.session.scalars(select(Duty.organisation_id).where(Duty.root_id == campaign_id)))
        assert len(times) == UNITS and set(times.values()) == {1}
        assert (job_of(campaign_id).attempts, job_of(campaign_id).total) == (KILLS + 1, UNITS)

    def test_two_thousand_units_have_it_within_ten_seconds(self, crew: Crew, county):
        crew.worker("last", "figures")
        begun = time.monotonic()
        campaign_id = a_campaign(county)
        until(lambda: job_of(campaign_id).state is JobState.DONE, 60)
        assert time.monotonic() - begun <= 10
        assert written(campaign_id) == UNITS
        assert db.session.get_one(Campaign, campaign_id).root_id == campaign_id
