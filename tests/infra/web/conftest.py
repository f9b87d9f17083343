"""The whole service as it runs for people, built anew for a module."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from eventsvc import app as roof
from eventsvc.config import Settings
from eventsvc.infra import logs
from eventsvc.infra.db import db
from eventsvc.infra.web import limiter
from tests.infra.web.doors import trial


@pytest.fixture(scope="module")
def own_limiter() -> Iterator[None]:
    """One limiter serves the process; give it back as it was."""
    before = dict(vars(limiter))
    yield
    vars(limiter).clear()
    vars(limiter).update(before)


@pytest.fixture(scope="module")
def build(own_limiter: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Build the whole service as it runs for people, with the doors of these tests besides."""
    folder = tmp_path_factory.mktemp("web")
    settings = Settings(secret_key="s" * 32, database_url=f"sqlite:///{folder}/web.db", redis_url=f"unix://{folder}/none.sock", var_dir=folder,
                        base_url="http://localhost", rate_limits=False)  # fmt: skip
    doors = roof.DOORS

    def build_(**more: object) -> Flask:
        roof.DOORS = (*doors, trial)
        try:
            return roof.create_app(replace(settings, **more))
        finally:
            roof.DOORS = doors

    yield build_
    logs.configure("INFO", whole=True)


@pytest.fixture(scope="module")
def service(build) -> Flask:
    app = build()
    with app.app_context():
        db.create_all()
    return app
