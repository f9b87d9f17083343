"""The laws of the house that can be read from the code itself. Every file is found, none is listed."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {"core", "declare", "infra", "kinds", "serve", "sample", "migrations", "translations", "static"}
"""Folders of eventsvc that are no features."""
ROOMS = {"__init__", "errors", "events", "workflow", "rules", "models", "queries", "schemas", "service", "web", "api", "cli"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
OPEN = {
    "reports.facts", "reports.drafts", "registrations.openings", "registrations.inviting", "people.couples", "people.honours", "people.pairs",
    "people.radar", "people.sealed_list", "people.sheets",
}  # fmt: skip
"""Inner files that other features may ask: each says so in its first lines."""
CODE = sorted(p for folder in ("eventsvc", "workers") for p in (ROOT / folder).rglob("*.py") if "migrations" not in p.parts)
BESIDES = sorted(p for folder in ("tests", "scripts", "bench") for p in (ROOT / folder).rglob("*.py"))
"""What is held to the length of files only."""


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def imports_inside(tree: ast.AST) -> list[int]:
    return [n.lineno for f in functions(tree) for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)]


def commits(tree: ast.AST) -> list[int]:
    return [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "commit"]


def undocumented(tree: ast.Module) -> list[str]:
    """Public functions and classes at the top of a module, and the module itself, without a docstring."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    silent = [n.name for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_") and not ast.get_docstring(n)]
    return silent if ast.get_docstring(tree) else ["the module", *silent]


def too_long(tree: ast.AST) -> list[str]:
    return [f"{f.name}: {length}" for f in functions(tree) if (length := f.end_lineno - f.lineno + 1) > LONGEST_FUNCTION]


def length_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def foreign_pieces(tree: ast.AST, feature: str) -> list[str]:
    """Imports of another feature's inner files: only its named rooms may be asked."""
    wrong = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("eventsvc."):
            continue
        parts = (node.module or "").split(".")[1:]
        names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        if parts[0] != feature and parts[0] in FEATURES:
            wrong += [f"{parts[0]}.{name} (line {node.lineno})" for name in names if name not in ROOMS and f"{parts[0]}.{name}" not in OPEN]
    return wrong


FEATURES = {p.name for p in (ROOT / "eventsvc").iterdir() if p.is_dir() and (p / "__init__.py").exists()} - FLOORS


def broken(law: Callable[[ast.Module], list[Any]]) -> dict[str, list[Any]]:
    """What breaks a law, by file."""
    return {named(path): found for path in CODE if (found := law(read(path)))}


class TestEveryFile:
    def test_imports_nothing_inside_a_function(self):
        assert broken(imports_inside) == {}

    def test_leaves_committing_to_the_database_hand(self):
        assert set(broken(commits)) == {"eventsvc/infra/db.py"}

    def test_says_what_its_public_parts_promise(self):
        assert broken(undocumented) == {}

    def test_is_short_and_so_are_its_functions(self):
        assert broken(too_long) == {}

    def test_no_file_of_ours_is_long_tests_included(self):
        assert ROOT / "tests/house/test_structure.py" in BESIDES
        assert {named(p): n for p in (*CODE, *BESIDES) if (n := length_of(p)) > LONGEST_FILE} == {}


class TestFeatures:
    @pytest.mark.parametrize("feature", sorted(FEATURES))
    def test_a_feature_is_asked_through_its_named_rooms_only(self, feature):
        folder = ROOT / "eventsvc" / feature
        wrong = {named(p): found for p in folder.rglob("*.py") if (found := foreign_pieces(read(p), feature))}
        assert wrong == {}

    def test_each_feature_has_rooms_with_the_usual_names(self):
        for feature in FEATURES:
            names = {p.stem for p in (ROOT / "eventsvc" / feature).iterdir() if p.suffix == ".py" or p.is_dir()}
            assert names & (ROOMS - {"__init__"}), feature


class TestTheseLawsCanBeBroken:
    """Negative controls: each check sees the fault it is there for."""

    def test_an_import_inside_a_function_is_seen(self):
        assert imports_inside(ast.parse("def f():\n    import os\n")) == [2]

    def test_a_commit_is_seen(self):
        assert commits(ast.parse("db.session.commit()")) == [1]

    def test_silence_is_seen(self):
        assert undocumented(ast.parse("def f(): ...\nclass C: ...\ndef _g(): ...\n")) == ["the module", "f", "C"]

    def test_length_is_seen(self):
        assert too_long(ast.parse("def f():\n" + "    x = 1\n" * LONGEST_FUNCTION)) == [f"f: {LONGEST_FUNCTION + 1}"]

    def test_a_long_file_is_seen(self, tmp_path: Path):
        (tmp_path / "long.py").write_text("x = 1\n" * (LONGEST_FILE + 1))
        assert length_of(tmp_path / "long.py") > LONGEST_FILE

    def test_reaching_into_another_feature_is_seen(self):
        tree = ast.parse("from eventsvc.activities.overview import overview\nfrom eventsvc.activities import plans, queries\n")
        assert foreign_pieces(tree, "reports") == ["activities.overview (line 1)", "activities.plans (line 2)"]
