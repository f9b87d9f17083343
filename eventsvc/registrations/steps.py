"""A sign-up one question at a time: which screens there are, what is wrong on one, what is carried along.

Nothing is kept on the server: what was answered travels in the form itself, and any screen can be sent again. The whole
form and the walk through it ask by the same grammar and are sent to the same command.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eventsvc.core.errors import Invalid
from eventsvc.declare.conditions import shown
from eventsvc.infra.forms import CONTROL, fold
from eventsvc.registrations.doors import PartyForm
from eventsvc.registrations.own import OWN
from eventsvc.registrations.schemas import SELF

VILLAGE = ("village", "village_name")


@dataclass(frozen=True)
class Screen:
    """One question, or two that belong together."""

    names: tuple[str, ...]
    role: str = ""
    """Whose it is, when it is put to one person."""
    always: bool = True
    """Asked on the way; else only offered at the end."""

    @property
    def name(self) -> str:
        """Return what the screen is called in a form."""
        return self.names[0]

    def holds(self, name: str) -> bool:
        """Say whether an answer of this name is given here."""
        return any(name == own or name.startswith(f"{own}.") for own in self.names)


def screens(form: PartyForm, villages: Sequence[object]) -> list[Screen]:
    """Return the screens that this party is asked, given what it said so far, in the order of the page."""
    found = [*_proxy(form), *_people(form), *_together(form, villages), Screen(tuple(form.names("consent")))]
    return [screen for screen in found if screen.names]


def _proxy(form: PartyForm) -> Iterator[Screen]:
    if "proxy" not in form.schema.fields:
        return
    yield Screen(("proxy.relation",))
    if _is_for_others(form):
        yield from (Screen((name,)) for name in ("proxy.name", "proxy.phone"))


def _is_for_others(form: PartyForm) -> bool:
    return form.typed.get("proxy.relation", "") not in ("", SELF)


def _people(form: PartyForm) -> Iterator[Screen]:
    for role in form.question("people").schema.fields:  # type: ignore[attr-defined]
        for name in _names(form, f"people.{role}", role):
            yield Screen((name,), role, _is_always(form, name))


def _together(form: PartyForm, villages: Sequence[object]) -> Iterator[Screen]:
    if "answers" in form.schema.fields:
        yield from (Screen((name,), "", _is_always(form, name)) for name in _names(form, "answers", ""))
    if form.sessions:
        yield Screen(("slot",), "", True)
    top = [name for name in form.names() if form.question(name).metadata.get("label")]
    yield from (Screen((name,)) for name in top if name not in VILLAGE)
    yield Screen(VILLAGE if villages else VILLAGE[1:], "", bool(villages))


def _names(form: PartyForm, room: str, role: str) -> Iterator[str]:
    yield from form.names(room)
    inner = form.question(room).schema.fields  # type: ignore[attr-defined]
    if OWN in inner:
        program = getattr(form.schema, "program", {})
        open_ = {name for whose, name in shown(program, fold(form.typed)) if whose == role}
        yield from (name for name in form.names(f"{room}.{OWN}") if name.rsplit(".", 1)[1] in open_)


def _is_always(form: PartyForm, name: str) -> bool:
    """Say whether a question is put to everybody: it must be answered and nothing usual stands in it, or the organiser asks it."""
    question, last = form.question(name), name.rsplit(".", 1)[1]
    if last == "phone" and name.startswith("people."):
        return bool(question.required) or not _is_for_others(form)
    asked = question.required or f".{OWN}." in name
    return bool(asked) and question.metadata.get("prefill") is None


def named(found: Iterable[Screen], name: str) -> Screen | None:
    """Return the screen with this name."""
    return next((screen for screen in found if screen.name == name), None)


def find_wrong(form: PartyForm, screen: Screen) -> bool:
    """Say whether what was answered here cannot stand; what is wrong elsewhere is not looked at yet."""
    try:
        form.load()
    except Invalid as no:
        no.fields = {name: words for name, words in no.fields.items() if screen.holds(name)}
        if no.fields:
            form.refuse(no)
    return bool(form.wrongs)


def neighbour(found: Sequence[Screen], here: Screen, by: int) -> Screen | None:
    """Return the next screen on the way (`by` 1), or the one before (-1); None at either end."""
    at = found.index(here)
    way = found[at + 1 :] if by > 0 else found[:at][::-1]
    return next((screen for screen in way if screen.always), None)


def carried(form: PartyForm, here: Screen | None, *, first: bool) -> list[tuple[str, str]]:
    """Return all that was answered on other screens, to travel along; at first what is usual, as the whole form has it."""
    told = [(name, value) for name, value in form.typed.items(multi=True) if name not in CONTROL]
    told += list(_usual(form)) if first else []
    return [(name, value) for name, value in told if here is None or not here.holds(name)]


def _usual(form: PartyForm) -> Iterator[tuple[str, str]]:
    for screen in screens(form, ()):
        for name in screen.names:
            if (usual := form.question(name).metadata.get("prefill")) is not None and name not in form.typed:
                yield name, str(usual)


def place_of(found: Sequence[Screen], here: Screen) -> tuple[int, int]:
    """Return which question of how many this is."""
    way = [screen for screen in found if screen.always or screen == here]
    return way.index(here) + 1, len(way)
