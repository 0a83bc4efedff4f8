"""The worker process: works the queue off until told to stop, whatever the database does."""

from __future__ import annotations

import asyncio
import logging
import signal

import procrastinate
import psycopg
import psycopg_pool
from procrastinate.exceptions import ConnectorException
from sqlalchemy import make_url

from geoapp.channels import mail
from geoapp.errors import GeoappError
from geoapp.settings import Settings, psycopg2_url
from geoapp.store.database import Database
from geoapp.worker.jobs import QUEUES, enqueue, register
from geoapp.worker.notices import follow_bell

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 30.0
_GRACE_S = 3.0
# What a lost or refusing server looks like, from the pool, the driver and procrastinate.
_OUTAGE = (ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout, GeoappError, OSError)


def make_app(settings: Settings, database: Database) -> procrastinate.App:
    """The queue's app: its own session-holding connections, as the worker's role."""
    url = make_url(psycopg2_url(settings.database_url)).set(drivername="postgresql")
    connector = procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={
            "options": "-c role=geoapp_worker -c search_path=procrastinate,public",
            "application_name": "geoapp worker",
            "connect_timeout": 5,
        },
        min_size=1,
        max_size=8,  # three queues listen, and their jobs are taken and ended
        timeout=10,
    )
    app = procrastinate.App(connector=connector)
    register(app, database, settings)
    return app


def serve(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; ``settings.database_url`` is set.

    While the database is away it is tried again, after longer and longer pauses up to
    half a minute; a job that was cut off is started again once its worker is missed.
    """
    mail.warn_of_untranslated()
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    database = Database(settings.database_url, pool_size=4)
    try:
        await work(settings, database, stopping)
    finally:
        database.dispose()


async def work(
    settings: Settings, database: Database, stopping: asyncio.Event, *, first_pause_s: float = 1.0
) -> None:
    """Run workers, one after the other, until *stopping* is set."""
    pause_s = first_pause_s
    while not stopping.is_set():
        begun = asyncio.get_running_loop().time()
        try:
            await _one_worker(settings, database, stopping)
            problem: Exception | None = None
        except _OUTAGE as caught:
            problem = caught
        if stopping.is_set():
            return
        # procrastinate also ends by itself, without an error, when one of its helpers failed.
        if asyncio.get_running_loop().time() - begun > 60:
            pause_s = first_pause_s
        log.warning("the queue can't be worked off, again in %.0f s: %s", pause_s, problem)
        try:
            await asyncio.wait_for(stopping.wait(), pause_s)
        except TimeoutError:
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


async def _one_worker(settings: Settings, database: Database, stopping: asyncio.Event) -> None:
    """One life of a worker: from connecting to the stop, or to an outage's exception."""
    app = make_app(settings, database)
    async with app.open_async():
        # Not at the next tick: after a start the map should show hotspots at once.
        await enqueue(app, "hotspots")
        await enqueue(app, "density")
        # Queues side by side: a mail doesn't wait for hotspots, nor a seal for mails.
        working = {
            asyncio.create_task(
                app.run_worker_async(
                    name=f"geoapp {queue}",
                    queues=[queue],
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=_GRACE_S,
                    delete_jobs="successful",
                )
            )
            for queue in QUEUES
        }
        waiting = asyncio.create_task(stopping.wait())
        ringing = asyncio.create_task(follow_bell(settings, lambda: enqueue(app, "notices")))
        log.info("working")
        try:
            await asyncio.wait({*working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (waiting, ringing, *working):
                task.cancel()
        ended = await asyncio.gather(*working, return_exceptions=True)
        for problem in ended:
            if isinstance(problem, Exception):
                raise problem
        if any(isinstance(problem, asyncio.CancelledError) for problem in ended):
            # Asked for; a cancellation from outside has been raised by the wait above.
            log.info("stopped")
