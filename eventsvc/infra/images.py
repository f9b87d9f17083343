"""Pictures and scans from outside: judged by their header before anything is decoded, then built anew from their pixels.

What a camera writes beside the picture (place, time, device) does not survive, nor does anything hidden in the file.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from eventsvc.core.errors import Invalid
from eventsvc.core.words import N_

PIXELS = 40_000_000
PDF_BYTES = 15 * 2**20
PDF_PAGES = 50
SUFFIX = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}
FORMATS = ("JPEG", "PNG", "WEBP")


class BadPicture(Invalid):
    """The file is not a picture that we take."""

    code = "bad_picture"
    words = N_("请用 JPEG、PNG 或 WebP 格式的照片；苹果手机的 HEIC 照片请先截图或另存为 JPEG")

    def __init__(self, words: str = "") -> None:
        self.words = words or type(self).words  # type: ignore[misc]
        super().__init__()


class BadScan(BadPicture):
    """The file is neither a picture nor a PDF that can be opened."""

    code = "bad_scan"
    words = N_("请用照片（JPEG、PNG、WebP）或 PDF")


@dataclass(frozen=True)
class Photo:
    """A file made anew: its bytes, what it is, its size in pixels (0 × 0 for a PDF)."""

    bytes: bytes
    media_type: str
    width: int = 0
    height: int = 0


def take_photo(content: bytes, longest: int = 1600) -> Photo:
    """Make a picture anew as a JPEG no longer than `longest`, without metadata; refuse it from the header, before it is decoded."""
    if _format(content) not in FORMATS:
        raise BadPicture
    try:
        with _whole_only(), warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as found:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            _refuse_by_header(found)
            return _rebuilt(found, longest)
    except BadPicture:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning,
            OSError, ValueError, SyntaxError, struct.error, EOFError, IndexError) as broken:  # fmt: skip
        raise BadPicture(N_("这张照片打不开，可能没有传完整，请重新选一张")) from broken


@contextmanager
def _whole_only() -> Iterator[None]:
    """Refuse half a picture: WeasyPrint, where a process has it, makes Pillow fill in what is missing, for all."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def take_scan(content: bytes, longest: int = 2400) -> Photo:
    """Take a picture, or a PDF that opens: whatever a phone or an office scanner makes of a signed page."""
    if content[:5] == b"%PDF-":
        return _checked_pdf(content)
    if _format(content) not in FORMATS:
        raise BadScan
    return take_photo(content, longest)


def _format(content: bytes) -> str:
    """Tell the format by the first bytes; what a file is called or claims to be does not count."""
    if content[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return ""


def _refuse_by_header(found: Image.Image) -> None:
    width, height = found.size
    if width * height > PIXELS:
        raise BadPicture(N_("照片太大了，超过4000万像素；请用手机默认的清晰度重拍，或缩小后再传"))
    if min(width, height) < 8:
        raise BadPicture(N_("这张图太小，看不清"))
    if found.format != "MPO" and getattr(found, "n_frames", 1) > 1:  # MPO: a phone's JPEG with its preview inside
        raise BadPicture(N_("请用静态的照片，不要用动图"))


def _rebuilt(found: Image.Image, longest: int) -> Photo:
    """Decode, turn upright, shrink, and paint the pixels onto a new picture."""
    if found.format == "JPEG":
        found.draft("RGB", (longest, longest))
    upright = ImageOps.exif_transpose(found)
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    shown = upright.convert("RGBA") if upright.mode in ("P", "LA", "PA", "RGBA") else upright.convert("RGB")
    fresh = Image.new("RGB", shown.size, "white")
    fresh.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=85, optimize=True)
    return Photo(out.getvalue(), "image/jpeg", *fresh.size)


def _checked_pdf(content: bytes) -> Photo:
    if len(content) > PDF_BYTES:
        raise BadScan(N_("PDF 太大了（超过15MB），请只扫描签字的那几页"))
    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        document.close()
    except pypdfium2.PdfiumError as broken:
        raise BadScan(N_("这个 PDF 打不开或有密码，请重新扫描")) from broken
    if not 1 <= pages <= PDF_PAGES:
        raise BadScan(N_("PDF 的页数不对，请只扫描签字的那几页"))
    return Photo(content, "application/pdf")
