"""Papers: asked for once, made as the asker may see them, fenced, handed out with scope, tidied."""

import io
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy import func, select

from eventsvc.core.actor import Actor
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.documents import pictures, service
from eventsvc.documents.errors import Nobody, NoReport, NotReady, TooEarly
from eventsvc.documents.models import Document, PaperState
from eventsvc.infra import storage
from eventsvc.infra.db import db
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.jobs.models import Job, JobState
from eventsvc.registrations import service as registrations
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.documents import asked, found, held_with_report, made
from tests.factories.organisations import Tree, a_sibling_village
from tests.factories.registrations import signed_up


def text_of(document: Document) -> str:
    """Read the words of a finished paper, without its line ends."""
    assert document.file
    reader = pypdf.PdfReader(io.BytesIO(storage.read(document.file.path)))
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


class TestAsking:
    def test_a_second_click_gives_the_same_paper_and_one_job(self, organiser: Actor):
        activity = an_activity(by=organiser)
        first, second = asked(activity, "sign_in", organiser), asked(activity, "sign_in", organiser)
        assert first.id == second.id
        assert db.session.scalar(select(func.count()).select_from(Job).where(Job.ref == first.id)) == 1

    def test_once_it_is_ready_a_click_makes_a_new_one(self, organiser: Actor):
        activity = an_activity(by=organiser)
        first = made(asked(activity, "sign_in", organiser), organiser)
        assert first.state is PaperState.READY
        assert asked(activity, "sign_in", organiser).id != first.id

    def test_a_paper_comes_no_earlier_than_its_kind_says(self, organiser: Actor):
        with pytest.raises(TooEarly, match="发布以后"):
            asked(an_activity(state="approved", by=organiser), "certificate", organiser)
        with pytest.raises(TooEarly, match="批准以后"):
            asked(an_activity(state="cancelled", by=organiser), "sign_in", organiser)

    def test_there_is_no_summary_without_a_report(self, organiser: Actor):
        with pytest.raises(NoReport, match="活动报告"):
            asked(an_activity(state="held", by=organiser), "summary", organiser)

    def test_there_are_no_certificates_without_couples(self, organiser: Actor):
        with pytest.raises(Nobody, match="金婚纪念证书"):
            asked(an_activity(by=organiser), "certificate", organiser)

    def test_a_paper_that_the_kind_does_not_declare_is_missing(self, organiser: Actor):
        with pytest.raises(NotFound):
            asked(an_activity(by=organiser), "passport", organiser)

    def test_a_party_of_another_activity_is_missing(self, organiser: Actor):
        activity, other = an_activity(by=organiser), an_activity(by=organiser)
        stranger = signed_up(other)
        with pytest.raises(NotFound):
            asked(activity, "certificate", organiser, stranger.id)

    def test_a_neighbour_never_sees_a_paper(self, organiser: Actor, tree: Tree):
        neighbour = a_user("organiser", a_sibling_village(tree), name="钱小红")
        activity = held_with_report(organiser)
        paper = made(asked(activity, "summary", organiser), organiser)
        with pytest.raises(NotFound):
            asked(activity, "summary", neighbour)
        with pytest.raises(NotFound):
            service.open_file(paper.id, actor=neighbour, now=NOW)

    def test_two_levels_above_sees_the_summary_but_no_names(self, organiser: Actor, county: Actor):
        activity = held_with_report(organiser)
        assert made(asked(activity, "summary", county), county).state is PaperState.READY
        sheet = made(asked(activity, "sign_in", organiser), organiser)
        for act in (lambda: asked(activity, "sign_in", county), lambda: service.open_file(sheet.id, actor=county, now=NOW)):
            with pytest.raises(NotAllowed):
                act()


class TestMaking:
    def test_the_summary_has_the_words_the_figures_and_who_signs(self, organiser: Actor):
        paper = made(asked(held_with_report(organiser), "summary", organiser), organiser)
        words = text_of(paper)
        assert paper.state is PaperState.READY and paper.pages and paper.trouble == ""
        for expected in ("活动总结", "一、基本情况", "全村摸底登记金婚夫妇十二对", "一是提前摸底", "举办活动1场", "下步打算",
                         "福鼎市点头镇观洋村计划生育协会"):  # fmt: skip
            assert expected in words, words

    def test_the_sign_in_sheet_has_everybody_with_masked_phones(self, organiser: Actor):
        activity = an_activity(by=organiser)
        signed_up(activity, people__husband__name="王𬭎", people__husband__phone="13859001234", people__wife__name="欧阳䶮")
        words = text_of(made(asked(activity, "sign_in", organiser), organiser))
        assert "王𬭎" in words and "欧阳䶮" in words
        assert "138****1234" in words and "13859001234" not in words
        assert "共1对2人" in words

    def test_a_sheet_without_a_list_is_blank(self, organiser: Actor):
        paper = made(asked(an_activity(by=organiser), "sign_in", organiser), organiser)
        assert paper.state is PaperState.READY
        assert "36" in text_of(paper)

    def test_each_couple_gets_one_page_and_the_wedding_day_as_it_was_told(self, organiser: Actor):
        activity = an_activity(by=organiser)
        for _ in range(3):
            signed_up(activity)
        paper = made(asked(activity, "certificate", organiser), organiser)
        assert paper.pages == 3
        assert "农历一九七四年十二月初八（公历1975年1月19日）" in text_of(paper)
        assert "五十二载春秋" in text_of(paper)

    def test_one_couple_can_have_its_own_certificate(self, organiser: Actor):
        activity = an_activity(by=organiser)
        signed_up(activity)
        mine = signed_up(activity, people__husband__name="王𬭎")
        paper = made(asked(activity, "certificate", organiser, mine.id), organiser)
        assert paper.pages == 1
        assert "王𬭎" in text_of(paper) and mine.code in text_of(paper)

    def test_a_character_that_no_font_has_stops_the_paper_and_is_named(self, organiser: Actor):
        activity = an_activity(by=organiser)
        signed_up(activity, people__husband__name="王\U00031350")
        paper = made(asked(activity, "certificate", organiser), organiser)
        assert paper.state is PaperState.FAILED
        assert "\U00031350" in paper.trouble and "U+31350" in paper.trouble
        assert asked(activity, "certificate", organiser).id != paper.id

    def test_a_list_that_is_gone_meanwhile_fails_in_words(self, organiser: Actor):
        activity = an_activity(by=organiser)
        mine = signed_up(activity)
        paper = asked(activity, "certificate", organiser)
        registrations.withdraw(mine.id, now=NOW)
        assert "还没有报名成功" in made(paper, organiser).trouble

    def test_who_lost_the_right_meanwhile_gets_no_paper(self, organiser: Actor, tree: Tree):
        guest = a_user("viewer", tree.village, name="孙一")
        activity = an_activity(by=organiser)
        paper = asked(activity, "sign_in", guest)
        from eventsvc.accounts import service as accounts  # noqa: PLC0415
        from eventsvc.accounts.models import RoleGrant  # noqa: PLC0415

        grant = db.session.scalar(select(RoleGrant).where(RoleGrant.user_id == guest.id))
        accounts.revoke(grant.id, actor=a_user("admin", tree.village, name="管理"), now=NOW)
        assert made(paper, organiser).state is PaperState.FAILED

    def test_a_late_finisher_loses_and_leaves_no_file(self, organiser: Actor):
        paper = asked(an_activity(by=organiser), "sign_in", organiser)
        late = jobs.claim(jobs.progress(paper.id).id)
        late.lease_no -= 1
        kept = storage.keep(b"%PDF-late", ".pdf", name=f"0-{paper.id.hex}")
        with pytest.raises(jobs.LostLease):
            service.finish(late, kept, 1, now=NOW)
        assert not (storage.root() / kept.path).exists()
        assert found(paper.id, organiser).file is None

    def test_an_accident_is_tried_again_and_the_paper_waits(self, organiser: Actor, monkeypatch: pytest.MonkeyPatch):
        paper = asked(an_activity(by=organiser), "sign_in", organiser)
        monkeypatch.setattr(service.contents, "of", lambda *_, **__: 1 / 0)
        assert made(paper, organiser).state is PaperState.RENDERING
        going = jobs.progress(paper.id)
        assert going.state is JobState.DUE and "自动再试" in going.trouble


class TestHandingOut:
    def test_what_is_not_ready_is_not_handed_out(self, organiser: Actor):
        paper = asked(an_activity(by=organiser), "sign_in", organiser)
        with pytest.raises(NotReady):
            service.open_file(paper.id, actor=organiser, now=NOW)

    def test_the_file_is_named_after_the_activity(self, organiser: Actor):
        paper = made(asked(an_activity(by=organiser), "sign_in", organiser), organiser)
        path, name = service.open_file(paper.id, actor=organiser, now=NOW)
        assert name == "观洋村委会2027年金婚庆典-签到表.pdf"
        assert storage.read(path).startswith(b"%PDF")

    def test_each_page_is_a_picture_and_there_is_none_beyond_the_last(self, organiser: Actor):
        paper = made(asked(an_activity(by=organiser), "sign_in", organiser), organiser)
        assert pictures.picture(paper.file.path, 1).read_bytes().startswith(b"\x89PNG")
        for number in (0, paper.pages + 1):
            with pytest.raises(NotFound):
                pictures.picture(paper.file.path, number)

    def test_papers_with_names_go_after_three_months_summaries_stay(self, organiser: Actor):
        activity = held_with_report(organiser)
        sheet = made(asked(activity, "sign_in", organiser), organiser)
        summary = made(asked(activity, "summary", organiser), organiser)
        picture = pictures.picture(sheet.file.path, 1)
        path = storage.root() / sheet.file.path
        later = max(sheet.ready_at, summary.ready_at) + timedelta(days=91)
        assert service.tidy(now=later) == 1
        assert not path.exists() and not picture.exists()
        assert found(summary.id, organiser).file is not None
