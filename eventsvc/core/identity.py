"""The 18 digits of a Chinese identity number (GB 11643): read, checked, taken apart."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from eventsvc.core.masking import mask_id_number
from eventsvc.core.periods import full_years
from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_, Words

Sex = Literal["male", "female"]
Kind = Literal["resident", "hmt_residence", "permanent_residence"]

FIRST_BIRTH_YEAR = 1900
"""Nobody alive was born earlier: a birth date further back is a slip of the pen."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = re.compile("1[1-5]|2[123]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_HONG_KONG_MACAU_TAIWAN = frozenset({"81", "82", "83"})
_FILLING = re.compile(r"[\s\-·.]+|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True, repr=False)
class IdNumber:
    """An identity number that can be right, and what it says of its holder.

    `region` is the division code of the first registration (six digits; it may be abolished today, and says nothing about
    where the person lives now); for foreigners' cards it is the accepting province and the nationality.
    """

    number: str
    born: date
    sex: Sex
    region: str
    kind: Kind

    def age_on(self, day: date) -> int:
        """Count the years of life completed on a day."""
        return full_years(self.born, day)

    def __repr__(self) -> str:
        return f"IdNumber({mask_id_number(self.number)})"


def parse_id_number(text: str, *, today: date) -> IdNumber:
    """Read an identity number as it is typed, or refuse (ValueError) and say what to check; no digit is repeated.

    Takes full-width digits, x for X, spaces and dashes; turns the old 15 digits into 18. Residents' cards, residence permits
    of people from Hong Kong, Macau and Taiwan (81, 82, 83), and foreigners' permanent residence cards of 2023 (9…).
    """
    number = _eighteen(_FILLING.sub("", full_width_to_ascii(text)).upper())
    kind = _kind(number)
    born = _born(number, today)
    if check_digit(number[:17]) != number[17]:
        raise ValueError(N_("身份证号对不上，可能有一位写错了，请逐位核对"))
    return IdNumber(number, born, "male" if int(number[16]) % 2 else "female", number[:6], kind)


def check_digit(first_seventeen: str) -> str:
    """Work out the eighteenth character from the seventeen before it (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True)) % 11]


def _eighteen(number: str) -> str:
    if not number:
        raise ValueError(N_("请填写身份证号"))
    if not re.fullmatch(r"\d*[\dX]", number, re.ASCII):
        raise ValueError(N_("身份证号只能有数字，最后一位可以是X"))
    if len(number) == 15 and number.isdecimal():
        longer = number[:6] + "19" + number[6:]
        return longer + check_digit(longer)
    if len(number) != 18:
        raise ValueError(Words(N_("身份证号应是18位，现在是{length}位"), length=len(number)))
    return number


def _kind(number: str) -> Kind:
    if _PROVINCES.match(number):
        return "resident"
    if number[:2] in _HONG_KONG_MACAU_TAIWAN:
        return "hmt_residence"
    if number[0] == "9" and _PROVINCES.match(number, 1):
        return "permanent_residence"
    raise ValueError(N_("身份证号开头两位不是任何省份，请核对"))


def _born(number: str, today: date) -> date:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError(N_("身份证号里的出生日期不存在，请核对第7到14位")) from None
    if born > today:
        raise ValueError(N_("身份证号里的出生日期还没有到，请核对第7到14位"))
    if born.year < FIRST_BIRTH_YEAR:
        raise ValueError(N_("身份证号里的出生日期太早，请核对第7到14位"))
    return born
