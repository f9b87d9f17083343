"""Phone numbers of the mainland, mobile or landline, in one spelling each.

A phone is never a person: couples, parents and whole lanes share one. Nothing here makes it a key.
"""

import re

from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_, Words

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)([2-9]\d{6,7})", re.ASCII)
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#|,|，)\s*(\d{1,6})$", re.ASCII | re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"(?<=\d{7})-(\d{1,6})$", re.ASCII)
_FILLING = re.compile(r"[\s\-.()/·]+")
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\uff0d_]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean_phone(text: str) -> str:
    """Give back `13812345678`, `0593-7812345` or `0593-7812345-12`, or refuse (ValueError) with words that say why.

    Takes what people type and what phones copy: +86, 0086, spaces, dashes, brackets, full-width digits and the invisible
    marks around a number copied from a contact list.
    """
    number, extension = _taken_apart(text)
    number = _without_country(number)
    if _MOBILE.fullmatch(number) and not extension:
        return number
    if landline := _LANDLINE.fullmatch(number):
        return "-".join(filter(None, (*landline.groups(), extension)))
    raise ValueError(_what_is_wrong(number, extension))


def is_mobile(phone: str) -> bool:
    """Say whether a cleaned phone can get an SMS."""
    return bool(_MOBILE.fullmatch(phone))


def last_four(phone: str) -> str:
    """Give the last four digits of the number itself, without its extension; empty when there is no phone."""
    number = "".join(phone.split("-")[:2]) if phone.startswith("0") else phone
    return re.sub(r"[^0-9]", "", number)[-4:]


def _taken_apart(text: str) -> tuple[str, str]:
    """Split what was typed into the number's digits and the extension."""
    text = _INVISIBLE.sub("", _DASHES.sub("-", full_width_to_ascii(text))).strip()
    extension = _EXTENSION.search(text) or _dashed(text)
    number = text[: extension.start()] if extension else text
    return _FILLING.sub("", number), extension[1] if extension else ""


def _dashed(text: str) -> re.Match[str] | None:
    """Find an extension behind a dash, which must not be the second half of the number itself."""
    found = _DASHED_EXTENSION.search(text)
    if found and _LANDLINE.fullmatch(_without_country(_FILLING.sub("", text[: found.start()]))):
        return found
    return None


def _without_country(number: str) -> str:
    for prefix in ("+86", "0086"):
        if number.startswith(prefix):
            return _with_area(number.removeprefix(prefix))
    return number[2:] if len(number) == 13 and number.startswith("861") else number


def _with_area(number: str) -> str:
    """Give back the 0 that an area code loses behind +86."""
    return number if number.startswith("0") or _MOBILE.fullmatch(number) else "0" + number


def _what_is_wrong(number: str, extension: str) -> str:
    if not number:
        return N_("请填写电话号码")
    if number.startswith("+") or (number.startswith("00") and number.isdecimal()):
        return N_("请填中国大陆的手机或座机号码")
    if not (number.isascii() and number.isdecimal()):
        return N_("电话号码里只能有数字")
    if number.startswith("0"):
        return N_("座机号码不对，请按“区号-号码”填写，如 0593-7812345")
    if number.startswith("1") and extension:
        return N_("手机号后面不能带分机号")
    if number.startswith("1"):
        return _wrong_mobile(number)
    return N_("座机请加上区号，如 0593-7812345")


def _wrong_mobile(number: str) -> str:
    if len(number) != 11:
        return Words(N_("手机号应是11位，现在是{length}位"), length=len(number))
    return N_("没有这样的手机号段，请核对前三位")
