"""Few statements, whichever level looks, however many units are asked."""

import pytest

from eventsvc.campaigns.models import Duty, DutyState
from eventsvc.infra.db import db, transactional
from eventsvc.organisations import service as organisations
from tests.clients import alone
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.campaigns import issued
from tests.factories.organisations import TODAY, a_tree, rows

MOST = 15
VILLAGES = 40


@pytest.fixture
def tree(app):
    tree = a_tree()
    organisations.import_tree(rows(*((f"350982107{300 + n}", f"新{n}村委会", "350982107000", "village") for n in range(VILLAGES))), today=TODAY)
    return tree


@transactional
def spread(campaign) -> None:
    for at, duty in enumerate(db.session.query(Duty).filter(Duty.root_id == campaign.id)):
        duty.state, duty.seen_version = list(DutyState)[at % 6], 1


@pytest.mark.parametrize("level", ["province", "city", "county", "township", "village"])
def test_the_page_and_the_to_do_take_at_most_fifteen_statements(app, tree, statements, level):
    campaigns = [issued(tree.province, a_user("organiser", tree.province), title=f"行动{n}") for n in range(20)]
    for campaign in campaigns:
        spread(campaign)
    browser = logged_in(app, a_user("organiser", getattr(tree, level)))
    seen = {}
    for path in (f"/campaigns/{campaigns[0].id}", "/campaigns", "/"):
        browser.get(path)
        statements.clear()
        assert alone(browser.client.get, path).status_code == 200
        seen[path] = len(statements)
    assert max(seen.values()) <= MOST, seen


def test_issuing_to_a_town_takes_as_many_statements_as_issuing_to_a_village_more_or_less(app, tree, statements):
    """A row for each unit is written by one statement: forty villages cost no more than one."""
    boss = a_user("organiser", tree.township)
    statements.clear()
    issued(tree.township, boss, reach="chosen", units=[tree.village.id], now=NOW)
    one = len(statements)
    statements.clear()
    issued(tree.township, boss, now=NOW)
    assert len(statements) <= one + 4
