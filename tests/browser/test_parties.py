"""Pages about parties of several people, on a telephone and at a desk: nothing sticks out, nothing keeps anybody away."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from eventsvc.registrations import queries
from tests.browser.person import Person
from tests.browser.town import Town
from tests.factories.activities import NOW, an_activity
from tests.factories.registrations import delegation_body, signed_up

PROXY = {"relation": "child", "name": "陈丽华", "phone": "13900001111"}


@pytest.fixture(scope="module")
def known(town: Town) -> Iterator[dict[str, str]]:
    """A golden wedding with a couple whom a child signed up, and a course with a delegation: addresses."""
    with town.live.app.app_context():
        unit = organisations.by_code("350982107207")
        assert unit is not None
        day = max(clock.now(), NOW) + timedelta(days=60)
        wedding = an_activity(unit=unit, places=20, starts_at=day, cutoff_date=day.date())
        course = an_activity("training", unit=unit, places=20, starts_at=day)
        couple = signed_up(wedding, now=clock.now(), proxy=PROXY, people__husband__phone="", people__husband__name="古丽娜尔·艾山江")
        several = signed_up(course, now=clock.now(), body=delegation_body(3))
        person = queries.parties([several.id])[0].people[1].id
        yield {
            "wedding": f"/activities/{wedding.id}/registrations", "course": f"/activities/{course.id}/registrations", "couple": str(couple.id),
            "several": str(several.id), "person": str(person), "secret": couple.secret, "code": couple.code, "link": f"/s/{course.slug}",
            "baby": f"/s/{an_activity('parent_child', unit=unit, places=9, starts_at=day).slug}",
            "young": f"/s/{an_activity('youth_mixer', unit=unit, places=9, starts_at=day).slug}",
        }  # fmt: skip
        db.session.remove()


def stands(person: Person, path: str, picture: str) -> None:
    person.goes(path).has_no_sideways_scroll().finds_no_barrier().picture(picture)


OFFICE = {
    "party": "{course}/{several}", "replace": "{course}/{several}/people/{person}/replace", "unconfirmed": "{wedding}/unconfirmed",
    "slip": "{wedding}/{couple}/slip", "slips": "{wedding}/slips", "table-wedding": "{wedding}/table", "table-course": "{course}/table?people=3",
    "list": "{wedding}", "party-couple": "{wedding}/{couple}",
}  # fmt: skip


class TestTheOffice:
    @pytest.mark.parametrize("page", OFFICE)
    def test_at_a_desk(self, town: Town, known: dict[str, str], page: str) -> None:
        stands(town["cunli"], OFFICE[page].format(**known), f"parties-{page}-1280")

    @pytest.mark.parametrize("page", OFFICE)
    def test_on_a_telephone(self, town: Town, known: dict[str, str], page: str) -> None:
        if not hasattr(town, "carried"):
            town.carried = town.on_a_phone("cunli")  # type: ignore[attr-defined]
        stands(town.carried, OFFICE[page].format(**known), f"parties-{page}-390")  # type: ignore[attr-defined]


class TestTheParty:
    @pytest.mark.parametrize("phone", [True, False])
    def test_says_that_it_comes_and_who_does_not(self, town: Town, known: dict[str, str], phone: bool) -> None:
        size = "390" if phone else "1280"
        person = town.somebody(phone=phone)
        person.goes(f"/k/{known['secret']}").follows("请报名的本人确认").has_no_sideways_scroll().finds_no_barrier().picture(f"parties-confirm-{size}")
        stands(person, f"/r/{known['code']}/change", f"parties-change-{size}")

    @pytest.mark.parametrize("kind", ["link", "baby", "young"])
    @pytest.mark.parametrize("phone", [True, False])
    def test_reads_the_form_of_each_shape(self, town: Town, known: dict[str, str], kind: str, phone: bool) -> None:
        stands(town.somebody(phone=phone), known[kind], f"parties-{kind}-{'390' if phone else '1280'}")

    def test_of_several_is_signed_up_on_a_telephone_without_a_script(self, town: Town, known: dict[str, str]) -> None:
        person = town.somebody(phone=True, scripts=False).goes(known["link"])
        person.fills(**{"proxy.name": "林小芳", "proxy.phone": "13900002222", "people.member_1.name": "许一", "answers.unit_name": "柏柳村计生协"})
        person.picks(**{"people.member_1.sex": "female"}).presses("再加一人")
        assert person.says("people.member_1.name") == "许一"
        person.fills(**{"people.member_2.name": "许二"}).picks(**{"people.member_2.sex": "male", "consent.contact": "1"})
        person.presses("提交报名").sees("许一、许二").picture("parties-receipt-390")
        with town.live.app.app_context():
            last = queries.roster(UUID(known["course"].split("/")[2]))
            db.session.remove()
        assert sorted(len(party.people) for party in last) == [2, 3]
