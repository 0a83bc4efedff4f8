"""Two hands that carry an activation out: a database connection and half of the ids each.

It is the database that works, and it uses one core for each connection. Every batch is a
transaction of its own, of about `AIM_S`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""
Stopping = Callable[[], bool]
"""Asked after each batch; True leaves the activation as it is, to be carried on later."""

HANDS = 2
BATCHES = (100, 5_000)
"""Fewest and most complaints per transaction; in between whatever takes `AIM_S`."""
AIM_S = 0.2
"""How long a transaction of a batch should take: far below the second that the feed may lag."""


class Pace:
    """How many complaints the next transaction takes, by how long the last one took."""

    def __init__(self, first: int) -> None:
        self.size = first
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_problem: object) -> None:
        took = max(time.monotonic() - self._begun, 1e-3)
        factor = min(1.5, max(0.25, AIM_S / took))
        self.size = int(min(BATCHES[1], max(BATCHES[0], self.size * factor)))


class Told:
    """What the hands have done together, of how much, and whether they are to stop."""

    def __init__(self, done: int, of: int, progress: Progress, stopping: Stopping) -> None:
        self.ending = False
        self._done, self._of = done, of
        self._progress, self._stopping = progress, stopping
        self._one_at_a_time = threading.Lock()

    def batch(self, done: int) -> None:
        """So many more are done and committed; asks whether that is enough."""
        with self._one_at_a_time:
            self._done += done
            self._progress(min(self._done, self._of), self._of)
            self.ending = self._stopping() or self.ending


def by_hands(work: Callable[[int], None], told: Told) -> None:
    """Let each hand (0, 1) do its *work*; what stops one of them stops the other.

    Raises:
        BaseException: whatever one of them raised, or Ctrl-C.
    """

    def one(hand: int) -> None:
        try:
            work(hand)
        except BaseException:
            told.ending = True
            raise

    with ThreadPoolExecutor(HANDS) as pool:
        hands = [pool.submit(one, hand) for hand in range(HANDS)]
        try:
            for hand in hands:
                hand.result()
        except BaseException:  # Ctrl-C as well
            told.ending = True
            raise
