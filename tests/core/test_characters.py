"""Traditional and simplified shapes of the characters of names."""

import pytest

from eventsvc.core.characters import simplified


@pytest.mark.parametrize(("written", "plain"), [("陳國強", "陈国强"), ("林鳳蘭", "林凤兰"), ("周䶮", "周䶮"), ("林𬭎", "林𬭎"), ("王峯", "王峰"), ("陈国强", "陈国强")])
def test_names_in_both_shapes_are_one(written, plain):
    assert simplified(written) == plain
