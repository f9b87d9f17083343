"""The summary PDF as a worker makes it, against WeasyPrint alone on the same HTML: both in forks of one warm process."""

import gc
import io
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from eventsvc.documents.contents import paragraphs
from eventsvc.infra import pdf
from eventsvc.infra.fonts import use_fonts

TIMES = 11
TEMPLATE = "documents/summary.html"
AIM_TIME, AIM_MEMORY = 1.15, 200


@dataclass(frozen=True)
class Run:
    """What one paper cost."""

    seconds: float
    cpu: float
    peak_mb: float


def main() -> None:
    """Measure both, interleaved, and print the medians."""
    use_fonts(Path("var").absolute())
    pdf.warm_up([TEMPLATE])
    context, assets = a_summary()
    source = pdf.html(TEMPLATE, context)
    ways: dict[str, Callable[[], object]] = {
        "WeasyPrint alone, warm": lambda: alone(source, assets),
        "eventsvc, warm worker": lambda: pdf.render(TEMPLATE, context, assets),
    }
    gc.collect()
    gc.freeze()
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for turn in range(TIMES + 1):
        for name, way in ways.items():
            run = measured(way)
            if turn:  # the first of each only fills the caches
                runs[name].append(run)
    print(table(runs))


def alone(source: str, assets: dict[str, bytes]) -> bytes:
    """Do what a bare script does."""
    made: bytes = HTML(string=source, url_fetcher=pdf.Fetcher(assets)).write_pdf(font_config=FontConfiguration())
    return made


def measured(way: Callable[[], object]) -> Run:
    """Do it in a fork of this process and say what it cost, its own children included."""
    hear, speak = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        before = time.perf_counter()
        used = _cpu()
        way()
        own, below = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        cost = {"seconds": time.perf_counter() - before, "cpu": _cpu() - used, "peak_mb": max(own, below) / 1024}
        os.write(speak, json.dumps(cost).encode())
        os._exit(0)
    os.close(speak)
    with os.fdopen(hear, "rb") as said:
        cost = json.loads(said.read())
    os.waitpid(child, 0)
    return Run(**cost)


def _cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def table(runs: dict[str, list[Run]]) -> str:
    """Write the medians as a table, and whether the aims are met."""
    medians = {name: [statistics.median(getattr(one, f) for one in found) for f in ("seconds", "cpu", "peak_mb")] for name, found in runs.items()}
    lines = ["| summary, 4 pages, 6 photos | seconds | CPU seconds | peak memory MB |", "|---|---|---|---|"]
    lines += [f"| {name} | {s:.2f} | {cpu:.2f} | {mb:.0f} |" for name, (s, cpu, mb) in medians.items()]
    (alone_s, alone_cpu, _), (ours_s, ours_cpu, ours_mb) = medians.values()
    lines.append(f"| ratio | {ours_s / alone_s:.2f} | {ours_cpu / alone_cpu:.2f} | |")
    met = ours_cpu <= alone_cpu * AIM_TIME and ours_mb < AIM_MEMORY
    lines.append(f"\nMedians of {TIMES} interleaved runs. Aim: within 15 % of WeasyPrint alone, under 200 MB: {'met' if met else 'NOT met'}.")
    return "\n".join(lines)


# -- a summary of the usual size -------------------------------------------------------------------------------------


def a_summary() -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a summary as a township writes it: three pages of words and figures, six photos shrunk as at upload."""
    words = paragraphs("\n".join(["活动由镇计生协牵头，各村（社区）会员小组长逐户摸底，登记结婚满五十年的夫妇，逐对上门确认意愿、量衣、拍照。" * 3] * 4))
    figures = [[{"label": f"第{i}项指标", "value": f"{i * 37:,}", "unit": "人次", "source": "现场计数"}] for i in range(1, 13)]
    labels = ("基本情况", "主要做法", "活动成效", "存在问题", "下步打算")
    sections = [
        {"number": "一二三四五"[i], "label": label, "paragraphs": words[: 4 - i % 3], "parts": [], "figures": figures if i == 2 else [],
         "figures_label": "主要数据"}
        for i, label in enumerate(labels)
    ]  # fmt: skip
    photos = [{"asset": f"photo-{i}", "caption": f"金婚夫妇王𬭎、欧阳䶮走红毯（{i}）"} for i in range(6)]
    context = {"title": "点头镇2027年金婚庆典活动总结", "unit": "福鼎市点头镇计划生育协会", "date": "2027年6月3日", "sections": sections, "photos": photos}
    return context, {f"photo-{i}": _photo(i) for i in range(6)}


def _photo(number: int) -> bytes:
    """Return a photo of 1600 × 1067 that compresses about as well as a real one."""
    image = Image.effect_noise((1600, 1067), 40 + number).filter(ImageFilter.GaussianBlur(1.5)).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
