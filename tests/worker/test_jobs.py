"""The jobs, each on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate.exceptions import JobAborted
from sqlalchemy import text

from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from geoapp.usecases import housekeeping
from geoapp.worker import jobs
from geoapp.worker.service import make_app

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def in_a_loop_of_its_own(scenario: Coroutine[Any, Any, int]) -> int:
    """Run *scenario* in another thread: this one may have a loop already (a browser's)."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, scenario).result()


def value(database: Database, query: str) -> object:
    with database.transaction(Role.WORKER, "15.71") as connection:
        return connection.execute(text(query)).scalar_one()


def execute(database: Database, query: str, **values: object) -> None:
    with database.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(text(query), values)


def test_every_group_gets_hotspots_once_and_not_again_before_they_are_due(
    jambi: Database, settings: Settings
) -> None:
    groups = value(jambi, "SELECT count(*) FROM geoapp.service_group")
    assert jobs.refresh_hotspots(jambi, settings, lambda: False) == ["15.71"]
    assert value(jambi, "SELECT count(*) FROM geoapp.hotspot_run") == groups
    assert jobs.refresh_hotspots(jambi, settings, lambda: False) == []
    # As if they had been computed longer ago than hotspot_every_s
    execute(jambi, "UPDATE geoapp.hotspot_run SET computed_at = computed_at - interval '15 min'")
    assert jobs.refresh_hotspots(jambi, settings, lambda: False) == ["15.71"]


def test_a_stop_is_noticed_between_groups_and_the_rest_is_done_next_time(
    jambi: Database, settings: Settings
) -> None:
    with pytest.raises(JobAborted):
        jobs.refresh_hotspots(jambi, settings, lambda: True)
    assert value(jambi, "SELECT count(*) FROM geoapp.hotspot_run") == 1
    assert jobs.refresh_hotspots(jambi, settings, lambda: False) == ["15.71"]


def test_a_city_without_boundaries_does_not_hold_up_the_others(
    jambi: Database, settings: Settings
) -> None:
    # 15.70 sorts before 15.71
    execute(
        jambi,
        """INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale,
               ticket_prefix, centre, envelope)
           SELECT '15.70', 'elsewhere', 'E', 'E', timezone, metric_srid, locale, 'ELS', centre,
                  envelope FROM geoapp.city""",
    )
    assert jobs.refresh_hotspots(jambi, settings, lambda: False) == ["15.71"]


def test_keys_and_windows_are_kept_for_their_time_and_then_removed(
    jambi: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.store.housekeeping.BATCH", 2)
    # The longer of the two windows counts: 15 minutes, and as long again.
    settings = replace(settings, idempotency_days=7, intake_window_s=600, sign_in_window_s=900)
    for hours in (7 * 24 + 1, 7 * 24 + 2, 7 * 24 + 3, 7 * 24 - 1, 0):
        execute(
            jambi,
            "INSERT INTO geoapp.intake_key (city_code, key, body_sha256, created_at)"
            " VALUES ('15.71', :key, '', :at)",
            key=str(hours),
            at=NOW - timedelta(hours=hours),
        )
    for minutes in (31, 40, 29, 5):
        execute(
            jambi,
            "INSERT INTO geoapp.rate_window VALUES ('15.71', 'someone', :at, 1)",
            at=NOW - timedelta(minutes=minutes),
        )
    assert housekeeping.purge(jambi, settings, NOW) == housekeeping.Purged(3, 2)
    assert value(jambi, "SELECT string_agg(key, ' ' ORDER BY key) FROM geoapp.intake_key") == (
        "0 167"
    )
    assert value(jambi, "SELECT count(*) FROM geoapp.rate_window") == 2


def queue(database: Database, query: str) -> list[tuple[object, ...]]:
    """Rows of a query on the job queue's tables."""
    with database.transaction(Role.WORKER) as connection:
        connection.execute(text("SET LOCAL search_path = procrastinate, public"))
        found = connection.execute(text(query))
        return [tuple(row) for row in found] if found.returns_rows else []


def test_a_job_whose_worker_died_is_queued_again(jambi: Database, settings: Settings) -> None:
    async def scenario() -> int:
        app = make_app(replace(settings, database_url=jambi.url), jambi)
        async with app.open_async():
            await jobs.enqueue(app, "hotspots")
            await jobs.enqueue(app, "hotspots")  # waits already: no second one
            worker = await app.job_manager.register_worker()
            await app.job_manager.fetch_job(queues=None, worker_id=worker)
            before = await jobs.recover_stalled(app)
            await app.job_manager.unregister_worker(worker)  # as pruning does after 30 s
            return before * 10 + await jobs.recover_stalled(app)

    assert in_a_loop_of_its_own(scenario()) == 1
    assert queue(jambi, "SELECT task_name, status::text FROM procrastinate_jobs") == [
        ("hotspots", "todo")
    ]


def test_a_dead_workers_job_gives_way_to_a_successor_in_the_queue(
    jambi: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "geoapp.worker.jobs")

    async def scenario() -> int:
        app = make_app(replace(settings, database_url=jambi.url), jambi)
        async with app.open_async():
            await jobs.enqueue(app, "hotspots")
            worker = await app.job_manager.register_worker()
            await app.job_manager.fetch_job(queues=None, worker_id=worker)
            await app.job_manager.unregister_worker(worker)
            await jobs.enqueue(app, "hotspots")
            return await jobs.recover_stalled(app)

    assert in_a_loop_of_its_own(scenario()) == 1
    assert queue(jambi, "SELECT status::text FROM procrastinate_jobs") == [("todo",)]
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "the job hotspots of a worker that died is queued again already")
    ]
