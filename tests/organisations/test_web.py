"""The doors of organisations: pages in a fixed number of statements, words that help, scope that hides."""

import pytest

from eventsvc.core.actor import SYSTEM
from eventsvc.organisations import queries, service
from eventsvc.organisations.models import AssociationKind
from tests.clients import form_of, text_of
from tests.factories.accounts import a_token, a_user, logged_in
from tests.factories.organisations import a_sibling_village, a_tree, another_county
from tests.organisations.test_service import DAY, LATER


class TestPages:
    def test_a_unit_shows_where_it_stands_and_what_stands_below(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("viewer", tree.county))
        words = text_of(browser.get(f"/organisations/{tree.village.id}").text)
        for name in ("福建省", "宁德市", "福鼎市", "点头镇", "观洋村委会", "第一会员小组", tree.group.code):
            assert name in words
        assert "账号" not in words.split("退出")[-1]

    def test_out_of_reach_looks_like_missing(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("admin", tree.village))
        missing = browser.get("/organisations/00000000-0000-7000-8000-000000000000", status=404)
        for unit in (tree.township, a_sibling_village(), another_county()):
            assert browser.get(f"/organisations/{unit.id}", status=404).data == missing.data

    def test_every_page_costs_a_fixed_number_of_statements(self, app, statements):
        tree = a_tree()
        browser = logged_in(app, a_user("admin", tree.city))

        def cost(path: str) -> int:
            browser.get(path)
            statements.clear()
            browser.get(path)
            return len([s for s in statements if not s.startswith("BEGIN")])

        paths = (f"/organisations/{tree.township.id}", "/organisations", "/organisations?q=村委会")
        before = [cost(path) for path in paths]
        for n in range(8):
            a_sibling_village(tree, f"35098210721{n}", f"第{n}村委会")
        assert [cost(path) for path in paths] == before
        assert max(before) <= 7

    def test_search_finds_in_reach_and_says_when_there_is_nothing(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("viewer", tree.county))
        assert "点头镇 · 350982107203" in text_of(browser.get("/organisations?q=观洋").text)
        assert "没有找到" in text_of(browser.get("/organisations?q=赛里").text)

    def test_a_merged_unit_says_where_it_went(self, app):
        tree, into = a_tree(), a_sibling_village()
        service.merge(tree.village.id, into.id, DAY, actor=SYSTEM, now=LATER)
        browser = logged_in(app, a_user("admin", into))
        words = text_of(browser.get(f"/organisations/{tree.village.id}").text)
        assert "已撤并" in words
        assert "龙田村委会" in words


class TestOpen:
    def test_an_administrator_opens_a_group_by_the_form(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("admin", tree.township))
        path = f"/organisations/{tree.village.id}/units/new"
        form = form_of(browser.get(path).text, action="/units/new")
        form["name"] = "第二会员小组"
        done = browser.post(path, form, status=303)
        assert "第二会员小组" in text_of(browser.get(done.headers["Location"]).text)
        twice = browser.post(path, form, status=409)
        assert "已经有这个单位" in text_of(twice.text)
        assert 'value="第二会员小组"' in twice.text

    def test_an_enterprise_association_and_its_group(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("admin", tree.township))
        path = f"/organisations/{tree.township.id}/units/new"
        form = form_of(browser.get(path).text, action="/units/new")
        form.update({"name": "茶厂协会"})
        form["level"], form["kind"], form["name"] = "village", "enterprise", "茶厂协会"
        done = browser.post(path, form, status=303)
        inner = f"{done.headers['Location']}/units/new"
        form = form_of(browser.get(inner).text, action="/units/new")
        form["name"] = "包装车间小组"
        browser.post(inner, form, status=303)
        assert queries.by_code(f"{tree.township.code}E001001").kind is AssociationKind.ENTERPRISE

    @pytest.mark.parametrize(("typed", "words"), [
        ({"name": ""}, "请填写这一项"),
        ({"name": "新村", "level": "village"}, "请填写这个单位的12位区划代码"),
        ({"name": "新村", "level": "city"}, "下面不能设"),
        ({"name": "新\u202e村"}, "看不见的特殊符号"),
        ({"name": "新村", "level": "village", "code": "12345678901234"}, "最多12个字"),
    ])  # fmt: skip
    def test_bad_words_are_named(self, app, typed, words):
        tree = a_tree()
        browser = logged_in(app, a_user("admin", tree.township))
        path = f"/organisations/{tree.township.id}/units/new"
        form = form_of(browser.get(path).text, action="/units/new")
        for name, value in typed.items():
            form[name] = value
        answer = browser.post(path, form, status=422)
        assert words in text_of(answer.text)


class TestApi:
    def test_a_token_sees_the_units_in_its_reach(self, app):
        tree, far = a_tree(), another_county()
        headers = a_token(a_user("viewer", tree.county), "organisations:read")
        get = app.test_client().get
        one = get(f"/api/v1/organisations/{tree.village.id}", headers=headers).json
        assert one["name"] == "观洋村委会"
        assert one["code"] == "350982107203"
        assert [above["name"] for above in one["path"]] == ["福建省", "宁德市", "福鼎市", "点头镇"]
        assert [u["name"] for u in get("/api/v1/organisations", headers=headers).json] == ["福鼎市"]
        below = get(f"/api/v1/organisations?parent_id={tree.township.id}", headers=headers).json
        assert [u["name"] for u in below] == ["观洋村委会"]
        assert get("/api/v1/organisations?q=赛里", headers=headers).json == []
        missing = get("/api/v1/organisations/00000000-0000-7000-8000-000000000000", headers=headers)
        hidden = get(f"/api/v1/organisations/{far.id}", headers=headers)
        assert (missing.status_code, hidden.status_code) == (404, 404)
        assert hidden.data == missing.data

    def test_bad_questions_get_422(self, app):
        tree = a_tree()
        headers = a_token(a_user("viewer", tree.county), "organisations:read")
        for query in ("limit=0", "limit=x", "parent_id=1"):
            answer = app.test_client().get(f"/api/v1/organisations?{query}", headers=headers)
            assert answer.status_code == 422
            assert answer.json["code"]
