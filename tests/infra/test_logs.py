"""Logs tell what happened and where; never what anybody typed."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
import structlog

from eventsvc.infra import logs
from eventsvc.infra.logs import FRAMES, places


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    """What goes to standard error while a test runs."""
    ear = io.StringIO()
    configure_for(ear, "INFO")
    yield ear
    logs.configure("INFO", whole=True)


def configure_for(ear: io.StringIO, level: str, *, whole: bool = False) -> None:
    with redirect_stderr(ear):
        logs.configure(level, whole=whole)


def trouble() -> Exception:
    """An accident as it comes: a library repeats what was typed, ours is raised from it."""
    try:
        try:
            int("canary-typed")
        except ValueError as first:
            raise KeyError("canary-key") from first
    except KeyError as found:
        return found


def test_an_event_is_one_line_of_json_with_named_fields(heard: io.StringIO):
    structlog.get_logger().info("signed_up", activity="a1", 人数=3)
    said = json.loads(heard.getvalue())
    assert (said["event"], said["activity"], said["人数"], said["level"]) == ("signed_up", "a1", 3, "info")
    assert said["timestamp"].endswith("Z")


@pytest.mark.parametrize("given", ["itself", "true", "tuple"])
def test_an_accident_is_told_by_type_and_place_without_its_message(heard: io.StringIO, given: str):
    found = trouble()
    try:
        raise found
    except KeyError:
        told = {"itself": found, "true": True, "tuple": sys.exc_info()}[given]
        structlog.get_logger().error("accident", exc_info=told)
    said = json.loads(heard.getvalue())["exception"]
    assert "canary" not in heard.getvalue()
    assert "builtins.KeyError" in said
    assert "after builtins.ValueError" in said
    assert "tests/infra/test_logs.py" in said
    assert "trouble" in said


def test_libraries_are_held_to_the_same(heard: io.StringIO):
    try:
        int("canary")
    except ValueError:
        logging.getLogger("some.library").exception("it broke")
    assert "canary" not in heard.getvalue()
    assert "it broke" in heard.getvalue()
    assert "builtins.ValueError" in heard.getvalue()


def test_a_developers_own_service_tells_it_whole(heard: io.StringIO):
    """The negative control: this is what the rule keeps out."""
    configure_for(heard, "INFO", whole=True)
    structlog.get_logger().error("accident", exc_info=trouble())
    assert "canary-key" in heard.getvalue()
    assert "canary-typed" in heard.getvalue()


def test_the_level_is_kept(heard: io.StringIO):
    configure_for(heard, "WARNING")
    structlog.get_logger().info("quiet")
    logging.getLogger("some.library").info("quiet")
    structlog.get_logger().warning("loud")
    assert "quiet" not in heard.getvalue()
    assert "loud" in heard.getvalue()


def test_numbers_of_the_system_and_the_database_are_told():
    assert places(OSError(28, "canary")).startswith("builtins.OSError[28]")
    refused = type("UniqueViolation", (Exception,), {"sqlstate": "23505"})("Key (name)=(canary)")
    assert "[23505]" in places(refused)
    assert "canary" not in places(refused)


def test_a_ring_of_causes_and_a_deep_fall_come_to_an_end():
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one
    assert places(one).count("after") == 1

    def fall(depth: int) -> None:
        if depth == 0:
            raise ValueError
        fall(depth - 1)

    with pytest.raises(ValueError) as fell:  # noqa: PT011
        fall(200)
    assert len(places(fell.value).splitlines()) == FRAMES + 1
    assert places(None) == ""
