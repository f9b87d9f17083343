"""The pages of a paper as pictures: phones and WeChat cannot show a PDF inside a page. Drawn once, kept beside the file."""

import os
from pathlib import Path
from threading import Lock

import pypdfium2

from eventsvc.core.errors import NotFound
from eventsvc.infra import storage

SCALE = 1.6
"""115 dots an inch: an A4 page is 952 px wide, enough to read on any screen."""
_one_at_a_time = Lock()
"""PDFium must not be entered twice at once."""


def picture(path: str, number: int) -> Path:
    """Return the picture of one page, counted from 1; NotFound when the paper has no such page."""
    file = storage.root() / path
    drawn = file.with_name(f"{file.stem}.page-{number}.png")
    if not drawn.exists():
        with _one_at_a_time:
            _draw(file, number, drawn)
    return drawn


def _draw(file: Path, number: int, drawn: Path) -> None:
    with pypdfium2.PdfDocument(file) as paper:
        if not 1 <= number <= len(paper):
            raise NotFound
        image = paper[number - 1].render(scale=SCALE).to_pil()
    draft = drawn.with_name(f".{drawn.name}.{os.getpid()}")
    image.save(draft, "PNG")
    draft.replace(drawn)
