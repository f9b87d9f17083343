"""One definition, evaluated on the server and by the very script that browsers load: ten thousand random cases agree."""

import json
import random
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import playwright

from eventsvc.declare import conditions

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "eventsvc/static/asked.js"
NODE = Path(playwright.__file__).parent / "driver/node"
CASES = 10_000
ROLES = {"husband": "male", "wife": "female", "guest_1": ""}
SOURCES = {
    "person.age": "age", "person.sex": "choice", "person.mobility": "choice", "person.phone": "given", "person.note": "text",
    "party.companions": "number", "party.wed": "given", "party.meals": "choices", "party.bus": "yesno", "party.day": "date",
}  # fmt: skip
DAYS = ["2028-02-29", "2027-02-28", "2027-03-01", "2100-02-28", "2000-02-29", "2027-05-29"]
TEXTS = ["", " ", "　", "a", "A", "é", "e\u0301", " 值 ", "值\u00a0", "𠮷", "𠮷野", "ﾊﾝ", "ﬁ", "\u200b", "\ud83d\ude00", "张·李", "ß", "SS", "İ", "o_1", "o_2"]
NUMBERS: list[Any] = [
    "0", "-0", "+7", "７", " 80 ", "８０", "80.0", "1e3", "999999999999999", "9999999999999999", "٣", "", 0, 80, -3, 80.0, 80.5, 1e15, True, False, "true", "-", "00080", None,
]  # fmt: skip
ODD: list[Any] = [None, True, False, 0, 1, [], {}, ["a"], {"year": "1974"}, {"year": " "}, {"village": "", "street": "巷"}, [None, "x"], "1", "on", "true", "no", "TRUE"]


def a_day(chance: random.Random) -> Any:
    odd = ["2027-02-29", "1900-02-29", "0000-01-01", "2027-13-01", "2027-1-1", "２０２７-01-01", "", " 1948-02-29 ", "1948-02-30", "9999-12-31", "0001-01-01"]
    real = date(1900, 1, 1) + timedelta(days=chance.randrange(73_000))
    return chance.choice([*odd, real.isoformat(), real.isoformat(), f"19{chance.randrange(20, 60)}-02-{chance.choice([28, 29])}", *DAYS])


def an_id(chance: random.Random) -> Any:
    born = f"{chance.randrange(1900, 2028)}{chance.choice(['0229', '0228', '0301', '1231', '1301'])}"
    return chance.choice([f"350982{born}001X", f"350982{born}0012", f"350982 {born} 0012", f"３５０９８２{born}001ｘ", f"350982{born[2:]}001", "H01234567", "", None])


def an_answer(chance: random.Random, kind: str) -> Any:
    if chance.random() < 0.15:
        return chance.choice(ODD)
    if kind in ("number", "age"):
        return chance.choice([*NUMBERS, str(chance.randrange(120)), chance.randrange(120)])
    if kind == "date":
        return a_day(chance)
    if kind == "choices":
        return chance.choice(["o_1", ["o_1", "o_2"], ["o_2"], [], ["", "o_1"], " "])
    if kind == "yesno":
        return chance.choice(["1", "", "0", "on", "true", True, False, "yes"])
    return chance.choice(TEXTS)


def a_leaf(chance: random.Random, types: dict[str, str]) -> dict[str, Any]:
    ref = chance.choice([*types, "person.age"] if "person.age" in types else list(types))
    how = chance.choice(conditions.HOW[types[ref]])
    if how == "answered" or types[ref] == "yesno":
        return {"question": ref, "is": how, "value": chance.random() < 0.6}
    for _ in range(100):
        wanted = conditions.read("choice" if types[ref] == "choices" else types[ref], an_answer(chance, types[ref]))
        if isinstance(wanted, str | int) and not isinstance(wanted, bool):
            return {"question": ref, "is": how, "value": wanted}
    raise AssertionError(types[ref])


def a_tree(chance: random.Random, types: dict[str, str], depth: int = 1) -> dict[str, Any]:
    roll = chance.random()
    if depth >= 4 or roll < 0.45:
        return a_leaf(chance, types)
    if roll < 0.6:
        return {"not": a_tree(chance, types, depth + 1)}
    return {chance.choice(["all", "any"]): [a_tree(chance, types, depth + 1) for _ in range(chance.randrange(1, 4))]}


def a_program(chance: random.Random) -> dict[str, Any]:
    types, questions, each = dict(SOURCES), [], []
    for at in range(chance.randrange(1, 7)):
        per, name = chance.choice(["party", "person"]), f"own_q{at}xx"
        questions.append({"id": name, "per": per, "when": None if chance.random() < 0.2 else a_tree(chance, types)})
        types[name] = chance.choice(list(conditions.HOW.keys() - {"age"}))
        each += [name] if per == "person" else []
    known = {role: {"age": chance.randrange(20, 100), "sex": sex or "female"} for role, sex in ROLES.items()} if chance.random() < 0.1 else {}
    return {"day": chance.choice(DAYS), "sex": ROLES, "fixed": ["husband", "wife"], "each": each, "types": types, "questions": questions, **({"known": known} if known else {})}


def a_body(chance: random.Random, program: dict[str, Any]) -> dict[str, Any]:
    def told(prefix: str) -> dict[str, Any]:
        return {ref[len(prefix) :]: an_answer(chance, kind) for ref, kind in program["types"].items() if ref.startswith(prefix) and ref != "person.age" and chance.random() < 0.8}

    def own(per: str) -> dict[str, Any]:
        asked = [q["id"] for q in program["questions"] if q["per"] == per]
        return {name: an_answer(chance, program["types"][name]) for name in asked if chance.random() < 0.8}

    people = {role: {**told("person."), "born_on": a_day(chance), "id_number": an_id(chance), "own": own("person")} for role in ROLES if chance.random() < 0.9}
    for person in people.values():
        for name in ("born_on", "id_number", "own"):
            if chance.random() < 0.3:
                del person[name]
    return chance.choice([{"answers": {**told("party."), "own": own("party")}, "people": people}] * 20 + [{}, {"people": []}, {"answers": "x", "people": {"wife": "y"}}])


def by_the_browsers_script(cases: list[Any]) -> list[list[str]]:
    told = subprocess.run([str(NODE), str(ROOT / "tests/declare/cases.js"), str(SCRIPT)], input=json.dumps(cases).encode(), capture_output=True, timeout=60, check=True)
    return json.loads(told.stdout)


def by_the_server(program: dict[str, Any], body: dict[str, Any]) -> list[str]:
    return sorted(f"{role}/{name}" for role, name in conditions.shown(program, body))


def random_cases(seed: int, how_many: int) -> list[Any]:
    chance = random.Random(seed)
    programs = [a_program(chance) for _ in range(how_many // 5)]
    return [(program, a_body(chance, program)) for program in programs for _ in range(5)]


def differences(cases: list[Any]) -> list[Any]:
    there = by_the_browsers_script(cases)
    assert len(there) == len(cases)
    return [(case, here, theirs) for case, theirs in zip(cases, there, strict=True) if (here := by_the_server(*case)) != theirs]


class TestBothSides:
    def test_agree_in_ten_thousand_random_cases(self):
        cases = random_cases(20270529, CASES)
        wrong = differences(cases)
        assert not wrong, f"{len(wrong)} differ, such as {json.dumps(wrong[0], ensure_ascii=False)}"

    def test_the_cases_are_worth_it(self):
        """Negative control of the generator: answers move questions both ways, and ages are computed often."""
        cases = random_cases(20270529, 2_000)
        told = [by_the_server(*case) for case in cases]
        asked = [sum(len(ROLES) if q["per"] == "person" else 1 for q in program["questions"]) for program, _ in cases]
        assert 0.3 < sum(map(len, told)) / sum(asked) < 0.8
        ages = [conditions.age_of(p, c["day"]) for c, b in cases for p in (b.get("people") or {}).values() if isinstance(p, dict)]
        assert sum(age is not None for age in ages) > len(ages) / 3

    def test_a_difference_would_be_seen(self, monkeypatch):
        """Negative control: let the server count a person of 29 February a year older only on 1 March."""
        real = conditions.age_of
        monkeypatch.setattr(conditions, "age_of", lambda person, day: real(person, "2027-02-27" if day == "2027-02-28" else day))
        assert differences(random_cases(7, 2_000))


class TestAge:
    def test_born_on_29_february_is_a_year_older_on_28_february_where_there_is_no_29th(self):
        person, days = {"born_on": "1948-02-29"}, ("2028-02-28", "2028-02-29", "2027-02-27", "2027-02-28", "2027-03-01")
        assert [conditions.age_of(person, day) for day in days] == [79, 80, 78, 79, 79]

    def test_follows_from_the_id_number_and_there_is_none_before_birth(self):
        assert conditions.age_of({"id_number": "35098219480229001X"}, "2027-05-29") == 79
        assert conditions.age_of({"born_on": "2030-01-01"}, "2027-05-29") is None
