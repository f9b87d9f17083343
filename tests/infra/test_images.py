"""Pictures from outside: refused by their header, built anew without what a camera adds."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile

from eventsvc.infra.images import BadPicture, BadScan, take_photo, take_scan
from tests.activities.pictures import jpeg, picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_the_three_formats_becomes_a_jpeg(kind):
    photo = take_photo(picture(kind, (3000, 1500)))
    assert (photo.media_type, photo.width, photo.height) == ("image/jpeg", 1600, 800)
    assert Image.open(io.BytesIO(photo.bytes)).size == (1600, 800)


def test_a_small_picture_is_not_blown_up():
    assert take_photo(picture(size=(120, 90))).width == 120


def test_nothing_of_the_camera_survives():
    made = take_photo(jpeg()).bytes
    assert b"SecretPhone" in jpeg()
    assert b"SecretPhone" not in made
    assert not Image.open(io.BytesIO(made)).getexif()


def test_a_picture_taken_upright_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = take_photo(picture(size=(400, 300), exif=exif))
    assert (photo.width, photo.height) == (300, 400)


def test_what_is_transparent_becomes_white():
    photo = take_photo(picture("PNG", (20, 20), "RGBA"))
    assert Image.open(io.BytesIO(photo.bytes)).mode == "RGB"


def a_bomb(width=13000, height=13000):
    """Make a PNG of a few hundred bytes whose header claims very many pixels; its pixels are not even there."""
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def test_too_many_pixels_are_refused_before_they_are_decoded(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    with pytest.raises(BadPicture, match="4000万像素"):
        take_photo(a_bomb(7000, 6000))
    with pytest.raises(BadPicture):
        take_photo(a_bomb(30000, 30000))


@pytest.mark.parametrize("content", [
    b"", b"\xff\xd8\xff", jpeg()[:200], picture("GIF"), picture("BMP"), b"RIFF1234WEBPxxxx", b"<svg/>", a_bomb(100, 100),
    b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"%PDF-1.7",
])  # fmt: skip
def test_what_is_no_picture_is_refused_in_words(content):
    with pytest.raises(BadPicture) as no:
        take_photo(content)
    assert no.value.status == 422
    assert "照片" in str(no.value)


def test_moving_pictures_are_refused():
    frames = [Image.new("RGB", (40, 40), c) for c in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(BadPicture, match="动图"):
        take_photo(out.getvalue())


def a_pdf(pages=1):
    """Make a PDF of blank pages."""
    out = io.BytesIO()
    sheets = [Image.new("RGB", (200, 300), "white") for _ in range(pages)]
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def test_a_scan_may_be_a_pdf():
    sent = a_pdf()
    scan = take_scan(sent)
    assert (scan.media_type, scan.bytes) == ("application/pdf", sent)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%%EOF", b"%PDF-", a_pdf(51), b"hello", b""])
def test_a_scan_that_does_not_open_is_refused(content):
    with pytest.raises((BadScan, BadPicture)):
        take_scan(content)


def test_half_a_picture_is_refused_whoever_else_would_take_it(monkeypatch):
    # WeasyPrint, once imported, tells Pillow to fill in what is missing.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(BadPicture):
        take_photo(a_bomb(100, 100))
    assert ImageFile.LOAD_TRUNCATED_IMAGES
