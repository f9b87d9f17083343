"""Dates as people write them on lists: 1974年腊月初八, 农历1974.12.8, 1975-01-19, 74年, 甲寅年冬月廿三."""

import re
from datetime import date

from eventsvc.core.lunar import FIRST_YEAR, LAST_YEAR, Anniversary, Calendar, month_length
from eventsvc.core.text import clean_text, full_width_to_ascii
from eventsvc.core.words import N_, Words

LONGEST = 40
UNREADABLE = N_("读不懂“{said}”这个日期；请写成 1974年腊月初八、农历1974.12.8、1975-01-19 或 1974年")
_LUNAR, _SOLAR = re.compile("农历|阴历|旧历|古历|夏历|农"), re.compile("公历|阳历|新历|西历|公元|阳")
_NOISE = re.compile(r"[\s（()）\[\]【】,，、。]+|大约|约|左右|前后|结婚|登记|生于")
_NUMBER = {char: at for at, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "元": 1, "两": 2, "冬": 11, "腊": 12, "正": 1}
_HANZI_YEAR = re.compile("[〇零○一二三四五六七八九]{2,4}(?=年)")
_CYCLE = re.compile("([甲乙丙丁戊己庚辛壬癸])([子丑寅卯辰巳午未申酉戌亥])年?")
_REPUBLIC = re.compile(r"民国(\d{1,2}|[一二三四五六七八九十元]{1,3})年?")
_CLOCK = re.compile(r"[T\s]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_FEASTS: dict[str, tuple[Calendar, int, int]] = {
    "大年初一": ("lunar", 1, 1), "春节": ("lunar", 1, 1), "元宵": ("lunar", 1, 15), "端午": ("lunar", 5, 5), "七夕": ("lunar", 7, 7), "中秋": ("lunar", 8, 15),
    "重阳": ("lunar", 9, 9), "腊八": ("lunar", 12, 8), "除夕": ("lunar", 12, 0), "大年三十": ("lunar", 12, 0), "元旦": ("solar", 1, 1),
    "五一": ("solar", 5, 1), "六一": ("solar", 6, 1), "国庆": ("solar", 10, 1),
}  # fmt: skip
_IN_NUMBERS = re.compile(r"(\d{2}|\d{4})(?:年|[-./])(?:(闰?)(\d{1,2})(?:(?:月|[-./])(?:(\d{1,2})(?:日|号)?)?)?)?年?", re.ASCII)
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_IN_WORDS = re.compile(
    r"(\d{2}|\d{4})年(?:(闰?)(正|冬|腊|十[一二]?|[一二三四五六七八九]|\d{1,2})月?份?"
    r"(?:(初[一二三四五六七八九十]|初\d{1,2}|廿[一二三四五六七八九]?|卅|三十一?|二?十[一二三四五六七八九]?|二十[一二三四五六七八九]?|[一二三四五六七八九]|\d{1,2})(日|号)?)?)?"
)
_PARTS = re.compile("初|廿|卅|正月|冬月|腊|闰")


def read_said(said: str) -> Anniversary:
    """Read a date as somebody wrote it, as exactly as they know it, and keep their words; what cannot be is refused (ValueError).

    农历 before it, or the moon's own words (腊月, 初八, 闰), make it lunar; a bare date of numbers is solar. Two digits of a
    year are those of the last century; 元 to 二十九 may be either one's and are asked again.
    """
    kept = clean_text(said, LONGEST)
    text = _CLOCK.sub("", full_width_to_ascii(kept).strip())
    calendar: Calendar | None = "lunar" if _LUNAR.search(text) else "solar" if _SOLAR.search(text) else None
    text = _NOISE.sub("", _LUNAR.sub("", _SOLAR.sub("", text)))
    text = _in_digits(text)
    if found := _feast(text, calendar, kept):
        return found
    return _numbers(text, calendar, kept)


def _in_digits(text: str) -> str:
    """Write the year in digits, however it was written."""
    if found := _HANZI_YEAR.match(text):
        text = "".join(str(_NUMBER[char]) for char in found[0]) + text[found.end() :]
    if found := _REPUBLIC.match(text):
        text = f"{1911 + _counted(found[1])}年{text[found.end() :]}"
    if found := _CYCLE.match(text):
        text = f"{_of_cycle(found[1], found[2])}年{text[found.end() :]}"
    return text


def _of_cycle(stem: str, branch: str) -> int:
    at, to = "甲乙丙丁戊己庚辛壬癸".index(stem), "子丑寅卯辰巳午未申酉戌亥".index(branch)
    for year in range(1924, 1984):
        if ((year - 4) % 10, (year - 4) % 12) == (at, to):
            return year
    raise ValueError(Words(N_("没有“{said}年”，请核对干支"), said=stem + branch))


def _feast(text: str, calendar: Calendar | None, said: str) -> Anniversary | None:
    for name, (moves_by, month, day) in _FEASTS.items():
        if found := re.fullmatch(rf"(\d{{2}}|\d{{4}})年?{name}节?", text, re.ASCII):
            if calendar not in (None, moves_by):
                raise ValueError(Words(UNREADABLE, said=said))
            year = _year(found[1])
            return Anniversary(moves_by, year, month, day or month_length(year, month), said=said)
    return None


def _numbers(text: str, calendar: Calendar | None, said: str) -> Anniversary:
    if found := _EIGHT.fullmatch(text):
        return Anniversary(calendar or "solar", int(found[1]), int(found[2]), int(found[3]), said=said)
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return Anniversary(calendar or "solar", int(text), said=said)
    if re.fullmatch(r"\d{5}(\.0)?", text, re.ASCII):
        raise ValueError(Words(N_("“{said}”是表格软件里的日期序号；请把这一列改成文本再填"), said=said))
    found = _IN_NUMBERS.fullmatch(text)
    if found is None or not text.isascii():
        found = _IN_WORDS.fullmatch(text) or found
    if found is None:
        raise ValueError(Words(UNREADABLE, said=said))
    in_year, leap, in_month, on_day, *unit = found.groups()
    by_moon = bool(_PARTS.search(text)) or (on_day is not None and not on_day.isascii() and unit == [None])
    if calendar == "solar" and _PARTS.search(text):
        raise ValueError(Words(N_("“{said}”一半像公历、一半像农历，请核对"), said=said))
    return Anniversary(
        calendar or ("lunar" if by_moon else "solar"), _year(in_year), _counted(in_month) if in_month else None, _counted(on_day) if on_day else None,
        leap=bool(leap), said=said,
    )  # fmt: skip


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    if int(digits) < 30:
        raise ValueError(Words(N_("“{said}年”是哪一年？请写四位年份"), said=digits))
    return 1900 + int(digits)


def _counted(text: str) -> int:
    """Read 8, 八, 初八, 十二, 廿三, 二十三, 三十, 腊."""
    if text.isdecimal() and text.isascii():
        return int(text)
    text = text.removeprefix("初").replace("廿", "二十", 1).replace("卅", "三十", 1)
    if text.isdecimal() and text.isascii():
        return int(text)
    if "十" not in text:
        return _NUMBER[text]
    tens, _, ones = text.partition("十")
    return (_NUMBER[tens] if tens else 1) * 10 + (_NUMBER[ones] if ones else 0)


def read_day(said: str) -> date:
    """Read a birth date, which must be known to the day, as somebody wrote it; a lunar one as the solar day that it was."""
    read = read_said(said)
    if read.solar is None:
        raise ValueError(N_("出生日期要写到日，如 1950-03-12"))
    return read.solar


__all__ = ["FIRST_YEAR", "LAST_YEAR", "read_day", "read_said"]
