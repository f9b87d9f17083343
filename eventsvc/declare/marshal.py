"""marshmallow fields that are strict, speak Chinese and refuse what JSON or a browser may smuggle in."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from eventsvc.core import money
from eventsvc.core.identity import parse_id_number
from eventsvc.core.lunar import Anniversary
from eventsvc.core.periods import at_local, local
from eventsvc.core.text import clean_text, full_width_to_ascii
from eventsvc.core.words import N_, Words

MESSAGES = {
    "required": N_("请填写这一项"),
    "null": N_("请填写这一项"),
    "validator_failed": N_("这一项填得不对，请核对"),
    "invalid": N_("这一项填得不对，请核对"),
    "type": N_("这一项填得不对，请核对"),
    "unknown": N_("没有这一项"),
}
_OURS = re.compile(r"[^\x00-\x7f]")
"""How a sentence of ours begins: with a Hanzi or a Chinese mark."""


def _speak_chinese() -> None:
    """Put our words in the place of marshmallow's own: its fields, its validators and its Schema bring English ones along."""
    for kind in vars(fields).values():
        if isinstance(kind, type) and issubclass(kind, fields.Field) and "default_error_messages" in vars(kind):
            kind.default_error_messages = {key: MESSAGES.get(key, MESSAGES["invalid"]) for key in kind.default_error_messages}
    fields.Field.default_error_messages |= MESSAGES
    for checker in vars(validate).values():
        for name in vars(checker) if isinstance(checker, type) else ():
            if name.startswith(("message_", "default_message")):
                setattr(checker, name, MESSAGES["validator_failed"])
    Schema._default_error_messages = {"unknown": MESSAGES["unknown"], "type": N_("内容的格式不对")}


_speak_chinese()


def refuse(words: str, **facts: Any) -> ValidationError:
    """Build a ValidationError whose message can still be translated."""
    return ValidationError([Words(words, **facts)])


def from_value_error(wrong: ValueError) -> ValidationError:
    """Turn the refusal of a pure function into one of a field, keeping words that can be translated.

    What Python itself says is English and may repeat what was typed: it is not passed on.
    """
    said = wrong.args[0] if wrong.args else ""
    ours = isinstance(said, Words) or (isinstance(said, str) and _OURS.match(said))
    return ValidationError([said if isinstance(said, Words) else Words(said if ours else MESSAGES["invalid"])])


class Str(fields.String):
    """Text, cleaned (NFC, no control, bidi or zero-width characters) and bounded in length."""

    def __init__(self, *, longest: int, multiline: bool = False, reader: Callable[[str], str] | None = None, **kw: Any) -> None:
        self.longest, self.multiline, self.reader = longest, multiline, reader
        super().__init__(**kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            text = clean_text(value, self.longest, multiline=self.multiline)
            if not text:
                if self.required:
                    raise self.make_error("required")
                return text
            return self.reader(text) if self.reader else text
        except ValueError as wrong:
            if isinstance(wrong, ValidationError):
                raise
            raise from_value_error(wrong) from wrong


class Whole(fields.Integer):
    """A whole number within bounds; `1.9`, `true` and `1e30` are refused."""

    def __init__(self, *, least: int = 0, most: int = 10**9, **kw: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if isinstance(value, str):
            typed = full_width_to_ascii(value).strip()
            value = int(typed) if re.fullmatch(r"[+-]?\d{1,18}", typed, re.ASCII) else None
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse(N_("请填写整数"))
        if not self.least <= value <= self.most:
            raise refuse(N_("应在 {least} 到 {most} 之间"), least=self.least, most=self.most)
        return value


class Fen(fields.Integer):
    """Money: people write yuan, the house counts fen."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise refuse(N_("请填写金额（元）"))
        try:
            return money.yuan_to_fen(str(value))
        except ValueError as wrong:
            raise from_value_error(wrong) from wrong

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return None if value is None else money.fen_to_yuan(value).replace(",", "")


class Day(fields.Date):
    """A calendar day, `2027-05-29`; impossible and absurd ones are refused."""

    def __init__(self, *, earliest: date = date(1900, 1, 1), latest: date = date(2100, 12, 31), **kw: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise refuse(N_("请按“年-月-日”填写日期，如 2027-05-29"))
        try:
            day = date.fromisoformat(value)
        except ValueError as wrong:
            raise refuse(N_("没有这一天，请核对日期")) from wrong
        if not self.earliest <= day <= self.latest:
            raise refuse(N_("日期应在 {earliest} 到 {latest} 之间"), earliest=self.earliest, latest=self.latest)
        return day


class Clock(fields.Time):
    """A time of day, `09:30`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> time:
        if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", value, re.ASCII):
            raise refuse(N_("请按“时:分”填写时间，如 09:30"))
        return time.fromisoformat(value).replace(second=0)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return None if value is None else value.strftime("%H:%M")


class OneOf(fields.String):
    """One of a list of codes."""

    def __init__(self, *, codes: tuple[str, ...], **kw: Any) -> None:
        self.codes = codes
        super().__init__(**kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        if not isinstance(value, str) or value not in self.codes:
            raise refuse(N_("请从列出的选项中选择"))
        return value


class Yes(fields.Boolean):
    """Yes or no; a box that is not ticked is no."""

    truthy = {"1", "true", "on", "yes", True}
    falsy = {"0", "false", "off", "no", "", False}


class WeddingDay(fields.Field[Anniversary]):
    """A wedding date as elders say it: lunar or solar, known to the day, the month or the year."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Anniversary:
        if not isinstance(value, Mapping) or set(value) - {"calendar", "year", "month", "day", "leap", "said"}:
            raise refuse(N_("请填写结婚日期，至少填年份"))
        if not value.get("year"):
            raise self.make_error("required")
        try:
            return Anniversary.from_dict(dict(value))
        except ValueError as wrong:
            raise from_value_error(wrong) from wrong
        except (TypeError, KeyError, AttributeError, ArithmeticError) as wrong:
            raise self.make_error("invalid") from wrong

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return None if value is None else value.to_dict()


class IdText(Str):
    """An ID number in any of the ways people write one; kept in its normal form. Future birth dates are refused."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(reader=self._read, **kw)

    @staticmethod
    def _read(text: str) -> str:
        # The grammar knows no today: a birth date in the future is refused by the command, which is handed `now`.
        return parse_id_number(text, today=date(2100, 12, 31)).number


class LocalMoment(fields.Field[datetime]):
    """`2027-05-29T09:30` on Shanghai's clock, read as an aware UTC moment."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            raise refuse(N_("请填写日期和时间"))
        try:
            moment = datetime.fromisoformat(value).replace(second=0, microsecond=0)
            if not 1900 <= moment.year <= 2100:
                raise refuse(N_("没有这一天，请核对日期"))
            return moment.astimezone(UTC) if moment.tzinfo else at_local(moment.date(), moment.time())
        except ValueError as wrong:
            if isinstance(wrong, ValidationError):
                raise
            raise refuse(N_("请填写日期和时间，如 2027-05-29 09:30")) from wrong

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return None if value is None else local(value).strftime("%Y-%m-%dT%H:%M")


class Many(fields.List[Any]):
    """A list without doubles; one bare value counts as a list of one (a browser sends it so)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> list[Any]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple):
            raise self.make_error("invalid")
        found = super()._deserialize(values, attr, data, **kw)
        if self.required and not found:
            raise self.make_error("required")
        return list(dict.fromkeys(found))


class Table(fields.List[Any]):
    """Rows of a small table; blank rows are dropped, too many refused."""

    def __init__(self, row: fields.Nested, *, most: int, **kw: Any) -> None:
        self.most = most
        super().__init__(row, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        kept = [(at, row) for at, row in enumerate(value) if not _blank(row)]
        if len(kept) > self.most:
            raise refuse(N_("最多 {most} 行"), most=self.most)
        try:
            return super()._deserialize([row for _, row in kept], attr, data, **kw)
        except ValidationError as wrong:
            # Faults are told by the row's place in what was sent, blank rows counted.
            places = {new: at for new, (at, _) in enumerate(kept)}
            raise ValidationError({places.get(at, at): told for at, told in wrong.normalized_messages().items()}) from wrong


def _blank(row: Any) -> bool:
    return isinstance(row, dict) and all(v in ("", None, []) for v in row.values())
