"""Keeping the density cells: step by step after the feed and the clock, anew, and checked.

A step compares what stands with what was counted, so that one cut short or done twice does no
harm. Nothing of it happens in the transaction of whoever submits or changes a complaint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from geoapp.domain.catalogue import City
from geoapp.domain.density import Phase
from geoapp.errors import Conflict
from geoapp.store import density, density_check
from geoapp.store.database import Database, Role
from geoapp.usecases.livemap import tile_moment

STEP = 2_000
"""Complaints counted in one transaction while following the feed."""
FILL = 5_000
"""The same while counting a city from nothing: no transaction lasts longer than a second."""

Progress = Callable[[int, int], None]


def _silent(_done: int, _of: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Finding:
    """A square of the map whose cells, or what was counted there, don't fit the complaints."""

    prefix: int
    what: str
    wrong: int


def keep_up(
    database: Database,
    city: City,
    *,
    stopping: Callable[[], bool] = lambda: False,
    most: int = STEP,
) -> int:
    """Count what changed since the last time, or count on from nothing; how many steps it took.

    Ends when nothing is left, or when *stopping* says so, asked after each step.
    """
    steps = 0
    while step(database, city, most=most):
        steps += 1
        if stopping():
            break
    return steps


def step(database: Database, city: City, *, most: int = STEP) -> int:
    """One step in one transaction: how many complaints it counted; 0 when nothing is left."""
    now = tile_moment(database.now())
    with database.transaction(Role.WORKER, city.code) as connection:
        state = density.lock(connection, city.code)
        if state is None:
            density.begin(connection, city.code, now)
            return 1
        if state.phase is Phase.CLEARING:
            if not density.clear(connection, city.code, 10 * most):
                density.put(connection, city.code, replace(state, phase=Phase.FILLING))
            return 1
        if state.phase is Phase.FILLING:
            size = most if most != STEP else FILL
            found = density.next_filled(connection, city.code, state, size)
            density.recount(
                connection, city.code, [one[0] for one in found], state.moment, state.moment
            )
            filled = replace(state, phase=Phase.READY)
            if found:
                filled = replace(state, filled_to=found[-1][0], filled_tile=found[-1][1])
            density.put(connection, city.code, filled)
            return max(1, len(found))
        events = density.next_events(connection, city.code, state, most)
        marked = density.take_marks(connection, city.code, most)
        after = max(state.moment, now)
        turning = density.next_clock(connection, city.code, state.moment, after, most)
        size = most
        while len(turning) >= size:
            # Not all that turn: only to the moment of the last one read, if that is ahead.
            if turning[-1][1] > state.moment:
                after = turning[-1][1]
                turning = [one for one in turning if one[1] < after]
                break
            size *= 10
            turning = density.next_clock(connection, city.code, state.moment, after, size)
        changed = [one[0] for one in events] + marked + [one[0] for one in turning]
        if not changed and after == state.moment:
            return 0
        if changed:
            density.recount(connection, city.code, changed, state.moment, after)
            density.tidy(connection, city.code)
        _, xid, event_id = events[-1] if events else (0, state.xid, state.event_id)
        density.put(connection, city.code, replace(state, xid=xid, event_id=event_id, moment=after))
        return len(changed)


def rebuild(
    database: Database,
    city: City,
    *,
    progress: Progress = _silent,
    stopping: Callable[[], bool] = lambda: False,
    most: int = STEP,
) -> None:
    """Count the whole city anew; cut short, the next run or the worker goes on.

    Meanwhile tiles are answered from rows.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        density.lock(connection, city.code)
        density.begin(connection, city.code, tile_moment(database.now()))
        complaints = density_check.to_fill(connection, city.code)
    done = 0
    while not stopping() and (counted := step(database, city, most=most)):
        done = min(done + counted, complaints)
        progress(done, complaints)


def verify(database: Database, city: City, *, progress: Progress = _silent) -> list[Finding]:
    """Compare cells, what was counted and the complaints, square by square; what doesn't fit.

    Each square is compared in one statement, so that it holds while complaints come in.

    Raises:
        Conflict: the city isn't counted to its end yet.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        if density.moment(connection, city.code) is None:
            raise Conflict(
                f"{city.name.local} isn't counted yet.",
                "Wait for the worker, or run geoapp density rebuild.",
            )
        prefixes = density_check.prefixes(connection, city.code)
    found: list[Finding] = []
    for done, prefix in enumerate(prefixes, 1):
        with database.transaction(Role.WORKER, city.code) as connection:
            wrong = density_check.compare(connection, city.code, prefix)
        found += [Finding(prefix, what, count) for what, count in wrong.items()]
        progress(done, len(prefixes))
    return found
