"""The lives of simulated complaints, followed through time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from geoapp.domain.catalogue import Clock, Name, Service
from geoapp.domain.complaint import Status
from geoapp.usecases.simulation_lives import Life, live

ZONE = ZoneInfo("Asia/Jakarta")
BEGUN = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
POTHOLE = Service(
    code="pothole", group_code="road", name=Name("Jalan berlubang", "Pothole"), clock=Clock.HOURS,
    target=72, agency_code="works", blur_m=0, duplicate_radius_m=25, needs_place=True,
    glyph="road", position=1,
)  # fmt: skip


def at(seed: int, after: timedelta, *, duplicate: bool = False) -> Life:
    return live(random.Random(seed), POTHOLE, BEGUN, BEGUN + after, ZONE, duplicate=duplicate)


def test_a_later_look_tells_the_same_story_further() -> None:
    for seed in range(300):
        earlier, later = at(seed, timedelta(days=2)), at(seed, timedelta(days=40))
        assert later.steps[: len(earlier.steps)] == earlier.steps


def test_moments_and_status_agree_at_every_look() -> None:
    met = set()
    for seed in range(300):
        for days in (0, 1, 3, 6, 9, 15, 30, 120):
            life = at(seed, timedelta(days=days))
            met.add(life.status)
            moments = [step.at for step in life.steps if step.at]
            assert moments == sorted(moments)
            assert moments[-1] <= BEGUN + timedelta(days=days)
            done = life.status in {Status.RESOLVED, Status.CLOSED}
            assert (life.resolved_at is not None) == done
            assert (life.closed_at is not None) == (life.status is Status.CLOSED)
    assert met == set(Status) - {Status.DUPLICATE}


def test_nobody_works_at_night() -> None:
    for seed in range(200):
        for step in at(seed, timedelta(days=120)).steps[1:]:
            assert step.at is not None
            local = step.at.astimezone(ZONE)
            assert (7, 30) <= (local.hour, local.minute) < (20, 0)


def test_a_duplicate_ends_as_one() -> None:
    ends = {at(seed, timedelta(days=9), duplicate=True).status for seed in range(50)}
    assert ends == {Status.DUPLICATE}
