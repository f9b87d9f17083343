"""What may stand on a public list: enough for neighbours to know whom it means, too little to misuse."""

import re
import unicodedata

_PHONE = re.compile(r"(1\d\d)\d{4}(\d{4})", re.ASCII)
_LANDLINE = re.compile(r"(0\d{2,3}-)(\d{7,8})(?:-\d+)?", re.ASCII)
_NUMBER = re.compile(r"[一二三四五六七八九十百]+[号组栋幢座单弄室层楼队]|\d")
_PLACES = re.compile(
    r"(?:[^省区县镇乡村]{1,8}?(?:省|自治区))?"
    r"(?:[^省市区县镇乡街村社小]{1,8}?(?:市|自治州|地区|盟))?"
    r"(?:[^市区县镇乡街村社小]{1,8}?(?:县|区|市|旗))?"
    r"(?:[^镇乡街村社小]{1,8}?(?:街道|镇|乡|苏木))?"
    r"(?:[^镇乡街村社小路巷弄]{1,10}?(?:村民?委员会|村委会|居民?委员会|居委会|社区(?:居民?委员会|居委会)?|村)(?![路街巷道里口]))?"
)
_HIDDEN = "***"


def mask_name(name: str) -> str:
    """Show the first and last character: 张*英, 王*, 欧*娜 (of 欧阳娜娜, two hidden: 欧**娜). At most three stars.

    The rule is the same for surnames of two characters: 张三 and 欧阳 alike keep what a neighbour recognises.
    """
    shown = _characters(name)
    if len(shown) < 2:
        return "*" * len(shown)
    if len(shown) == 2:
        return shown[0] + "*"
    return shown[0] + "*" * min(len(shown) - 2, 3) + shown[-1]


def mask_id_number(number: str) -> str:
    """Show the county and the last four: 350982********1234; of any other paper only the first and the last two."""
    if len(number) == 18:
        return number[:6] + "*" * 8 + number[-4:]
    if len(number) < 6:
        return "*" * len(number)
    return number[0] + "*" * (len(number) - 3) + number[-2:]


def mask_phone(phone: str) -> str:
    """Show 138****5678; of a landline the area code and the last three: 0593-****345."""
    if mobile := _PHONE.fullmatch(phone):
        return f"{mobile[1]}****{mobile[2]}"
    if landline := _LANDLINE.fullmatch(phone):
        return landline[1] + "*" * (len(landline[2]) - 3) + landline[2][-3:]
    return "*" * len(phone)


def mask_address(address: str) -> str:
    """Show an address down to the village or community and no further: 福鼎市管阳镇西昆村***.

    Where no village is named it stops at the township, then the county; house numbers, groups and lanes never show. What
    names no place at all is hidden whole.
    """
    safe = address[: number.start()] if (number := _NUMBER.search(address)) else address
    end = found.end() if (found := _PLACES.match(safe)) else 0
    return address[:end] + (_HIDDEN if address[end:].strip() else "")


def _characters(text: str) -> list[str]:
    """Split text into what a reader sees as characters: a mark or variation selector stays with its letter."""
    seen: list[str] = []
    for char in text:
        if seen and unicodedata.category(char)[0] == "M":
            seen[-1] += char
        else:
            seen.append(char)
    return seen
