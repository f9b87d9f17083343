"""The office's pages: the list, one party, entry by staff, decisions, the workbook."""

import re
from io import BytesIO

import openpyxl
import pytest

from eventsvc.registrations import queries, service
from eventsvc.registrations.models import Standing
from eventsvc.registrations.workbook import shown
from tests.clients import form_of, text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.questions import a_question, asked
from tests.factories.registrations import a_name, a_phone, an_id_number, signed_up

UNSURE = {"calendar": "solar", "year": 1977}


@pytest.fixture
def office(app, at_now):
    tree = a_tree()
    by = a_user("organiser", tree.village)
    return logged_in(app, by), an_activity(places=2, unit=tree.village, by=by)


def path(activity, rest=""):
    return f"/activities/{activity.id}/registrations{rest}"


def names_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><span><a [^>]+>([^<]+)</a>', page)


class TestList:
    def test_the_list_takes_ten_statements_at_most(self, office, statements):
        browser, activity = office
        for _ in range(4):
            signed_up(activity)
        here = path(activity)
        browser.get(here)
        statements.clear()
        browser.get(here)
        counted = [s for s in statements if not s.startswith("BEGIN")]
        assert len(counted) <= 10, counted

    @pytest.mark.parametrize("q", ["曾", "zengxy", "zxy", "5678", "曾 5678", "李玉兰"])
    def test_somebody_is_found_by_name_pinyin_or_last_digits(self, office, q):
        browser, activity = office
        signed_up(activity, people__husband__name="曾秀英", people__husband__phone="13812345678", people__wife__name="李玉兰")
        signed_up(activity, people__husband__name="王建国", people__husband__phone="13800000001", people__wife__name="陈金花")
        assert names_of(looked_for(browser, activity, q)) == ["曾秀英、李玉兰"]

    def test_somebody_is_found_by_code(self, office):
        browser, activity = office
        receipt = signed_up(activity)
        signed_up(activity)
        assert len(names_of(looked_for(browser, activity, receipt.code.lower().replace("-", "")))) == 1

    def test_nobody_found_says_what_to_try(self, office):
        browser, activity = office
        assert "没有找到" in text_of(looked_for(browser, activity, "没有这个人"))

    def test_whom_one_looks_for_stands_in_no_address_and_pages_keep_it(self, office, monkeypatch):
        browser, activity = office
        monkeypatch.setattr("eventsvc.registrations.listing.PAGE", 2)
        for _ in range(3):
            signed_up(activity, people__husband__name="曾秀英")
        signed_up(activity, people__husband__name="王建国")
        first = looked_for(browser, activity, "曾秀英", standing="")
        assert not re.search(r'(href|action)="[^"]*(q=|曾|%E6%9B%BE)', first)
        pages = form_of(first, action="/registrations", number=1)
        again = {name: pages[name] for name in ("q", "standing")}
        assert again == {"q": "曾秀英", "standing": ""}
        assert len(names_of(looked_for(browser, activity, page="2", **again))) == 1
        assert len(names_of(browser.get(path(activity, "?q=曾秀英")).text)) == 2  # an address says nothing of whom

    def test_pages_of_a_filter_that_came_by_post_keep_it(self, office, monkeypatch):
        browser, activity = office
        monkeypatch.setattr("eventsvc.registrations.listing.PAGE", 1)
        signed_up(activity), signed_up(activity)
        assert "standing=placed" in looked_for(browser, activity, "", standing="placed")

    def test_who_waits_stands_in_order_and_who_went_is_left_out(self, office):
        browser, activity = office
        receipts = [signed_up(activity) for _ in range(5)]
        service.withdraw(receipts[4].id, now=NOW)
        names = names_of(browser.get(path(activity, "?standing=waiting")).text)
        assert names == [p.names for p in queries.parties([receipts[2].id, receipts[3].id])]
        assert len(names_of(browser.get(path(activity)).text)) == 4
        assert len(names_of(browser.get(path(activity, "?standing=withdrawn")).text)) == 1

    @pytest.mark.parametrize("odd", ["?page=999999", "?page=-1", "?page=x", "?standing=odd", "?q=" + "x" * 500])
    def test_odd_addresses_show_a_page(self, office, odd):
        browser, activity = office
        signed_up(activity)
        browser.get(path(activity, odd))

    def test_fifty_stand_on_a_page(self, office, monkeypatch):
        browser, activity = office
        monkeypatch.setattr("eventsvc.registrations.listing.PAGE", 2)
        for _ in range(3):
            signed_up(activity)
        assert len(names_of(browser.get(path(activity)).text)) == 2
        assert len(names_of(browser.get(path(activity, "?page=2")).text)) == 1


def looked_for(browser, activity, q, **more):
    """The answer to somebody who looks for a party in the list."""
    browser.get(path(activity))
    return browser.post(path(activity), {"q": q, **more}, status=200).text


class TestEntry:
    def told(self, page):
        form = form_of(page, number=-1)
        form |= {
            "proxy.relation": "self", "people.husband.name": a_name(), "people.husband.phone": a_phone(), "people.wife.name": a_name(),
            "answers.married_on.year": "1970", "answers.marriage_proof": "own_word", "answers.residence": "living",
            "answers.honoured_before": "no", "consent.contact": "1",
        }  # fmt: skip
        return form

    def test_a_paper_form_is_entered_once_however_often_it_is_sent(self, office):
        browser, activity = office
        form = self.told(browser.get(path(activity, "/new")).text)
        first = browser.post(path(activity, "/new"), form, status=303)
        again = browser.post(path(activity, "/new"), form, status=303)
        assert first.location == again.location
        assert len(queries.roster(activity.id)) == 1

    def test_a_mistake_keeps_the_words(self, office):
        browser, activity = office
        form = self.told(browser.get(path(activity, "/new")).text)
        form["people.wife.name"] = "1"
        page = browser.post(path(activity, "/new"), form, status=422).text
        assert form["people.husband.name"] in page

    def test_without_its_token_a_form_is_refused(self, office):
        browser, activity = office
        form = self.told(browser.get(path(activity, "/new")).text)
        form.pop("csrf_token")
        assert browser.client.post(path(activity, "/new"), data=form).status_code == 400


class TestOneParty:
    def test_a_doubtful_party_is_admitted(self, office):
        browser, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        page = browser.get(path(activity, f"/{receipt.id}")).text
        assert "是否已满50年" in text_of(page)
        browser.post(path(activity, f"/{receipt.id}/decide/admit"), status=303)
        assert queries.by_id(receipt.id).standing == Standing.PLACED

    def test_it_is_rejected_only_with_words(self, office):
        browser, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        browser.get(path(activity, f"/{receipt.id}"))
        browser.post(path(activity, f"/{receipt.id}/decide/reject"), {"reason": ""}, status=303)
        assert queries.by_id(receipt.id).standing == Standing.TO_REVIEW
        browser.post(path(activity, f"/{receipt.id}/decide/reject"), {"reason": "不满五十年"}, status=303)
        assert queries.by_id(receipt.id).review_reason == "不满五十年"

    def test_the_office_takes_a_party_out_and_renews_its_link(self, office):
        browser, activity = office
        receipt = signed_up(activity)
        browser.get(path(activity, f"/{receipt.id}"))
        browser.post(path(activity, f"/{receipt.id}/decide/renew"), status=303)
        browser.get(f"/k/{receipt.secret}", status=403)
        browser.post(path(activity, f"/{receipt.id}/decide/withdraw"), status=303)
        assert queries.by_id(receipt.id).standing == Standing.WITHDRAWN

    def test_no_such_decision(self, office):
        browser, activity = office
        receipt = signed_up(activity)
        browser.get(path(activity, f"/{receipt.id}"))
        browser.post(path(activity, f"/{receipt.id}/decide/delete"), status=404)

    def test_a_name_is_corrected_by_whoever_said_why(self, office):
        browser, activity = office
        receipt = signed_up(activity, people__husband__name="张铁住")
        browser.get(path(activity, f"/{receipt.id}"))
        page = browser.post(path(activity, f"/{receipt.id}"), {"reason": "核对户口簿"}, status=200).text
        form = form_of(page, action=f"{receipt.id}/correct")
        assert form["people.husband.name"] == "张铁住"
        form["people.husband.name"] = "张铁柱"
        browser.post(path(activity, f"/{receipt.id}/correct"), form, status=303)
        assert queries.roster(activity.id)[0].people[0].name == "张铁柱"

    def test_without_a_reason_nothing_is_shown(self, office):
        browser, activity = office
        receipt = signed_up(activity, people__husband__phone="13812345678")
        browser.get(path(activity, f"/{receipt.id}"))
        page = browser.post(path(activity, f"/{receipt.id}"), {"reason": " "}, status=422).text
        assert "13812345678" not in page
        assert "理由" in text_of(page)

    @pytest.mark.parametrize("reason", ["核对\x07户口簿", "核对\u202e户口簿", "核" * 300])
    def test_a_reason_that_cannot_be_kept_is_refused_in_words(self, office, reason: str):
        browser, activity = office
        receipt = signed_up(activity, people__husband__phone="13812345678")
        browser.get(path(activity, f"/{receipt.id}"))
        assert "13812345678" not in browser.post(path(activity, f"/{receipt.id}"), {"reason": reason}, status=422).text
        browser.post(path(activity, ".xlsx"), {"reason": reason}, status=422)
        browser.post(path(activity, f"/{receipt.id}/decide/reject"), {"reason": reason}, status=303)

    def test_answers_to_the_organisers_own_questions_are_hidden(self):
        (question,) = asked(a_question("card", label="银行卡号")).of_party
        assert shown(question, "6222020000001234", full=False) == "***"
        assert shown(question, "6222020000001234", full=True) == "6222020000001234"

    def test_a_party_of_another_activity_is_not_here(self, office):
        browser, activity = office
        other = signed_up(an_activity(unit=activity.organisation))
        browser.get(path(activity, f"/{other.id}"), status=404)


def test_a_viewer_sees_names_and_no_buttons(app, at_now):
    tree = a_tree()
    activity = an_activity(unit=tree.village)
    receipt = signed_up(activity)
    viewer = logged_in(app, a_user("viewer", tree.village))
    page = viewer.get(path(activity)).text
    assert len(names_of(page)) == 1
    assert "registrations.xlsx" not in page
    viewer.get(path(activity, ".xlsx"), status=403)
    assert "decide/" not in viewer.get(path(activity, f"/{receipt.id}")).text


class TestWorkbook:
    @pytest.fixture
    def numbers(self):
        return an_id_number("male", "19480312"), "13812345678"

    def book(self, answer):
        return [[c.value for c in row] for row in openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows()]

    def sign_up(self, activity, numbers):
        consent = {"contact": True, "identity": True}
        signed_up(activity, people__husband__id_number=numbers[0], people__husband__phone=numbers[1], village_name="=1+1", consent=consent)

    def test_a_kind_without_sign_up_has_no_list(self, office):
        browser, activity = office
        visits = an_activity("home_visit", unit=activity.organisation)
        browser.get(path(visits, ".xlsx"), status=404)

    def test_masked_unless_somebody_says_why(self, office, numbers):
        browser, activity = office
        self.sign_up(activity, numbers)
        masked = str(self.book(browser.get(path(activity, ".xlsx"))))
        assert [n for n in numbers if n in masked] == []
        assert "350982********" in masked
        browser.get(path(activity))
        browser.post(path(activity, ".xlsx"), {"reason": ""}, status=422)
        full = str(self.book(browser.post(path(activity, ".xlsx"), {"reason": "办理保险"}, status=200)))
        assert [n for n in numbers if n not in full] == []

    def test_an_id_number_keeps_its_digits_and_a_formula_stays_a_word(self, office, numbers):
        browser, activity = office
        self.sign_up(activity, numbers)
        browser.get(path(activity))
        rows = self.book(browser.post(path(activity, ".xlsx"), {"reason": "办理保险"}, status=200))
        cells = [cell for row in rows for cell in row]
        assert numbers[0] in cells
        assert "=1+1" in cells
        book = openpyxl.load_workbook(BytesIO(browser.post(path(activity, ".xlsx"), {"reason": "办理保险"}, status=200).data))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value == "=1+1"} == {"s"}
