"""A photo of a receipt, for phones whose own scanner does not open links: find the code in it. Nothing of it is kept."""

import io
import re
import struct

import zxingcpp
from PIL import Image, UnidentifiedImageError

from eventsvc.checkin.errors import NoCode
from eventsvc.core.codes import read_printed_code

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES, MOST_PIXELS, SIDE = 20 * 2**20, 40_000_000, 2_000
_ADDRESS = re.compile(r"/c/([^/?#]{8,12})/?$")


def code_in(content: bytes) -> str:
    """Return the printed code of the first QR code of ours in a picture, or raise NoCode."""
    for found in zxingcpp.read_barcodes(_picture(content), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        if (code := code_of(found.text)) is not None:
            return code
    raise NoCode


def code_of(text: str) -> str | None:
    """Return the code that an address of ours, or the code itself, holds; whatever else was scanned is nothing."""
    address = _ADDRESS.search(text.strip())
    try:
        return read_printed_code(address[1] if address else text)
    except ValueError:
        return None


def _picture(content: bytes) -> Image.Image:
    """Read a picture whose header says that it is small enough, in grey and no larger than needed."""
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise NoCode
        picture.draft("L", (SIDE, SIDE))
        grey = picture.convert("L")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, struct.error, EOFError,
            IndexError) as wrong:  # fmt: skip
        raise NoCode from wrong
    grey.thumbnail((SIDE, SIDE))
    return grey
