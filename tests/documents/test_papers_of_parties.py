"""Papers for each person of a party: a certificate for each who came, a number instead of a name, one name where one is left."""

import io

import pypdf
import pytest

from eventsvc.checkin import service as checkin
from eventsvc.documents import contents
from eventsvc.infra import pdf
from eventsvc.kinds import KINDS
from eventsvc.registrations import queries, service
from tests.conftest import NOW
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.registrations import a_party, delegation_body, signed_up


def drawn(activity, code: str) -> pypdf.PdfReader:
    """Return a paper of all parties, as the worker draws it."""
    work = contents.parties(KINDS[activity.kind].document(code), activity, activity.id, NOW.date())
    return pypdf.PdfReader(io.BytesIO(pdf.render(work.template, work.context).content))


def text_of(paper: pypdf.PdfReader) -> list[str]:
    return ["".join(page.extract_text().split()) for page in paper.pages]


class TestACourse:
    def test_gives_a_certificate_to_each_who_came(self, app):
        activity = an_activity("training")
        party = a_party("training", body=delegation_body(3))
        boss = a_user("organiser", activity.organisation)
        made = service.add_by_staff(activity.id, party, channel="staff", nonce="a-delegation-of-three", actor=boss, now=NOW)
        came = queries.parties([made])[0].people[:2]
        checkin.check_in(activity.id, [one.id for one in came], actor=boss, now=activity.starts_at)
        activity.state = type(activity.state)("held")
        pages = text_of(drawn(activity, "certificate"))
        assert len(pages) == 2
        assert all(one.name in page for one, page in zip(came, pages, strict=True))
        assert "共6学时" in pages[0]

    def test_fits_the_longest_name_on_its_page(self, app):
        activity = an_activity("training")
        signed_up(activity, body=delegation_body(1, people__member_1__name="阿布都热合曼·吐尔逊买买提江·艾合买提"))
        assert len(drawn(activity, "certificate").pages) == 1


class TestAMeetingOfTheYoung:
    def test_has_badges_with_a_number_and_no_name(self, app):
        activity = an_activity("youth_mixer")
        receipt = signed_up(activity)
        (page,) = text_of(drawn(activity, "badge"))
        assert receipt.code in page
        assert queries.parties([receipt.id])[0].people[0].name not in page


class TestAGoldenWedding:
    @pytest.mark.parametrize("gone", [0, 1])
    def test_of_whom_one_is_left_names_one_and_speaks_of_the_other(self, app, gone):
        activity = an_activity()
        receipt = signed_up(activity)
        people = queries.parties([receipt.id])[0].people
        service.leave_one(receipt.id, people[gone].id, now=NOW)
        (page,) = text_of(drawn(activity, "certificate"))
        assert people[1 - gone].name in page
        assert people[gone].name not in page
        assert "与老伴相敬相爱" in page
        assert "白首同心" not in page

    def test_of_two_names_both(self, app):
        activity = an_activity()
        people = queries.parties([signed_up(activity).id])[0].people
        (page,) = text_of(drawn(activity, "certificate"))
        assert all(one.name in page for one in people)
        assert "与老伴" not in page
