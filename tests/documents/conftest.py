"""Everybody whom papers concern, and a queue that nobody listens to."""

import os
from pathlib import Path

import pytest

from eventsvc.core.actor import Actor
from eventsvc.infra.fonts import use_fonts
from tests.factories.accounts import a_user
from tests.factories.organisations import Tree, a_tree

VAR = Path(__file__).resolve().parents[2] / "var"


@pytest.fixture(autouse=True, scope="package")
def fonts() -> None:
    """Use the fonts of this checkout."""
    use_fonts(VAR, environ=os.environ)


@pytest.fixture
def tree(app: object) -> Tree:
    """The units from the province down to a village."""
    return a_tree()


@pytest.fixture
def organiser(tree: Tree) -> Actor:
    """Who plans at the village."""
    return a_user("organiser", tree.village)


@pytest.fixture
def county(tree: Tree) -> Actor:
    """Who looks on from two levels above: sees figures, not people."""
    return a_user("viewer", tree.county, name="周文")
