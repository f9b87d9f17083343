"""Parties of the sample, as the sign-up page or the API would send them."""

from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from eventsvc.declare.asked import NOTHING, Asked
from eventsvc.kinds import KINDS
from eventsvc.registrations.consent import GUARDIAN, asked_by
from eventsvc.registrations.schemas import Party, PartySchema
from eventsvc.sample.names import MINORITY_NAME, People, Somebody

Body = dict[str, Any]

SIZES, MOBILITY = ("m", "l", "xl", "unsure"), ("walks", "walks", "walks", "slow", "wheelchair")
HEALTH = ("", "", "高血压，每天早上吃药", "听力不太好，请说慢一点", "膝盖疼，走长路要歇")
PROOFS = ("certificate", "certificate", "reissued", "household_book", "village_letter", "two_witnesses", "own_word")
LANES = ("后门街", "溪边", "桥头", "榕树下", "老街", "茶厂边", "宫前", "岭脚")
FEASTS = ((1, 12, "正月十二，刚过完年"), (8, 16, "中秋后一天"), (10, 18, "收了番薯以后，十月十八"), (12, 8, "腊八那天"))
STORIES = (
    "当年一起修水库，一个挑土一个记账，工地上认识的。",
    "媒人只领着见了一面，第二年就成了家，一辈子没红过几次脸。",
    "结婚那天只有一床新被、两斤糖，可是全村人都来了。",
    "一起采了五十年的白茶，今年清明还上山。",
    "他出海打鱼，她在家带四个孩子，等船回来是每天最高兴的时候。",
)
SKILLS = {"volunteer": ("会量血压", "普通话和闽东话都会讲", "会摄影", ""), "performer": ("闽剧清唱", "畲族山歌", "广场舞领队"),
          "clinic": ("乡镇卫生院护士", "中医推拿", "口腔检查")}  # fmt: skip


class Couples:
    """Couples who have been married for fifty years and more, each in its own way."""

    def __init__(self, people: People, cutoff: date) -> None:
        self.people, self.cutoff = people, cutoff
        self._made = 0

    @property
    def random(self) -> Random:
        """Return the chance that everything here is drawn from."""
        return self.people.random

    def body(self, village: UUID | None = None, *, proxy: str = "", years: int = 0, told: str = "") -> Body:
        """Return one couple. `proxy`: who signs them up; `told`: "year" when only the year is remembered."""
        number, self._made = self._made, self._made + 1
        year = self.cutoff.year - (years or self.random.randint(51, 61))
        husband, wife = self._two(number, year)
        married = {"calendar": "solar", "year": year} if told == "year" else self._married(year, number)
        return {
            "people": {"husband": self._person(husband, number), "wife": self._person(wife, number + 1)},
            "answers": self._answers(husband, married, number),
            "proxy": self._proxy(husband, proxy), "village": str(village) if village else None,
        }  # fmt: skip

    def _two(self, number: int, married: int) -> tuple[Somebody, Somebody]:
        he = self.people.elder("male", married - self.random.randint(21, 27), rare=number % 5 == 2)
        she = self.people.elder("female", married - self.random.randint(19, 24), rare=number % 7 == 3, she=number % 4 == 1)
        return he, she

    def _married(self, year: int, number: int) -> Body:
        """Give a wedding day as elders tell it: by the sun, by the moon, or only the month."""
        if number % 3 == 1:
            month, day, said = FEASTS[number % len(FEASTS)]
            return {"calendar": "lunar", "year": year - 1, "month": month, "day": day, "said": said}
        month = self.random.randint(1, 12)
        if number % 7 == 5:
            return {"calendar": "solar", "year": year - 1, "month": month}
        return {"calendar": "solar", "year": year - 1, "month": month, "day": self.random.randint(1, 28)}

    def _person(self, somebody: Somebody, number: int) -> Body:
        told = {"name": somebody.name, "born_on": somebody.born_on.isoformat()}
        told |= {"phone": somebody.phone} if somebody.sex == "male" or number % 2 else {}
        told |= {"id_number": somebody.id_number} if number % 3 == 0 else {}
        chance = self.random.choice
        return told | {"clothing_size": chance(SIZES), "mobility": chance(MOBILITY), "health": chance(HEALTH), "meal": "soft" if number % 3 else "any"}

    def _answers(self, husband: Somebody, married: Body, number: int) -> Body:
        child = self.people.child_of(husband)
        story = STORIES[number // 2 % len(STORIES)] if number % 2 == 0 else ""
        return {
            "married_on": married, "marriage_proof": PROOFS[number % len(PROOFS)],
            "residence": "living" if number % 6 == 4 else "both_registered", "honoured_before": "no",
            "address": f"{LANES[number % len(LANES)]}{self.random.randint(1, 98)}号",
            "companions": number % 3, "companion_name": child.name, "companion_relation": "child", "companion_phone": child.phone,
            "needs_pick_up": number % 3 == 0, "will_speak": bool(story), "story": story, "portrait_consent": True,
        }  # fmt: skip

    def _proxy(self, husband: Somebody, relation: str) -> Body:
        if not relation:
            return {"relation": "self"}
        who = self.people.child_of(husband) if relation == "child" else self.people.grown_up()
        return {"relation": relation, "name": who.name, "phone": who.phone}


def both_pairs(first: Body, second: Body) -> Body:
    """Put both pairs of parents into one form, as a child fills it in."""
    return first | {"another": {"people": second["people"], "answers": second["answers"]}}


def volunteer(people: People, role: str, number: int) -> Body:
    """Return somebody who signs up to help on a member day; one of them has a name with a dot in it."""
    who = people.grown_up(MINORITY_NAME if number == 4 else "")
    told = {"name": who.name, "sex": who.sex, "phone": who.phone, "role": role, "unit": ("镇卫生院", "村妇联", "白茶合作社")[number % 3]}
    skills = SKILLS[role]
    return {"people": {"participant": told}, "answers": {"skill": skills[number % len(skills)]}}


def parties(kind: str, body: Body, own: Asked = NOTHING) -> tuple[Party, ...]:
    """Read a form as the sign-up page does: by the grammar of the kind and the organiser's own questions, every box of consent ticked."""
    agreed: Body = {text.purpose: True for text in asked_by(KINDS[kind], own)}
    if GUARDIAN in agreed and "carer" in body["people"]:
        agreed["guardian_name"] = body["people"]["carer"]["name"]
    read: tuple[Party, ...] = PartySchema.asking(KINDS[kind], own).load(body | {"consent": agreed})
    return read
