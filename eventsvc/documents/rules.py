"""Which paper makes sense when, and which of them name people."""

from eventsvc.activities.models import State
from eventsvc.declare import Document

WAY: dict[State, int] = {State.APPROVED: 1, State.PUBLISHED: 2, State.HELD: 3, State.ARCHIVED: 3}
"""How far an activity has come, as papers count it; not there: no paper yet, or no more."""
SIGN_IN, SUMMARY = "sign_in", "summary"
MOST_PEOPLE = 1200
"""On one paper: a list of more is better handed out as a workbook, and would take minutes to lay out."""


def in_time(paper: Document, state: State) -> bool:
    """Say whether an activity has come so far that this paper makes sense."""
    return WAY.get(state, 0) >= WAY[State(paper.after)]


def names_people(paper: Document) -> bool:
    """Say whether a paper is only for those who may see who signed up."""
    return paper.each == "registration" or paper.code == SIGN_IN


def number_words(number: int) -> str:
    """Write a number below 200 as it is read: 五十二, 六十, 一百零一."""
    digits = "零一二三四五六七八九"
    if number >= 100:
        rest = number - 100
        return "一百" + ("" if not rest else ("零" if rest < 10 else "一" if rest < 20 else "") + number_words(rest))
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")


def village_name(name: str) -> str:
    """Name a place and not its committee: 观洋村委会 → 观洋村, 桐江社区居委会 → 桐江社区."""
    for office, place in (("村民委员会", "村"), ("村委会", "村"), ("社区居委会", "社区"), ("居民委员会", "社区"), ("居委会", "社区")):
        if name.endswith(office):
            return name.removesuffix(office) + place
    return name
