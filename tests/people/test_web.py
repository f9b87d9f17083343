"""The pages of the roll."""

import pytest

from tests.clients import form_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.people import a_household


def test_write_down_look_at_change_and_close(app):
    tree = a_tree()
    leader = a_user("group_leader", tree.group, "王秀兰")
    browser = logged_in(app, a_user("organiser", tree.village))
    base = f"/organisations/{tree.village.id}/households"
    assert "名单还是空的" in browser.get(base).text
    browser.get(f"{base}/new")
    browser.post(f"{base}/new", {"head": "林金花", "phone": "139 5555 8888", "leader_id": str(leader.id)}, status=303)
    listed = browser.get(base).text
    assert "林金花" in listed and "王秀兰" in listed and "001" in listed
    path = listed.split('href="/households/')[1].split('"')[0]
    edit = browser.get(f"/households/{path}/edit")
    sent = form_of(edit.text, action="/edit")
    assert sent["head"] == "林金花" and sent["leader_id"] == str(leader.id)
    browser.post(f"/households/{path}/edit", {**sent.to_dict(), "head": "林金华"}, status=303)
    assert "林金华" in browser.get(f"/households/{path}").text
    browser.post(f"/households/{path}/close", status=303)
    assert "林金华" not in browser.get(base).text
    assert "林金华" in browser.get(f"{base}?closed=1").text


def test_what_was_typed_stays_when_something_is_wrong(app):
    tree = a_tree()
    browser = logged_in(app, a_user("organiser", tree.village))
    path = f"/organisations/{tree.village.id}/households/new"
    browser.get(path)
    answer = browser.post(path, {"head": "林金花", "phone": "12345"}, status=422)
    assert "林金花" in answer.text and 'aria-invalid="true"' in answer.text


def test_a_number_that_is_taken_is_said_on_the_form(app):
    tree = a_tree()
    a_household(tree.village, number="7")
    browser = logged_in(app, a_user("organiser", tree.village))
    path = f"/organisations/{tree.village.id}/households/new"
    browser.get(path)
    assert "已有“7”号" in browser.post(path, {"head": "林金花", "number": "7"}, status=409).text


@pytest.mark.parametrize("path", ["/organisations/{unit}/households", "/organisations/{unit}/households/import", "/households/{one}", "/households/{one}/edit"])
def test_a_neighbour_finds_nothing(app, path):
    tree = a_tree()
    made = a_household(tree.village)
    browser = logged_in(app, a_user("organiser", a_sibling_village(tree)))
    browser.get(path.format(unit=tree.village.id, one=made), status=404)


def test_the_township_sees_counts_by_village_and_no_phone_inside(app):
    tree = a_tree()
    a_household(tree.village, phone="13955558888")
    browser = logged_in(app, a_user("organiser", tree.township))
    assert "1户" in browser.get(f"/organisations/{tree.township.id}/households").text
    inside = browser.get(f"/organisations/{tree.village.id}/households").text
    assert "13955558888" not in inside and "139****8888" in inside


def test_a_special_family_is_never_named_on_its_pages(app):
    tree = a_tree()
    made = a_household(tree.village, special=True, head="吴志强", phone="13955558888", situation="独子去世")
    browser = logged_in(app, a_user("organiser", tree.village))
    for path in (f"/organisations/{tree.village.id}/households", f"/households/{made}", f"/households/{made}/edit"):
        text = browser.get(path).text
        assert not any(word in text for word in ("吴志强", "13955558888", "独子去世")), path
    sent = form_of(browser.get(f"/households/{made}/edit").text, action="/edit")
    browser.post(f"/households/{made}/edit", sent.to_dict(), status=303)
