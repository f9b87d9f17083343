"""The list that anybody may see: masked by construction, and only where the organiser opened it."""

import pytest

from eventsvc.core import clock
from eventsvc.registrations import public_names
from eventsvc.registrations.public_names import Listed, MaskedName, MaskedPhone
from tests.clients import Browser, text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import signed_up


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tree = a_tree()
    by = a_user("organiser", tree.village)
    return an_activity(unit=tree.village, by=by), by


@pytest.mark.parametrize(("name", "shown"), [("张秀英", "张*英"), ("王芳", "王*"), ("欧阳娜娜", "欧**娜"), ("古丽娜尔·艾山", "古***山"), ("林𬭎", "林*"), ("张*", "张*")])
def test_a_masked_name_cannot_hold_a_full_one(name, shown):
    assert MaskedName(name) == shown
    assert MaskedName(MaskedName(name)) == shown
    assert MaskedPhone("13812345678") == "138****5678"


def test_the_list_takes_what_is_masked_only():
    with pytest.raises(TypeError):
        Listed(("张秀英",), "", MaskedPhone(""))
    with pytest.raises(TypeError):
        Listed((MaskedName("张秀英"),), "", "13812345678")


def test_nobody_sees_it_until_it_is_opened_and_after_it_was_closed(app, world):
    activity, by = world
    signed_up(activity, people__husband__name="张建国", people__wife__name="李秀英", people__husband__phone="13812345678")
    stranger, office = Browser(app), logged_in(app, by)
    stranger.get(f"/s/{activity.slug}/names", status=404)
    office.get(f"/activities/{activity.id}/registrations")
    office.post(f"/activities/{activity.id}/registrations/public-names", {"public": "1"}, status=303)
    page = stranger.get(f"/s/{activity.slug}/names").text
    assert "张*国、李*英" in page
    assert [one for one in ("张建国", "李秀英", "13812345678", "138****5678") if one in page] == []
    office.get(f"/activities/{activity.id}/registrations")
    office.post(f"/activities/{activity.id}/registrations/public-names", {"public": "0"}, status=303)
    stranger.get(f"/s/{activity.slug}/names", status=404)


def test_who_looks_the_same_is_told_by_a_masked_phone(app, world):
    activity, by = world
    for name, wife, phone in (("张建国", "李秀英", "13812345678"), ("张明国", "李凤英", "13912340000"), ("王发", "吴花", "13711112222")):
        signed_up(activity, people__husband__name=name, people__wife__name=wife, people__husband__phone=phone)
    public_names.publish(activity.id, True, actor=by, now=NOW)
    _, listed = public_names.public_names(activity.slug)
    assert sorted(one.phone for one in listed) == ["", "138****5678", "139****0000"]


def test_who_only_waits_or_went_is_not_on_it(app, world):
    tree = a_tree()
    by = a_user("organiser", tree.village)
    activity = an_activity(unit=tree.village, by=by, places=1)
    signed_up(activity, people__husband__name="张建国")
    signed_up(activity, people__husband__name="陈候补")
    public_names.publish(activity.id, True, actor=by, now=NOW)
    page = text_of(Browser(app).get(f"/s/{activity.slug}/names").text)
    assert "张*国" in page
    assert "陈*补" not in page
