"""Money in whole fen, and numbers in the words that reports use. No floats anywhere."""

import re

from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_

MOST_FEN = 10_000_000_000 * 100
"""Ten billion yuan: more than the association spends anywhere, little enough for any integer column."""

_YUAN = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?", re.ASCII)


def yuan_to_fen(text: str) -> int:
    """Read yuan as people write them (`1,200.50`, `￥1200`, `1200元`) into fen, exactly, or refuse (ValueError)."""
    plain = re.sub(r"\s", "", full_width_to_ascii(text)).removesuffix("元").lstrip("¥￥")
    if plain.startswith("-"):
        raise ValueError(N_("金额不能是负数"))
    found = _YUAN.fullmatch(plain)
    if not found:
        raise ValueError(N_("金额请写成数字，如 1200 或 1,200.50"))

    yuan, fen = found[1].replace(",", ""), (found[2] or "").rstrip("0")
    if len(fen) > 2:
        raise ValueError(N_("金额最多写到分，小数点后两位"))
    if len(yuan.lstrip("0")) > 11 or (total := int(yuan + fen.ljust(2, "0"))) > MOST_FEN:
        raise ValueError(N_("金额太大，请核对单位是不是元"))
    return total


def fen_to_yuan(fen: int) -> str:
    """Write fen as yuan, exactly: 120050 → 1,200.50."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"


def wan(fen: int) -> str:
    """Say an amount as a sentence does: 8.4万元, 22.63万元, 800元; rounded half up to two places, for reading only.

    Sheets and sums use `fen_to_yuan`. Below 10,000 yuan nothing is rounded.
    """
    if fen < 0:
        return "-" + wan(-fen)
    if fen < 10_000 * 100:
        return fen_to_yuan(fen).removesuffix(".00") + "元"
    whole, hundredths = divmod((fen + 5_000) // 10_000, 100)
    return f"{whole:,}.{hundredths:02d}".rstrip("0").rstrip(".") + "万元"


def round_down_words(number: int) -> str:
    """Say a count the way reports do, never too high: 8123 → 8000余, 8000 → 8000, 12345 → 1.2万余.

    Keeps as few leading digits as leave off less than a tenth (so 1920 is 1900余, not 1000余), and says 余 only when
    something was left off. Below 100 the count is said as it is; from 10,000 in 万, from 100,000,000 in 亿.
    """
    if number < 0:
        raise ValueError("a count is never negative")
    if number < 100:
        return str(number)
    floor = next(kept for kept in _floors(number) if (number - kept) * 10 < number)
    return _in_units(floor) + ("余" if floor < number else "")


def _floors(number: int) -> list[int]:
    """List the number with 1, 2, 3 … leading digits kept, the others 0."""
    return [number // 10**places * 10**places for places in range(len(str(number)) - 1, -1, -1)]


def _in_units(number: int) -> str:
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            whole, rest = divmod(number, size)
            return f"{whole}.{rest:0{len(str(size)) - 1}d}".rstrip("0").rstrip(".") + unit
    return str(number)
