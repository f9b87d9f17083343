"""The sweeper: a loop of its own, never a queue job. It tells the queue what was promised and starts what is due."""

import signal
import sys
import time

from eventsvc.core import clock
from workers import runtime, schedule

BEAT = 1.0


def main() -> None:
    """Take turns for ever; a database or a Redis that is away is met again at the next turn."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    chores = schedule.chores()
    while True:
        for chore in chores:
            with runtime.app().app_context():
                chore.turn(clock.now())
        time.sleep(BEAT)


if __name__ == "__main__":
    main()
