"""A bounded load on loopback: so many whole sign-ups by so many people at once."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode, urlsplit

Fields = Callable[[int, str], dict[str, str]]
"""(number of the sign-up, the page that was shown) → what the form sends."""


@dataclass
class Result:
    """What one load measured; times in milliseconds for the whole flow of page, post and receipt."""

    people: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Whole sign-ups a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def at(self, share: float) -> float:
        """Return a percentile of the times."""
        ranked = sorted(self.times)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")

    @property
    def p50(self) -> float:
        """The median time."""
        return median(self.times) if self.times else float("nan")


def run(base: str, path: str, fields: Fields, *, people: int, flows: int, first: int = 0) -> Result:
    """Do `flows` whole sign-ups, `people` at once, each person on a connection of their own."""
    result, numbers, lock = Result(people), iter(range(first, first + flows)), threading.Lock()
    host = urlsplit(base).netloc

    def person() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            begun = time.perf_counter()
            fault = _flow(host, path, fields, number)
            took = (time.perf_counter() - begun) * 1000
            with lock:
                result.faults.append(fault) if fault else result.times.append(took)

    threads = [threading.Thread(target=person) for _ in range(people)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begun
    return result


def _flow(host: str, path: str, fields: Fields, number: int) -> str:
    line = http.client.HTTPConnection(host, timeout=30)
    try:
        line.request("GET", path)
        shown = line.getresponse()
        page = shown.read().decode()
        if shown.status != 200:
            return f"page {shown.status}"
        body = urlencode(fields(number, page))
        line.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        posted = line.getresponse()
        posted.read()
        if posted.status != 303:
            return f"post {posted.status}"
        cookies = "; ".join(c.split(";")[0] for c in posted.headers.get_all("Set-Cookie") or [])
        line.request("GET", posted.headers["Location"], headers={"Cookie": cookies} if cookies else {})
        receipt = line.getresponse()
        receipt.read()
        return "" if receipt.status == 200 else f"receipt {receipt.status}"
    except OSError as broken:
        return type(broken).__name__
    finally:
        line.close()
