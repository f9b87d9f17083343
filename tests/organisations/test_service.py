"""Units are opened and merged by administrators of the place; figures and scope follow the tree of the day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.infra.db import db
from eventsvc.organisations import queries, service
from eventsvc.organisations.errors import AlreadyThere, CannotMerge, CodeNeeded, NoPlaceForIt, UnitClosed
from eventsvc.organisations.models import AssociationKind, Closure, Level, Organisation
from tests.conftest import NOW
from tests.factories.accounts import a_user
from tests.factories.organisations import a_group, a_sibling_village, a_tree, another_county

LATER = NOW + timedelta(days=60)
DAY = date(2027, 6, 15)


class TestOpen:
    def test_groups_get_the_places_code_and_three_digits(self, app):
        tree = a_tree()
        second = a_group(tree.village.id, "第二会员小组")
        assert tree.group.code == tree.village.code + "001"
        assert (second.code, second.division_code) == (tree.village.code + "002", tree.village.code)
        assert queries.lineage(second.id) == (second.id, *queries.lineage(tree.village.id))

    def test_an_enterprise_association_stands_beside_the_villages_and_has_groups_of_its_own(self, app):
        tree = a_tree()
        open_ = service.open_unit
        works = open_(tree.township.id, "茶厂协会", Level.VILLAGE, AssociationKind.ENTERPRISE, actor=SYSTEM, now=NOW)
        group = a_group(works, "包装车间小组", AssociationKind.ENTERPRISE)
        assert queries.organisation(works).code == tree.township.code + "E001"
        assert group.code == tree.township.code + "E001001"
        assert group.division_code == tree.township.code

    @pytest.mark.parametrize(
        ("place", "level", "kind"),
        [
            ("township", Level.GROUP, AssociationKind.TERRITORIAL),
            ("village", Level.TOWNSHIP, AssociationKind.TERRITORIAL),
            ("village", Level.GROUP, AssociationKind.SCHOOL),
            ("province", Level.VILLAGE, AssociationKind.ENTERPRISE),
            ("group", Level.GROUP, AssociationKind.TERRITORIAL),
        ],
    )
    def test_what_cannot_stand_there_is_refused(self, app, place, level, kind):
        with pytest.raises(NoPlaceForIt):
            service.open_unit(getattr(a_tree(), place).id, "某单位", level, kind, actor=SYSTEM, now=NOW)

    def test_a_village_needs_its_own_code_and_twins_are_refused(self, app):
        tree = a_tree()
        with pytest.raises(CodeNeeded):
            service.open_unit(tree.township.id, "新村", Level.VILLAGE, actor=SYSTEM, now=NOW)
        with pytest.raises(CodeNeeded):
            service.open_unit(tree.township.id, "新村", Level.VILLAGE, actor=SYSTEM, now=NOW, code="12")
        service.open_unit(tree.township.id, "新村", Level.VILLAGE, actor=SYSTEM, now=NOW, code="350982107299")
        with pytest.raises(AlreadyThere, match="350982107299"):
            service.open_unit(tree.township.id, "新村", Level.VILLAGE, actor=SYSTEM, now=NOW, code="350982107298")
        with pytest.raises(AlreadyThere):
            service.open_unit(tree.township.id, "另一村", Level.VILLAGE, actor=SYSTEM, now=NOW, code="350982107299")

    def test_only_an_administrator_of_the_place_may(self, app):
        tree = a_tree()
        with pytest.raises(NotFound):
            a_group_by(a_user("admin", another_county()), tree)
        with pytest.raises(NotAllowed):
            a_group_by(a_user("organiser", tree.village), tree)
        assert a_group_by(a_user("admin", tree.county), tree)


def a_group_by(actor, tree):
    return service.open_unit(tree.village.id, "新组", Level.GROUP, actor=actor, now=NOW)


class TestMerge:
    def test_scope_follows_the_successor_and_figures_the_day(self, app):
        tree = a_tree()
        into = a_sibling_village()
        helper = a_user("organiser", into)
        with pytest.raises(NotFound):
            queries.organisation(tree.group.id, within=helper)

        service.merge(tree.village.id, into.id, DAY, actor=a_user("admin", tree.township), now=LATER)

        assert queries.organisation(tree.group.id, within=helper).id == tree.group.id
        assert queries.lineage(tree.village.id)[:2] == (tree.village.id, into.id)
        assert into.id not in queries.lineage(tree.group.id, on=DAY - timedelta(days=1))
        assert into.id in queries.lineage(tree.group.id, on=DAY)
        assert tree.county.id in queries.lineage(tree.group.id, on=DAY)
        merged = queries.organisation(tree.village.id)
        assert (merged.valid_to, merged.successor_id, merged.parent_id) == (DAY, into.id, into.id)
        assert [unit.id for unit in queries.children(into.id)] == [merged.id]
        assert len(queries.path(tree.group.id)) == len(queries.lineage(tree.group.id)) == 7

    def test_an_old_file_does_not_bring_a_merged_village_back(self, app):
        tree = a_tree()
        into = a_sibling_village()
        service.merge(tree.village.id, into.id, DAY, actor=SYSTEM, now=LATER)
        a_tree()
        assert queries.organisation(tree.village.id).parent_id == into.id

    def test_a_chain_of_mergers_on_one_day_keeps_one_open_row_for_each_pair(self, app):
        tree, second = a_tree(), a_sibling_village()
        third = a_sibling_village(tree, "350982107204", "后井村委会")
        service.merge(tree.village.id, second.id, DAY, actor=SYSTEM, now=LATER)
        service.merge(second.id, third.id, DAY, actor=SYSTEM, now=LATER)
        assert queries.lineage(tree.group.id)[:4] == (tree.group.id, tree.village.id, second.id, third.id)
        pairs = db.session.execute(select(Closure.ancestor_id, Closure.descendant_id).where(Closure.valid_to.is_(None))).all()
        assert len(pairs) == len(set(pairs))

    def test_nothing_opens_below_a_merged_unit(self, app):
        tree = a_tree()
        service.merge(tree.village.id, a_sibling_village().id, DAY, actor=SYSTEM, now=LATER)
        with pytest.raises(UnitClosed):
            a_group(tree.village.id, "新组")

    def test_what_makes_no_sense_is_refused(self, app):
        tree, other = a_tree(), a_sibling_village()
        for source, into, day in (
            (tree.village, tree.village, DAY),
            (tree.village, tree.township, DAY),
            (tree.township, tree.village, DAY),
            (tree.village, other, date(2028, 1, 1)),
            (tree.village, other, date(1800, 1, 1)),
        ):
            with pytest.raises(CannotMerge):
                service.merge(source.id, into.id, day, actor=SYSTEM, now=LATER)
        assert db.session.scalar(select(Organisation).where(Organisation.valid_to.is_not(None))) is None

    def test_the_command_line_merges_by_codes(self, app):
        tree, other = a_tree(), a_sibling_village()
        run = app.test_cli_runner().invoke
        done = run(args=["organisations", "merge", tree.village.code, other.code, "--on", "2020-01-01"])
        assert done.exit_code == 0, done.output
        db.session.expire_all()
        assert queries.organisation(tree.village.id).successor_id == other.id
        assert run(args=["organisations", "merge", tree.village.code, other.code, "--on", "2020-01-01"]).exit_code == 1
        assert run(args=["organisations", "merge", "999", other.code, "--on", "2020-01-01"]).exit_code == 1


class TestScope:
    def test_an_actor_reaches_its_subtree_and_no_neighbour(self, app):
        tree, other, far = a_tree(), a_sibling_village(), another_county()
        village, township, county = (a_user("viewer", unit) for unit in (tree.village, tree.township, tree.county))

        def seen(actor):
            return set(db.session.scalars(select(Organisation.id).where(queries.within(actor, Organisation.id))))

        assert seen(village) == {tree.village.id, tree.group.id}
        assert seen(township) == seen(village) | {tree.township.id, other.id}
        assert far.id not in seen(county)
        assert far.id in seen(a_user("viewer", tree.city))
        assert seen(a_user(None)) == set()

    def test_a_role_reaches_only_where_it_is_held(self, app):
        tree, other = a_tree(), a_sibling_village()
        actor = a_user("group_leader", tree.village)
        reach = select(Organisation.id).where(queries.within(actor, Organisation.id, "viewer"))
        assert list(db.session.scalars(reach)) == []
        assert queries.organisation(tree.village.id, within=actor)
        with pytest.raises(NotFound):
            queries.organisation(other.id, within=actor)

    def test_search_finds_by_name_and_code_in_reach_only(self, app):
        tree, other, _far = a_tree(), a_sibling_village(), another_county()
        county = a_user("viewer", tree.county)
        assert [(unit.id, above) for unit, above in queries.search("龙田", within=county)] == [(other.id, "点头镇")]
        assert [unit.id for unit, _ in queries.search("350982107", within=county, limit=2)] == [tree.township.id, other.id]
        assert queries.search("赛里", within=county) == []
        assert queries.search("%", within=county) == []

    def test_every_query_is_one_statement(self, app, statements):
        tree = a_tree()
        actor = a_user("viewer", tree.province)
        province, village, group = tree.province.id, tree.village.id, tree.group.id
        for ask in (
            lambda: queries.path(group),
            lambda: queries.children(village),
            lambda: queries.search("观", within=actor),
            lambda: queries.lineage(group),
            lambda: queries.count_below(province),
        ):
            statements.clear()
            assert ask()
            assert len(statements) == 1
