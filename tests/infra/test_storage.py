"""Files are named by chance, written durably, and never lead out of their folder."""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from eventsvc.infra import storage
from eventsvc.infra.db import db, transactional
from tests.conftest import NOW


def everything() -> list[Path]:
    return [f for f in storage.root().rglob("*") if f.is_file()]


class TestKeep:
    def test_what_was_kept_is_read_again_and_measured(self, app: Flask):
        content = os.urandom(5000)
        kept = storage.keep(content, ".jpg")
        assert storage.read(kept.path) == content
        assert (kept.size, kept.sha256) == (5000, hashlib.sha256(content).hexdigest())

    def test_the_folder_is_nobody_elses(self, app: Flask):
        storage.keep(b"x", ".jpg")
        assert storage.root().stat().st_mode & 0o077 == 0

    def test_names_are_chance_and_say_nothing(self, app: Flask):
        paths = {storage.keep(b"x", ".jpg").path for _ in range(50)}
        assert len(paths) == 50
        assert all(len(Path(p).stem) == 32 and Path(p).parent.name == Path(p).stem[-2:] for p in paths)

    def test_a_job_names_its_file_by_row_and_lease(self, app: Flask):
        name = f"{uuid4().hex}-7"
        assert storage.keep(b"x", ".pdf", name=name).path == f"-7/{name}.pdf"

    def test_it_is_on_the_disk_before_it_has_its_name(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        """A power cut leaves either no file of this name or the whole one: flush, rename, flush the folders."""
        done: list[str] = []
        flush, rename = os.fsync, Path.rename
        monkeypatch.setattr(os, "fsync", lambda handle: (done.append(what(handle)), flush(handle))[1])
        monkeypatch.setattr(Path, "rename", lambda self, target: (done.append("rename"), rename(self, target))[1])
        storage.keep(b"x", ".jpg")
        assert done == ["file", "rename", "folder", "folder"]

    def test_a_full_disk_leaves_nothing_behind(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        before = everything()

        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            storage.keep(b"x", ".jpg")
        assert everything() == before

    @pytest.mark.parametrize("name", ["..", "../x", "a/b", "a\\b", "a\0b", ".hidden", "", "a b", "名字", "x" * 200, "-a", "a\n"])
    def test_a_name_that_is_not_ours_is_refused(self, app: Flask, name: str):
        before = everything()
        if not name:
            assert len(Path(storage.keep(b"x", ".jpg", name=name).path).stem) == 32
            return
        with pytest.raises(ValueError, match="not a name"):
            storage.keep(b"x", ".jpg", name=name)
        assert everything() == before

    @pytest.mark.parametrize("suffix", ["/../../x", ".jpg/..", "jpg", ".", ".JPG", ".tar.gz", ".jpg\0", "..jpg", ".jpeg77"])
    def test_a_suffix_that_is_not_ours_is_refused(self, app: Flask, suffix: str):
        with pytest.raises(ValueError, match="not a name"):
            storage.keep(b"x", suffix)


class TestRead:
    @pytest.mark.parametrize("path", ["/etc/passwd", "../test.db", "aa/../../test.db", "../../../../../../etc/passwd", "..", "aa/../.."])
    def test_no_path_leads_out_of_the_folder(self, app: Flask, path: str):
        storage.keep(b"x", ".jpg")
        with pytest.raises(ValueError, match="not a path"):
            storage.read(path)

    def test_nor_does_a_link(self, app: Flask):
        link = storage.root() / "link"
        link.unlink(missing_ok=True)
        link.symlink_to("/etc/passwd")
        try:
            with pytest.raises(ValueError, match="not a path"):
                storage.read("link")
        finally:
            link.unlink()


def test_a_file_that_is_discarded_goes_with_the_pictures_of_its_pages_and_nobody_elses(app: Flask):
    gone, stays = storage.keep(b"x", ".pdf", name="a" * 32), storage.keep(b"x", ".pdf", name="b" * 30 + "aa")
    page = (storage.root() / gone.path).with_suffix(".page-1.png")
    page.write_bytes(b"x")
    storage.discard(gone.path)
    storage.discard(gone.path)
    assert not page.exists()
    assert storage.read(stays.path) == b"x"
    with pytest.raises(ValueError, match="not a path"):
        storage.discard("../test.db")


class TestRow:
    def test_the_row_says_whose_it_is_and_where(self, app: Flask):
        kept = storage.keep(b"picture", ".jpg")
        owner, by = uuid4(), uuid4()
        add = transactional(storage.add)
        row_id = add(kept, owner_id=owner, purpose="photo", media_type="image/jpeg", by=by, at=NOW, size=(4, 3)).id
        db.session.expire_all()
        row = db.session.get_one(storage.StoredFile, row_id)
        assert (row.path, row.size, row.sha256, row.owner_id, row.added_by) == (kept.path, 7, kept.sha256, owner, by)
        assert (row.width, row.height, row.added_at) == (4, 3, NOW)


def what(handle: int) -> str:
    """Say whether a handle is a file's or a folder's."""
    return "folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file"
