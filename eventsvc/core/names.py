"""Names of people: written one way, compared one way; how they sound is in `pinyin`."""

import re
import unicodedata

from eventsvc.core.text import clean_text, full_width_to_ascii, is_private
from eventsvc.core.words import N_, Words

MOST = 50
"""Characters that a name may have (民委发〔2016〕33号 asks for 25 Hanzi with dots at least)."""

_DOTS = re.compile(r"\s*[\u00b7\u0387\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65\ufe52]+\s*")
_HANZI = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_DOT_BETWEEN_HANZI = re.compile(rf"(?<=[{_HANZI}])\s*\.\s*(?=[{_HANZI}])")
_SPACE_BESIDE_HANZI = re.compile(rf"(?<=[{_HANZI}])\s+|\s+(?=[{_HANZI}])")
_FULL_WIDTH_LATIN = re.compile("[\uff21-\uff3a\uff41-\uff5a\uff07\uff0d]")
_RADICALS = {point: unicodedata.normalize("NFKC", chr(point)) for point in range(0x2F00, 0x2FD6)}
_NO_PART_OF_A_NAME = re.compile("Z.|P.|S.|C[cfs]")
_JOINERS = " ·-'’."


def clean_name(text: str) -> str:
    """Give back a name as it is to be printed, or refuse it (ValueError).

    NFC; no space beside Hanzi, single spaces between Latin words; every middle dot of a minority name becomes U+00B7.
    Rare characters beyond the BMP and 〇 stay; the radicals that PDFs give in place of Hanzi become Hanzi. Digits, brackets and symbols are refused: notes belong elsewhere.
    """
    text = clean_text(text, max_len=4 * MOST).translate(_RADICALS)
    text = _FULL_WIDTH_LATIN.sub(lambda found: full_width_to_ascii(found[0]), text)
    text = _DOT_BETWEEN_HANZI.sub("·", _DOTS.sub("·", text))
    text = " ".join(_SPACE_BESIDE_HANZI.sub("", text).split()).strip("· ")
    _refuse_strange(text)
    return text


def name_key(name: str) -> str:
    """Give the form in which two spellings of one name are equal; for comparing only, never for showing.

    NFKC and case folded (a Kangxi radical from a PDF equals its Hanzi), without spaces, dots, hyphens and apostrophes.
    Hanzi that are newer than this Python, which has no name for them, stay.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if not _NO_PART_OF_A_NAME.match(unicodedata.category(char)))


def is_hanzi(char: str) -> bool:
    """Say whether a character is a Hanzi, in whichever plane."""
    return bool(_ONE_HANZI.fullmatch(char))


def _refuse_strange(name: str) -> None:
    if not name:
        raise ValueError(N_("请填写姓名"))
    if len(name) > MOST:
        raise ValueError(Words(N_("姓名最多{most}个字"), most=MOST))
    for char in name:
        if is_private(char):
            raise ValueError(N_("姓名里有一个字是旧系统的自造字，打印不出来，请用输入法重新输入这个字"))
        if not _belongs(char):
            raise ValueError(Words(N_("姓名里不能有“{char}”，请只填姓名"), char=char))
    if len(name) == 1 and is_hanzi(name):
        raise ValueError(N_("请写全名，不要只写一个字"))


def _belongs(char: str) -> bool:
    return char in _JOINERS or is_hanzi(char) or unicodedata.category(char)[0] == "L" or _is_mark(char)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


_ONE_HANZI = re.compile(f"[{_HANZI}]")
