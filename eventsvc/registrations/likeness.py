"""How alike two names, birth dates, numbers and wedding days are: pure, in points, with words that say why.

Points are logarithms of odds, rounded by hand: what two strangers rarely share gives many, what one person rarely tells
in two ways takes many away. A missing answer gives and takes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from eventsvc.core.characters import NUMBER_SIGN, simplified
from eventsvc.core.lunar import Anniversary, leap_month, lunar_to_solar
from eventsvc.core.names import name_key
from eventsvc.core.pinyin import syllables
from eventsvc.core.words import N_

Likeness = tuple[float, str]
"""Points, and a sentence for people; "" when there is nothing to say."""
NOTHING: Likeness = (0.0, "")

_BLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_FIRST_BLURRED = {"l": "n", "f": "h", "r": "n"}


@lru_cache(maxsize=16384)
def plain_name(name: str) -> str:
    """Give a name without spaces and dots, in simplified characters."""
    return simplified(name_key(name))


@lru_cache(maxsize=16384)
def sounds(name: str) -> tuple[str, ...]:
    """Give the likeliest syllable of each character, blurred as the dialects of the coast blur them: 林 = 宁 = 灵."""
    return tuple(blurred(readings[0]) for readings in syllables(plain_name(name)))


@lru_cache(maxsize=4096)
def blurred(syllable: str) -> str:
    """Give a syllable without what is often misheard: zh/z, ch/c, sh/s, ang/an, eng/en, ing/in, l/n, f/h."""
    for clear, dim in _BLURRED:
        syllable = syllable.replace(clear, dim)
    return _FIRST_BLURRED.get(syllable[:1], syllable[:1]) + syllable[1:]


# -- names ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def names(left: str, right: str) -> Likeness:
    """Compare two names."""
    if not left or not right:
        return NOTHING
    one, other = plain_name(left), plain_name(right)
    if one == other:
        return (6.0, N_("姓名相同")) if name_key(left) == name_key(right) else (6.0, N_("姓名相同，一个写繁体或异体字"))
    here, there = sounds(left), sounds(right)
    if here == there:
        return 5.0, N_("姓名读音相同或相近")
    if len(one) > 2 and sorted(one) == sorted(other):
        return 4.0, N_("姓名的字相同，次序不同")
    if len(one) == len(other):
        return _same_length(one, other, here, there)
    return _shortened(one, other)


def _same_length(one: str, other: str, here: tuple[str, ...], there: tuple[str, ...]) -> Likeness:
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    unlike = [at for at in differ if len(here) <= at or len(there) <= at or here[at] != there[at]]
    if len(one) >= 3 and len(differ) == 1:
        return 1.0, N_("姓名只差一个字")
    if len(one) >= 3 and len(unlike) == 1 and len(differ) == 2:
        return 0.5, N_("姓名只差一个音")
    return (-3.5, "") if one[0] == other[0] else (-6.0, "")


def _shortened(one: str, other: str) -> Likeness:
    short, long = sorted((one, other), key=len)
    if len(short) >= 2 and (long.startswith(short) or (len(short) > 2 and short in long)):
        return 2.0, N_("一个姓名是另一个的一部分")
    if len(short) == 2 and len(long) == 3 and long[0] == short[0] and long[2] == short[1]:
        return 1.5, N_("一个姓名少写了一个字")
    return (-3.5, "") if one[0] == other[0] else (-6.0, "")


# -- days -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def births(left: str, right: str) -> Likeness:
    """Compare two birth dates, as ISO text."""
    if not left or not right:
        return NOTHING
    if left == right:
        return 6.0, N_("出生日期相同")
    one, other = date.fromisoformat(left), date.fromisoformat(right)
    if _one_is_lunar(one, other):
        return 4.5, N_("出生日期一个像农历，一个像公历")
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return 3.5, N_("出生日期的月和日像是写反了")
    if sum(a != b for a, b in zip(left, right, strict=True)) == 1:
        return 2.5, N_("出生日期只差一位数字")
    if sorted(left) == sorted(right) and one.year == other.year:
        return 1.0, N_("出生日期的数字像是写颠倒了")
    if (one.month, one.day) == (other.month, other.day) and abs(one.year - other.year) <= 2:
        return 2.0, N_("生日相同，年份相近")
    return -4.0, ""


def _one_is_lunar(one: date, other: date) -> bool:
    """Say whether one is what the other means when its numbers are a lunar date's. The moon is some weeks behind the sun: only then is it worth asking."""
    early, late = sorted((one, other))
    apart = (late - early).days
    return (15 <= apart <= 90 and late in as_if_lunar(early)) or (270 <= apart <= 350 and early in as_if_lunar(late))


@lru_cache(maxsize=16384)
def as_if_lunar(day: date) -> frozenset[date]:
    """Give the solar days that this one means when its numbers are those of a lunar date; in the lunar year or the one before."""
    found = set()
    for year in (day.year, day.year - 1):
        for leap in (False, True) if leap_month(year) == day.month else (False,):
            try:
                found.add(lunar_to_solar(year, day.month, day.day, leap))
            except ValueError:
                continue
    return frozenset(found - {day})


def weddings(left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> Likeness:
    """Compare two wedding days, as they are kept."""
    one, other = _span(left), _span(right)
    if one is None or other is None:
        return NOTHING
    if one == other:
        return (4.0, N_("结婚日期相同")) if one[0] == one[1] else (1.5, N_("结婚年月相同"))
    if one[0] <= other[1] and other[0] <= one[1]:
        return 1.5, N_("结婚日期对得上")
    if _lunar_slip(one, other):
        return 3.0, N_("结婚日期一个像农历，一个像公历")
    days = abs(one[0] - other[0])
    return (0.0, "") if days < timedelta(days=400) else (-3.0, "")


def _lunar_slip(one: tuple[date, date], other: tuple[date, date]) -> bool:
    exact = one[0] == one[1] and other[0] == other[1]
    return exact and _one_is_lunar(one[0], other[0])


def _span(told: Mapping[str, Any] | None) -> tuple[date, date] | None:
    return _spans(tuple(sorted((k, v) for k, v in told.items() if k != "said"))) if told else None


@lru_cache(maxsize=16384)
def _spans(told: tuple[tuple[str, Any], ...]) -> tuple[date, date] | None:
    try:
        when = Anniversary.from_dict(dict(told))
    except ValueError:
        return None
    return when.earliest, when.latest


# -- numbers and places -------------------------------------------------------------------------------------------------


def id_numbers(left: str, right: str) -> Likeness:
    """Compare two identity numbers: one wrong digit cannot pass the check, two and an exchange can."""
    if not left or not right:
        return NOTHING
    if left == right:
        return 12.0, N_("身份证号相同")
    if len(left) != len(right):
        return NOTHING
    differ = sum(a != b for a, b in zip(left, right, strict=True))
    return (5.0, N_("身份证号只差一两位")) if differ <= 3 else (-8.0, "")


def phones(left: Iterable[str], right: Iterable[str]) -> Likeness:
    """Compare the phones that two parties gave, whoever's they are: children give theirs for their parents."""
    here, there = set(left), set(right)
    if not here or not there:
        return NOTHING
    if here & there:
        return 2.0, N_("留了同一个电话")
    if any(_one_slip(a, b) for a in here for b in there):
        return 1.5, N_("电话只差一位")
    return -0.5, ""


def _one_slip(left: str, right: str) -> bool:
    if len(left) != len(right) or len(left) < 7:
        return False
    differ = [at for at, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    swapped = len(differ) == 2 and differ[1] == differ[0] + 1 and left[differ[0]] == right[differ[1]] and left[differ[1]] == right[differ[0]]
    return len(differ) == 1 or swapped


def places(left: str, right: str) -> Likeness:
    """Compare two addresses: the same house tells much, the same street little."""
    one, other = _plain_place(left), _plain_place(right)
    if not one or not other:
        return NOTHING
    if one == other or (min(len(one), len(other)) >= 4 and (one.endswith(other) or other.endswith(one))):
        return 2.0, N_("住址相同")
    return -0.5, ""


@lru_cache(maxsize=16384)
def _plain_place(text: str) -> str:
    return simplified(name_key(text)).replace(NUMBER_SIGN, "")
