"""People of the sample: composed by code, belonging to nobody. The same seed gives the same people."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from eventsvc.core.identity import check_digit

SURNAMES = "陈林李王张黄吴刘郑叶杨许周朱蔡苏潘卢施游温夏邱方曾翁洪赖丁董谢江何池缪章"
SHE_SURNAMES = "雷蓝钟"
"""The surnames of the She people (畲族), who have lived in these hills for centuries."""
OLD_MEN = ("建", "国", "金", "春", "志", "家", "水", "德", "朝", "永", "阿", "世"), ("生", "发", "明", "福", "荣", "木", "祥", "贵", "华", "水", "顺", "银")
OLD_WOMEN = ("秀", "玉", "美", "桂", "丽", "爱", "月", "金", "阿", "梅", "惠", "彩"), ("英", "兰", "珠", "花", "珍", "仙", "娇", "妹", "香", "凤", "云", "钗")
YOUNG = ("晓", "志", "雨", "文", "佳", "海", "思", "丽", "建", "梦", "俊", "淑"), ("峰", "婷", "敏", "涵", "强", "燕", "琳", "杰", "芳", "颖", "辉", "莹")
RARE = {"male": ("林𬭎", "周䶮", "陈垚森", "郑喆", "吴𬀩", "黄𬱖"), "female": ("蓝㛃", "李堃英", "林𫖯香", "陈𬸚云")}
"""Names with characters that old systems could not write."""
MINORITY_NAME = "古丽娜尔·艾山"
"""A name with U+00B7, of somebody who married or moved here."""
REGION = "350982"


@dataclass(frozen=True)
class Somebody:
    """One person: enough to sign up with."""

    name: str
    sex: str
    born_on: date
    phone: str

    @property
    def id_number(self) -> str:
        """Give an ID number whose check digit is right, made of the birth date and a sequence that offices begin with last."""
        sequence = 980 + self.born_on.toordinal() % 19
        sequence += (sequence % 2 == 0) == (self.sex == "male")
        first = f"{REGION}{self.born_on:%Y%m%d}{sequence}"
        return first + check_digit(first)


class People:
    """A source of people that never runs out and never repeats a name; another seed gives other people."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)  # noqa: S311 (the same people every time, on purpose)
        self._names: set[str] = set()
        self._phones = self.random.randrange(100_000)
        self._rare = {sex: self.random.sample(names, len(names)) for sex, names in RARE.items()}

    def elder(self, sex: str, born_year: int, *, rare: bool = False, she: bool = False) -> Somebody:
        """Give somebody born in a year; `rare`: with a rare character, `she`: with a surname of the She people."""
        given = OLD_MEN if sex == "male" else OLD_WOMEN
        name = self._rare[sex].pop(0) if rare and self._rare[sex] else ""
        return self._somebody(name or self._name(SHE_SURNAMES if she else SURNAMES, *given), sex, born_year)

    def grown_up(self, name: str = "") -> Somebody:
        """Give somebody of working age."""
        sex = self.random.choice(("male", "female"))
        return self._somebody(name or self._name(SURNAMES, *YOUNG), sex, self.random.randint(1968, 2003))

    def child_of(self, parent: Somebody) -> Somebody:
        """Give a grown-up child, who carries the father's surname."""
        sex = self.random.choice(("male", "female"))
        return self._somebody(self._name(parent.name[0], *YOUNG), sex, parent.born_on.year + 27)

    def phone(self) -> str:
        """Give a mobile number of a row that nobody takes for a real one: 199000 and a running number."""
        self._phones = (self._phones + 1) % 100_000
        return f"199000{self._phones:05d}"

    def _somebody(self, name: str, sex: str, born_year: int) -> Somebody:
        born = date(born_year, 1, 1) + timedelta(days=self.random.randrange(365))
        return Somebody(name, sex, born, self.phone())

    def _name(self, surnames: str, first: tuple[str, ...], second: tuple[str, ...]) -> str:
        while True:
            name = self.random.choice(surnames) + self.random.choice(first) + self.random.choice(second)
            if name not in self._names:
                self._names.add(name)
                return name
