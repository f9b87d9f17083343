"""The organiser's list of 5,000 registrations, in process on SQLite: its first page, and a search by name."""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade

from eventsvc.app import create_app
from eventsvc.config import Settings
from eventsvc.infra.db import db
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import signed_up

PARTIES, TIMES = 5_000, 15
AIM = 60.0


def measure(parties: int = PARTIES) -> dict[str, list[float]]:
    """Return milliseconds of each kind of look, the whole answer included; the first of each is told apart."""
    with TemporaryDirectory() as folder:
        settings = Settings(secret_key="r" * 40, database_url=f"sqlite:///{folder}/roster.db", redis_url="redis://127.0.0.1:9", var_dir=Path(folder),
                            base_url="http://localhost", argon2_memory_kib=64, argon2_time=1, rate_limits=False)  # fmt: skip
        app = create_app(settings)
        with app.app_context():
            upgrade()
            found = _looks(app, parties)
            db.session.remove()
            db.engine.dispose()
    return found


def _looks(app: object, parties: int) -> dict[str, list[float]]:
    tree = a_tree()
    organiser = a_user("organiser", tree.village)
    activity = an_activity(unit=tree.village, by=organiser, places=parties)
    for number in range(parties):
        signed_up(activity, people__husband__name=f"张{'建国志强文华明德'[number % 8]}{chr(0x4E00 + number)}")
    client, path = logged_in(app, organiser), f"/activities/{activity.id}/registrations"
    client.get(path)
    looks = {
        "first page": lambda: client.client.get(path),
        "search by name": lambda: client.client.post(path, data={"q": f"张建{chr(0x4E00)}", "csrf_token": client.csrf()}),
        "search by pinyin": lambda: client.client.post(path, data={"q": "zhangjian", "csrf_token": client.csrf()}),
    }
    return {name: [_timed(look) for _ in range(TIMES)] for name, look in looks.items()}


def _timed(look: object) -> float:
    begun = time.perf_counter()
    answer = look()  # type: ignore[operator]
    assert answer.status_code == 200
    return (time.perf_counter() - begun) * 1000


def table(found: dict[str, list[float]]) -> str:
    """Say it as a table in Markdown."""
    lines = ["| list of 5,000 | median ms | slowest ms | aim |", "|---|---|---|---|"]
    for name, times in found.items():
        middle = statistics.median(times)
        lines.append(f"| {name} | {middle:.0f} | {max(times):.0f} | at most {AIM:.0f}: {'met' if middle <= AIM else 'NOT met'} |")
    return "\n".join(lines)
