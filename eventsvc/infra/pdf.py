"""Papers: a template and plain values in, the bytes of a PDF out. Made in a throw-away child of a warm process.

Nothing leaves the house while a paper is made: the fetcher knows this paper's own assets (`asset:photo-1`) and small
raster images written into the page, nothing else. A character that no font has stops the paper and is named.
"""

import datetime
import logging
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import HTML
from weasyprint.logger import LOGGER, PROGRESS_LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from eventsvc.core.words import N_
from eventsvc.infra import fontdata, sandbox
from eventsvc.infra.sandbox import Say, Trouble

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
MISSING_GLYPH = ".notdef glyph"
SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp", b"<svg": "image/svg+xml"}
RASTER = re.compile(r"data:(image/(?:png|jpeg|webp|gif));base64,", re.ASCII)
LONGEST_DATA = 4 * 2**20
PLAIN = (str, int, float, bool, type(None), datetime.date)

LAYING_OUT = N_("正在排版")
WRITING = N_("正在写入文件")


@dataclass(frozen=True)
class Paper:
    """A finished paper."""

    content: bytes
    pages: int


def render(
    template: str, context: Mapping[str, Any], assets: Mapping[str, bytes] | None = None, *,
    tell: Callable[[str, int, int], None] | None = None, seconds: int = 90, memory_mib: int = 1024, pages: int = 0,
) -> Paper:  # fmt: skip
    """Make one paper in a child of its own; `tell(stage, page, pages)` hears how far it is.

    Raises `sandbox.Trouble` when the paper cannot be made as asked (words for people), `sandbox.Broken` on an accident.
    """
    plain(context)
    made = sandbox.run(
        lambda say: _packed(write(html(template, context), assets or {}, say, pages)),
        seconds=seconds, memory_mib=memory_mib, tell=tell,
    )  # fmt: skip
    (count,) = struct.unpack_from("<I", made)
    return Paper(made[4:], count)


def html(template: str, context: Mapping[str, Any]) -> str:
    """Fill in a template of papers; everything that comes from outside is escaped."""
    return _templates().get_template(template).render(context)


def write(source: str, assets: Mapping[str, bytes], say: Say, pages: int = 0) -> Paper:
    """Turn HTML into a paper, here and now. `render` is this in a child with limits."""
    with _listening(say, pages) as heard, fontdata.lent():
        try:
            document = HTML(string=source, base_url="paper:", url_fetcher=Fetcher(assets)).render(FontConfiguration())
            say(WRITING, 0, 0)
            content: bytes = document.write_pdf()
        except Foreign as no:
            raise Trouble(N_("文件里引用了外面的内容，不能生成：{what}"), what=no.what) from no
    if heard.missing:
        raise Trouble(N_("有的字没有字体，印不出来：{characters}。请换一个写法，或请管理员安装字体"), characters=heard.characters)
    if heard.broken:
        raise Trouble(N_("有一张照片打不开，请换一张再生成"))
    return Paper(content, len(document.pages))


def warm_up(templates: Iterable[str] = ()) -> None:
    """Load fonts and templates in this process, so that every child is born with them."""
    faces = "FangSong", "KaiTi", "SimSun", "SimHei", "XiaoBiaoSong"
    lines = "".join(f'<p style="font-family: {face}, \'LXGW WenKai\'">预热 𬭎 12 <b>重</b></p>' for face in faces)
    write(f"<title>预热</title>{lines}", {}, lambda *_: None)
    for name in templates:
        _templates().get_template(name)


def plain(value: Any) -> None:
    """Raise TypeError unless it is made of text, numbers, days and lists: no row of the database goes to a child."""
    if isinstance(value, PLAIN):
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            plain(name)
            plain(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            plain(inner)
    else:
        raise TypeError(f"not a plain value: {type(value).__name__}")


# -- what a paper may fetch ------------------------------------------------------------------------------------------


class Foreign(FatalURLFetchingError):
    """The paper asked for something that is not its own."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Fetcher(URLFetcher):
    """Knows the assets of one paper and raster images in `data:`; everything else stops the paper."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.assets = assets

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Answer for an asset of this paper, refuse the rest."""
        if url.startswith("asset:") and (content := self.assets.get(url.removeprefix("asset:"))) is not None:
            return URLFetcherResponse(url, content, {"Content-Type": media_type(content)})
        if RASTER.match(url) and len(url) <= LONGEST_DATA:
            return super().fetch(url)
        raise Foreign(url.partition(":")[0][:20])


def media_type(content: bytes) -> str:
    """Say what a file is by its first bytes."""
    return next((kind for mark, kind in SIGNATURES.items() if content.startswith(mark)), "application/octet-stream")


# -- what WeasyPrint says --------------------------------------------------------------------------------------------


@dataclass(eq=False)
class _listening(logging.Handler):  # noqa: N801 (reads as a phrase)
    """Hear what WeasyPrint logs while a paper is made: pages done, glyphs missing, pictures broken."""

    say: Say
    pages: int = 0
    missing: list[str] = field(default_factory=list)
    broken: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def __enter__(self) -> "_listening":
        self.before = PROGRESS_LOGGER.level, PROGRESS_LOGGER.propagate, LOGGER.propagate
        PROGRESS_LOGGER.setLevel(logging.INFO)
        PROGRESS_LOGGER.propagate = LOGGER.propagate = False
        for logger in (LOGGER, PROGRESS_LOGGER):
            logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        for logger in (LOGGER, PROGRESS_LOGGER):
            logger.removeHandler(self)
        level, PROGRESS_LOGGER.propagate, LOGGER.propagate = self.before
        PROGRESS_LOGGER.setLevel(level)

    def emit(self, record: logging.LogRecord) -> None:
        """Sort one message; what it says may hold a person's name and goes nowhere else."""
        told = record.args if isinstance(record.args, tuple) else ()
        if record.name == PROGRESS_LOGGER.name:
            if "Page %d" in str(record.msg) and isinstance(page := told[0], int):
                self.say(LAYING_OUT, page, max(page, self.pages) if self.pages else 0)
        elif MISSING_GLYPH in str(record.msg):
            self.missing.append(str(told[0]))
        elif "Failed to load image" in str(record.msg):
            self.broken = True

    @property
    def characters(self) -> str:
        """Name the missing characters, each once, with their numbers."""
        once = dict.fromkeys(self.missing)
        return "、".join(f"“{char}”（U+{ord(char):04X}）" for char in list(once)[:10])


# -- templates -------------------------------------------------------------------------------------------------------


@cache
def _templates() -> Environment:
    """The templates of papers: autoescaped, strict, in Chinese."""
    papers = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    papers.globals["style"] = _style
    return papers


@cache
def _style(name: str) -> Markup:
    """Return a stylesheet of ours, to be put into the page: a paper fetches none."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 — our own file


def _packed(paper: Paper) -> bytes:
    return struct.pack("<I", paper.pages) + paper.content
