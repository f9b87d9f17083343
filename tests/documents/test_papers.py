"""How papers look: the measures of GB/T 9704, read back from the PDF."""

import io
from typing import Any

import pypdf
import pypdfium2
import pytest

from eventsvc.infra import pdf
from tests.documents.test_pdf import a_photo

MM = 72 / 25.4
TOP, LEFT, WIDTH, HEIGHT = 37, 28, 156, 225
LINES, CHARACTERS = 22, 28
BODY = "计划生育协会会员小组长逐户摸底登记逐对上门确认意愿量衣拍照准备车辆"


def a_summary(paragraphs: list[str], **more: Any) -> dict[str, Any]:
    section = {"number": "一", "label": "基本情况", "paragraphs": paragraphs, "parts": [], "figures": []}
    return {"title": "点头镇金婚庆典活动总结", "unit": "点头镇计划生育协会", "date": "2027年6月3日", "sections": [section], "photos": [], **more}


def characters(paper: pdf.Paper, page: int) -> list[tuple[str, float, float]]:
    """Return (character, left, middle) of a page in millimetres from its upper left corner."""
    with pypdfium2.PdfDocument(io.BytesIO(paper.content)) as document:
        sheet = document[page]
        height, text = sheet.get_height(), sheet.get_textpage()
        found = []
        for i in range(text.count_chars()):
            char = text.get_text_range(i, 1)
            left, bottom, right, top = text.get_charbox(i, loose=True)
            if char.strip():
                found.append((char, left / MM, (height - (top + bottom) / 2) / MM))
        return found


def lines(found: list[tuple[str, float, float]]) -> list[list[tuple[str, float, float]]]:
    """Put characters that stand at one height into one line."""
    rows: dict[int, list[tuple[str, float, float]]] = {}
    for one in found:
        rows.setdefault(round(one[2] / (HEIGHT / LINES) * 2), []).append(one)
    return [rows[key] for key in sorted(rows)]


@pytest.fixture(scope="module")
def long_paper() -> pdf.Paper:
    """A summary of several full pages."""
    return pdf.render("documents/summary.html", a_summary([BODY * 12] * 4))


class TestSummary:
    def test_a_full_page_has_22_lines_of_28_characters(self, long_paper: pdf.Paper):
        body = [line for line in lines(characters(long_paper, 1)) if not any(char == "—" for char, *_ in line)]
        assert len(body) == LINES
        full = [line for line in body if abs(min(x for _, x, _ in line) - LEFT) < 1]
        assert max(len(line) for line in full) == CHARACTERS
        assert sum(len(line) == CHARACTERS for line in full) > LINES / 2

    def test_the_text_stands_in_the_type_area(self, long_paper: pdf.Paper):
        for page in range(long_paper.pages):
            body = [one for line in lines(characters(long_paper, page)) if not any(char == "—" for char, *_ in line) for one in line]
            assert min(x for _, x, _ in body) >= LEFT - 0.5
            assert max(x for _, x, _ in body) <= LEFT + WIDTH - WIDTH / CHARACTERS + 0.7
            assert min(y for *_, y in body) >= TOP
            assert max(y for *_, y in body) <= TOP + HEIGHT

    def test_lines_stand_on_a_grid(self, long_paper: pdf.Paper):
        heights = [sum(y for *_, y in line) / len(line) for line in lines(characters(long_paper, 1))][:LINES]
        steps = [below - above for above, below in zip(heights, heights[1:], strict=False)]
        assert all(abs(step - HEIGHT / LINES) < 0.4 for step in steps)

    def test_page_numbers_stand_outside_on_odd_and_even_pages(self, long_paper: pdf.Paper):
        for page, outside in ((0, lambda x: x > 105), (1, lambda x: x < 105)):
            number = next(line for line in reversed(lines(characters(long_paper, page))) if any(char == "—" for char, *_ in line))
            assert "".join(char for char, *_ in number) == f"—{page + 1}—"
            assert all(outside(x) for _, x, _ in number)
            assert all(y > TOP + HEIGHT + 5 for *_, y in number)

    def test_paragraphs_begin_two_characters_in(self, long_paper: pdf.Paper):
        first = next(line for line in lines(characters(long_paper, 0)) if line[0][0] == BODY[0])
        assert abs(min(x for _, x, _ in first) - (LEFT + 2 * WIDTH / CHARACTERS)) < 1

    def test_the_signature_never_stands_alone_on_a_page(self):
        for length in range(18, 23):
            paper = pdf.render("documents/summary.html", a_summary([BODY[:20]] * length))
            last = ["".join(char for char, *_ in line) for line in lines(characters(paper, paper.pages - 1))]
            assert any(BODY[:10] in line for line in last), f"{length} lines"

    def test_photos_stand_two_beside_each_other_with_their_words(self):
        photo = a_photo()
        context = a_summary(["好。"], photos=[{"asset": f"photo-{i}", "caption": f"说明{i}"} for i in range(3)])
        paper = pdf.render("documents/summary.html", context, {f"photo-{i}": photo for i in range(3)})
        with pypdfium2.PdfDocument(io.BytesIO(paper.content)) as document:
            boxes = [image.get_bounds() for page in document for image in page.get_objects() if image.type == 3]
        assert len(boxes) == 3
        assert abs(boxes[0][1] - boxes[1][1]) < 1 and boxes[1][0] > boxes[0][2]
        words = "".join(char for page in range(paper.pages) for char, *_ in characters(paper, page))
        assert all(f"说明{i}" in words for i in range(3))


class TestCertificate:
    def couples(self, *names: tuple[str, str]) -> dict[str, Any]:
        parties = [
            {"code": "7KQ2-M4XH", "people": [{"name": a, "sex": "男", "role": "husband"}, {"name": b, "sex": "女", "role": "wife"}],
             "answers": {"married_on": {"said": "农历一九七四年闰四月初八（公历1974年5月29日）", "years_words": "五十三"}}}
            for a, b in names
        ]  # fmt: skip
        return {"title": "金婚纪念证书", "unit": "福鼎市点头镇观洋村计划生育协会", "date": "2027年5月29日", "parties": parties}

    @pytest.mark.parametrize("names", [("张三", "李四"), ("王𬭎", "欧阳䶮"), ("买买提·艾合买提江", "阿依古丽·吐尔逊"), ("古丽·" * 9, "吐尔逊" * 8)])
    def test_a_couple_has_one_landscape_page_whatever_its_names(self, names: tuple[str, str]):
        paper = pdf.render("kinds/golden_wedding/certificate.html", self.couples(names))
        assert paper.pages == 1
        found = characters(paper, 0)
        assert all(16 < x < 281 and 16 < y < 194 for _, x, y in found)
        words = "".join(pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())
        assert names[0] in words and names[1] in words

    def test_a_couple_whose_day_is_not_known_has_a_page_without_one(self):
        context = self.couples(("张三", "李四"))
        context["parties"][0]["answers"]["married_on"] = {"said": "", "years_words": ""}
        words = "".join(char for char, *_ in characters(pdf.render("kinds/golden_wedding/certificate.html", context), 0))
        assert "五十载春秋" in words and "于喜结" not in words


class TestSignInSheet:
    def sheet(self, couples: int) -> pdf.Paper:
        people = [{"name": "张建国", "sex": "男", "phone": "138****5678"}, {"name": "李秀英", "sex": "女", "phone": ""}]
        parties = [{"number": i, "code": "7KQ2-M4XH", "village": "观洋村", "heading": "", "people": people} for i in range(1, couples + 1)]
        return pdf.render(
            "documents/sign_in_sheet.html",
            {"title": "签到表", "unit": "点头镇计划生育协会", "when": "5月29日", "venue": "礼堂", "parties": parties, "first_blank": couples + 1,
             "blanks": 4, "total": "共"},
        )  # fmt: skip

    def test_the_head_is_repeated_and_no_couple_is_torn_apart(self):
        paper = self.sheet(20)
        assert paper.pages >= 3
        for page in range(paper.pages):
            words = "".join(char for char, *_ in characters(paper, page))
            assert "序号" in words and "签名" in words
            assert words.count("张建国") == words.count("李秀英")

    def test_rows_are_high_enough_to_sign_in(self):
        names = [y for char, _, y in characters(self.sheet(5), 0) if char in "张李"]
        assert min(below - above for above, below in zip(sorted(names), sorted(names)[1:], strict=False)) >= 12
