"""What a report still lacks, and what looks odd in it; told from plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventsvc.core.money import wan
from eventsvc.core.words import N_, Words
from eventsvc.declare import ActivityKind, Indicator
from eventsvc.declare.kind import SHARED_INDICATORS

Facts = dict[str, int | None]
"""What the system knows, by the name of the fact; None or not there: nothing knows it."""

PERSON_TIMES = N_("人次")

SECTIONS = (
    ("overview", N_("基本情况")),
    ("done", N_("主要做法")),
    ("effect", N_("成效")),
    ("problems", N_("问题")),
    ("next", N_("下步打算")),
)
NEEDED = ("overview", "effect")
"""Sections without which the level above could not tell what happened."""


@dataclass(frozen=True)
class Value:
    """One figure as it stands: what is known, what was given instead, why."""

    indicator: Indicator
    computed: int | None
    given: int | None = None
    reason: str = ""

    @property
    def amount(self) -> int | None:
        """Return what counts."""
        return self.computed if self.given is None else self.given

    @property
    def overridden(self) -> bool:
        """Say whether somebody says otherwise than the system."""
        return self.computed is not None and self.given is not None and self.given != self.computed


def indicators(kind: ActivityKind) -> tuple[Indicator, ...]:
    """Return what a report of this kind counts: what every kind counts first, each once."""
    return tuple({one.code: one for one in (*SHARED_INDICATORS, *kind.indicators)}.values())


def person_times(kind: ActivityKind, known: Facts) -> int | None:
    """Count person-times: who came by name, and the largest tally of persons.

    Only the largest: who watched the show, asked a question and was examined may be one and the same. In a round each visit is one.
    """
    if kind.has("round"):
        return known.get("visits_made")
    named = known.get("people_present")
    tallied = max((known.get(f"counter:{c.code}") or 0 for c in kind.counters if c.unit == PERSON_TIMES), default=None)
    return None if named is None and tallied is None else (named or 0) + (tallied or 0)


def following(kind: ActivityKind, known: Facts, given: Mapping[str, int | None]) -> Facts:
    """Return what is known, with person-times counted from what the organiser gave instead (by the indicator's code), where she did.

    The other facts stay as the system knows them: each correction is shown beside them.
    """
    said: Facts = {one.of: amount for one in indicators(kind) if one.of and (amount := given.get(one.code)) is not None}
    return known | {"person_times": person_times(kind, known | said)}


def missing(
    kind: ActivityKind, values: Sequence[Value], words: Mapping[str, str], answers: Mapping[str, Any]
) -> list[tuple[str, Words]]:
    """List what must be there before a report goes up: (name of the question, words)."""
    return [*_missing_figures(values), *_missing_words(words), *_missing_answers(kind, answers)]


def _missing_figures(values: Iterable[Value]) -> Iterable[tuple[str, Words]]:
    for one in values:
        label = Words(str(one.indicator.label))
        if one.amount is None:
            yield f"figures.{one.indicator.code}.value", Words(N_("请填“{label}”，没有就填0"), label=label)
        elif one.overridden and not one.reason:
            yield (
                f"figures.{one.indicator.code}.reason",
                Words(N_("“{label}”和系统数字不同，请写一句原因"), label=label),
            )


def _missing_words(words: Mapping[str, str]) -> Iterable[tuple[str, Words]]:
    labels = dict(SECTIONS)
    yield from ((f"words.{s}", Words(N_("请写“{label}”"), label=Words(labels[s]))) for s in NEEDED if not words.get(s))


def _missing_answers(kind: ActivityKind, answers: Mapping[str, Any]) -> Iterable[tuple[str, Words]]:
    for asked in kind.report_questions:
        if asked.required and not asked.retired and answers.get(asked.name) in (None, "", []):
            yield f"answers.{asked.name}", Words(N_("请填“{label}”"), label=Words(str(asked.label)))


def odd(values: Sequence[Value], planned_fen: int, photos: int, *, dignified: bool = False) -> list[Words]:
    """Point out what looks odd, gently: nothing here stops anybody."""
    amounts = {one.indicator.of: one.amount for one in values if one.indicator.of}
    found = [*_more_than(amounts), *_money(amounts.get("spending"), planned_fen), *_zeroes(values)]
    if not photos and not dignified:
        found.append(Words(N_("还没有照片。有两三张现场照片，总结和简报会更好看。")))
    return found


PAIRS = (
    ("parties_present", "parties_registered", N_("到场（{less}）比报名（{more}）还多，是不是有现场来的没有补登？")),
    ("households_seen", "households_due", N_("已访（{less}）比应访（{more}）还多，请核对名单。")),
    ("problems", "visits_made", N_("发现问题（{less}）比访视次数（{more}）还多，请核对。")),
)


def _more_than(amounts: Mapping[str, int | None]) -> Iterable[Words]:
    for part, whole, words in PAIRS:
        less, more = amounts.get(part), amounts.get(whole)
        if less is not None and more is not None and less > more:
            yield Words(words, less=less, more=more)


def _money(spent: int | None, planned: int) -> Iterable[Words]:
    if spent is not None and planned and spent > planned:
        yield Words(
            N_("支出{spent}，超过预算{planned}，请在“问题”里说明一句。"), spent=wan(spent), planned=wan(planned)
        )


def _zeroes(values: Sequence[Value]) -> Iterable[Words]:
    noughts = [Words(str(one.indicator.label)) for one in values if one.computed == 0 and one.amount == 0]
    if len(noughts) == 1:
        yield Words(N_("“{label}”是0。如果当时记在纸上，请补录，或在这里写上数字和原因。"), label=noughts[0])
    elif noughts:
        words = N_("“{label}”等{count}个数是0。如果当时记在纸上，请补录，或在这里写上数字和原因。")
        yield Words(words, label=noughts[0], count=len(noughts))
