"""One who hears the feed: what it is given, in batches that all of a city's clients share."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from geoapp.domain.events import BoundariesChanged, Cursor, FeedEvent

log = logging.getLogger(__name__)

Told = TypeVar("Told")

BACKLOG = 1000
"""Events a client may be behind before it's told to reload instead of catching up."""


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """What a hub read at once for one city, in feed order; all of its clients share it.

    Either events of the feed or one `BoundariesChanged`, which has no place in it.
    """

    epoch: str
    events: tuple[FeedEvent | BoundariesChanged, ...]
    _made: dict[Hashable, Any] = field(default_factory=dict)
    _making: dict[Hashable, threading.Lock] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.events)

    def once(self, audience: Hashable, make: Callable[[Batch], Told]) -> Told:
        """What *make* gives for this batch; for one *audience* it is made once.

        An audience is everybody who is told exactly the same.
        """
        if audience not in self._made:
            # making it may wait for the database: whoever comes meanwhile waits for this one
            with self._making.setdefault(audience, threading.Lock()):
                if audience not in self._made:
                    self._made[audience] = make(self)
        return cast("Told", self._made[audience])

    def after(self, cursor: Cursor) -> Batch:
        """Its part after *cursor*: mostly this batch itself."""
        first = self.events[0]
        if isinstance(first, BoundariesChanged) or first.cursor > cursor:
            return self
        rest = (event for event in self.events if isinstance(event, FeedEvent))
        return Batch(self.epoch, tuple(event for event in rest if event.cursor > cursor))


@dataclass(eq=False)
class Client:
    """One subscriber: what it hasn't taken yet; with too much of it the subscription ends."""

    city_code: str
    hang_up: Callable[[], None] = lambda: None
    """Frees who is stuck in sending to somebody that doesn't read."""
    direct: Callable[[Batch], bool] | None = None
    """Sends a batch at once, without waking anybody; False when it must be taken after all.

    Asked only while the client waits in `next` and nothing waits for it, so that nothing
    overtakes; it may not block. OSError means that nobody is there any more. A third of what
    waking thousands of greenlets costs (`make bench-live`).
    """
    behind: int = 0
    """Events it hasn't taken yet."""
    _idle: bool = False
    _told_at: float = 0.0
    _waiting: queue.SimpleQueue[Batch | None] = field(default_factory=queue.SimpleQueue)

    def give(self, batch: Batch) -> bool:
        """Send it or add it to what it hasn't taken; False when it can't be given any more."""
        if self._idle and not self.behind and self.direct is not None:
            try:
                if self.direct(batch):
                    self._told_at = time.monotonic()
                    return True
            except OSError:
                return False
            except Exception:  # one client's trouble isn't everybody's
                log.exception("an event can't be told")
                return False
        if self.behind + len(batch) > BACKLOG:
            return False
        self.behind += len(batch)
        self._waiting.put(batch)
        return True

    def next(self, timeout_s: float) -> Batch | None:
        """The next batch; None once the subscription has ended.

        Raises:
            queue.Empty: it was told nothing for *timeout_s* seconds.
        """
        self._idle, self._told_at = True, time.monotonic()
        try:
            batch = self._wait(timeout_s)
        finally:
            self._idle = False
        if batch is not None:
            self.behind -= len(batch)
        return batch

    def _wait(self, timeout_s: float) -> Batch | None:
        while True:
            left = self._told_at + timeout_s - time.monotonic()
            if left <= 0:
                # What was put there while this greenlet was about to wake counts, too.
                return self._waiting.get_nowait()
            with suppress(queue.Empty):
                return self._waiting.get(timeout=left)

    def end(self) -> None:
        """Nothing more comes: what waits is dropped, a reconnect asks for it."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put(None)
        self.hang_up()
