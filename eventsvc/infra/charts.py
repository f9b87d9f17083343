"""Charts as SVG images in our own colours: no script, no foreign address, nothing that a reader's click could start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pygal
from pygal.style import Style

from eventsvc.core.words import N_, Label
from eventsvc.infra.i18n import say

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")

MEDIA = "image/svg+xml"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For the image's own answer: it carries its style inside and needs nothing else."""

COLOURS = ("#a62b1f", "#1d5a63", "#7a5200", "#655748", "#45606a", "#82190f")
"""Cinnabar, azurite, gamboge, ink: static/tokens.css."""

STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#29211b",
    foreground_strong="#29211b",
    foreground_subtle="#dccfb6",
    guide_stroke_color="#dccfb6",
    major_guide_stroke_color="#dccfb6",
    guide_stroke_dasharray="1,3",
    opacity=".92",
    colors=COLOURS,
    value_colors=("#f6efe0",) * len(COLOURS),
    font_family="PingFang SC, Hiragino Sans GB, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, sans-serif",
    label_font_size=15,
    major_label_font_size=15,
    value_font_size=14,
    value_label_font_size=14,
    legend_font_size=16,
    no_data_font_size=24,
)


@dataclass(frozen=True)
class Series:
    """One row of numbers with its name; None leaves a gap."""

    label: Label
    values: Sequence[int | float | None]


def bars(labels: Sequence[str], *series: Series, height: int = 330, sideways: bool = False) -> bytes:
    """Draw bars, one group for each label; `sideways` for long names."""
    options = _options(height, len(series))
    if not sideways:
        return _drawn(pygal.Bar(**options), labels, series)
    room = 12 + 7 * max(map(len, labels), default=0)  # pygal measures names as if they were Latin
    return _drawn(
        pygal.HorizontalBar(**options | {"print_values": True, "margin_left": room}), labels[::-1], _turned(series)
    )


def _turned(series: Sequence[Series]) -> list[Series]:
    return [Series(one.label, one.values[::-1]) for one in series]


def lines(labels: Sequence[str], *series: Series, height: int = 330) -> bytes:
    """Draw lines over time."""
    return _drawn(pygal.Line(dots_size=4, stroke_style={"width": 3}, **_options(height, len(series))), labels, series)


def _options(height: int, many: int) -> dict[str, object]:
    return {
        "js": [], "css": ["file://style.css", "file://graph.css"], "style": STYLE, "disable_xml_declaration": True, "width": 660, "height": height,
        "show_legend": many > 1, "legend_at_bottom": True, "legend_at_bottom_columns": min(many, 4), "print_values": False,
        "print_zeroes": False, "value_formatter": _printed, "no_data_text": say(N_("还没有数字")), "margin": 12,
        "show_y_guides": True, "min_scale": 3, "max_scale": 6, "pretty_print": False, "truncate_legend": 24, "rounded_bars": 2,
        "include_x_axis": True,
    }  # fmt: skip


def _drawn(chart: Any, labels: Sequence[str], series: Sequence[Series]) -> bytes:
    chart.x_labels = list(labels)
    for one in series:
        chart.add(say(one.label), list(one.values))
    if ticks := _whole_ticks([v for one in series for v in one.values if v is not None]):
        chart.y_labels = ticks
    return _inert(chart.render())


def _whole_ticks(values: Sequence[int | float]) -> list[int]:
    """Return round whole steps for counts: nobody holds 0.8 activities. Empty when the values are not counts."""
    if not values or any(not float(v).is_integer() for v in values) or min(values) < 0 or max(values) == 0:
        return []
    top = int(max(values))
    size = 10 ** max(0, len(str(top)) - 1)
    step = next(s for s in (max(1, size // 5), max(1, size // 2), size, 2 * size) if top / s <= 6)
    return list(range(0, top + step, step))


def _inert(svg: str) -> bytes:
    """Leave out what pygal adds besides the drawing: its script, its comments with addresses and the day."""
    root = ElementTree.fromstring(svg)  # noqa: S314 (our own drawing; comments are not read)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("}script") or child.tag.endswith("}a"):
                parent.remove(child)
    return ElementTree.tostring(root, encoding="utf-8")


def _printed(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
