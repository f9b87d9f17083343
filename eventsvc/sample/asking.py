"""What an organiser of the sample asks besides, and how volunteers answer."""

from typing import Any

Question = dict[str, Any]


def _when(ref: str, how: str, value: Any = True) -> dict[str, Any]:
    return {"question": ref, "is": how, "value": value}


def _choices(*labels: str) -> list[dict[str, str]]:
    return [{"id": f"o_a{at}", "label": label} for at, label in enumerate(labels)]


VOLUNTEERS: tuple[Question, ...] = (
    {"id": "own_bus", "type": "choice", "label": "坐大巴去吗？", "required": True, "options": _choices("坐大巴", "自己去")},
    {"id": "own_stop", "type": "choice", "label": "在哪里上车？", "required": True, "options": _choices("市政府门口", "桐山车站", "点头镇政府"),
     "shown_when": _when("own_bus", "eq", "o_a0")},
    {"id": "own_tongues", "type": "choices", "label": "会讲哪些话？", "options": _choices("闽东话", "畲话", "闽南话", "普通话")},
    {"id": "own_song", "type": "text", "label": "会唱哪首畲歌？", "help": "会唱的话，想请您上台", "longest": 40,
     "shown_when": {"any": [_when("own_tongues", "contains", "o_a1"), _when("person.role", "eq", "performer")]}},
    {"id": "own_rest", "type": "choice", "label": "中午要不要安排休息室？", "options": _choices("要", "不用"), "per": "person",
     "shown_when": {"all": [_when("person.age", "ge", 60), {"not": _when("own_bus", "eq", "o_a1")}]}},
)  # fmt: skip
"""A coach and where it stops, tongues and a song, a rest for those who are sixty and come by coach."""


def answered(body: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a volunteer's form with the own questions answered: what is hidden is left out by the grammar."""
    own = {"own_bus": f"o_a{number % 2}", "own_stop": f"o_a{number % 3}", "own_tongues": ["o_a0", f"o_a{number % 3}"]}
    own |= {"own_song": "《敬茶歌》"} if number % 4 == 1 else {}
    return body | {"answers": body["answers"] | {"own": own}}
