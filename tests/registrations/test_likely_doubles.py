"""Sign-ups that are one in other words: found among two thousand, and nobody accused who only looks like another."""

import time
from dataclasses import replace
from uuid import UUID

import pytest

from eventsvc.registrations import doubles, likeness
from eventsvc.registrations.doubles import Facts, Someone, compare, likely
from tests.factories.doubles import Maker, Town

TUNED, HELD_OUT = (7,), (20261124, 31415)
"""Seeds that the points were set with, and seeds that nobody looked at before."""


def judged(town: Town) -> tuple[float, float, int]:
    """Return precision, recall and how many pairs are shown."""
    shown = {frozenset((pair.left, pair.right)) for pair in likely(town.parties)}
    right = len(shown & town.doubles)
    return right / max(len(shown), 1), right / len(town.doubles), len(shown)


@pytest.mark.parametrize("seed", TUNED + HELD_OUT)
def test_of_two_thousand_nearly_all_doubles_are_shown_and_nearly_nothing_else(seed):
    town = Maker(seed).town_of(2000)
    assert len(town.parties) == 2000
    assert len(town.doubles) > 200
    precision, recall, shown = judged(town)
    print(f"\nseed {seed}: {len(town.doubles)} doubles, {shown} shown, precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.95
    assert recall >= 0.90


def test_the_town_is_hard_whoever_goes_by_names_alone_is_wrong(monkeypatch):
    """The negative control: with every other fact taken for nothing, the same towns are judged badly."""
    for other in ("births", "weddings", "phones", "places", "id_numbers"):
        monkeypatch.setattr(likeness, other, lambda *_: likeness.NOTHING)
    monkeypatch.setattr(doubles, "_villages", lambda *_: likeness.NOTHING)
    monkeypatch.setattr(doubles, "ENOUGH_FOR_ONE", 5.0)
    precision, _, _ = judged(Maker(HELD_OUT[0]).town_of(2000))
    assert precision < 0.95


def test_five_thousand_are_done_in_seconds():
    parties = Maker(5).town_of(5000).parties
    begun = time.process_time()
    likely(parties)
    took = time.process_time() - begun
    print(f"\n5000 parties: {took:.1f} s of CPU")
    assert took < 20


def test_a_phone_that_a_whole_village_shares_brings_nobody_together():
    staff = [replace(party, proxy_phone="13800000000") for party in Maker(3).town_of(600).parties]
    shared = [pair for pair in likely(staff) if pair.why == ("留了同一个电话",)]
    assert shared == []


def couple(at: int, he: Someone, she: Someone, **more) -> Facts:
    return Facts(UUID(int=at), (he, she), **more)


HE, SHE = Someone("陈国强", "male", "1948-03-12", "13800001111"), Someone("林秀英", "female", "1950-06-01")


class TestWhatLooksAlike:
    @pytest.mark.parametrize(
        ("he", "she", "why"),
        [
            ("陳國強", "林秀英", "姓名相同，一个写繁体或异体字"), ("程国强", "凌秀瑛", "姓名读音相同或相近"), ("陈强国", "林秀英", "姓名的字相同，次序不同"),
            ("陈园强", "林秀英", "姓名只差一个字"), ("陈国强", "林 秀 英", "姓名相同"),
        ],
    )  # fmt: skip
    def test_names(self, he, she, why):
        told = couple(2, Someone(he, "male", "1948-03-12"), Someone(she, "female", "1950-06-01"))
        assert why in compare(couple(1, HE, SHE), told).why

    @pytest.mark.parametrize(
        ("born", "why"),
        [("1948-02-02", "出生日期一个像农历，一个像公历"), ("1948-12-03", "出生日期的月和日像是写反了"), ("1949-03-12", "出生日期只差一位数字"),
         ("1948-03-12", "出生日期相同")],
    )  # fmt: skip
    def test_birth_dates(self, born, why):
        told = couple(2, Someone("陈国强", "male", born), SHE)
        assert why in compare(couple(1, HE, SHE), told).why

    def test_a_wedding_told_by_the_moon_and_by_the_sun(self):
        moon = {"calendar": "lunar", "year": 1974, "month": 12, "day": 8}
        sun = {"calendar": "solar", "year": 1975, "month": 1, "day": 19}
        assert likeness.weddings(moon, sun) == (4.0, "结婚日期相同")
        assert likeness.weddings(moon, {"calendar": "solar", "year": 1974, "month": 12, "day": 8})[1] == "结婚日期一个像农历，一个像公历"
        assert likeness.weddings(moon, {"calendar": "solar", "year": 1975})[1] == "结婚日期对得上"

    def test_husband_and_wife_in_each_others_place(self):
        assert "两人的位置写反了" in compare(couple(1, HE, SHE), couple(2, Someone("林秀英", "male", "1950-06-01"), Someone("陈国强", "female", "1948-03-12"))).why

    def test_dots_and_spaces_of_a_minority_name(self):
        assert likeness.names("古丽娜尔·艾山", "古丽娜尔艾山")[0] == likeness.names("古丽娜尔·艾山", "古丽娜尔·艾山")[0]
        assert likeness.names("古丽娜尔·艾山", "古丽娜尔")[0] > 0

    def test_a_rare_character_beyond_the_bmp(self):
        assert likeness.names("林𬭎", "林𬭎")[0] == 6.0
        assert likeness.names("林𬭎", "林宏")[0] <= 5.0


class TestWhoOnlyLooksAlike:
    def test_brothers_of_one_house_with_their_own_wives(self):
        brother = couple(2, Someone("陈国明", "male", "1951-08-02", "13800001111"), Someone("黄桂兰", "female", "1953-01-09"), village="观洋村", address="老街3号")
        assert compare(couple(1, HE, SHE, village="观洋村", address="老街3号"), brother) is None

    def test_the_same_names_in_another_village_of_other_people(self):
        other = couple(2, Someone("陈国强", "male", "1939-11-30", "13900002222"), Someone("林秀英", "female", "1941-02-20"), village="孔坪村")
        assert compare(couple(1, HE, SHE, village="观洋村"), other) is None

    def test_two_couples_whom_one_child_signs_up(self):
        other = couple(2, Someone("王德发", "male", "1947-05-05"), Someone("吴玉珠", "female", "1949-09-09"), proxy_phone="13711112222", address="老街3号")
        assert compare(couple(1, HE, SHE, proxy_phone="13711112222", address="老街3号"), other) is None
