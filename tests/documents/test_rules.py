"""Words and names on papers."""

import pytest

from eventsvc.activities.models import State
from eventsvc.core.actor import Actor
from eventsvc.core.lunar import Anniversary
from eventsvc.declare import Document
from eventsvc.documents import contents
from eventsvc.documents.rules import in_time, names_people, number_words, village_name
from eventsvc.infra import pdf
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from tests.conftest import NOW
from tests.factories.activities import an_activity
from tests.factories.organisations import Tree, a_sibling_village
from tests.factories.registrations import an_id_number, signed_up

AGREED = {"contact": True, "health": True, "identity": True}


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (52, "五十二"), (60, "六十"), (100, "一百"), (101, "一百零一"), (110, "一百一十"), (115, "一百一十五")],
)  # fmt: skip
def test_years_are_written_as_they_are_read(number: int, words: str):
    assert number_words(number) == words


@pytest.mark.parametrize(
    ("office", "place"),
    [("观洋村委会", "观洋村"), ("观洋村民委员会", "观洋村"), ("桐江社区居委会", "桐江社区"), ("桐江居委会", "桐江社区"), ("点头镇", "点头镇")],
)  # fmt: skip
def test_a_place_is_named_not_its_committee(office: str, place: str):
    assert village_name(office) == place


def test_a_paper_waits_for_its_state():
    paper = Document("x", "x", "x.html", after="published")
    assert [state for state in State if in_time(paper, state)] == [State.PUBLISHED, State.HELD, State.ARCHIVED]


def test_every_paper_of_every_kind_is_known_and_has_its_template():
    for paper in (paper for kind in KINDS.values() for paper in kind.documents):
        assert paper.code in contents.BUILDERS or paper.each == "registration"
        assert names_people(paper) or paper.code == "summary"
        assert (pdf.TEMPLATES / paper.template).exists()


class TestNames:
    def test_an_association_signs_with_the_names_from_the_county_down(self, tree: Tree):
        names = {unit.level.value: contents.formal_name(organisations.organisation(unit.id)) for unit in (tree.county, tree.township, tree.village, tree.group)}
        assert names == {
            "county": "福鼎市计划生育协会", "township": "福鼎市点头镇计划生育协会", "village": "福鼎市点头镇观洋村计划生育协会",
            "group": "福鼎市点头镇观洋村计划生育协会第一会员小组",
        }  # fmt: skip

    def test_the_province_signs_with_its_own_name(self, tree: Tree):
        assert contents.formal_name(tree.province) == "福建省计划生育协会"


class TestWeddingDay:
    def said(self, **when: object) -> dict[str, str]:
        return contents._anniversary(Anniversary(**when).to_dict(), NOW.date())

    def test_it_is_said_as_it_was_told(self):
        assert self.said(calendar="lunar", year=1974, month=12, day=8)["said"] == "农历一九七四年十二月初八（公历1975年1月19日）"
        assert self.said(calendar="lunar", year=1974, month=12)["said"] == "农历一九七四年十二月"
        assert self.said(calendar="solar", year=1976)["said"] == "1976年"

    def test_years_are_full_years_and_never_less_than_fifty_when_they_may_be(self):
        assert self.said(calendar="solar", year=1977, month=5, day=1)["years_words"] == "五十"
        assert self.said(calendar="solar", year=1977)["years_words"] == "五十"
        assert self.said(calendar="solar", year=1966, month=10, day=1)["years_words"] == "六十"

    def test_nothing_known_is_nothing_said(self):
        assert contents._anniversary(None, NOW.date()) == {"said": "", "years_words": ""}


class TestSheet:
    def test_several_villages_stand_apart_in_order_and_numbers_run_through(self, tree: Tree, organiser: Actor):
        other = a_sibling_village(tree)
        activity = an_activity(unit=tree.township)
        for village in (tree.village, other, tree.village):
            signed_up(activity, village=str(village.id))
        work = contents.of(KINDS["golden_wedding"].document("sign_in"), activity, activity.id, today=NOW.date())
        lines = work.context["parties"]
        assert [line["heading"] for line in lines if line["heading"]] == [village_name(tree.village.name), village_name(other.name)]
        assert [line["number"] for line in lines] == [1, 2, 3]
        assert work.context["total"] == "共3对6人"

    def test_nothing_but_what_a_door_needs_is_on_it(self, organiser: Actor):
        activity, number = an_activity(by=organiser), an_id_number()
        signed_up(activity, people__husband__health="高血压", people__husband__id_number=number, consent=AGREED)
        work = contents.of(KINDS["golden_wedding"].document("sign_in"), activity, activity.id, today=NOW.date())
        assert "高血压" not in str(work.context) and number not in str(work.context)

    def test_a_certificate_has_neither_health_nor_numbers_of_papers(self, organiser: Actor):
        activity = an_activity(by=organiser)
        signed_up(activity, people__husband__health="高血压", answers__address="观洋村12号", people__husband__phone="13859001234", consent=AGREED)
        work = contents.of(KINDS["golden_wedding"].document("certificate"), activity, activity.id, today=NOW.date())
        assert all(secret not in str(work.context) for secret in ("高血压", "观洋村12号", "13859001234"))
