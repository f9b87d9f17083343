"""State changes by table: buttons, API, diagram and test are all read from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from eventsvc.core.enums import Labelled
from eventsvc.core.errors import WrongMoment
from eventsvc.core.words import Words


def no_check(subject: Any, actor: Any) -> None:
    """Nothing more to ask."""


@dataclass(frozen=True)
class Step:
    """One arrow of a workflow: from any of `sources` to `target` (None: the state stays), by a role."""

    action: str
    label: str
    sources: frozenset[Labelled]
    target: Labelled | None
    by: str
    check: Callable[[Any, Any], None] = field(default=no_check, compare=False)
    needs: str = ""
    """What must be given with it: "note", "date", "paper" or nothing."""
    danger: bool = False


class Workflow:
    """The steps of one kind of thing. The only authority on what may follow what."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self._by_action = {step.action: step for step in steps}
        if twice := sorted({s.action for s in steps if self._by_action[s.action] is not s}):
            raise ValueError(f"named twice: {', '.join(twice)}")

    def step(self, state: Labelled, action: str) -> Step:
        """Return the step, or raise WrongMoment when it cannot be taken from `state`."""
        step = self._by_action.get(action)
        if step is None or state not in step.sources:
            label = step.label if step else action
            raise WrongMoment(state=Words(state.label), action=Words(label))
        return step

    def from_here(self, state: Labelled, may: Callable[[str], bool]) -> list[Step]:
        """Return the steps open from `state` to somebody for whom `may(role)` is true; none of the system's."""
        return [s for s in self.steps if state in s.sources and s.by != "system" and may(s.by)]


def states(*members: Labelled) -> frozenset[Labelled]:
    """Return the members as a set, to write sources with."""
    return frozenset(members)


def every(enum: type[Labelled], *, but: Iterable[Labelled] = ()) -> frozenset[Labelled]:
    """Return all members of an enum except some."""
    return frozenset(enum) - frozenset(but)
