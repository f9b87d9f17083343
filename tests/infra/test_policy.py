"""No door without a policy; what a door asks for is asked before anything else happens."""

from functools import wraps
from uuid import uuid4

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.actor import Actor, Grant, Role
from eventsvc.core.errors import DomainError
from eventsvc.infra import policy as policies
from eventsvc.infra.policy import NoPolicy, Policy, actor, actor_or_none, policy, scopes


def someone(*roles: Role) -> Actor:
    return Actor(uuid4(), "林国栋", tuple(Grant(role, uuid4()) for role in roles))


class Small:
    """A little service: its doors, who is asking, and what was reached."""

    def __init__(self, **doors) -> None:
        self.app = Flask("small")
        self.reached: list[str] = []
        self.who: Actor | None = None
        self.asked = 0
        for name, mark in doors.items():
            view = self._view(name)
            self.app.add_url_rule(f"/{name}", name, mark(view) if mark else view, methods=["GET", "POST"])
        self.app.register_error_handler(DomainError, lambda no: (no.code, no.status))

    def _view(self, name: str):
        def view() -> str:
            self.reached.append(name)
            return "in"

        return view

    def find(self) -> Actor | None:
        self.asked += 1
        return self.who

    def start(self) -> "Small":
        policies.init_app(self.app, self.find)
        return self

    def knock(self, name: str, method: str = "GET") -> int:
        return self.app.test_client().open(f"/{name}", method=method).status_code


class TestStart:
    def test_a_route_without_a_policy_stops_the_start_and_every_one_is_named(self):
        with pytest.raises(NoPolicy, match="bare, naked"):
            Small(fine=policy(), naked=None, bare=None).start()

    def test_with_a_policy_on_each_it_starts(self):
        found = policies.table(Small(fine=policy(), open=policy(public=True), desk=policy("organiser", scope="x:read")).app)
        assert found == {
            "fine": Policy(),
            "open": Policy(public=True),
            "desk": Policy(roles=frozenset({"organiser"}), scope="x:read"),
        }

    @pytest.mark.parametrize("role", ["organizer", "system", "", "ADMIN"])
    def test_a_role_that_is_not_there_is_refused_where_it_is_written(self, role: str):
        with pytest.raises(NoPolicy, match="no such role"):
            policy("admin", role)

    @pytest.mark.parametrize("asked", [{"scope": "x:read"}, {}])
    def test_public_and_yet_asking_for_something_is_refused_where_it_is_written(self, asked: dict):
        with pytest.raises(NoPolicy, match="public"):
            policy(*([] if asked else ["admin"]), public=True, **asked)

    def test_a_policy_is_found_through_wrappers(self):
        def wrapping(view):
            @wraps(view)
            def wrapped():
                return view()

            return wrapped

        def bare_wrapper(view):
            def wrapped():
                return view()

            wrapped.__wrapped__ = view
            return wrapped

        small = Small(a=lambda v: wrapping(wrapping(policy("admin")(v))), b=lambda v: bare_wrapper(policy("viewer")(v)))
        assert {e: p.roles for e, p in policies.table(small.app).items()} == {"a": {"admin"}, "b": {"viewer"}}

    def test_scopes_that_tokens_may_have_are_those_that_doors_ask_for(self):
        small = Small(a=policy("viewer", scope="a:read"), b=policy(scope="b:write"), c=policy()).start()
        with small.app.app_context():
            assert scopes() == {"a:read", "b:write"}


DOORS = {"open": policy(public=True), "inside": policy(), "desk": policy("organiser", "approver"), "api": policy("viewer", scope="x:read")}


class TestDoors:
    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
    def test_a_stranger_enters_public_doors_only(self, method: str):
        small = Small(**DOORS).start()
        assert [small.knock(name, method) for name in DOORS] == [200, 401, 401, 401]
        assert small.reached == ["open"]

    @pytest.mark.parametrize(
        ("roles", "statuses"),
        [
            ([], [200, 200, 403, 403]),
            ([Role.VIEWER], [200, 200, 403, 403]),
            ([Role.GROUP_LEADER], [200, 200, 403, 403]),
            ([Role.ORGANISER], [200, 200, 200, 403]),
            ([Role.APPROVER], [200, 200, 200, 403]),
            ([Role.ADMIN], [200, 200, 200, 403]),
        ],
    )
    def test_a_role_opens_the_doors_that_name_it_or_one_it_brings_along(self, roles, statuses):
        small = Small(**DOORS).start()
        small.who = someone(*roles)
        assert [small.knock(name) for name in DOORS] == statuses

    def test_a_scope_opens_the_door_of_the_api_but_not_without_the_role(self):
        small = Small(**DOORS)
        small.app.before_request(lambda: setattr(g, "eventsvc_scopes", {"x:read"}))
        small.start()
        small.who = someone(Role.VIEWER)
        assert small.knock("api") == 200
        small.who = someone(Role.GROUP_LEADER)
        assert small.knock("api") == 403

    def test_a_door_hung_after_the_start_stays_shut(self):
        small = Small(**DOORS).start()
        small.app.add_url_rule("/late", "late", small._view("late"))
        small.who = someone(Role.ADMIN)
        assert small.knock("late") == 500
        assert small.reached == []

    def test_without_the_check_everybody_walks_in(self):
        """The negative control."""
        small = Small(**DOORS)
        assert [small.knock(name) for name in DOORS] == [200] * 4

    def test_what_is_not_there_is_no_secret(self):
        assert Small(**DOORS).start().knock("nowhere") == 404


class TestActor:
    def test_who_acts_is_asked_once_a_request(self):
        small = Small(**DOORS)
        small.app.add_url_rule("/twice", "twice", policy()(lambda: f"{actor().name}{actor_or_none() is actor()}"))
        small.start()
        small.who = someone()
        assert small.app.test_client().get("/twice").text == "林国栋True"
        assert small.asked == 1

    def test_nobody_is_looked_for_at_a_public_door(self):
        small = Small(**DOORS).start()
        small.knock("open")
        assert small.asked == 0

    @given(st.sampled_from(Role), st.sets(st.sampled_from(Role), min_size=1))
    def test_any_one_of_the_roles_named_is_enough(self, held: Role, named: set[Role]):
        small = Small(door=policy(*named)).start()
        small.who = someone(held)
        assert small.knock("door") == (200 if any(small.who.can(r) for r in named) else 403)
