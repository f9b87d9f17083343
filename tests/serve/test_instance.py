"""What the processes of one instance are told, and what keeps two instances apart."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from eventsvc.serve.instance import CannotStart, Instance, kept_secret, private_folder


@pytest.fixture(autouse=True)
def swept():
    """Leave no folder of a socket behind."""
    before = set(Path("/tmp").glob("eventsvc-*"))
    yield
    for folder in set(Path("/tmp").glob(f"eventsvc-{os.geteuid()}-*")) - before:
        with suppress(OSError):
            folder.rmdir()


@pytest.mark.parametrize("port", ["eight", "0", "70000", "-1", "80.5"])
def test_a_port_that_is_none_is_refused_with_the_cure(tmp_path, port):
    with pytest.raises(CannotStart, match="PORT=8001 make run"):
        Instance.from_env({"PORT": port, "EVENTSVC_VAR_DIR": str(tmp_path)})


def test_by_default_it_is_sqlite_and_an_embedded_redis_under_var(tmp_path):
    instance = Instance.from_env({"EVENTSVC_VAR_DIR": str(tmp_path)})
    told = instance.environment()

    assert told["EVENTSVC_DATABASE_URL"] == f"sqlite:///{tmp_path}/eventsvc.db"
    assert told["EVENTSVC_REDIS_URL"].startswith("unix:///tmp/eventsvc-")
    assert told["EVENTSVC_BASE_URL"] == "http://127.0.0.1:8000"
    assert instance.own_redis


def test_what_is_given_is_passed_on_untouched(tmp_path):
    given = {
        "EVENTSVC_VAR_DIR": str(tmp_path),
        "EVENTSVC_DATABASE_URL": "postgresql://db/eventsvc",
        "EVENTSVC_REDIS_URL": "redis://queue:6379/0",
        "EVENTSVC_SECRET_KEY": "given",
        "EVENTSVC_BASE_URL": "https://events.example.org",
    }
    instance = Instance.from_env(given)

    assert given.items() <= instance.environment().items()
    assert not instance.own_redis
    assert not (tmp_path / "secret.key").exists()


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    file = tmp_path / "secret.key"
    secret = kept_secret(file)

    assert len(secret) >= 48
    assert kept_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_two_instances_have_sockets_apart_and_one_finds_its_own_again(tmp_path):
    assert private_folder(tmp_path / "one") != private_folder(tmp_path / "two")
    assert private_folder(tmp_path / "one") == private_folder(tmp_path / "one")


def test_the_socket_address_is_short_however_deep_the_folder_lies(tmp_path):
    deep = tmp_path.joinpath(*["a folder with a long name"] * 8)

    assert len(str(Instance.from_env({"EVENTSVC_VAR_DIR": str(deep)}).redis_socket)) < 100


def test_a_folder_that_somebody_else_laid_is_not_used(tmp_path):
    folder = private_folder(tmp_path)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(CannotStart, match="not a folder of yours alone"):
            private_folder(tmp_path)
    finally:
        folder.unlink()
