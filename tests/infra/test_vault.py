"""The vault keeps personal answers apart, until their day."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventsvc.declare import Personal
from eventsvc.infra import vault
from eventsvc.infra.crypto import CannotOpen
from eventsvc.infra.db import db, transactional
from eventsvc.infra.vault import VaultRow
from tests.infra.vault_rows import in_threads

TODAY = date(2027, 5, 1)
C, H, I = Personal.CONTACT, Personal.HEALTH, Personal.IDENTITY  # noqa: E741


@transactional
def put(owner: UUID, personal: Personal = C, purge_on: date = TODAY, **value: object) -> None:
    vault.put([vault.row(owner, personal, value, purge_on)])


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(VaultRow)) or 0


class TestRead:
    def test_classes_of_one_owner_are_merged_and_only_those_asked_for(self, app: Flask):
        owner = uuid4()
        put(owner, C, name="郑金凤")
        put(owner, H, allergies="无")
        assert vault.read([owner]) == {owner: {"name": "郑金凤", "allergies": "无"}}
        assert vault.read([owner], C) == {owner: {"name": "郑金凤"}}

    def test_nobody_elses_comes_along(self, app: Flask):
        mine, theirs = uuid4(), uuid4()
        put(mine, name="甲")
        put(theirs, name="乙")
        assert vault.read([mine]) == {mine: {"name": "甲"}}
        assert vault.read([uuid4()]) == vault.read([]) == {}

    def test_a_whole_roster_is_read_in_few_statements(self, app: Flask, statements: list[str]):
        owners = [uuid4() for _ in range(300)]
        transactional(vault.put)([vault.row(o, C, {"n": i}, TODAY) for i, o in enumerate(owners)])
        statements.clear()
        assert [vault.read(owners)[o]["n"] for o in owners[:1]] == [0]
        assert len([s for s in statements if "vault" in s]) == 1

    def test_more_owners_than_a_statement_takes_are_read_too(self, app: Flask, statements: list[str], monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(vault, "AT_ONCE", 3)
        owner = uuid4()
        put(owner, name="甲")
        statements.clear()
        assert vault.read([*(uuid4() for _ in range(9)), owner]) == {owner: {"name": "甲"}}
        assert len([s for s in statements if "FROM vault" in s]) == 4

    def test_a_blob_that_somebody_moved_to_another_owner_does_not_open(self, app: Flask):
        one, other = uuid4(), uuid4()
        put(one, name="甲")
        put(other, name="乙")

        @transactional
        def swap() -> None:
            blob = db.session.scalar(select(VaultRow.blob).where(VaultRow.owner_id == one))
            db.session.get_one(VaultRow, (other, C)).blob = blob

        swap()
        with pytest.raises(CannotOpen):
            vault.read([other])

    def test_a_blob_that_somebody_moved_to_another_class_does_not_open(self, app: Flask):
        owner = uuid4()
        put(owner, I, id_number="350900194701010012")

        @transactional
        def move() -> None:
            db.session.get_one(VaultRow, (owner, I)).personal = C

        move()
        with pytest.raises(CannotOpen):
            vault.read([owner], C)


class TestReplace:
    def test_the_new_stands_in_the_place_of_the_old_and_other_classes_stay(self, app: Flask):
        owner = uuid4()
        put(owner, C, name="旧", phone="1")
        put(owner, H, allergies="无")
        transactional(vault.replace)([vault.row(owner, C, {"name": "新"}, TODAY + timedelta(days=9))])
        assert vault.read([owner]) == {owner: {"name": "新", "allergies": "无"}}
        assert db.session.get_one(VaultRow, (owner, C)).purge_on == TODAY + timedelta(days=9)

    def test_what_was_not_there_is_put_there(self, app: Flask):
        owner = uuid4()
        transactional(vault.replace)([vault.row(owner, C, {"name": "新"}, TODAY)])
        transactional(vault.replace)([])
        assert vault.read([owner]) == {owner: {"name": "新"}}

    def test_two_who_save_at_once_both_succeed(self, app: Flask, scrub: None):
        owner = uuid4()

        def save(name: str) -> None:
            with app.app_context():
                transactional(vault.replace)([vault.row(owner, C, {"name": name}, TODAY)])

        in_threads(app, *[lambda n=n: [save(n) for _ in range(10)] for n in ("甲", "乙", "丙")])
        assert vault.read([owner])[owner]["name"] in "甲乙丙"
        assert count() == 1


class TestPurge:
    def test_only_what_is_past_its_day_goes(self, app: Flask):
        yesterday, today, tomorrow = (uuid4() for _ in range(3))
        for owner, days in ((yesterday, -1), (today, 0), (tomorrow, 1)):
            put(owner, purge_on=TODAY + timedelta(days=days), name="x")
        assert transactional(vault.purge)(TODAY) == 1
        assert set(vault.read([yesterday, today, tomorrow])) == {today, tomorrow}
        assert transactional(vault.purge)(TODAY) == 0

    def test_each_class_goes_on_a_day_of_its_own(self, app: Flask):
        owner = uuid4()
        put(owner, H, TODAY - timedelta(days=1), allergies="无")
        put(owner, C, TODAY + timedelta(days=300), name="甲")
        transactional(vault.purge)(TODAY)
        assert vault.read([owner]) == {owner: {"name": "甲"}}

    def test_to_forget_takes_all_or_the_classes_named(self, app: Flask):
        owner, other = uuid4(), uuid4()
        put(owner, C, name="甲")
        put(owner, H, allergies="无")
        put(other, C, name="乙")
        transactional(vault.forget)([owner], H)
        assert vault.read([owner, other]) == {owner: {"name": "甲"}, other: {"name": "乙"}}
        transactional(vault.forget)([owner])
        assert vault.read([owner, other]) == {other: {"name": "乙"}}


class TestAtRest:
    def test_nothing_can_be_read_in_the_file(self, app: Flask):
        if db.engine.dialect.name != "sqlite":
            pytest.skip("a file of our own only on SQLite")
        put(uuid4(), name="郑金凤金丝雀", phone="13805930001")
        put(uuid4(), I, id_number="350900194701010012")
        path = db.engine.url.database
        files = [open(path + tail, "rb").read() for tail in ("", "-wal")]  # noqa: SIM115
        assert any(b"CREATE TABLE vault" in content for content in files), "the right files"
        for content in files:
            assert "金丝雀".encode() not in content
            assert b"13805930001" not in content
            assert b"350900194701010012" not in content
