"""The feed of staff: what an audience hears, and that it stops when rights end.

Who connects is asked at the door. From then on a watch of each process asks every few
seconds, in one question for all that are connected, whether sessions and keys are still in
force with the same grants; where they aren't, the stream ends, and whoever comes back is
asked at the door again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from geoapp.domain.access import Actor
from geoapp.domain.account import Lifetime
from geoapp.domain.work_feed import Sight, WorkEvent
from geoapp.errors import DatabaseUnavailable, Forbidden
from geoapp.store import account_still, work_feed
from geoapp.store.database import Database, Role
from geoapp.usecases.feed_client import Client

log = logging.getLogger(__name__)

LONGEST_S = 15.0
"""A stream whose rights couldn't be asked about for so long ends."""


def read(database: Database, city_code: str, ids: Sequence[int]) -> dict[int, WorkEvent]:
    """Events of a city by id, with all that any of its staff may be told.

    Raises:
        DatabaseUnavailable: they can't be read.
    """
    with database.transaction(Role.LISTENER, city_code) as connection:
        return work_feed.events(connection, city_code, ids)


@dataclass(frozen=True, slots=True)
class Watched:
    """Somebody who listens: what they came in with, and what they read by it."""

    city_code: str
    digest: str
    sight: Sight
    client: Client
    since: float = field(default_factory=time.monotonic)


class Watch:
    """Ends the streams of those whose rights ended; runs while somebody listens."""

    def __init__(
        self,
        database: Database,
        lifetime: Lifetime,
        *,
        factor_needed: bool,
        interval_s: float = 4.0,
    ) -> None:
        self._database = database
        self._lifetime = lifetime
        self._factor_needed = factor_needed
        self._interval = interval_s
        self._watched: set[Watched] = set()
        self._asked_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._running = False

    @contextmanager
    def over(self, city_code: str, digest: str, sight: Sight, client: Client) -> Iterator[None]:
        """Look after *client* until the block ends.

        Args:
            digest: of the session's token or of the key that was brought.
        """
        one = Watched(city_code, digest, sight, client)
        with self._lock:
            self._watched.add(one)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._watched.discard(one)

    def _run(self) -> None:
        while True:
            time.sleep(self._interval)
            with self._lock:
                watched = list(self._watched)
                if not watched:
                    self._running = False
                    return
            for city_code in {one.city_code for one in watched}:
                self._look(city_code, [one for one in watched if one.city_code == city_code])

    def _look(self, city_code: str, watched: Sequence[Watched]) -> None:
        try:
            with self._database.transaction(Role.ACCOUNTS, city_code) as connection:
                found = account_still.still(
                    connection,
                    city_code,
                    sorted({one.digest for one in watched}),
                    self._lifetime,
                    factor_needed=self._factor_needed,
                )
        except (SQLAlchemyError, DatabaseUnavailable) as problem:
            log.warning("rights of streams can't be asked about: %s", problem)
            late = time.monotonic() - LONGEST_S
            asked_at = self._asked_at.get(city_code, 0.0)
            over = [one for one in watched if max(asked_at, one.since) < late]
        else:
            self._asked_at[city_code] = time.monotonic()
            over = [one for one in watched if sight_of(found.get(one.digest)) != one.sight]
        for one in over:
            one.client.end()


def sight_of(actor: Actor | None) -> Sight | None:
    """What *actor* reads; None for nobody, and for who reads nothing."""
    try:
        return None if actor is None else Sight.of(actor)
    except Forbidden:
        return None
