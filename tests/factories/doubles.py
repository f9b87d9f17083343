"""A seeded town that signed up: couples, doubles as they happen, and those who only look like doubles. Nobody in it is real."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from eventsvc.core.lunar import solar_to_lunar
from eventsvc.registrations.doubles import Facts, Someone

SURNAMES = "陈陈陈陈林林林林王王李李张张黄黄吴刘郑郑叶杨许周朱蔡苏潘卢施游温夏邱方曾翁洪赖丁董谢江何池缪章雷蓝钟"
MEN = "建国金春志家水德朝永世文明光庆新宗昌学天", "生发明福荣木祥贵华水顺银平良財忠辉清雄兴成"
WOMEN = "秀玉美桂丽爱月金梅惠彩素淑雪碧春凤宝清瑞", "英兰珠花珍仙娇妹香凤云钗琴莲芳萍钦容霞琼"
SOUNDS_LIKE = {
    "建": "健", "国": "囯", "金": "今", "志": "智", "德": "得", "永": "咏", "文": "闻", "明": "名", "生": "升", "发": "法", "福": "富",
    "荣": "蓉", "祥": "翔", "贵": "桂", "华": "花", "平": "萍", "秀": "绣", "玉": "育", "美": "妹", "桂": "贵", "丽": "莉", "爱": "艾",
    "月": "悦", "梅": "媚", "惠": "慧", "英": "瑛", "兰": "岚", "珠": "朱", "珍": "真", "香": "湘", "凤": "奉", "云": "芸", "琴": "芹", "莲": "连",
    "芳": "方", "陈": "程", "林": "凌", "黄": "王", "钟": "仲", "素": "苏", "清": "青", "成": "程", "辉": "晖", "雪": "学", "霞": "侠", "学": "雪",
}  # fmt: skip
TRADITIONAL = dict(zip("陈张刘杨黄吴郑许苏卢丽爱兰凤国华贵荣发庆云宝银莲琼财辉兴学东", "陳張劉楊黃吳鄭許蘇盧麗愛蘭鳳國華貴榮發慶雲寶銀蓮瓊財輝興學東", strict=True))
LOOKS_LIKE = {"国": "园", "金": "全", "春": "舂", "水": "永", "永": "水", "木": "本", "明": "朋", "玉": "王", "月": "用", "珍": "珠", "珠": "株", "花": "化", "英": "央",
              "兰": "三", "秀": "季", "天": "夫", "平": "半", "生": "主", "妹": "姝", "芳": "芬", "云": "去", "琴": "琹", "文": "交"}  # fmt: skip
VILLAGES = tuple(f"{name}村" for name in ("观洋", "西昆", "孔坪", "榕城", "后坪", "溪头", "岭兜", "茶阳", "海屿", "沙吕", "玉塘", "柏洋", "潋城", "才堡", "冷城", "竹洋", "南岭", "秀岭"))
LANES = ("后门街", "溪边", "桥头", "榕树下", "老街", "茶厂边", "宫前", "岭脚")


@dataclass
class Town:
    """Parties, and which of them are one."""

    parties: list[Facts] = field(default_factory=list)
    doubles: set[frozenset[UUID]] = field(default_factory=set)


class Maker:
    """Makes a town; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.town = Town()
        self._phones = 0
        self._used: set[tuple[str, str]] = set()

    def town_of(self, size: int = 2000) -> Town:
        """Return so many parties: three in ten a double of another or its original, two in ten hard to tell from one."""
        while len(self.town.parties) < size * 0.96:
            base = self.couple() if self.chance.random() < 0.75 else self.single()
            self._add(base)
            lot = self.chance.random()
            if lot < 0.18:
                twin = self.told_again(base)
                self._add(twin)
                self.town.doubles.add(frozenset((base.id, twin.id)))
            elif lot < 0.36:
                self._add(self.chance.choice((self.brothers, self.namesakes, self.same_house))(base))
        while len(self.town.parties) < size:
            self._add(self.couple())
        self.chance.shuffle(self.town.parties)
        return self.town

    def _add(self, party: Facts) -> None:
        self.town.parties.append(party)

    # -- people -----------------------------------------------------------------------------------------------------

    def couple(self) -> Facts:
        """Return a couple as it signs up the first time."""
        he, she = self.someone("male"), self.someone("female")
        proxy = self.phone() if self.chance.random() < 0.5 else ""
        if proxy:
            he, she = replace(he, phone=he.phone if self.chance.random() < 0.4 else ""), replace(she, phone="")
        year = int(he.born_on[:4] or 1949) + self.chance.randint(21, 26)
        wed = {"calendar": "solar", "year": year, "month": self.chance.randint(1, 12), "day": self.chance.randint(1, 28)}
        return Facts(self.id(), (he, she), proxy, self.chance.choice(VILLAGES), self.address(), wed)

    def single(self) -> Facts:
        """Return one person alone."""
        return Facts(self.id(), (self.someone(self.chance.choice(("male", "female"))),), "", self.chance.choice(VILLAGES), self.address())

    def someone(self, sex: str) -> Someone:
        """Return somebody; one in five does not know the date, one in three gives the number of the card."""
        born = date(1935, 1, 1) + timedelta(days=self.chance.randrange(7300))
        number = f"350982{born:%Y%m%d}{self.chance.randrange(1000):03d}{self.chance.randrange(10)}" if self.chance.random() < 0.35 else ""
        told = "" if self.chance.random() < 0.2 and not number else born.isoformat()
        return Someone(self.name(sex), sex, told, self.phone(), number)

    def name(self, sex: str) -> str:
        first, second = MEN if sex == "male" else WOMEN
        given = self.chance.choice(first) + self.chance.choice(second)
        return self.chance.choice(SURNAMES) + (given[0] if self.chance.random() < 0.06 else given)

    def phone(self) -> str:
        return f"1{self.chance.choice('3578')}{self.chance.randrange(10**9):09d}"

    def address(self) -> str:
        return f"{self.chance.choice(LANES)}{self.chance.randint(1, 60)}号" if self.chance.random() < 0.8 else ""

    def id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    # -- doubles ----------------------------------------------------------------------------------------------------

    def told_again(self, first: Facts) -> Facts:
        """Return the same people as somebody else tells of them: names heard, dates by the moon, another child's phone."""
        people = tuple(self._again(person) for person in first.people)
        if all(a.name == b.name and a.born_on == b.born_on for a, b in zip(people, first.people, strict=True)):
            people = (self._misspelt(people[0]), *people[1:])
        if len(people) == 2 and self.chance.random() < 0.06:
            he, she = people
            people = (replace(he, name=she.name, born_on=she.born_on, id_number=""), replace(she, name=he.name, born_on=he.born_on, id_number=""))
        village = "" if self.chance.random() < 0.15 else first.village
        address = self.chance.choice((first.address, first.address.removesuffix("号"), ""))
        proxy = first.proxy_phone if self.chance.random() < 0.4 else self.phone()
        return Facts(self.id(), people, proxy if len(people) == 2 else "", village, address, self._wed_again(first.married_on))

    def _again(self, person: Someone) -> Someone:
        lot = self.chance.random()
        if lot < 0.55:
            person = self._misspelt(person)
        number = person.id_number if self.chance.random() < 0.3 else ""
        if number and self.chance.random() < 0.5:
            number = number[:-3] + number[-2] + number[-3] + str(self.chance.randrange(10))
        phone = self.chance.choice((person.phone, person.phone, self._slip(person.phone), self.phone(), ""))
        return replace(person, born_on=self._born_again(person.born_on), id_number=number, phone=phone)

    def _misspelt(self, person: Someone) -> Someone:
        name, at = person.name, self.chance.randrange(1, len(person.name))
        ways = [
            "".join(TRADITIONAL.get(char, char) for char in name),
            "".join(SOUNDS_LIKE.get(char, char) if place == at else char for place, char in enumerate(name)),
            "".join(SOUNDS_LIKE.get(char, char) for char in name),
            name[:at] + LOOKS_LIKE.get(name[at], SOUNDS_LIKE.get(name[at], name[at])) + name[at + 1 :],
            name[0] + name[:0:-1],
            " ".join(name),
        ]
        return replace(person, name=self.chance.choice(ways))

    def _born_again(self, told: str) -> str:
        if not told:
            return told
        lot, day = self.chance.random(), date.fromisoformat(told)
        if lot < 0.5:
            return told
        if lot < 0.65:
            return ""
        if lot < 0.8:
            year, month, in_month, _ = solar_to_lunar(day)
            return f"{year}-{month:02d}-{min(in_month, 28):02d}" if in_month <= 28 else told
        if lot < 0.88 and day.day <= 12:
            return f"{day.year}-{day.day:02d}-{day.month:02d}"
        return day.replace(year=day.year + self.chance.choice((-1, 1)), day=min(day.day, 28)).isoformat()

    def _wed_again(self, wed: dict | None) -> dict | None:
        if wed is None:
            return None
        lot = self.chance.random()
        if lot < 0.4:
            return wed
        if lot < 0.6:
            return {k: v for k, v in wed.items() if k != "day"}
        if lot < 0.75:
            return {"calendar": "solar", "year": wed["year"]}
        year, month, day, leap = solar_to_lunar(date(wed["year"], wed["month"], wed["day"]))
        if lot < 0.9:
            return {"calendar": "lunar", "year": year, "month": month, "day": day, "leap": leap}
        return {"calendar": "solar", "year": year, "month": month, "day": min(day, 28)}

    def _slip(self, phone: str) -> str:
        if not phone:
            return phone
        at = self.chance.randrange(3, 11)
        return phone[:at] + str((int(phone[at]) + 1) % 10) + phone[at + 1 :]

    # -- those who only look alike --------------------------------------------------------------------------------

    def brothers(self, first: Facts) -> Facts:
        """Return the brother (with his own wife, if married): one sound of the name is shared, the house and often the phone too."""
        one = first.people[0]
        other = replace(self.someone(one.sex), name=one.name[:-1] + self.chance.choice((MEN if one.sex == "male" else WOMEN)[1]))
        if other.name == one.name:
            other = replace(other, name=other.name[:-1] + "洲")
        born = date.fromisoformat(one.born_on or "1948-05-05") + timedelta(days=self.chance.randint(400, 2500))
        other = replace(other, born_on=born.isoformat() if self.chance.random() < 0.85 else "", id_number="")
        return self._beside(first, other)

    def namesakes(self, first: Facts) -> Facts:
        """Return people of the same names, most in another village; of couples, one or both."""
        others = [self.someone(person.sex) for person in first.people]
        same = range(len(others)) if self.chance.random() < 0.25 else [0]
        for at in same:
            others[at] = replace(others[at], name=first.people[at].name)
        elsewhere = self.chance.choice([first.village, *(village for village in VILLAGES if village != first.village)])
        fresh = self.couple() if len(others) == 2 else self.single()
        return replace(fresh, people=tuple(others), village=elsewhere)

    def same_house(self, first: Facts) -> Facts:
        """Return others of the same house and phone: parents beside parents-in-law, a neighbour whom the same child signs up."""
        fresh = self.couple() if len(first.people) == 2 else self.single()
        people = tuple(replace(new, phone=old.phone) for new, old in zip(fresh.people, first.people, strict=True))
        return replace(fresh, people=people, proxy_phone=first.proxy_phone, village=first.village, address=first.address)

    def _beside(self, first: Facts, other: Someone) -> Facts:
        fresh = self.couple() if len(first.people) == 2 else self.single()
        phone = first.proxy_phone if self.chance.random() < 0.5 else fresh.proxy_phone
        return replace(fresh, people=(other, *fresh.people[1:]), village=first.village, address=first.address, proxy_phone=phone)
