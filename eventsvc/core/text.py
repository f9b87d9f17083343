"""Text as people type it: made even, and refused when it hides something."""

import re
import unicodedata

from eventsvc.core.words import N_, Words

_INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_EDGES = re.compile(rf"^[\s{''.join(sorted(_INVISIBLE))}]+|[\s{''.join(sorted(_INVISIBLE))}]+$")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85")

# Places of the private area where GBK systems kept characters that Unicode has since given a home (GB 18030-2005/2022);
# the other half of that row is known to Python's own codec.
_GIVEN_A_HOME_LATER = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip


def clean_text(text: str, max_len: int, multiline: bool = False) -> str:
    """Give back the text in NFC, stripped, or refuse it (ValueError) with words that say where to look.

    Never NFKC: it would turn ① into 1 and rewrite names. Refused are control, bidirectional and zero-width characters, lone
    surrogates and noncharacters; only at the edges, where phones and web pages put them around what is copied, the invisible
    ones go with the spaces. Characters are counted, not bytes, so a rare Hanzi beyond the BMP counts once.
    """
    if multiline:
        text = _LINE_ENDS.sub("\n", text)
    text = _EDGES.sub("", text)
    _refuse_hidden(text, allowed="\n\t" if multiline else "")
    text = _EDGES.sub("", standard(text))
    if len(text) > max_len:
        raise ValueError(Words(N_("最多{most}个字，现在有{length}个字"), most=max_len, length=len(text)))
    return text


def standard(text: str) -> str:
    """Put text into NFC, and Hanzi that old GBK systems kept in the private area (䶮 as U+E863) into their own place."""
    return unicodedata.normalize("NFC", text.translate(_FROM_OLD_SYSTEMS))


def is_private(char: str) -> bool:
    """Say whether a character means something on one machine only, so that no font can print it."""
    return unicodedata.category(char) == "Co"


def full_width_to_ascii(text: str) -> str:
    """Turn full-width digits, letters and signs into ASCII, for numbers and codes; never for names or sentences."""
    return text.translate(_FULL_WIDTH)


def _refuse_hidden(text: str, allowed: str) -> None:
    for place, char in enumerate(text, start=1):
        if char not in allowed and _is_hidden(char):
            raise ValueError(Words(N_("第{place}个字是看不见的特殊符号，请删掉这里重新输入"), place=place))


def _is_hidden(char: str) -> bool:
    if char in _INVISIBLE or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
        return True
    point = ord(char)
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF or 0xE0000 <= point <= 0xE007F


def _old_systems() -> dict[int, int]:
    """Map U+E815–E864 (GBK FE50–FEA0) to the characters they stood for."""
    trails = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
    homes = {0xE815 + at: ord(bytes((0xFE, trail)).decode("gb18030")) for at, trail in enumerate(trails)}
    return {old: home for old, home in (homes | _GIVEN_A_HOME_LATER).items() if old != home}


_FROM_OLD_SYSTEMS = _old_systems()
_FULL_WIDTH = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: 0x20}
