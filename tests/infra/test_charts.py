"""Charts that are pictures and nothing else."""

from xml.etree import ElementTree

import pytest
from flask import Flask

from eventsvc.infra.charts import Series, bars, lines


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> None:
    """Words are said by the application."""


@pytest.mark.parametrize("draw", [bars, lines])
def test_a_chart_carries_no_script_no_link_and_no_foreign_address(draw):
    drawn = draw(["1月", "<script>alert(1)</script>"], Series("2027年", [3, None]), Series("2026年", [1, 2]))
    tags = {node.tag.split("}")[-1] for node in ElementTree.fromstring(drawn).iter()}
    assert not tags & {"script", "a", "image", "foreignObject"}
    assert b"http" not in drawn.replace(b"http://www.w3.org/", b"")


def test_a_chart_says_the_names_it_was_given():
    drawn = bars(["山前街道", "管阳镇"], Series("场次", [12, 5]), sideways=True).decode()
    assert "山前街道" in drawn and "管阳镇" in drawn and ">12<" in drawn


def test_a_chart_without_numbers_says_so():
    assert "还没有数字" in lines([], Series("2027年", [])).decode()
