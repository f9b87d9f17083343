"""What was done is written down with it, sealed a moment later, and never changed unseen."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from eventsvc.accounts import service as accounts
from eventsvc.accounts.errors import WrongLogin
from eventsvc.audit import service
from eventsvc.audit.models import AuditRow, protect
from eventsvc.core import clock
from eventsvc.core.errors import NotFound
from eventsvc.infra.db import db, transactional
from eventsvc.infra.events import Exported, PersonalDataSeen, announce
from tests.conftest import NOW
from tests.factories.accounts import PASSWORD, a_user
from tests.factories.organisations import a_tree, another_county

LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def no_head(app):
    service.heads_file().unlink(missing_ok=True)
    yield
    service.heads_file().unlink(missing_ok=True)


@transactional
def something_happens(times: int = 1, at=NOW) -> None:
    for n in range(times):
        announce(Exported("registrations", uuid4(), None, n, uuid4(), at))


def rows() -> list[AuditRow]:
    db.session.expire_all()
    return list(db.session.scalars(select(AuditRow).order_by(AuditRow.seq, AuditRow.at, AuditRow.id)))


@contextmanager
def behind_the_back():
    """Write to the table as somebody who owns the database: without its protection."""
    sqlite = db.engine.dialect.name == "sqlite"
    db.session.commit()
    db.session.execute(text("DROP TRIGGER audit_rows_sealed" if sqlite else "SET LOCAL session_replication_role = replica"))
    yield
    if sqlite:
        protect(db.session.connection())
    db.session.commit()


class TestHearing:
    def test_a_row_is_written_with_the_deed_and_goes_with_it(self, app):
        tree = a_tree()
        admin, user = a_user("admin", tree.village), a_user(None)
        before = len(rows())
        accounts.grant(user.id, "viewer", tree.village.id, actor=admin, now=NOW)
        row = next(r for r in rows() if r.action == "accounts.role_granted" and r.actor_id == admin.id)
        assert (row.subject_id, row.organisation_id, row.facts, row.at) == (user.id, tree.village.id, {"role": "viewer"}, NOW)
        assert len(rows()) == before + 1
        with pytest.raises(NotFound):
            accounts.add_user(another_county().id, "zhang3", "张三妹", "viewer", actor=admin, now=NOW)
        assert not [r for r in rows() if r.actor_id == admin.id and r.action == "accounts.user_added"]

    def test_log_ins_resets_exports_and_looks_leave_a_trace(self, app):
        tree = a_tree()
        user, admin = a_user("viewer", tree.village, user_name="linxf"), a_user("admin", tree.county)
        accounts.log_in("linxf", PASSWORD, now=NOW)
        with pytest.raises(WrongLogin):
            accounts.log_in("linxf", "不对的密码", now=NOW)
        accounts.reset_password(user.id, actor=admin, now=NOW)
        looked_at = uuid4()
        transactional(lambda: announce(PersonalDataSeen(looked_at, tree.village.id, "contact", "打电话通知", user.id, NOW)))()
        done = {(r.action, r.actor_id, r.subject_id) for r in rows()}
        assert ("accounts.logged_in", user.id, user.id) in done
        assert ("accounts.log_in_refused", user.id, user.id) in done
        assert ("accounts.password_changed", admin.id, user.id) in done
        assert ("infra.personal_data_seen", user.id, looked_at) in done

    def test_no_name_phone_or_password_gets_in(self, app):
        a_user("viewer", a_tree().village, name="欧阳娜娜", user_name="nana", phone="13805931234")
        accounts.log_in("nana", PASSWORD, now=NOW)
        everything = " ".join(f"{r.action} {r.facts}" for r in rows())
        for secret in ("欧阳娜娜", "13805931234", PASSWORD, "nana"):
            assert secret not in everything


class TestSealing:
    def test_settled_rows_get_numbers_and_seals_and_fresh_ones_wait(self, app):
        something_happens(3)
        something_happens(1, at=LATER)
        assert service.seal(LATER) == 3
        assert service.seal(LATER) == 0
        assert [r.seq for r in rows() if r.seq] == [1, 2, 3]
        assert service.seal(LATER + timedelta(seconds=3)) == 1
        assert service.verify(now=LATER).rows == 4
        assert service.verify(now=LATER).faults == ()

    def test_sealing_is_a_handful_of_statements_however_many_rows(self, app):
        something_happens(200)
        calls = []
        see = lambda _c, _k, statement, _p, _x, many: calls.append((statement, many))  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", see)
        service.seal(LATER)
        event.remove(db.engine, "before_cursor_execute", see)
        updates = [many for statement, many in calls if statement.startswith("UPDATE")]
        assert updates == [True]
        assert len(calls) <= 5

    def test_two_sealers_at_once_make_one_chain(self, app, scrub):
        something_happens(300)
        done, trouble = [], []

        def work():
            try:
                with app.app_context():
                    for _ in range(3):
                        done.append(service.seal(LATER))
                    db.session.remove()
            except Exception as wrong:
                trouble.append(wrong)

        threads = [threading.Thread(target=work) for _ in range(4)]
        db.session.commit()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert trouble == []
        assert sum(done) == 300
        found = service.verify(now=LATER)
        assert (found.rows, found.faults) == (300, ())


class TestVerifying:
    @pytest.fixture
    def sealed(self, app) -> list[AuditRow]:
        something_happens(9)
        service.seal(LATER)
        return rows()

    def verdict(self, app):
        db.session.expire_all()
        return app.test_cli_runner().invoke(args=["audit", "verify"])

    def test_a_whole_chain_is_said_to_be_whole(self, app, sealed):
        done = self.verdict(app)
        assert (done.exit_code, done.output.strip()) == (0, "核对了9条，0处有问题")

    @pytest.mark.parametrize("column", ["facts", "actor_id", "at", "action", "subject_id", "seal"])
    def test_one_altered_row_is_named_and_no_other(self, app, sealed, column):
        other = {"facts": {"rows": 99}, "actor_id": None, "at": LATER, "action": "nothing", "subject_id": uuid4(), "seal": b"x" * 32}
        with behind_the_back():
            db.session.execute(update(AuditRow).where(AuditRow.seq == 5).values({column: other[column]}))
        done = self.verdict(app)
        assert done.exit_code == 1
        assert "第5条" in done.output
        # A forged seal also breaks the row behind it, that was sealed over the true one.
        assert done.output.count("改动过") == (2 if column == "seal" else 1)

    @pytest.mark.parametrize("gone", [1, 5, 9])
    def test_a_deleted_row_is_named_even_the_last(self, app, sealed, gone):
        with behind_the_back():
            db.session.execute(delete(AuditRow).where(AuditRow.seq == gone))
        done = self.verdict(app)
        assert done.exit_code == 1
        assert f"第{gone}条不见了" in done.output
        assert "1处有问题" in done.output

    def test_a_row_slipped_in_is_named(self, app, sealed):
        with behind_the_back():
            db.session.add(AuditRow(at=NOW, action="forged", subject_id=uuid4(), facts={}, seq=10, seal=b"y" * 32))
            db.session.flush()
        done = self.verdict(app)
        assert done.exit_code == 1
        assert "第10条" in done.output

    def test_rows_that_nobody_seals_are_said(self, app, sealed):
        something_happens(2, at=clock.now() - timedelta(hours=1))
        done = self.verdict(app)
        assert done.exit_code == 1
        assert "有2条" in done.output

    def test_the_database_itself_refuses_to_change_a_sealed_row(self, app, sealed):
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(update(AuditRow).where(AuditRow.seq == 5).values(action="nothing"))
        db.session.rollback()
        assert db.session.scalar(select(func.count()).where(AuditRow.action == "nothing")) == 0
