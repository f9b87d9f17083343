"""The private servers are real, fast, and leave nothing behind, even when the tests are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests import servers

ROOT = Path(__file__).resolve().parents[1]


def gone(pid: int, within: float = 5.0) -> bool:
    """Whether the process ends in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def postgres():
    with servers.postgres_server() as server:
        yield server


def test_a_copy_of_a_database_has_its_rows(postgres):
    with psycopg.connect(postgres.create("first"), autocommit=True) as connection:
        connection.execute("CREATE TABLE words (word text)")
        connection.execute("INSERT INTO words VALUES ('金婚')")

    with psycopg.connect(postgres.create("second", template="first")) as connection:
        assert connection.execute("SELECT word FROM words").fetchall() == [("金婚",)]


def test_a_database_is_dropped_though_somebody_is_connected(postgres):
    connection = psycopg.connect(postgres.create("busy"))
    postgres.drop("busy")
    postgres.drop("busy")

    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")


def test_it_does_not_wait_for_the_disk_unless_asked_to(postgres):
    with psycopg.connect(postgres.url("postgres")) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)


def test_binaries_in_a_closed_folder_are_copied_and_still_run():
    owner = servers.unprivileged()
    packaged = servers.packaged_postgres()
    with servers.own_folder("pg", owner) as folder:
        copy = servers.copied(packaged, folder / "copy")
        ran = subprocess.run([copy / "initdb", "-V"], capture_output=True, text=True, cwd="/", **servers.as_user(owner))

    assert "PostgreSQL" in ran.stdout


def test_postgres_leaves_no_folder_and_no_process():
    with servers.postgres_server(fsync=True) as server:
        folder, pid = server.folder, server.pid
        with psycopg.connect(server.url("postgres")) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)

    assert not folder.exists()
    assert gone(pid)


def test_redis_stops_and_starts_again_with_what_it_kept():
    with servers.redis_server() as server:
        connection = redis.Redis.from_url(server.url)
        connection.set("seat", "kept")
        time.sleep(1.1)  # the log is written through every second
        server.stop()
        with pytest.raises(redis.ConnectionError):
            connection.get("seat")
        server.start()

        assert connection.get("seat") == b"kept"
        server.empty()
        assert connection.get("seat") is None


def test_nothing_survives_tests_that_are_killed():
    script = (
        "import time\nfrom tests import servers\n"
        "with servers.postgres_server() as a, servers.redis_server() as b:\n"
        "    print(a.pid, b.pid, a.folder, b.folder, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as tests:
        first, second, *folders = tests.stdout.readline().split()
        tests.send_signal(signal.SIGKILL)

    assert gone(int(first))
    assert gone(int(second))
    with servers.own_folder("pg", None), servers.own_folder("redis", None):
        assert not any(os.path.exists(folder) for folder in folders)


def test_the_browser_is_there():
    assert os.access(servers.chromium_path(), os.X_OK)
