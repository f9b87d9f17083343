"""The engine of papers: only its own assets, every glyph or none, the same bytes for the same paper."""

import contextlib
import io
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from eventsvc.infra import fontdata, pdf
from eventsvc.infra.sandbox import Trouble

ROOT = Path(__file__).resolve().parents[2]
PAGE = "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>试</title>"


def write(body: str, **assets: bytes) -> pdf.Paper:
    return pdf.write(PAGE + body, assets, lambda *_: None)


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#a62b1f").save(out, "JPEG")
    return out.getvalue()


class Listener:
    """A server that counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.came: list[object] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.came.append(visitor)
            visitor.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/x"


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.socket.close()


MARKUP = (
    '<img src="{url}">', '<img srcset="{url} 2x" src="{url}">', '<link rel="stylesheet" href="{url}">',
    "<style>@import url({url});</style>", "<style>@font-face{{font-family:x;src:url({url})}}</style><p style='font-family:x'>a",
    '<p style="background:url({url})">x', '<ul style="list-style-image:url({url})"><li>x</ul>', '<object data="{url}"></object>',
    '<embed src="{url}">', '<link rel="attachment" href="{url}">', '<a rel="attachment" href="{url}">x</a>',
    "<style>p::before{{content:url({url})}}</style><p>x", '<p style="border-image:url({url}) 1;border:1px solid">x',
)  # fmt: skip


class TestFetching:
    @pytest.mark.parametrize("markup", MARKUP)
    @pytest.mark.parametrize("scheme", ["http", "file", "ftp"])
    def test_nothing_foreign_is_fetched(self, markup: str, scheme: str, listener: Listener):
        url = {"http": listener.url, "file": "file:///etc/hostname", "ftp": "ftp://127.0.0.1/x"}[scheme]
        with pytest.raises(Trouble, match="外面的内容"):
            write(markup.format(url=url))
        assert listener.came == []

    def test_the_listener_would_notice(self, listener: Listener):
        socket.create_connection(listener.socket.getsockname()).close()
        for _ in range(100):
            if listener.came:
                break
            threading.Event().wait(0.02)
        assert listener.came

    def test_an_image_inside_an_svg_is_not_fetched_either(self, listener: Listener):
        with contextlib.suppress(Trouble):
            write(f'<svg width="10" height="10"><image href="{listener.url}" width="10" height="10"/></svg>')
        assert listener.came == []

    def test_its_own_photo_is_shown(self):
        reader = pypdf.PdfReader(io.BytesIO(write('<img src="asset:photo">', photo=a_photo()).content))
        assert len(reader.pages[0].images) == 1

    @pytest.mark.parametrize("source", ["asset:other", "photo.jpg", "/etc/hostname", "data:text/html,x", "data:image/svg+xml,<svg/>"])
    def test_anything_else_is_refused(self, source: str):
        with pytest.raises(Trouble):
            write(f'<img src="{source}">', photo=a_photo())

    def test_a_photo_that_cannot_be_read_stops_the_paper(self):
        with pytest.raises(Trouble, match="照片打不开"):
            write('<img src="asset:photo">', photo=b"\xff\xd8\xffnot a photo")


class TestGlyphs:
    def test_rare_characters_of_names_print_from_embedded_fonts(self):
        paper = write("<p style=\"font-family: FangSong, 'LXGW WenKai', 'Noto Serif CJK SC'\">王𬭎 欧阳䶮 祎赟旻昇翀玥珺喆㙍𬀩")
        reader = pypdf.PdfReader(io.BytesIO(paper.content))
        assert "王𬭎欧阳䶮祎赟旻昇翀玥珺喆㙍𬀩" in "".join(reader.pages[0].extract_text().split())
        for font in reader.pages[0]["/Resources"]["/Font"].values():
            for inner in font.get_object()["/DescendantFonts"]:
                about = inner.get_object()["/FontDescriptor"].get_object()
                assert "/FontFile2" in about or "/FontFile3" in about

    def test_each_missing_character_is_named_once(self):
        with pytest.raises(Trouble) as no:
            write("<p>王\U00031350 李\U00031350 \U00031351")
        assert str(no.value).count("\U00031350") == 1 and "U+31351" in str(no.value)

    def test_a_character_in_a_photo_caption_counts_too(self):
        with pytest.raises(Trouble, match="U\\+31350"):
            write("<figure><figcaption>\U00031350</figcaption></figure>")


class TestBytes:
    def test_the_same_paper_has_the_same_bytes_in_another_process(self):
        body = "<p>金婚庆典 𬭎</p><img src='asset:photo'>"
        mine = write(body, photo=a_photo()).content
        source = (
            "import sys; from pathlib import Path; from eventsvc.infra.fonts import use_fonts; use_fonts(Path('var'));"
            "from tests.documents import test_pdf as t; sys.stdout.buffer.write(t.write(sys.argv[1], photo=t.a_photo()).content)"
        )
        for seed in ("77",):
            told = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PATH": "/usr/bin"}
            made = subprocess.run([sys.executable, "-c", source, body], env=told, cwd=ROOT, capture_output=True, check=True)
            assert made.stdout == mine

    def test_fonts_that_are_lent_give_the_same_bytes_as_fonts_that_are_copied(self, monkeypatch: pytest.MonkeyPatch):
        faces = "".join(f"<p style='font-family: {face}, LXGW WenKai'>金婚 2027 𬭎 <b>重</b>" for face in ("FangSong", "KaiTi", "SimSun", "SimHei"))
        lent = write(faces).content
        asked = []
        monkeypatch.setattr(fontdata, "_lend", lambda face, *more: asked.append(1) or fontdata._copied(face, *more))
        assert write(faces).content == lent
        assert asked, "WeasyPrint no longer asks here for its fonts"

    def test_it_says_its_title_and_its_language(self):
        reader = pypdf.PdfReader(io.BytesIO(write("<p>x").content))
        assert reader.metadata.title == "试"
        assert reader.trailer["/Root"]["/Lang"] == "zh-CN"


class TestPlain:
    def test_only_plain_values_go_to_a_paper(self):
        pdf.plain({"a": [1, "x", None, True, date(2027, 5, 29), ("y", 1.5)]})
        for wrong in (object(), {"row": object()}, [b"bytes"], {1: {2: set()}}):
            with pytest.raises(TypeError):
                pdf.plain(wrong)

    def test_what_people_wrote_is_text_and_never_markup(self):
        context = {
            "title": "<script>x</script>", "unit": "<b>u</b>", "date": "2027年5月29日", "photos": [],
            "sections": [{"number": "一", "label": "<img src=x>", "paragraphs": ["<style>p{display:none}</style>可见"], "parts": [], "figures": []}],
        }  # fmt: skip
        paper = pdf.render("documents/summary.html", context)
        words = "".join(pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())
        assert "<script>" in words and "<imgsrc=x>" in words and "可见" in words

    def test_a_value_that_the_template_misses_is_an_accident_not_a_gap(self):
        with pytest.raises(Exception, match="UndefinedError"):
            pdf.render("documents/summary.html", {"title": "x"})
