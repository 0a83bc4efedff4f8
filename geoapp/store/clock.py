"""The database's time without asking for it each time.

Web workers, job workers and commands may run on machines whose clocks differ. What is due,
overdue or past its time is told by one clock: the database's, which also stamps the rows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from geoapp.errors import DatabaseUnavailable

ASK_AGAIN_AFTER_S = 60.0
"""Quartz drifts by some milliseconds in this time."""

_RETRY_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Reading:
    """*moment* is what the database said when `time.monotonic` said *ticks*."""

    moment: datetime
    ticks: float


class DatabaseClock:
    """Asks at most once a minute and counts on with `time.monotonic` in between.

    Safe for threads and greenlets: readings are replaced as a whole, one asks at a time,
    and who has a reading doesn't wait for the next.
    """

    def __init__(self, ask: Callable[[], Reading]) -> None:
        self._ask = ask
        self._reading: Reading | None = None
        self._good_until = 0.0
        self._asking = threading.Lock()

    def now(self) -> datetime:
        """The database's time.

        Raises:
            DatabaseUnavailable: it was never read and the server can't be reached.
        """
        reading = self._reading
        if reading is None or time.monotonic() >= self._good_until:
            reading = self._refreshed()
        return reading.moment + timedelta(seconds=time.monotonic() - reading.ticks)

    def doubt(self) -> None:
        """Ask again at the next chance: a new connection may lead to another server."""
        self._good_until = 0.0

    def _refreshed(self) -> Reading:
        # Only the very first askers wait for each other.
        if not self._asking.acquire(blocking=self._reading is None):
            assert self._reading is not None
            return self._reading
        try:
            if self._reading is None or time.monotonic() >= self._good_until:
                self._reading, self._good_until = self._asked()
            return self._reading
        finally:
            self._asking.release()

    def _asked(self) -> tuple[Reading, float]:
        """A new reading, or the old one where the server is away; and how long it holds."""
        try:
            return self._ask(), time.monotonic() + ASK_AGAIN_AFTER_S
        except DatabaseUnavailable:
            if self._reading is None:
                raise
            return self._reading, time.monotonic() + _RETRY_AFTER_S
