"""Accounts: what an administrator, a person and a stranger can and cannot do."""

from tests.factories.accounts import a_user, logged_in
from tests.factories.organisations import a_tree


class TestWho:
    def test_a_session_cookie_says_who_acts(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("admin", tree.township))
        browser.get("/me")
        browser.get(f"/organisations/{tree.village.id}/users")
        browser.get(f"/organisations/{tree.county.id}/users", status=404)
