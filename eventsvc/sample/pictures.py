"""Pictures of the sample, drawn by code: a meeting hall with a banner, a signed page. Nobody is on them."""

import io
import subprocess
from functools import lru_cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from eventsvc.infra.fonts import INSTALLED

WIDTH, HEIGHT = 960, 640
RED, CREAM, GOLD, GREEN, INK = (168, 36, 32), (250, 243, 228), (201, 152, 63), (74, 112, 82), (52, 44, 40)
SKIES = ((226, 236, 240), (240, 232, 216), (222, 230, 216), (236, 224, 222))
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def banner(title: str, seed: str) -> bytes:
    """Draw a square or a hall with a red banner that carries the title, lanterns, and rows of people seen from behind."""
    chance = Random(seed)  # noqa: S311 (the same picture every time)
    image = Image.new("RGB", (WIDTH, HEIGHT), chance.choice(SKIES))
    draw = ImageDraw.Draw(image)
    _hills(draw, chance)
    draw.rectangle((0, 400, WIDTH, HEIGHT), fill=(214, 196, 168))
    draw.rectangle((60, 70, WIDTH - 60, 170), fill=RED)
    _words(draw, title, (WIDTH // 2, 120), 44, CREAM)
    for x in range(110, WIDTH, 148):
        draw.line((x, 170, x, 205), fill=GOLD, width=3)
        draw.ellipse((x - 22, 205, x + 22, 250), fill=RED, outline=GOLD, width=3)
    _audience(draw, chance)
    return _bytes(image)


def signed_page(title: str, approver: str, day: str) -> bytes:
    """Draw a page of a plan with an approval written on it by hand and a round stamp, as a phone takes it."""
    image = Image.new("RGB", (720, 1000), (252, 251, 247))
    draw = ImageDraw.Draw(image)
    _words(draw, title, (360, 90), 34, INK)
    _words(draw, "活动方案（送审稿）", (360, 145), 26, INK)
    for row, y in enumerate(range(210, 640, 38)):
        draw.line((70, y, 650 if row % 5 else 480, y), fill=(190, 186, 178), width=3)
    _words(draw, "同意，请认真组织，注意安全。", (330, 720), 34, (36, 52, 110))
    _words(draw, approver, (520, 785), 38, (36, 52, 110))
    _words(draw, day, (520, 840), 26, (36, 52, 110))
    draw.ellipse((430, 740, 640, 950), outline=RED, width=7)
    _words(draw, "样例", (535, 900), 40, RED)
    return _bytes(image.rotate(1.2, expand=True, fillcolor=(120, 104, 88)))


def _hills(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    for shade in (0, 22, 40):
        points = [(x, 330 + shade * 2 - chance.randint(0, 130 - shade * 2)) for x in range(0, WIDTH + 121, 120)]
        draw.polygon([(0, HEIGHT), *points, (WIDTH, HEIGHT)], fill=tuple(part + 60 - shade for part in GREEN))


def _audience(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    coats = (RED, GREEN, GOLD, (70, 90, 130), (120, 80, 96))
    for y in (430, 490, 556):
        for x in range(40 + y % 50, WIDTH, 78):
            draw.ellipse((x - 17, y - 38, x + 17, y - 2), fill=(90, 84, 80) if chance.random() < 0.5 else (196, 190, 184))
            draw.rounded_rectangle((x - 31, y, x + 31, y + 74), 18, fill=chance.choice(coats))


def _words(draw: ImageDraw.ImageDraw, words: str, middle: tuple[int, int], size: int, fill: tuple[int, int, int]) -> None:
    font = _font(size)
    if font is not None:
        draw.text(middle, words, font=font, fill=fill, anchor="mm")


@lru_cache(maxsize=8)
def _font(size: int) -> Font | None:
    """Return a Chinese font of this machine, or None: then the picture has no words."""
    found = _font_file()
    return ImageFont.truetype(found, size) if found else None


@lru_cache(maxsize=1)
def _font_file() -> str:
    try:
        asked = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, timeout=10, check=True)
        installed = [line.rstrip(": ") for line in asked.stdout.splitlines()]
    except (OSError, subprocess.SubprocessError):
        installed = []
    found = sorted(f for f in (*installed, *map(str, INSTALLED.glob("*.tt?"))) if Path(f).suffix in (".ttc", ".ttf", ".otf"))
    return next((f for f in found if "Regular" in f), found[0] if found else "")


def _bytes(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
