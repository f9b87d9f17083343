"""Accounts: what an administrator, a person and a stranger can and cannot do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsvc.accounts import queries, rules, service
from eventsvc.accounts.errors import (
    AlreadySetUp,
    NameTaken,
    NoSuchAccount,
    NotYourself,
    ServesElsewhere,
    UnknownScope,
    WeakPassword,
    WrongLogin,
    WrongPassword,
)
from eventsvc.accounts.models import ApiToken, RoleGrant, Session, User
from eventsvc.core.actor import Role
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.declare.personal import Personal
from eventsvc.infra import vault
from eventsvc.infra.db import db
from eventsvc.organisations import queries as tree_queries
from eventsvc.organisations.models import Level
from tests.conftest import NOW
from tests.factories.accounts import PASSWORD, a_user, also
from tests.factories.organisations import a_sibling_village, a_tree, another_county

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def log_in(login: str, password: str = PASSWORD, **kw) -> str:
    return service.log_in(login, password, now=kw.pop("now", NOW), **kw)


class TestAccounts:
    def test_a_phone_is_kept_in_the_vault_only(self, app):
        user = a_user(None, user_name="lxf", phone="138 0593 1234")
        row = db.session.get(User, user.id)
        assert b"13805931234" not in row.phone_key
        assert vault.read([user.id], Personal.CONTACT)[user.id] == {"phone": "13805931234"}

    def test_a_name_or_phone_is_taken_once_however_it_is_written(self, app):
        a_user(None, user_name="LinXF", phone="13805931234")
        with pytest.raises(NameTaken):
            a_user(None, user_name="linxf")
        with pytest.raises(NameTaken):
            a_user(None, user_name="another", phone="+86 138-0593-1234")

    @pytest.mark.parametrize("weak", ["short", "12345678", "abcdefgh", "aaaaaaaa", "JSX12345", "林小芳的名字xfang01"])
    def test_weak_passwords_are_refused(self, app, weak):
        with pytest.raises(WeakPassword):
            service.create_user("xfang01", "林小芳", weak, by=None, now=NOW)
        assert db.session.scalar(select(User)) is None

    @pytest.mark.parametrize("bad", ["a", "with space", "13805931234", "x" * 51, "a/b"])
    def test_bad_user_names_are_refused(self, app, bad):
        with pytest.raises(ValueError):
            service.create_user(bad, "林小芳", PASSWORD, by=None, now=NOW)

    def test_a_password_is_stored_as_argon2id(self, app):
        user = a_user(None)
        assert db.session.get(User, user.id).password_hash.startswith("$argon2id$")


class TestLogIn:
    def test_by_user_name_or_phone_however_they_are_written(self, app):
        user = a_user(None, user_name="linxf", phone="13805931234")
        for login in ("linxf", "LinXF", "ｌｉｎｘｆ", "13805931234", "+86 138 0593 1234"):
            assert service.actor_of(log_in(login), now=NOW).id == user.id

    def test_wrong_name_wrong_password_and_switched_off_read_the_same(self, app):
        tree = a_tree()
        user = a_user("viewer", tree.village, user_name="gone")
        a_user(None, user_name="linxf")
        service.set_active(user.id, False, actor=a_user("admin", tree.county), now=NOW)
        said = set()
        for login, password in (("linxf", "不对的密码"), ("nobody", PASSWORD), ("gone", PASSWORD), ("", PASSWORD)):
            with pytest.raises(WrongLogin) as refusal:
                log_in(login, password)
            said.add((str(refusal.value), refusal.value.code, tuple(refusal.value.fields)))
        assert len(said) == 1

    def test_an_unknown_name_costs_a_hash_too(self, app, monkeypatch):
        checked = []
        fits = service._fits
        monkeypatch.setattr(service, "_fits", lambda *given: checked.append(1) or fits(*given))
        for login in ("nobody", a_user(None, user_name="linxf") and "linxf"):
            with pytest.raises(WrongLogin):
                log_in(login, "不对的密码")
        assert len(checked) == 2

    def test_logging_in_again_ends_the_session_that_the_browser_carried(self, app):
        a_user(None, user_name="linxf")
        first = log_in("linxf")
        second = log_in("linxf", instead_of=first)
        assert service.actor_of(first, now=NOW) is None
        assert service.actor_of(second, now=NOW)
        assert first not in second

    def test_only_the_hash_of_a_secret_is_stored(self, app):
        a_user(None, user_name="linxf")
        secret = log_in("linxf")
        row = db.session.scalar(select(Session))
        assert secret.encode() not in row.token_hash
        assert len(row.token_hash) == 32

    def test_older_hash_parameters_are_renewed(self, app, monkeypatch):
        user = a_user(None, user_name="linxf")
        old = db.session.get(User, user.id).password_hash
        monkeypatch.setattr(service, "_settings_hasher", lambda: service._hasher(128, 2))
        log_in("linxf")
        db.session.expire_all()
        assert db.session.get(User, user.id).password_hash != old
        log_in("linxf")


class TestSessions:
    def test_a_session_ends_unused_and_by_its_age(self, app):
        a_user(None, user_name="linxf")
        secret = log_in("linxf")
        assert service.actor_of(secret, now=NOW + rules.DESK.idle)
        assert service.actor_of(secret, now=NOW + rules.DESK.idle + MINUTE) is None
        session = db.session.scalar(select(Session))
        for hours in range(2, 12, 2):
            service.seen(session.id, now=NOW + hours * HOUR)
        assert service.actor_of(secret, now=NOW + 11 * HOUR)
        assert service.actor_of(secret, now=NOW + rules.DESK.absolute) is None

    def test_a_group_leaders_own_phone_stays_logged_in(self, app):
        a_user(None, user_name="linxf")
        secret = log_in("linxf", long=True)
        assert service.actor_of(secret, now=NOW + 59 * DAY)
        assert service.actor_of(secret, now=NOW + 61 * DAY) is None

    def test_whoever_administers_or_approves_is_not_logged_in_for_months(self, app):
        tree = a_tree()
        user = a_user("admin", tree.village, user_name="boss")
        assert service.actor_of(log_in("boss", long=True), now=NOW + 1 * DAY) is None
        leader = a_user("group_leader", tree.group, user_name="linxf")
        phone = log_in("linxf", long=True)
        assert service.actor_of(phone, now=NOW + 1 * DAY)
        service.grant(leader.id, "approver", tree.village.id, actor=user, now=NOW)
        assert service.actor_of(phone, now=NOW + 1 * DAY) is None

    def test_being_seen_is_written_at_most_every_five_minutes(self, app):
        a_user(None, user_name="linxf")
        log_in("linxf")
        session = db.session.scalar(select(Session))
        service.seen(session.id, now=NOW + 4 * MINUTE)
        db.session.refresh(session)
        assert session.last_seen_at == NOW
        service.seen(session.id, now=NOW + 6 * MINUTE)
        db.session.refresh(session)
        assert session.last_seen_at == NOW + 6 * MINUTE

    def test_who_acts_is_one_statement_with_all_grants(self, app, statements):
        tree = a_tree()
        user = a_user("admin", tree.village, user_name="linxf")
        also(user, "organiser", tree.county)
        secret = log_in("linxf")
        statements.clear()
        actor = service.actor_of(secret, now=NOW)
        assert len([s for s in statements if not s.startswith("BEGIN")]) == 1
        assert {(g.role, g.organisation_id) for g in actor.grants} == {
            (Role.ADMIN, tree.village.id),
            (Role.ORGANISER, tree.county.id),
        }

    def test_one_ends_ones_own_sessions_and_nobody_elses(self, app):
        me, other = a_user(None, user_name="me"), a_user(None, user_name="other")
        mine, theirs = log_in("me"), log_in("other")
        session = queries.sessions(other.id, now=NOW)[0]
        with pytest.raises(NotFound):
            service.log_out(session.id, actor=me, now=NOW)
        assert service.actor_of(theirs, now=NOW)
        service.log_out(queries.sessions(me.id, now=NOW)[0].id, actor=me, now=NOW)
        assert service.actor_of(mine, now=NOW) is None

    def test_a_new_password_ends_all_other_sessions(self, app):
        user = a_user(None, user_name="me")
        here, there = log_in("me"), log_in("me")
        keep = queries.visit_by_session(here, now=NOW).id
        with pytest.raises(WrongPassword):
            service.change_password("不对的密码", "新的密码-白鹭-飞过", actor=user, now=NOW, keep=keep)
        with pytest.raises(WeakPassword):
            service.change_password(PASSWORD, PASSWORD, actor=user, now=NOW, keep=keep)
        service.change_password(PASSWORD, "新的密码-白鹭-飞过", actor=user, now=NOW, keep=keep)
        assert service.actor_of(here, now=NOW)
        assert service.actor_of(there, now=NOW) is None
        with pytest.raises(WrongLogin):
            log_in("me")
        assert log_in("me", "新的密码-白鹭-飞过")


class TestGrants:
    def test_an_administrator_grants_in_its_own_subtree_only(self, app):
        tree, far = a_tree(), another_county()
        admin, user = a_user("admin", tree.township), a_user(None)
        service.grant(user.id, "organiser", tree.village.id, actor=admin, now=NOW)
        service.grant(user.id, "organiser", tree.village.id, actor=admin, now=NOW)
        assert [g.organisation_id for g in queries.actor(user.id).grants] == [tree.village.id]
        for above in (tree.county, far):
            with pytest.raises(NotFound):
                service.grant(user.id, "viewer", above.id, actor=admin, now=NOW)
        with pytest.raises(NotAllowed):
            service.grant(user.id, "admin", tree.village.id, actor=a_user("organiser", tree.village), now=NOW)

    def test_a_new_account_gets_a_password_for_once(self, app):
        tree = a_tree()
        admin = a_user("admin", tree.township)
        user_id, once = service.add_user(tree.village.id, "zhang3", "张三妹", "organiser", actor=admin, now=NOW)
        secret = log_in("zhang3", once)
        assert queries.visit_by_session(secret, now=NOW).must_change_password
        service.change_password(once, PASSWORD, actor=queries.actor(user_id), now=NOW)
        assert not queries.visit_by_session(log_in("zhang3"), now=NOW).must_change_password

    def test_a_refused_grant_leaves_no_account_behind(self, app):
        tree = a_tree()
        with pytest.raises(NotFound):
            service.add_user(tree.county.id, "zhang3", "张三妹", "admin", actor=a_user("admin", tree.township), now=NOW)
        assert queries.by_login("zhang3") is None

    def test_an_account_that_exists_can_serve_at_a_second_unit(self, app):
        tree, far = a_tree(), another_county()
        user = a_user("organiser", tree.village, user_name="linxf")
        admin = a_user("admin", far)
        service.grant_by_name(far.id, "LINXF", "organiser", actor=admin, now=NOW)
        assert {g.organisation_id for g in queries.actor(user.id).grants} == {tree.village.id, far.id}
        with pytest.raises(NoSuchAccount):
            service.grant_by_name(far.id, "nobody", "organiser", actor=admin, now=NOW)

    def test_nobody_locks_themselves_out(self, app):
        tree = a_tree()
        admin = a_user("admin", tree.township)
        mine = db.session.scalar(select(RoleGrant).where(RoleGrant.user_id == admin.id))
        with pytest.raises(NotYourself):
            service.revoke(mine.id, actor=admin, now=NOW)
        with pytest.raises(NotYourself):
            service.set_active(admin.id, False, actor=admin, now=NOW)
        above = a_user("admin", tree.county)
        service.revoke(mine.id, actor=above, now=NOW)
        assert queries.actor(admin.id).grants == ()

    def test_a_role_out_of_reach_cannot_be_taken_back(self, app):
        tree, sibling = a_tree(), a_sibling_village()
        theirs = a_user("organiser", sibling)
        held = db.session.scalar(select(RoleGrant).where(RoleGrant.user_id == theirs.id))
        with pytest.raises(NotFound):
            service.revoke(held.id, actor=a_user("admin", tree.village), now=NOW)


class TestReset:
    def test_a_reset_ends_sessions_and_tokens_and_forces_a_new_password(self, app):
        tree = a_tree()
        user = a_user("organiser", tree.village, user_name="linxf")
        secret, token = log_in("linxf"), service.issue_token("甲", [a_scope()], actor=user, now=NOW)
        once = service.reset_password(user.id, actor=a_user("admin", tree.township), now=NOW)
        assert service.actor_of(secret, now=NOW) is None
        assert service.actor_of_token(token, now=NOW) is None
        assert queries.visit_by_session(log_in("linxf", once), now=NOW).must_change_password

    def test_an_administrator_below_cannot_take_over_whoever_serves_above(self, app):
        tree = a_tree()
        boss = a_user("admin", tree.county, user_name="boss")
        also(boss, "viewer", tree.village)
        village_admin = a_user("admin", tree.village)
        for attack in (service.reset_password, lambda who, **kw: service.set_active(who, False, **kw)):
            with pytest.raises(ServesElsewhere):
                attack(boss.id, actor=village_admin, now=NOW)
        assert log_in("boss")

    def test_an_account_out_of_reach_is_as_good_as_missing(self, app):
        tree = a_tree()
        stranger = a_user("organiser", another_county())
        with pytest.raises(NotFound):
            service.reset_password(stranger.id, actor=a_user("admin", tree.county), now=NOW)

    def test_putting_out_of_use_kills_sessions_and_tokens_and_dates_the_phone(self, app):
        tree = a_tree()
        user = a_user("organiser", tree.village, user_name="linxf", phone="13805931234")
        admin = a_user("admin", tree.township)
        secret, token = log_in("linxf"), service.issue_token("甲", [a_scope()], actor=user, now=NOW)
        service.set_active(user.id, False, actor=admin, now=NOW)
        assert service.actor_of(secret, now=NOW) is None
        assert service.actor_of_token(token, now=NOW) is None
        assert db.session.get(vault.VaultRow, (user.id, Personal.CONTACT)).purge_on.year == 2028
        service.set_active(user.id, True, actor=admin, now=NOW)
        assert service.actor_of(secret, now=NOW) is None
        assert log_in("linxf")


def a_scope() -> str:
    return "organisations:read"


class TestTokens:
    def test_a_token_speaks_for_its_owner_within_its_scopes_until_it_expires(self, app):
        user = a_user("organiser", a_tree().village)
        token = service.issue_token("县卫健局", [a_scope()], actor=user, now=NOW, days=30)
        actor, scopes = service.actor_of_token(token, now=NOW)
        assert (actor, scopes) == (queries.actor(user.id), {a_scope()})
        assert token.encode() not in db.session.scalar(select(ApiToken)).token_hash
        assert service.actor_of_token(token, now=NOW + 31 * DAY) is None
        assert service.actor_of_token(token[:-1], now=NOW) is None

    def test_unknown_scopes_are_refused(self, app):
        user = a_user("organiser", a_tree().village)
        for scopes in (["everything:write"], []):
            with pytest.raises(UnknownScope):
                service.issue_token("甲", scopes, actor=user, now=NOW)

    def test_one_takes_back_ones_own_tokens_only(self, app):
        tree = a_tree()
        user, other = a_user("organiser", tree.village), a_user("admin", tree.county)
        token = service.issue_token("甲", [a_scope()], actor=user, now=NOW)
        row = queries.tokens(user.id)[0]
        with pytest.raises(NotFound):
            service.revoke_token(row.id, actor=other, now=NOW)
        assert service.actor_of_token(token, now=NOW)
        service.revoke_token(row.id, actor=user, now=NOW)
        assert service.actor_of_token(token, now=NOW) is None


class TestSetup:
    ARGS = ("setup", "--user-name", "boss", "--name", "陈会长", "--password", PASSWORD)

    def test_it_makes_the_first_administrator_and_the_topmost_unit(self, app):
        done = app.test_cli_runner().invoke(args=[*self.ARGS, "--unit", "福鼎市", "--level", "county", "--code", "350982000000"])
        assert done.exit_code == 0, done.output
        user = queries.by_login("boss")
        actor = queries.actor(user.id)
        assert {g.role for g in actor.grants} == {Role.ADMIN, Role.APPROVER}
        assert service.topmost() == "福鼎市"
        service.create_user("second", "王二", PASSWORD, by=actor, now=NOW)

    def test_it_asks_for_what_it_is_not_told(self, app):
        asked = f"boss\n陈会长\n{PASSWORD}\n{PASSWORD}\n福鼎市\n350982000000\n"
        done = app.test_cli_runner().invoke(args=["setup"], input=asked)
        assert done.exit_code == 0, done.output
        assert PASSWORD not in done.output
        assert tree_queries.by_code("350982000000").level is Level.COUNTY

    def test_a_tree_that_is_there_is_used(self, app):
        tree = a_tree()
        done = app.test_cli_runner().invoke(args=list(self.ARGS))
        assert done.exit_code == 0, done.output
        assert queries.actor(queries.by_login("boss").id).can("admin", [tree.province.id])

    def test_it_refuses_when_there_is_any_account(self, app):
        a_tree()
        a_user(None)
        done = app.test_cli_runner().invoke(args=list(self.ARGS))
        assert done.exit_code == 1
        assert AlreadySetUp.code in done.output
        assert queries.by_login("boss") is None

    def test_a_weak_password_or_a_bad_code_leaves_nothing(self, app):
        run = app.test_cli_runner().invoke
        assert run(args=["setup", "--user-name", "boss", "--name", "陈会长", "--password", "12345678", "--unit", "福鼎市",
                         "--code", "350982000000"]).exit_code == 1  # fmt: skip
        assert run(args=[*self.ARGS, "--unit", "福鼎市", "--code", "1"]).exit_code == 1
        assert service.topmost() == ""
        assert not queries.anybody()

    def test_a_forgotten_password_is_reset_on_the_command_line(self, app):
        a_user(None, user_name="linxf", name="林小芳")
        done = app.test_cli_runner().invoke(args=["accounts", "reset-password", "linxf"])
        assert done.exit_code == 0, done.output
        once = done.output.split("：")[1].split()[0]
        assert service.actor_of(service.log_in("linxf", once, now=NOW), now=NOW)
        assert app.test_cli_runner().invoke(args=["accounts", "reset-password", "nobody"]).exit_code == 1
