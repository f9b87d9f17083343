"""What a story is: one activity, who organises it, when, and how it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from eventsvc.sample.stage import Stage
from eventsvc.sample.telling import Telling


@dataclass(frozen=True)
class Story:
    """One activity of the sample. Unit and title together name it: told once, it is not told again."""

    kind: str
    unit: str
    by: str
    title: str
    day: date
    play: Callable[[Telling], None]
    lasts: int = 0

    def tell(self, stage: Stage) -> None:
        """Let it happen."""
        self.play(Telling(stage, self.kind, self.unit, self.title, self.by, self.day, self.lasts))
