"""The jobs: what is done, and how often.

Every job may be run twice or be cut short at any moment without harm; that is what makes
it right to simply start stalled ones again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, JobAborted, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.utils import sync_to_async

from geoapp.errors import DatabaseUnavailable, GeoappError
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import cities, closing, digest, feed, hotspots, housekeeping
from geoapp.worker import density, notices
from geoapp.worker.activation import carry_on
from geoapp.worker.photos import tidy_photos
from geoapp.worker.privacy import keep_privacy
from geoapp.worker.sealing import seal_cities

log = logging.getLogger(__name__)

QUEUES = ("default", notices.QUEUE, density.QUEUE)
"""Worked off side by side, each one job after the other."""

_EVERY_MINUTE = "* * * * *"
_EVERY_TEN_SECONDS = "* * * * * */10"
_EVERY_TEN_MINUTES = "*/10 * * * *"
_EVERY_HOUR = "17 * * * *"
_KEEP_FAILED_HOURS = 7 * 24
# The tick comes once a minute: half of one, so that 900 s don't become 960.
_TICK_SLACK = timedelta(seconds=30)


def register(app: procrastinate.App, database: Database, settings: Settings) -> None:
    """Add all jobs to *app*; their work is done on *database*."""

    # The lock keeps two workers from computing the same at once; the queueing lock keeps
    # ticks from piling up behind a slow run.
    @app.periodic(cron=_EVERY_MINUTE)
    @app.task(name="hotspots", lock="hotspots", queueing_lock="hotspots", pass_context=True)
    async def _hotspots(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await sync_to_async(refresh_hotspots, database, settings, context.should_abort)

    @app.periodic(cron=_EVERY_MINUTE)
    @app.task(name="seals", lock="seals", queueing_lock="seals", pass_context=True)
    async def _seals(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await sync_to_async(seal_cities, database, settings, context.should_abort)

    # Also queued at once when a page asks for it: geoapp/store/sql/activation_defer.sql.
    @app.periodic(cron=_EVERY_MINUTE)
    @app.task(
        name="activations", lock="activations", queueing_lock="activations", pass_context=True
    )
    async def _activations(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await sync_to_async(carry_on, database, context.should_abort)

    # Also queued by the feed's bell: a mail leaves within seconds of what it tells.
    post = notices.Rounds(database, settings)

    @app.periodic(cron=_EVERY_MINUTE)
    @app.task(
        name="notices", queue=notices.QUEUE, lock="notices", queueing_lock="notices",
        pass_context=True,
    )  # fmt: skip
    async def _notices(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await sync_to_async(post.one, context.should_abort)

    @app.periodic(cron=_EVERY_TEN_SECONDS)
    @app.task(
        name="density", queue=density.QUEUE, lock="density", queueing_lock="density",
        pass_context=True,
    )  # fmt: skip
    async def _density(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await sync_to_async(density.count_cities, database, context.should_abort)

    @app.periodic(cron=_EVERY_HOUR)
    @app.task(name="housekeeping", queueing_lock="housekeeping", pass_context=True)
    async def _housekeeping(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        purged = await sync_to_async(housekeeping.purge, database, settings, database.now())
        log.info("purged %d keys, %d rate windows", purged.intake_keys, purged.rate_windows)
        await context.app.job_manager.delete_old_jobs(
            nb_hours=_KEEP_FAILED_HOURS,
            include_failed=True,
            include_cancelled=True,
            include_aborted=True,
        )

    # The database's clock says whether it is morning in a city; asked often, so that the
    # digest is there soon after six in every zone, and after a worker was down.
    @app.periodic(cron=_EVERY_TEN_MINUTES)
    @app.task(name="digests", lock="digests", queueing_lock="digests")
    async def _digests(timestamp: int = 0) -> None:
        _ = timestamp
        made = await sync_to_async(digest.make_due, database)
        if made:
            log.info("made %d digests", made)

    @app.periodic(cron=_EVERY_HOUR)
    @app.task(name="closing", lock="closing", queueing_lock="closing", pass_context=True)
    async def _closing(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        closed = await sync_to_async(close_undisputed, database, context.should_abort)
        log.info("closed %d complaints that nobody disputed", closed)

    @app.periodic(cron=_EVERY_HOUR)
    @app.task(name="retention", lock="retention", queueing_lock="retention", pass_context=True)
    async def _retention(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await sync_to_async(keep_privacy, database, settings, context.should_abort)

    @app.periodic(cron=_EVERY_HOUR)
    @app.task(name="photos", lock="photos", queueing_lock="photos", pass_context=True)
    async def _photos(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await sync_to_async(tidy_photos, database, settings, context.should_abort)

    @app.periodic(cron=_EVERY_MINUTE)
    @app.task(name="stalled", queueing_lock="stalled", pass_context=True)
    async def _stalled(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        _ = timestamp
        await recover_stalled(context.app)


def refresh_hotspots(
    database: Database, settings: Settings, stopping: Callable[[], bool]
) -> list[str]:
    """Compute the hotspots of every city whose newest run is due; the cities done.

    A city that can't be computed (no boundaries yet) is logged and doesn't hold up others.

    Raises:
        JobAborted: *stopping* said so, asked after each group.
    """
    every = timedelta(seconds=settings.hotspot_every_s)
    done = []

    def stop_between_groups(_group: str, _done: int, _of: int) -> None:
        if stopping():
            raise JobAborted

    for city in cities.every(database):
        now = database.now()
        newest = hotspots.computed_at(database, city.code)
        if newest is not None and now - newest < every - _TICK_SLACK:
            continue
        try:
            hotspots.compute_all(database, settings, city.code, now, progress=stop_between_groups)
            done.append(city.code)
        except DatabaseUnavailable:
            raise
        except GeoappError as problem:
            log.warning("hotspots of %s: %s", city.code, problem)
    return done


def close_undisputed(database: Database, stopping: Callable[[], bool]) -> int:
    """Close what nobody disputed in time, city by city; how many, and visitors are told."""
    closed = sum(
        closing.close_undisputed(database, city, stopping=stopping)
        for city in cities.every(database)
    )
    if closed:
        feed.ring_once(database)
    return closed


async def recover_stalled(app: procrastinate.App) -> int:
    """Queue the jobs of workers that died again; how many there were."""
    count = 0
    for job in await app.job_manager.get_stalled_jobs():
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # Its successor waits under the same queueing lock: that one does the work.
            log.info("the job %s of a worker that died is queued again already", job.task_name)
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        count += 1
    return count


async def enqueue(app: procrastinate.App, name: str) -> None:
    """Queue the job *name*, unless it waits in the queue already."""
    try:
        await app.tasks[name].defer_async()
    except AlreadyEnqueued:
        return
