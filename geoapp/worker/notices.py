"""The job that tells people by mail, and the bell that sets it off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import psycopg
from procrastinate.exceptions import ConnectorException, JobAborted
from sqlalchemy import make_url

from geoapp.errors import SettingsError
from geoapp.settings import Settings, psycopg2_url
from geoapp.store.database import Database
from geoapp.store.feed import LISTEN
from geoapp.usecases import notices
from geoapp.usecases.posting import Post

log = logging.getLogger(__name__)

QUEUE = "mail"
"""A queue of its own: mail servers take their time, and nothing else waits for them."""

_COALESCE_S = 0.3
_ONCE_MORE_S = 2.0
"""After a ring a second look: a transaction that was still running may have hidden the event."""
_AGAIN_S = 2.0


class Rounds:
    """Rounds of looking and sending; remembers between them when the mail server was away."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._post: Post | None = None

    def one(self, stopping: Callable[[], bool]) -> None:
        """Make rows of what happened, and send what is due.

        Raises:
            JobAborted: *stopping* said so, asked between mails.
        """
        made = notices.look(self._database, self._settings, stopping=stopping)
        try:
            if self._settings.smtp_url and self._post is None:
                self._post = Post(self._database, self._settings)
        except SettingsError as problem:
            log.warning("no mail leaves: %s", problem)
        if self._post is not None:
            told = self._post.deliver(stopping)
            if made or told.worth_telling:
                log.info("mails: %d made, %s", made, told)
        if stopping():
            raise JobAborted


async def follow_bell(settings: Settings, wake: Callable[[], Awaitable[None]]) -> None:
    """Call *wake* soon after something was committed to the feed, until cancelled.

    Without mail nobody waits for it: the round of every minute does.
    """
    if not settings.smtp_url:
        return
    url = make_url(psycopg2_url(settings.database_url)).set(drivername="postgresql")
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                url.render_as_string(hide_password=False),
                autocommit=True,
                connect_timeout=5,
                application_name="geoapp bell",
            ) as connection:
                await connection.execute(LISTEN)
                await _follow(connection, wake)
        except (psycopg.Error, ConnectorException, OSError) as problem:
            log.info("the bell can't be heard, again soon: %s", problem)
        await asyncio.sleep(_AGAIN_S)


async def _follow(
    connection: psycopg.AsyncConnection[tuple[object, ...]], wake: Callable[[], Awaitable[None]]
) -> None:
    again = False
    while True:
        patience = _ONCE_MORE_S if again else 60.0
        rung = False
        async for _ in connection.notifies(timeout=patience, stop_after=1):
            rung = True
        if rung:
            await asyncio.sleep(_COALESCE_S)
            async for _ in connection.notifies(timeout=0):
                pass  # those that rang meanwhile
        if rung or again:
            await wake()
        again = rung
