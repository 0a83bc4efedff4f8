"""Computing the hotspots of a city: every group, one window, stored run by run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from geoapp.domain.hotspot import HotspotRun
from geoapp.errors import InvalidInput
from geoapp.settings import Settings
from geoapp.store import hotspots as store
from geoapp.store.database import Database, Role
from geoapp.usecases import cities


def compute_all(
    database: Database,
    settings: Settings,
    city_code: str,
    now: datetime,
    *,
    groups: Sequence[str] | None = None,
    days: int | None = None,
    cell_m: float | None = None,
    progress: Callable[[str, int, int], None] = lambda _group, _done, _of: None,
) -> list[HotspotRun]:
    """Compute and store the hotspots of *city_code* for the window that ends at *now*.

    A group with fewer complaints than the settings ask for gets an empty run, in which
    nothing was tested: without one its last hotspot would stay on the map for ever. Reading and storing are transactions of their own, so that
    no write transaction lasts as long as the statistics do.

    Args:
        database: reached with the worker's role.
        settings: give the fewest complaints that are tested, and window and hexagon size
            where *days* or *cell_m* don't.
        city_code: the city.
        now: end of the window, with a time zone.
        groups: codes of some groups; None computes all.
        days: length of the window.
        cell_m: hexagon size between opposite edges in metres.
        progress: told each group's code when it is done, how many are, and of how many.

    Raises:
        CityUnknown: no such city.
        InvalidInput: a group that the city doesn't have.
        NotFound: the city has no active kelurahan boundaries.
    """
    # numpy and scipy cost a web worker 60 MB it never uses: only jobs and commands get here.
    from geoapp.spatial import hexagons, hotspots  # noqa: PLC0415

    window = timedelta(days=days or settings.hotspot_days)
    city = cities.find(database, city_code)
    chosen = _chosen(list(cities.catalogue(database, city).groups), groups)
    with database.transaction(Role.WORKER, city_code) as connection:
        grid = hexagons.city_grid(
            connection,
            city_code=city_code,
            metric_srid=city.metric_srid,
            cell_m=cell_m or settings.hotspot_cell_m,
        )
        defaults = hotspots.default_points(connection, city_code=city_code, now=now, window=window)
    runs = []
    for done, group in enumerate(chosen, start=1):
        with database.transaction(Role.WORKER, city_code) as connection:
            run = hotspots.compute(
                connection,
                city_code=city_code,
                group_code=group,
                window=window,
                now=now,
                grid=grid,
                defaults=defaults,
                least=settings.hotspot_min_complaints,
            )
        with database.transaction(Role.WORKER, city_code) as connection:
            store.insert(connection, run)
        runs.append(run)
        progress(group, done, len(chosen))
    return runs


def computed_at(database: Database, city_code: str) -> datetime | None:
    """Since when every group of the city has hotspots at least this new; None: not yet."""
    with database.transaction(Role.WORKER, city_code) as connection:
        return store.computed_at(connection, city_code)


def _chosen(known: Sequence[str], wanted: Sequence[str] | None) -> Sequence[str]:
    """The groups to compute, in the catalogue's order.

    Raises:
        InvalidInput: one of them isn't in the catalogue.
    """
    if wanted is None:
        return known
    strange = sorted(set(wanted) - set(known))
    if strange:
        raise InvalidInput(
            f"The city has no group {', '.join(map(repr, strange))}.",
            f"Its groups are {', '.join(known)}.",
        )
    return [group for group in known if group in wanted]
