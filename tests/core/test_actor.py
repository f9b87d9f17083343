"""A role is always a role at a unit; some bring others along."""

from uuid import UUID, uuid4

import pytest

from eventsvc.core.actor import IMPLIED, SYSTEM, Actor, Grant, Role
from eventsvc.core.enums import Labelled
from eventsvc.core.errors import NotAllowed

VILLAGE, TOWNSHIP, COUNTY, OTHER = (uuid4() for _ in range(4))
LINEAGE = (VILLAGE, TOWNSHIP, COUNTY)
A, P, O, G, V = Role.ADMIN, Role.APPROVER, Role.ORGANISER, Role.GROUP_LEADER, Role.VIEWER  # noqa: E741

BRINGS = {A: {A, O, G, V}, P: {P, V}, O: {O, G, V}, G: {G}, V: {V}}
"""Written out once more, so that the table is not changed by accident."""


def someone(*grants: tuple[Role, UUID]) -> Actor:
    return Actor(uuid4(), "林国栋", tuple(Grant(role, at, f"单位{n}") for n, (role, at) in enumerate(grants)))


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("asked", Role)
def test_a_role_brings_just_these_along(held: Role, asked: Role):
    assert someone((held, TOWNSHIP)).can(asked, LINEAGE) == (asked in BRINGS[held])
    assert someone((held, TOWNSHIP)).can(asked) == (asked in BRINGS[held])
    assert someone((held, TOWNSHIP)).can(str(asked.value)) == (asked in BRINGS[held])


def test_an_administrator_approves_nothing():
    assert not someone((A, COUNTY)).can(P)


def test_every_role_is_in_the_table_and_brings_itself():
    assert set(IMPLIED) == set(Role)
    assert all(role in brought for role, brought in IMPLIED.items())


@pytest.mark.parametrize(("at", "may"), [(VILLAGE, True), (TOWNSHIP, True), (COUNTY, True), (OTHER, False)])
def test_a_role_holds_at_its_unit_and_below_never_beside(at: UUID, may: bool):
    assert someone((O, at)).can(O, LINEAGE) is may


def test_a_role_at_a_village_says_nothing_of_the_township_above():
    assert not someone((A, VILLAGE)).can(O, (TOWNSHIP, COUNTY))


def test_two_roles_at_two_units_are_not_mixed():
    both = someone((V, COUNTY), (O, OTHER))
    assert both.can(V, LINEAGE)
    assert not both.can(O, LINEAGE)
    assert both.places(O) == (OTHER,)
    assert both.places() == (COUNTY, OTHER)


def test_a_unit_is_named_once_however_many_roles_are_held_there():
    assert someone((A, COUNTY), (P, COUNTY), (V, OTHER)).places(V) == (COUNTY, OTHER)


@pytest.mark.parametrize("role", ["", "system", "root", "ADMIN"])
def test_nobody_holds_a_role_that_is_not_there(role: str):
    assert not someone((A, COUNTY)).can(role)
    assert not SYSTEM.can(role)


@pytest.mark.parametrize("lineage", [None, (), LINEAGE])
def test_without_grants_nothing_may_be_done(lineage):
    for nobody in (someone(), SYSTEM):
        assert not any(nobody.can(role, lineage) for role in Role)
        with pytest.raises(NotAllowed):
            nobody.must_be(V, lineage)


def test_must_be_is_silent_when_it_may():
    someone((A, COUNTY)).must_be(O, LINEAGE)
    with pytest.raises(NotAllowed):
        someone((A, OTHER)).must_be(O, LINEAGE)
    with pytest.raises(NotAllowed):
        someone((A, COUNTY)).must_be(O, ())


def test_the_unit_to_show_is_the_first():
    assert someone((A, COUNTY), (V, OTHER)).unit == "单位0"
    assert someone().unit == ""


class Colour(Labelled):
    RED = "red", "红"
    BARE = "bare"


def test_a_labelled_value_is_its_code_and_shows_its_words():
    assert Colour("red") is Colour.RED
    assert Colour.RED == "red"
    assert str(Colour.RED) == "red"
    assert Colour.choices() == [("red", "红"), ("bare", "bare")]
    with pytest.raises(ValueError, match="blue"):
        Colour("blue")
