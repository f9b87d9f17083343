"""State changes by table."""

import pytest

from eventsvc.core.clock import now
from eventsvc.core.enums import Labelled
from eventsvc.core.errors import WrongMoment
from eventsvc.core.workflow import Step, Workflow, every, states


class S(Labelled):
    DRAFT = "draft", "草稿"
    OUT = "out", "已发布"
    OLD = "old", "已归档"


FLOW = Workflow(
    Step("publish", "发布", states(S.DRAFT), S.OUT, by="organiser"),
    Step("note", "批注", every(S, but=[S.OLD]), None, by="approver"),
    Step("archive", "归档", states(S.OUT), S.OLD, by="system"),
)


@pytest.mark.parametrize("action", ["publish", "note", "archive"])
@pytest.mark.parametrize("state", S)
def test_a_step_is_taken_only_from_its_states(state: S, action: str):
    allowed = {"publish": {S.DRAFT}, "note": {S.DRAFT, S.OUT}, "archive": {S.OUT}}[action]
    if state in allowed:
        assert FLOW.step(state, action).action == action
    else:
        with pytest.raises(WrongMoment):
            FLOW.step(state, action)


def test_the_refusal_names_state_and_step_in_words():
    with pytest.raises(WrongMoment, match="现在是“已归档”状态，不能发布"):
        FLOW.step(S.OLD, "publish")


@pytest.mark.parametrize("action", ["", "PUBLISH", "{state}", "100%", "{0.__class__}"])
def test_a_step_that_is_not_there_is_the_wrong_moment_whatever_it_is_called(action: str):
    with pytest.raises(WrongMoment) as no:
        FLOW.step(S.DRAFT, action)
    assert f"不能{action}" in str(no.value)


def test_steps_are_offered_by_state_and_role_in_the_order_of_the_table():
    assert [s.action for s in FLOW.from_here(S.DRAFT, lambda role: True)] == ["publish", "note"]
    assert [s.action for s in FLOW.from_here(S.DRAFT, lambda role: role == "approver")] == ["note"]
    assert FLOW.from_here(S.DRAFT, lambda role: False) == []
    assert FLOW.from_here(S.OLD, lambda role: True) == []


def test_a_step_of_the_system_is_offered_to_nobody():
    assert [s.action for s in FLOW.from_here(S.OUT, lambda role: True)] == ["note"]
    assert FLOW.step(S.OUT, "archive").by == "system"


def test_one_action_stands_in_the_table_once():
    with pytest.raises(ValueError, match="publish"):
        Workflow(*FLOW.steps, Step("publish", "再发布", states(S.OLD), S.OUT, by="organiser"))


def test_the_clock_is_aware_and_in_utc():
    assert now().utcoffset() is not None
    assert now().utcoffset().total_seconds() == 0
