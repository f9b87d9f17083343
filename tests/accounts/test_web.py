"""The doors of accounts, as a person in front of a browser meets them."""

import re
from dataclasses import replace

import pytest
from flask import request_started

from eventsvc.accounts import queries, service
from eventsvc.app import create_app
from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.infra.web import limiter
from tests.clients import Browser, form_of, text_of
from tests.conftest import NOW, _forget_the_request_before
from tests.factories.accounts import PASSWORD, a_token, a_user, logged_in
from tests.factories.organisations import a_sibling_village, a_tree


@pytest.fixture
def limited(app, settings, scrub):
    """The same service with its limits on."""
    other = create_app(replace(settings, rate_limits=True))
    request_started.connect(_forget_the_request_before, other)
    with other.app_context():
        limiter.reset()
        yield other
        limiter.reset()
        db.session.remove()
    limiter.enabled = False


def fill(browser: Browser, path: str, action: str, **typed):
    """Open a page, fill in the form that leads to `action`, press its button."""
    form = form_of(browser.get(path).text, action=action)
    for name, value in typed.items():
        form[name] = value
    return browser.post(action, form)


def log_in(browser: Browser, login: str, password: str = PASSWORD, path: str = "/log-in", **typed):
    form = form_of(browser.get(path).text)
    form["login"], form["password"] = login, password
    for name, value in typed.items():
        form[name] = value
    return browser.post(path, form)


class TestLogIn:
    def test_one_goes_on_to_the_page_one_wanted(self, app, browser):
        tree = a_tree()
        a_user("admin", tree.village, user_name="linxf")
        wanted = f"/organisations/{tree.village.id}"
        answer = browser.client.get(wanted)
        assert answer.status_code == 302
        done = log_in(browser, "linxf", path=answer.headers["Location"])
        assert (done.status_code, done.headers["Location"]) == (303, wanted)
        assert "观洋村委会" in browser.get(wanted).text

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
    def test_nobody_is_sent_to_another_site(self, app, browser, elsewhere):
        a_user(None, user_name="linxf")
        done = log_in(browser, "linxf", path=f"/log-in?next={elsewhere}")
        assert done.headers["Location"] == "/"

    def test_a_wrong_password_is_said_and_the_name_kept_but_not_the_password(self, app, browser):
        a_user(None, user_name="linxf")
        page = log_in(browser, "linxf", "不对的密码")
        assert page.status_code == 422
        assert "用户名、手机号或密码不对" in text_of(page.text)
        assert 'value="linxf"' in page.text
        assert "不对的密码" not in page.text

    def test_the_cookie_is_for_this_browser_only(self, app, browser):
        a_user(None, user_name="linxf")
        cookie = log_in(browser, "linxf").headers["Set-Cookie"]
        assert cookie.startswith("eventsvc=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Max-Age" not in cookie
        long = log_in(Browser(app), "linxf", long="1").headers["Set-Cookie"]
        assert f"Max-Age={180 * 86400}" in long

    def test_over_https_the_cookie_holds_its_host(self, app, browser, monkeypatch):
        a_user(None, user_name="linxf")
        settings = app.extensions["eventsvc_settings"]
        monkeypatch.setitem(app.extensions, "eventsvc_settings", replace(settings, base_url="https://localhost"))
        cookie = log_in(browser, "linxf").headers["Set-Cookie"]
        assert cookie.startswith("__Host-eventsvc=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie

    def test_logging_out_ends_it_for_good(self, app, browser):
        a_user(None, user_name="linxf")
        log_in(browser, "linxf")
        kept = browser.client.get_cookie("eventsvc").value
        browser.get("/me")
        assert browser.post("/log-out").status_code == 303
        browser.client.set_cookie("eventsvc", kept, domain="localhost")
        assert browser.client.get("/me").status_code == 302

    def test_a_form_without_its_token_is_refused(self, app, browser):
        a_user(None, user_name="linxf")
        assert browser.client.post("/log-in", data={"login": "linxf", "password": PASSWORD}).status_code == 400

    def test_guessing_one_name_is_slowed_down(self, limited):
        a_user(None, user_name="linxf")
        a_user(None, user_name="other")
        browser = Browser(limited)
        answers = [log_in(browser, "linxf", "不对的密码").status_code for _ in range(10)]
        assert set(answers) == {422}
        blocked = log_in(browser, "LINXF ")
        assert blocked.status_code == 429
        assert "操作太快" in text_of(blocked.text)
        assert log_in(Browser(limited), "other").status_code == 303

    @pytest.mark.parametrize("spelled", ["ｌｉｎｘｆ", " LinXF\u3000", "linxf\u200b"])
    def test_another_spelling_of_the_name_is_no_new_name(self, limited, spelled: str):
        a_user(None, user_name="linxf")
        for _ in range(10):
            log_in(Browser(limited), spelled, "不对的密码")
        assert log_in(Browser(limited), "linxf").status_code == 429

    def test_without_the_limit_a_guesser_goes_on(self, limited, monkeypatch):
        monkeypatch.setattr(limiter, "enabled", False)
        a_user(None, user_name="linxf")
        browser = Browser(limited)
        assert {log_in(browser, "linxf", "不对的密码").status_code for _ in range(12)} == {422}


class TestMe:
    def test_my_page_shows_my_roles_and_devices_and_ends_a_lost_phone(self, app, browser):
        tree = a_tree()
        user = a_user("organiser", tree.village, user_name="linxf")
        service.log_in("linxf", PASSWORD, device="安卓手机", long=True, now=clock.now())
        log_in(browser, "linxf")
        page = browser.get("/me")
        words = text_of(page.text)
        assert "观洋村委会" in words
        assert "组织者" in words
        assert "安卓手机" in words
        action = re.search(r"/me/sessions/[0-9a-f-]+/end", page.text)[0]
        browser.post(action, status=303)
        assert [s.device for s in queries.sessions(user.id, now=clock.now())] == ["其他设备"]

    def test_a_password_for_once_must_be_changed_first(self, app, browser):
        tree = a_tree()
        _, once = service.add_user(tree.village.id, "zhang3", "张三妹", "organiser", actor=a_user("admin", tree.county), now=NOW)
        log_in(browser, "zhang3", once)
        assert browser.client.get(f"/organisations/{tree.village.id}").headers["Location"] == "/me/password"
        twice = fill(browser, "/me/password", "/me/password", present=once, password="白鹭-飞过-水田", again="别的")
        assert twice.status_code == 422
        assert "两次输入的新密码不一样" in text_of(twice.text)
        done = fill(browser, "/me/password", "/me/password", present=once, password="白鹭-飞过-水田", again="白鹭-飞过-水田")
        assert done.status_code == 303
        browser.get(f"/organisations/{tree.village.id}")

    def test_a_token_is_shown_once(self, app):
        browser = logged_in(app, a_user("organiser", a_tree().village))
        form = form_of(browser.get("/me/tokens").text, action="/me/tokens")
        form["name"] = "县卫健局"
        form["scopes"] = "organisations:read"
        page = browser.post("/me/tokens", form, status=200)
        token = re.search(r"evt_[\w-]+", page.text)[0]
        assert service.actor_of_token(token, now=clock.now())
        again = browser.get("/me/tokens")
        assert token not in again.text
        browser.post(re.search(r"/me/tokens/[0-9a-f-]+/revoke", again.text)[0], status=303)
        assert service.actor_of_token(token, now=clock.now()) is None

    def test_a_token_without_a_scope_is_not_made(self, app):
        browser = logged_in(app, a_user("organiser", a_tree().village))
        form = form_of(browser.get("/me/tokens").text, action="/me/tokens")
        form["name"] = "县卫健局"
        page = browser.post("/me/tokens", form, status=422)
        assert "县卫健局" in page.text


class TestUsers:
    def test_an_administrator_adds_somebody_who_then_logs_in(self, app, browser):
        tree = a_tree()
        admin = logged_in(app, a_user("admin", tree.township, user_name="boss"))
        path = f"/organisations/{tree.village.id}/users"
        page = fill(admin, path, f"{path}/new", name="张三妹", user_name="zhang3", phone="13805931234", role="organiser")
        assert page.status_code == 200
        once = re.search(r"<strong>([a-z0-9]{5}-[a-z0-9]{5})</strong>", page.text)[1]
        assert once not in admin.get(path).text
        assert log_in(browser, "13805931234", once).status_code == 303
        again = fill(admin, path, f"{path}/new", name="张三妹", user_name="zhang3", role="organiser")
        assert again.status_code == 409
        assert "已经有账号" in text_of(again.text)
        assert 'value="zhang3"' in again.text

    def test_bad_words_are_named_and_kept(self, app):
        tree = a_tree()
        admin = logged_in(app, a_user("admin", tree.township))
        path = f"/organisations/{tree.village.id}/users"
        page = fill(admin, path, f"{path}/new", name="张3", user_name="a b", phone="123", role="boss")
        assert page.status_code == 422
        words = text_of(page.text)
        assert "姓名里不能有“3”" in words
        assert "请从列出的选项中选择" in words
        assert 'value="a b"' in page.text

    def test_roles_are_given_and_taken_back(self, app):
        tree = a_tree()
        other = a_user("organiser", a_sibling_village(), user_name="other")
        admin = logged_in(app, a_user("admin", tree.township))
        path = f"/organisations/{tree.village.id}/users"
        assert fill(admin, path, f"{path}/grant", login="other", as_role="viewer").status_code == 303
        page = admin.get(path)
        assert "林小芳" in text_of(page.text)
        page = admin.get(f"{path}/{other.id}")
        assert "还在您管理范围以外的单位任职" not in text_of(page.text)
        admin.post(re.search(r"/organisations/[0-9a-f-]+/users/[0-9a-f-]+/grants/[0-9a-f-]+/revoke", page.text.split("观洋")[-1])[0], status=303)
        assert len(queries.actor(other.id).grants) == 1
        assert fill(admin, path, f"{path}/grant", login="nobody", as_role="viewer").status_code == 422

    def test_a_password_is_reset_and_an_account_switched_off_and_on(self, app, browser):
        tree = a_tree()
        user = a_user("organiser", tree.village, user_name="linxf")
        admin = logged_in(app, a_user("admin", tree.township))
        path = f"/organisations/{tree.village.id}/users"
        admin.get(path)
        page = admin.post(f"{path}/{user.id}/reset-password", status=200)
        once = re.search(r"<strong>([a-z0-9]{5}-[a-z0-9]{5})</strong>", page.text)[1]
        assert log_in(browser, "linxf", once).status_code == 303
        admin.post(f"{path}/{user.id}/deactivate", status=303)
        assert browser.client.get("/me").status_code == 302
        assert "停用" in text_of(admin.get(path).text)
        assert "恢复使用" in text_of(admin.get(f"{path}/{user.id}").text)
        admin.post(f"{path}/{user.id}/activate", status=303)
        assert log_in(Browser(app), "linxf", once).status_code == 303

    def test_the_page_costs_a_fixed_number_of_statements(self, app, statements):
        tree = a_tree()
        admin = logged_in(app, a_user("admin", tree.township))
        path = f"/organisations/{tree.village.id}/users"

        def cost() -> int:
            statements.clear()
            admin.get(path)
            return len([s for s in statements if not s.startswith("BEGIN")])

        cost()
        few = cost()
        for _ in range(5):
            a_user("viewer", tree.village)
        cost()
        assert cost() == few <= 7


class TestTokensAndCookiesKeepApart:
    def test_the_api_takes_tokens_and_no_cookies(self, app):
        tree = a_tree()
        user = a_user("viewer", tree.village)
        browser = logged_in(app, user)
        assert browser.client.get("/api/v1/organisations").status_code == 401
        headers = a_token(user, "organisations:read")
        assert app.test_client().get("/api/v1/organisations", headers=headers).status_code == 200
        assert app.test_client().get("/me", headers=headers).status_code == 302

    def test_a_token_without_the_scope_is_refused_with_a_code(self, app, monkeypatch):
        user = a_user("viewer", a_tree().village)
        monkeypatch.setattr(service.policy, "scopes", lambda: {"other:read"})
        headers = a_token(user, "other:read")
        answer = app.test_client().get("/api/v1/organisations", headers=headers)
        assert answer.status_code == 403
        assert answer.json["code"] == "no_scope"
