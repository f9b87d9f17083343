"""The figures of a unit as a workbook, and as the picture of a year: from the same view as the page."""

from collections import Counter
from collections.abc import Iterable

from eventsvc.core.words import N_, Words
from eventsvc.declare.kind import SHARED_INDICATORS
from eventsvc.infra.charts import Series, bars
from eventsvc.infra.i18n import say
from eventsvc.infra.workbooks import Cell, Head, Kind, Sheet, workbook
from eventsvc.kinds import KINDS
from eventsvc.statistics.queries import Amounts, Column, View

SIGNATURES = N_("填报人：　　　　　审核人：　　　　　单位负责人：　　　　　（盖章）　　　　　日期：")
SHARED_CODES = frozenset(one.code for one in SHARED_INDICATORS)
SOURCE = N_("数字来自已审核的活动报告；金额单位为元。")


def title(view: View) -> str:
    """Return the words above everything: whose numbers, of when."""
    return say(Words(N_("{unit}{period}活动数字汇总表"), unit=view.organisation.name, period=view.period.said))


def book(view: View) -> bytes:
    """Return the workbook: units below, kinds, months beside the year before, the unit's own activities."""
    return workbook(_units(view), _kinds(view), _months(view), _activities(view))


def picture(view: View, code: str) -> bytes:
    """Draw one indicator month by month beside the year before."""
    column = view.column(code)
    labels = [say(Words(N_("{month}月"), month=int(row.month[5:]))) for row in view.months]
    if column is None:
        return bars([], Series("", []))
    scale = 100 if column.money else 1
    year, before = (Words(N_("{year}年"), year=y) for y in (view.period.year, view.period.year - 1))
    return bars(
        labels,
        Series(year, [row.amounts[column.id] / scale for row in view.months]),
        Series(before, [row.before[column.id] / scale for row in view.months]),
    )


def _units(view: View) -> Sheet:
    rows = [
        [row.name + (say(N_("（部分时间）")) if row.part else ""), *_cells(view, row.amounts)] for row in view.children
    ]
    own = [say(N_("本级")), *_cells(view, view.own)]
    foot = [say(N_("合计")), *_cells(view, view.total)]
    heads = [Head(say(N_("单位")), width=22), *_heads(view.columns)]
    return Sheet(say(N_("单位汇总")), title(view), heads, [*rows, own], foot, (say(SOURCE), say(SIGNATURES)))


def _kinds(view: View) -> Sheet:
    rows = [[say(row.label), *_cells(view, row.amounts)] for row in view.kinds]
    foot = [say(N_("合计")), *_cells(view, view.total)]
    return Sheet(
        say(N_("按活动类型")), title(view), [Head(say(N_("活动类型")), width=22), *_heads(view.columns)], rows, foot
    )


def _months(view: View) -> Sheet:
    """Write each indicator twice: this year and the year before, under one merged head."""
    years = [str(view.period.year), str(view.period.year - 1)]
    heads = [Head(say(N_("月份")))]
    heads += [Head(year, _kind(column), group=_label(column)) for column in view.columns for year in years]
    rows = [[row.month, *_pairs(view, row.amounts, row.before)] for row in view.months]
    whole, before = _together(row.amounts for row in view.months), _together(row.before for row in view.months)
    return Sheet(say(N_("按月")), title(view), heads, rows, [say(N_("合计")), *_pairs(view, whole, before)])


def _activities(view: View) -> Sheet:
    heads = [
        Head(say(N_("活动")), width=32),
        Head(say(N_("活动类型")), width=16),
        Head(say(N_("举办日期")), "date", width=12),
        *_heads(view.columns),
    ]
    rows = [
        [
            one.title,
            say(KINDS[one.kind].label) if one.kind in KINDS else one.kind,
            one.held_on,
            *_cells(view, one.amounts),
        ]
        for one in view.activities
    ]
    return Sheet(say(N_("本级活动")), title(view), heads, rows, [say(N_("合计")), None, None, *_cells(view, view.own)])


def _heads(columns: Iterable[Column]) -> list[Head]:
    return [Head(_label(column), _kind(column), group=say(column.task or _group(column))) for column in columns]


def _group(column: Column) -> str:
    """Name what stands above a column that serves no task."""
    return N_("总体") if column.code in SHARED_CODES else N_("其他")


def _label(column: Column) -> str:
    return f"{say(column.label)}（{say(column.unit)}）"


def _kind(column: Column) -> Kind:
    return "money" if column.money else "number"


def _cells(view: View, amounts: Amounts) -> list[Cell]:
    return [amounts[column.id] for column in view.columns]


def _pairs(view: View, amounts: Amounts, before: Amounts) -> list[Cell]:
    return [n for column in view.columns for n in (amounts[column.id], before[column.id])]


def _together(many: Iterable[Amounts]) -> Amounts:
    found: Amounts = Counter()
    for one in many:
        found.update(one)
    return found
