"""What stands on each paper, as plain values: no row of the database ever reaches a template of papers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from eventsvc.activities.models import Activity, State
from eventsvc.activities.rules import when_words
from eventsvc.core.lunar import Anniversary
from eventsvc.core.masking import mask_phone
from eventsvc.core.money import fen_to_yuan
from eventsvc.core.periods import day_of
from eventsvc.core.pinyin import sort_key
from eventsvc.core.words import N_, Label
from eventsvc.declare import ActivityKind, AnniversaryField, Document, Field, Number, Personal
from eventsvc.declare.fields import Choices, Money
from eventsvc.declare.party import SEX
from eventsvc.documents.rules import MOST_PEOPLE, SIGN_IN, SUMMARY, number_words, village_name
from eventsvc.infra import storage
from eventsvc.infra.sandbox import Trouble
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Level, Organisation
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import PartyRow
from eventsvc.reports import drafts, facts
from eventsvc.reports import queries as reports
from eventsvc.reports.models import Report
from eventsvc.reports.rules import SECTIONS, Value

ORDINALS = "一二三四五六七八九"
SPARE_ROWS, BLANK_ROWS = 4, 36
SEXES = dict(SEX)
PRINTED = (None, Personal.AWARD, Personal.STORY)
"""Classes of answers that may stand on a paper handed out; health and identity never do."""


@dataclass(frozen=True)
class Work:
    """One paper to be made: its template, what stands on it, its photos, how many pages are expected (0: unknown)."""

    template: str
    context: dict[str, Any]
    assets: dict[str, bytes] = field(default_factory=dict, repr=False)
    pages: int = 0


def of(paper: Document, activity: Activity, subject_id: UUID, *, today: date) -> Work:
    """Gather what a paper needs; raise Trouble when it cannot be made as asked."""
    build = BUILDERS.get(paper.code, parties if paper.each == "registration" else summary)
    return build(paper, activity, subject_id, today)


# -- 活动总结 ---------------------------------------------------------------------------------------------------------


def summary(paper: Document, activity: Activity, _: UUID, today: date) -> Work:
    """Gather the report: its words by section, its figures with their sources, photos with consent, who signs and when."""
    report = reports.find(activity.id)
    if report is None:
        raise Trouble(N_("还没有填写活动报告；请先在“报告”里填写，总结会自动用上里面的内容"))
    signed = day_of(report.submitted_at) if report.submitted_at else today
    photos = [] if KINDS[activity.kind].dignified else [p for p in report.photos if p.consent]
    context = {
        "title": f"{activity.title.removesuffix('活动')}活动总结",
        "unit": formal_name(activity.organisation),
        "date": day_words(signed),
        "sections": _numbered(_sections(report, KINDS[activity.kind])),
        "photos": [{"asset": f"photo-{i}", "caption": p.caption} for i, p in enumerate(photos)],
    }
    return Work(paper.template, context, {f"photo-{i}": storage.read(p.file.path) for i, p in enumerate(photos)})


def _sections(report: Report, kind: ActivityKind) -> Iterable[dict[str, Any]]:
    values = reports.values(report)
    words = {**drafts.propose(kind, reports.told(report.activity), values), **{k: v for k, v in report.words.items() if v}}
    for code, label in SECTIONS:
        said = words[code] if code == "overview" else report.words.get(code) or ""
        figures, parts = [], []
        if code == "effect":
            figures = [*_figures(values, kind), *_counted_answers(kind, report.words.get("answers") or {})]
            parts = list(_told_answers(kind, report.words.get("answers") or {}))
        if said or figures or parts:
            yield {"label": zh(label), "paragraphs": paragraphs(said), "parts": _numbered(parts), "figures": _grouped(figures),
                   "figures_label": "主要数据"}  # fmt: skip


def _figures(values: Iterable[Value], kind: ActivityKind) -> Iterable[dict[str, str]]:
    for value in values:
        if value.amount is not None:
            money = value.indicator.measure == "money"
            yield {
                "label": zh(value.indicator.label), "unit": zh(value.indicator.unit), "source": _source(value, kind),
                "value": fen_to_yuan(value.amount) if money else f"{value.amount:,}",
            }  # fmt: skip


def _source(value: Value, kind: ActivityKind) -> str:
    if value.given is not None:
        return f"填报：{value.reason}" if value.reason else "填报"
    known = facts.source_of(value.indicator.of, kind)
    return zh(known.label) if known else "系统统计"


def _counted_answers(kind: ActivityKind, answers: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    for question in kind.report_questions:
        if isinstance(question, Number) and answers.get(question.name) is not None:
            yield {"label": zh(question.label), "unit": zh(question.unit), "source": "填报", "value": f"{answers[question.name]:,}"}


def _told_answers(kind: ActivityKind, answers: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for question in kind.report_questions:
        if not isinstance(question, Number) and answers.get(question.name):
            yield {"label": zh(question.label), "paragraphs": paragraphs(_answer(question, answers[question.name]))}


def _answer(question: Field, answer: Any) -> str:
    """Say an answer as it stands in JSON."""
    if isinstance(question, Money):
        return f"{answer}元"
    if (labels := dict(getattr(question, "of", ()) or ())) and not isinstance(answer, dict):
        chosen = answer if isinstance(question, Choices) else [answer]
        return "、".join(zh(labels.get(one, one)) for one in chosen)
    return "是" if answer is True else str(answer)


def _numbered(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"number": number_words(i), **part} for i, part in enumerate(parts, start=1)]


def _grouped(rows: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Put rows into groups that stay on one page: the first two, the last three, each of the others by itself."""
    if len(rows) <= 5:
        return [rows] if rows else []
    return [rows[:2], *([row] for row in rows[2:-3]), rows[-3:]]


# -- 签到表 -----------------------------------------------------------------------------------------------------------


def sign_in(paper: Document, activity: Activity, _: UUID, today: date) -> Work:
    """Gather who is expected, by village where there are several, else as a Chinese list goes; a blank sheet without a list."""
    expected = registrations.roster(activity.id, Standing.PLACED)
    _not_too_many(expected)
    places = {party.village for party in expected if party.village}
    if len(places) > 1:
        expected = sorted(expected, key=lambda party: (not party.village, sort_key(party.village)))
    people = sum(len(party.people) for party in expected)
    shape = KINDS[activity.kind].party
    counted = f"共{len(expected)}{zh(shape.unit)}" if shape else ""
    context = {
        "title": f"{activity.title}签到表", "unit": formal_name(activity.organisation), "venue": activity.venue,
        "when": when_words(activity.starts_at, activity.ends_at), "parties": list(_lines(expected, len(places) > 1)),
        "first_blank": len(expected) + 1, "blanks": SPARE_ROWS if expected else BLANK_ROWS,
        "total": (counted if shape and people == len(expected) else f"{counted}{people}人") if expected else "",
    }  # fmt: skip
    return Work(paper.template, context)


def _lines(expected: list[PartyRow], by_village: bool) -> Iterable[dict[str, Any]]:
    before: str | None = None
    for number, party in enumerate(expected, start=1):
        village = village_name(party.village)
        new = by_village and village != before
        before = village
        yield {
            "number": number, "code": party.code, "village": village, "heading": (village or "其他") if new else "",
            "people": [{"name": p.name, "sex": zh(SEXES.get(p.sex, "")), "phone": mask_phone(p.phone) if p.phone else ""} for p in party.people],
        }  # fmt: skip


# -- papers for each party -------------------------------------------------------------------------------------------


def parties(paper: Document, activity: Activity, subject_id: UUID, today: date) -> Work:
    """Gather one party, or every party that came (before the day: that has a place), one page each."""
    chosen = registrations.roster(activity.id, Standing.PLACED)
    if subject_id != activity.id:
        chosen = [party for party in chosen if party.id == subject_id]
    elif activity.state in (State.HELD, State.ARCHIVED):
        chosen = list(_came(chosen, KINDS[activity.kind])) or chosen
    if not chosen:
        raise Trouble(N_("名单已经变了，这份文件没有可印的内容"))
    _not_too_many(chosen)
    day = activity.held_on or day_of(activity.starts_at)
    context = {
        "title": zh(paper.label), "unit": formal_name(activity.organisation), "date": day_words(day),
        "activity_title": activity.title, "plan": activity.plan,
        "parties": [_printed(party, activity, day) for party in chosen],
    }  # fmt: skip
    return Work(paper.template, context, pages=len(chosen))


def _came(expected: list[PartyRow], kind: ActivityKind) -> Iterator[PartyRow]:
    """Give who came: couples and families whole; of those who have a place each, whoever came of them."""
    for party in expected:
        here = tuple(person for person in party.people if person.attended)
        if here and (len(here) == len(party.people) or (kind.party and kind.party.places_each)):
            yield replace(party, people=here)


def _printed(party: PartyRow, activity: Activity, day: date) -> dict[str, Any]:
    kind = KINDS[activity.kind]
    cutoff = activity.plan.get("cutoff_date")
    by = date.fromisoformat(cutoff) if isinstance(cutoff, str) else day
    printed = [question for question in kind.sign_up if question.personal in PRINTED]
    people = [{"name": p.name, "sex": zh(SEXES.get(p.sex, "")), "role": p.role} for p in party.people]
    answers = {question.name: _on_paper(question, party.answers.get(question.name), by) for question in printed}
    return {"code": party.code, "people": people, "answers": answers}


def _on_paper(question: Field, answer: Any, by: date) -> Any:
    if isinstance(question, AnniversaryField):
        return _anniversary(answer, by)
    return "" if answer is None else _answer(question, answer)


def _anniversary(answer: Any, by: date) -> dict[str, str]:
    """Say a day as it was told, and how many full years there are to a day; both empty when nothing is known."""
    if not answer:
        return {"said": "", "years_words": ""}
    when = answer if isinstance(answer, Anniversary) else Anniversary.from_dict(answer)
    fewest, most = when.years_on(by)
    years = fewest if fewest == most or fewest >= 50 else most
    return {"said": _as_told(when), "years_words": number_words(years) if 0 < years < 200 else ""}


def _as_told(when: Anniversary) -> str:
    return when.say() if when.precision == "day" else when.say().partition("（")[0]


# -- shared ----------------------------------------------------------------------------------------------------------


def _not_too_many(chosen: list[PartyRow]) -> None:
    people = sum(len(party.people) for party in chosen)
    if people > MOST_PEOPLE:
        raise Trouble(N_("名单有{people}人，一份文件最多印{most}人；请在“报名”里导出Excel名单"), people=people, most=MOST_PEOPLE)


def formal_name(unit: Organisation) -> str:
    """Name an association as it signs: 福鼎市点头镇观洋村计划生育协会."""
    if "协会" in unit.name:
        return unit.name
    above = [one for one in organisations.path(unit.id) if one.level not in (Level.PROVINCE, Level.CITY)]
    names = [village_name(one.name) for one in above if one.level is not Level.GROUP] or [unit.name]
    group = unit.name if unit.level is Level.GROUP else ""
    return f"{''.join(names)}计划生育协会{group}"


def day_words(day: date) -> str:
    """Write a day as official papers do."""
    return f"{day.year}年{day.month}月{day.day}日"


def zh(label: Label) -> str:
    """Papers are Chinese only."""
    return label if isinstance(label, str) else str(label.get("zh", ""))


def paragraphs(text: str) -> list[str]:
    """Split what a person wrote into its paragraphs, without the blanks they indent with."""
    return [line.strip(" \u3000\t") for line in text.splitlines() if line.strip(" \u3000\t")]


BUILDERS: dict[str, Callable[[Document, Activity, UUID, date], Work]] = {SUMMARY: summary, SIGN_IN: sign_in}
"""A paper's code → who gathers what stands on it; any other paper for each registration is gathered by `parties`."""
