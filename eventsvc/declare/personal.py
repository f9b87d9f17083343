"""Classes of personal data: where an answer is kept and how long."""

from datetime import timedelta

from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_


class Personal(Labelled):
    """What sort of personal data an answer is; each sort is one blob in the vault with a purge date of its own."""

    CONTACT = "contact", N_("联系方式")
    IDENTITY = "identity", N_("身份信息")
    HEALTH = "health", N_("健康信息")
    STORY = "story", N_("故事与照片")
    AWARD = "award", N_("荣誉名册")


KEEP: dict[Personal, timedelta] = {
    Personal.CONTACT: timedelta(days=365),
    Personal.IDENTITY: timedelta(days=90),
    Personal.HEALTH: timedelta(days=7),
    Personal.STORY: timedelta(days=365),
    Personal.AWARD: timedelta(days=365 * 100),
}
"""How long after the activity each class is kept (domain report §4: the shortest period that serves the purpose)."""
