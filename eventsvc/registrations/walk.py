"""The elder view of a sign-up: one question a page, forwards and back, all of it shown once more before it is sent."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from eventsvc.core.words import N_
from eventsvc.infra.forms import fold
from eventsvc.infra.i18n import say
from eventsvc.infra.site import size_of_type, with_type
from eventsvc.registrations import steps
from eventsvc.registrations.doors import PartyForm, choices_of, times_moved
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.own import blank
from eventsvc.registrations.steps import Screen

BACK_TO_SUM = "!"
"""Stands behind the name of a screen that was opened from the summary, and leads back to it."""

def wanted(opening: Opening) -> bool:
    """Say whether this reader goes question by question: in large type, unless the whole form was asked for or cannot be cut up."""
    party = opening.kind.party
    if request.form.get("_action") == "whole":
        return False
    if party is None or party.more is not None or opening.asked.uploads:
        return False
    return "_step" in request.form if request.method == "POST" else bool(size_of_type()) and request.args.get("form") != "whole"

def goes_on() -> bool:
    """Say whether a form asks for another question, and is not to be sent."""
    return "_step" in request.form and request.form.get("_action") not in ("send", "whole")

def one_step(form: PartyForm, opening: Opening, nonce: str) -> ResponseReturnValue:
    """Answer a screen that was filled in: the next one, the same with what is wrong, or any other that was asked for."""
    shown = _villages(form, opening)
    found = steps.screens(form, shown)
    name, action = request.form.get("_step", ""), request.form.get("_action", "")
    here = steps.named(found, name.removesuffix(BACK_TO_SUM))
    if action in ("larger", "smaller"):
        return with_type(make_response(_page(form, opening, nonce, here, name.endswith(BACK_TO_SUM))), action)
    if action.startswith("go:"):
        return _page(form, opening, nonce, steps.named(found, action[3:]), True)
    if here is None:
        return _page(form, opening, nonce, None)
    if action == "back":
        return _page(form, opening, nonce, None if name.endswith(BACK_TO_SUM) else steps.neighbour(found, here, -1) or here)
    if steps.find_wrong(form, here):
        return _page(form, opening, nonce, here, name.endswith(BACK_TO_SUM)), form.status
    return _page(form, opening, nonce, None if name.endswith(BACK_TO_SUM) else steps.neighbour(found, here, 1))

def after_refusal(form: PartyForm, opening: Opening, nonce: str) -> str:
    """Return the screen of the first thing that is wrong, or the summary when nothing on a screen is."""
    found = steps.screens(form, _villages(form, opening))
    here = next((screen for screen in found if any(screen.holds(name) for name in form.wrongs)), None)
    if here is not None:
        form.wrongs = {name: words for name, words in form.wrongs.items() if here.holds(name)}
    return _page(form, opening, nonce, here, here is not None)

def first_screen(form: PartyForm, opening: Opening, nonce: str, left: str) -> str:
    """Return what the link opens in large type: what it is about, and the first question."""
    return _page(form, opening, nonce, steps.screens(form, _villages(form, opening))[0], left=left, first=True)

def _page(form: PartyForm, opening: Opening, nonce: str, here: Screen | None, back_to_sum: bool = False, *, left: str = "", first: bool = False) -> str:
    shown = _villages(form, opening)
    found = steps.screens(form, shown)
    common = {"opening": opening, "kind": opening.kind, "form": form, "nonce": nonce, "here_at": here, "first": first,
              "carried": steps.carried(form, here, first=first), "villages": shown}  # fmt: skip
    if here is None:
        return render_template("registrations/step_sum.html", rows=_told(form, found, shown), **common)
    at, of = steps.place_of(found, here)
    mark = here.name + (BACK_TO_SUM if back_to_sum else "")
    return render_template(
        "registrations/step.html", mark=mark, at=at, of=of, section=_section(form, here), left=left or str(opening.left),
        moved=times_moved(opening), back_to_sum=back_to_sum, blank=_may_be_blank(form, here), **common,
    )  # fmt: skip

def _villages(form: PartyForm, opening: Opening) -> list[tuple[str, str]]:
    villages, form.sessions = choices_of(opening)
    return villages

def _may_be_blank(form: PartyForm, here: Screen) -> bool:
    return not any(form.question(name).required or form.question(name).metadata.get("needed") for name in here.names)

def _section(form: PartyForm, here: Screen) -> str:
    if here.role:
        return say(form.question(f"people.{here.role}").metadata.get("label", ""))
    if here.name.startswith("proxy."):
        return say(N_("您为谁报名？"))
    return say(N_("同意和说明")) if here.name.startswith("consent.") else say(N_("一起要填的"))

# -- all that was said ------------------------------------------------------------------------------------------------

def _told(form: PartyForm, found: list[Screen], shown: list[tuple[str, str]]) -> list[tuple[Screen, str, str, str]]:
    """Return (screen, whose, question, answer) for the summary; an answer that was not given is empty."""
    return [
        (screen, _section(form, screen) if screen.role else "", _question(form, screen), _answer(form, screen, shown)) for screen in found
    ]  # fmt: skip

def _question(form: PartyForm, screen: Screen) -> str:
    if screen.name.startswith("consent."):
        return say(N_("同意和说明"))
    return say(form.question(screen.name).metadata.get("label", ""))

def _answer(form: PartyForm, screen: Screen, shown: list[tuple[str, str]]) -> str:
    said = [_said(form, name, shown) for name in screen.names]
    return "；".join(filter(None, said))

def _said(form: PartyForm, name: str, shown: list[tuple[str, str]]) -> str:
    about = form.question(name).metadata
    values = [value for value in form.typed.getlist(name) if value.strip()]
    if name.startswith("consent."):
        return say(about["label"]) if values else ""
    if name == "village":
        return dict(shown).get(values[0], "") if values else ""
    if about.get("widget") == "yesno":
        return say(N_("是")) if values and values[0] not in ("0", "") else ""
    if about.get("widget") == "anniversary" or not values:
        return _parts(form, name)
    words = {str(key): label for key, label in about.get("choices") or ()}
    return "、".join(say(words[value]) if value in words else value for value in values) + say(about.get("unit") or "")

def _parts(form: PartyForm, name: str) -> str:
    """Say an answer that has parts: a wedding day, an address."""
    node = fold(form.typed)
    for part in name.split("."):
        node = node.get(part, {}) if isinstance(node, dict) else {}
    if not isinstance(node, dict) or blank({k: v for k, v in node.items() if k != "calendar"}):
        return ""
    if "calendar" not in node:
        return "".join(str(value) for value in node.values())
    calendar = say(N_("农历")) if node["calendar"] == "lunar" else say(N_("公历"))
    leap = say(N_("闰")) if node.get("leap") else ""
    month = f"{leap}{node['month']}{say(N_('月'))}" if node.get("month") else ""
    day = f"{node['day']}{say(N_('日'))}" if node.get("day") else ""
    return f"{calendar}{node.get('year', '')}{say(N_('年'))}{month}{day}"
