"""The race for places over the line: real gunicorn, real PostgreSQL on disk, 500 parties, 32 at once, 200 places. `make soak` runs it."""

import itertools
import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench import load, signups
from eventsvc.activities.models import Activity
from eventsvc.app import create_app
from eventsvc.config import Settings
from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.registrations import nonces
from eventsvc.registrations.models import Pool, Registration, Standing
from tests import servers

PEOPLE, PLACES, AT_ONCE = 500, 200, 32
SLOWEST = 1000
"""Milliseconds in which nineteen of twenty have seen the page, sent the form and read their receipt."""


@pytest.fixture
def served(tmp_path: Path, redis_server):
    """Serve two activities with so many places, one to warm up with; give their slugs and the address."""
    with servers.postgres_server(fsync=True) as postgres:
        env = signups._environment(postgres.create("race"), redis_server.url, tmp_path)
        signups.subprocess.run([signups.sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"], env=env, cwd=signups.ROOT,
                               check=True, capture_output=True)  # fmt: skip
        app = create_app(Settings.from_env(env))
        with app.app_context():
            slugs = [str(signups._open_activity(PLACES).slug) for _ in range(2)]
            db.session.rollback()
            with signups._gunicorn("wsgi:app", env) as (_, port):
                yield slugs, f"http://127.0.0.1:{port}"
            db.session.remove()
            db.engine.dispose()


def race(address: str, slug: str, flows: int) -> load.Result:
    """Let so many parties send their forms, each drawn a minute ago: nobody types in a race."""
    drawn = [nonces.draw(slug, clock.now() - timedelta(minutes=1)) for _ in range(flows)]
    salt = itertools.count(secrets.randbelow(10**6))

    def fields(number: int, page: str) -> dict[str, str]:
        own = f"{next(salt) % 10**8:08d}"
        return {**signups.couple(number, page), "_nonce": drawn.pop(), "people.husband.phone": f"139{own}", "proxy.phone": f"138{own}"}

    return load.run(address, f"/s/{slug}", fields, people=AT_ONCE, flows=flows)


@pytest.mark.soak
def test_five_hundred_race_for_two_hundred_places(served, capsys):
    (slug, other), address = served
    race(address, other, 64)
    db.session.rollback()
    raced = race(address, slug, PEOPLE)
    with capsys.disabled():
        print(f"\n{PEOPLE} at {AT_ONCE}: {raced.rate:.0f}/s, p50 {raced.p50:.0f} ms, p95 {raced.at(0.95):.0f} ms, worst {raced.at(1):.0f} ms")
    assert raced.faults == []
    activity = select(Activity.id).where(Activity.slug == slug).scalar_subquery()
    mine = Registration.activity_id == activity
    pool = db.session.scalar(select(Pool).where(Pool.activity_id == activity))
    standing = dict(db.session.execute(select(Registration.standing, func.count()).where(mine).group_by(Registration.standing)).all())
    assert (pool.taken, pool.waiting, standing) == (PLACES, PEOPLE - PLACES, {Standing.PLACED: PLACES, Standing.WAITING: PEOPLE - PLACES})
    numbers = db.session.scalars(select(Registration.seq).where(mine, Registration.seq.is_not(None)).order_by(Registration.seq)).all()
    assert numbers == list(range(1, PEOPLE - PLACES + 1))
    assert raced.at(0.95) <= SLOWEST
