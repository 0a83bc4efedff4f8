"""What is computed for a whole city, group by group."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from geoapp.domain.hotspot import HotspotRun
from geoapp.store import hotspots as store
from geoapp.store.database import Role
from geoapp.usecases.hotspots import compute_all
from tests.support import send


def test_a_group_with_too_few_complaints_gets_a_run_in_which_nothing_was_tested(jambi, settings):
    for _ in range(12):
        send(jambi, service="pothole")
    now = datetime.now(UTC) + timedelta(seconds=1)

    def run(least: int) -> HotspotRun:
        changed = replace(settings, hotspot_min_complaints=least)
        [told] = compute_all(jambi, changed, "15.71", now, groups=["road"])
        return told

    # Twelve in one place, where a neighbourhood is 1 % of the city: p < 1e-20.
    found = run(12)
    assert (found.total, found.tested) == (12, found.cells)
    assert found.hotspots

    empty = run(13)
    assert (empty.total, empty.cells) == (12, found.cells)
    assert (empty.tested, empty.hotspots, empty.clusters) == (0, (), ())
    # The hotspot it had before is gone from the map.
    with jambi.transaction(Role.VISITOR, "15.71") as connection:
        assert store.latest(connection, "15.71", groups=["road"]) == [empty]
