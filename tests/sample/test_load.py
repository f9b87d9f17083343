"""The sample: everything in it was made by commands, a load that was cut off is taken up again, no page is empty."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventsvc.accounts import queries as accounts
from eventsvc.accounts import service as logging_in
from eventsvc.activities.models import Activity, Move, State
from eventsvc.activities.rules import SignUp, sign_up_state
from eventsvc.audit.models import AuditRow
from eventsvc.core import clock
from eventsvc.core.actor import Actor
from eventsvc.core.periods import day_of
from eventsvc.infra.db import db
from eventsvc.kinds import KINDS
from eventsvc.people.models import Household
from eventsvc.registrations.models import Channel, Registration, Standing
from eventsvc.registrations.queries import roster
from eventsvc.reports.models import Report, ReportMove
from eventsvc.reports.workflow import ReportState
from eventsvc.sample import service
from eventsvc.sample.accounts import ACCOUNTS, PASSWORD
from eventsvc.sample.stage import Stage
from eventsvc.sample.units import Units
from eventsvc.statistics.models import FigureSum
from eventsvc.visits.models import Outcome, VisitRecord, VisitTarget
from tests.clients import text_of
from tests.conftest import empty
from tests.factories.accounts import logged_in


class Cut(Exception):
    """Somebody pressed Ctrl-C."""


def cut_at(words: str) -> Any:
    """Return a listener of progress that stops the load there."""

    def say(line: str) -> None:
        if line.startswith(words):
            raise Cut

    return say


@pytest.fixture(scope="module")
def loaded(whole_app: Flask) -> Iterator[Flask]:
    """The sample, loaded once for each database: cut off twice, and taken up again the day after."""
    now = clock.now()
    with whole_app.app_context():
        for words in ("21 accounts", "7/"):
            with pytest.raises(Cut):
                service.load(now=now, say=cut_at(words))
        service.load(now=now + timedelta(days=1))
        yield whole_app
        db.session.rollback()
        db.session.remove()
        empty(None)


def somebody(user_name: str) -> Actor:
    """Return an account of the sample as somebody who acts."""
    found = accounts.by_login(user_name)
    assert found is not None
    return accounts.actor(found.id)


def one(kind: str, state: State, **more: Any) -> Activity:
    """Return an activity of the sample."""
    query = select(Activity).where(Activity.kind == kind, Activity.state == state).filter_by(**more)
    found = db.session.scalars(query.order_by(Activity.starts_at)).first()
    assert found is not None
    return found


class TestWhatIsThere:
    @pytest.mark.parametrize("kind", ["golden_wedding", "member_day", "home_visit"])
    def test_each_chief_kind_has_an_activity_in_every_state(self, loaded: Flask, kind: str) -> None:
        assert set(db.session.scalars(select(Activity.state).where(Activity.kind == kind))) == set(State)

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_has_an_activity_that_is_open(self, loaded: Flask, kind: str) -> None:
        assert State.PUBLISHED in set(db.session.scalars(select(Activity.state).where(Activity.kind == kind)))

    def test_there_are_reports_in_every_state(self, loaded: Flask) -> None:
        assert set(db.session.scalars(select(Report.state))) == set(ReportState)

    def test_parties_stand_everywhere_that_a_party_can_stand(self, loaded: Flask) -> None:
        assert set(db.session.scalars(select(Registration.standing))) >= set(Standing) - {Standing.OFFERED, Standing.LAPSED}
        assert set(db.session.scalars(select(Registration.channel))) == set(Channel) - {Channel.API}
        assert db.session.scalar(select(func.count()).where(Registration.by_proxy)) > 10

    def test_sign_up_is_open_not_yet_open_paused_and_closed(self, loaded: Flask) -> None:
        found = {sign_up_state(a, clock.now()) for a in db.session.scalars(select(Activity))}
        assert found == set(SignUp)

    def test_approvals_came_by_click_and_on_paper_with_a_scan(self, loaded: Flask) -> None:
        moves = db.session.scalars(select(Move).where(Move.target == State.APPROVED, Move.source == State.DRAFT)).all()
        assert [bool(move.facts.get("file")) for move in moves if move.action == "approve_on_paper"] == [True]
        assert db.session.scalar(select(func.count()).where(Move.action == "approve")) > 20

    def test_a_round_has_families_due_today_seen_not_at_home_and_one_that_is_special(self, loaded: Flask) -> None:
        activity = one("home_visit", State.PUBLISHED, title=f"柏柳村{_day(-6):%Y年%-m月}入户访视")
        targets = db.session.scalars(select(VisitTarget).where(VisitTarget.activity_id == activity.id)).all()
        assert [t.due_on for t in targets].count(_day(0)) >= 3
        assert {t.last_outcome for t in targets} == {None, Outcome.SEEN, Outcome.NOBODY_HOME}
        assert [t.unplanned for t in targets].count(True) == 1
        assert len({t.leader_id for t in targets}) == 3
        special = select(func.count()).where(Household.special, Household.id.in_([t.household_id for t in targets]))
        assert db.session.scalar(special) == 1

    def test_names_bring_rare_characters_she_surnames_and_a_dot(self, loaded: Flask) -> None:
        names = "".join(p.names for a in db.session.scalars(select(Activity.id)) for p in roster(a))
        assert all(char in names for char in "𬭎䶮雷蓝钟·")

    def test_figures_stand_at_the_province_for_several_months_of_two_years(self, loaded: Flask) -> None:
        months = set(db.session.scalars(select(FigureSum.month).where(FigureSum.organisation_id == Units()["福建省"])))
        assert len(months) >= 8
        assert len({month[:4] for month in months}) >= 2


def _day(offset: int) -> date:
    begun = service._begun()
    assert begun is not None
    return Stage(day_of(begun), begun, Units(), {}).day(offset)


class TestHowItCameThere:
    def test_every_state_was_reached_by_moves(self, loaded: Flask) -> None:
        for activity in db.session.scalars(select(Activity)):
            steps = [move for move in activity.moves if move.target is not move.source]
            assert [move.source for move in steps] == [State.DRAFT, *(move.target for move in steps)][:-1] if steps else True
            assert (steps[-1].target if steps else State.DRAFT) is activity.state, activity.title

    def test_every_report_was_moved_to_where_it_stands(self, loaded: Flask) -> None:
        last = {m.report_id: m.target for m in db.session.scalars(select(ReportMove).order_by(ReportMove.at, ReportMove.id))}
        for report in db.session.scalars(select(Report)):
            assert last.get(report.id, ReportState.DRAFTING) is report.state

    @pytest.mark.parametrize("table", [Move, ReportMove, Registration, Household, VisitRecord], ids=lambda t: t.__tablename__)
    def test_every_row_left_a_line_in_the_audit(self, loaded: Flask, table: Any) -> None:
        """A move's own line names the activity or the report that moved."""
        subject = {Move: "activity_id", ReportMove: "report_id"}.get(table, "id")
        ids = set(db.session.scalars(select(getattr(table, subject))))
        assert ids and ids <= set(db.session.scalars(select(AuditRow.subject_id)))

    def test_nothing_in_it_happens_later_than_its_loading(self, loaded: Flask) -> None:
        begun = service._begun()
        for column in (Move.at, ReportMove.at, Registration.created_at, VisitRecord.at, AuditRow.at):
            assert db.session.scalar(select(func.max(column))) <= begun, column

    def test_a_second_load_changes_nothing(self, loaded: Flask) -> None:
        before = _everything()
        assert service.load(now=clock.now() + timedelta(days=3)) == 0
        assert _everything() == before


def _everything() -> dict[str, int]:
    tables = db.metadata.tables.values()
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


class TestWhatItSays:
    def test_show_names_the_accounts_their_password_and_the_open_sign_ups(self, loaded: Flask) -> None:
        shown = loaded.test_cli_runner().invoke(args=["sample", "show"])
        assert shown.exit_code == 0
        assert PASSWORD in shown.output
        assert all(account.user_name in shown.output for account in ACCOUNTS)
        activity = one("golden_wedding", State.PUBLISHED, capacity=12, venue="点头镇妈祖宫前广场")
        assert f"/s/{activity.slug}" in shown.output

    def test_the_password_that_is_shown_opens_every_account(self, loaded: Flask) -> None:
        for account in ACCOUNTS:
            secret = logging_in.log_in(account.user_name, PASSWORD, device="", long=False, now=clock.now())
            actor = logging_in.actor_of(secret, now=clock.now())
            assert actor is not None and len(actor.grants) == len(account.roles)


OFFICE = {
    "/": ("fujian", "fujian-approve", "ningde", "fuding-admin", "fuding-approve", "fuding", "diantou", "boliu", "leader-1", "two-units"),
    "/calendar": ("fuding", "diantou", "boliu"),
    "/activities": ("fujian", "ningde", "fuding-approve", "fuding", "taimushan", "ruiyun"),
    "/organisations": ("fujian", "fuding-admin", "xiamen-she"),
    "/reports": ("fuding", "ningde", "diantou"),
    "/visits": ("leader-1", "leader-2", "leader-3"),
}


class TestPages:
    @pytest.mark.parametrize("path", OFFICE)
    def test_an_office_page_shows_something_to_everybody_who_uses_it(self, loaded: Flask, path: str) -> None:
        for user_name in OFFICE[path]:
            words = text_of(logged_in(loaded, somebody(user_name)).get(path).text)
            assert any(expected in words for expected in _words(user_name)), (user_name, path)

    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_page_of_every_activity_opens_for_its_organiser(self, loaded: Flask, kind: str, state: State) -> None:
        for activity in db.session.scalars(select(Activity).where(Activity.kind == kind, Activity.state == state)).all():
            title, paths, browser = activity.title, _pages(activity), logged_in(loaded, accounts.actor(activity.created_by))
            for path in paths:
                assert title in text_of(browser.get(path).text), path

    def test_every_public_page_opens(self, loaded: Flask) -> None:
        for slug, title in db.session.execute(select(Activity.slug, Activity.title).where(Activity.slug.is_not(None))).all():
            answer = loaded.test_client().get(f"/s/{slug}")
            assert answer.status_code < 500 and title in text_of(answer.text), title

    @pytest.mark.parametrize("unit,user_name", [("福建省", "fujian"), ("福鼎市", "fuding"), ("点头镇", "diantou"), ("柏柳村", "boliu")])
    def test_figures_climb_to_every_level(self, loaded: Flask, unit: str, user_name: str) -> None:
        words = text_of(logged_in(loaded, somebody(user_name)).get(f"/organisations/{Units()[unit]}/figures").text)
        assert "举办活动" in words and "svg" not in words

    def test_the_roll_and_the_users_have_pages(self, loaded: Flask) -> None:
        units = Units()
        assert "001" in text_of(logged_in(loaded, somebody("boliu")).get(f"/organisations/{units['柏柳村']}/households").text)
        assert "林秋琴" in text_of(logged_in(loaded, somebody("fuding-admin")).get(f"/organisations/{units['福鼎市']}/users").text)

    def test_a_neighbour_sees_nothing(self, loaded: Flask) -> None:
        activity = one("golden_wedding", State.PUBLISHED, venue="点头镇妈祖宫前广场")
        logged_in(loaded, somebody("taimushan")).get(f"/activities/{activity.id}", status=404)


def _words(user_name: str) -> set[str]:
    """Return words of which one must stand on a page of this person: a place of its own or below, or whom to visit."""
    own = {place for account in ACCOUNTS if account.user_name == user_name for _, place in account.roles}
    below = {"福鼎市", "点头镇", "柏柳村"} if own & {"福建省", "宁德市", "福鼎市"} else set()
    return {"今天该访"} if user_name.startswith("leader") else own | below


def _pages(activity: Activity) -> list[str]:
    """Return the pages that an activity of this kind and state has."""
    kind, own = KINDS[activity.kind], f"/activities/{activity.id}"
    found = [own, f"{own}/documents", f"{own}/messages"]
    found += [f"{own}/registrations", f"{own}/check-in"] if activity.sign_up else []
    found += [f"{own}/counters"] if kind.has("counters") else []
    found += [f"{own}/visits"] if kind.has("round") else []
    found += [f"{own}/poster", f"{own}/preview"] if activity.slug else []
    has_report = db.session.scalar(select(Report.id).where(Report.activity_id == activity.id)) is not None
    return found + ([f"{own}/report"] if has_report else [])
