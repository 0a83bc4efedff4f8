"""Where complaints of a group are denser than chance: one city, one group, one window.

Counts and areas come from SQL (`hotspot_counts`, `hotspot_grid`, `hotspot_piles`), the
statistics from `geoapp.spatial.getis_ord`; nothing is stored here. Method, limits and
measured figures: docs/hotspots.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from geoapp.domain.hotspot import (
    LEAST_COMPLAINTS,
    PILE_LEAST,
    HotspotCell,
    HotspotCluster,
    HotspotRun,
    Pile,
    SetAside,
    confidence_label,
    is_default_point,
)
from geoapp.spatial.getis_ord import (
    Bools,
    Floats,
    Neighbourhoods,
    benjamini_hochberg,
    components,
    drawn,
    exact_tail,
    getis_ord_star,
    neighbourhood_sums,
)
from geoapp.spatial.hexagons import Grid
from geoapp.store.statements import statement

#: How far back a default point is recognised: a year, or the window if that is longer.
PILE_LOOK_BACK = timedelta(days=365)

#: Names a cluster is called by; the rest of a long list helps nobody to find it.
CLUSTER_NAMES = 5


#: Grouping a million complaints in the default 4 MB spills to disk and takes twice as long.
_MEMORY = text("SET LOCAL work_mem = '64MB'")


@dataclass(frozen=True)
class Verdict:
    """What the statistics say of each cell; arrays in the order of the cells.

    Attributes:
        neighbourhood: complaints in the cell and its neighbours.
        expected: their expected number by exposure, given the total.
        z: Gi* of the counts.
        p: exact upper tail of the neighbourhood's count.
        q: *p* after Benjamini and Hochberg.
        drawn: hotspots and the fringe attached to them, without neighbourhoods of fewer
            than `LEAST_COMPLAINTS`.
    """

    neighbourhood: npt.NDArray[np.int64]
    expected: Floats
    z: Floats
    p: Floats
    q: Floats
    drawn: Bools


@dataclass(frozen=True)
class DefaultPoint:
    """A coordinate whose complaints are left out; the place shown is safe to publish."""

    tile18: int
    lon6: int
    lat6: int
    shown_lon: float
    shown_lat: float


def judge(counts: npt.ArrayLike, share: Floats, around: Neighbourhoods) -> Verdict:
    """Judge one map of counts.

    Args:
        counts: complaints per cell, n whole numbers.
        share: part of the exposure (area inside the city) in each cell; sums to 1.
        around: neighbourhoods of the cells, each including itself.
    """
    x = np.asarray(counts, dtype=np.float64)
    total = x.sum()
    sums = np.rint(neighbourhood_sums(x, around))
    exposure = neighbourhood_sums(share, around)
    p = exact_tail(sums, total, exposure)
    q = benjamini_hochberg(p)
    return Verdict(
        neighbourhood=sums.astype(np.int64),
        expected=total * exposure,
        z=getis_ord_star(x, around),
        p=p,
        q=q,
        drawn=drawn(np.where(sums >= LEAST_COMPLAINTS, q, 1.0), around),
    )


def default_points(
    conn: Connection, *, city_code: str, now: datetime, window: timedelta
) -> list[DefaultPoint]:
    """Coordinates of the city that are a system's default and not a place.

    Judged over the complaints of all groups of the past year, because a default point is
    recognised by its mix; the rule is `geoapp.domain.hotspot.is_default_point`. Reads
    exact positions, so it needs the worker's role.
    """
    conn.execute(_MEMORY)
    rows = conn.execute(
        statement("spatial", "hotspot_piles"),
        {
            "city_code": city_code,
            "since": now - max(window, PILE_LOOK_BACK),
            "until": now,
            "least": PILE_LEAST,
        },
    )
    return [
        DefaultPoint(row.tile18, row.lon6, row.lat6, row.shown_lon, row.shown_lat)
        for row in rows
        if is_default_point(
            Pile(
                count=row.complaints,
                others=row.others,
                groups=row.groups,
                same_day=row.same_day,
                city_count=row.city_complaints,
                city_others=row.city_others,
                city_groups=row.city_groups,
                city_same_day=row.city_same_day,
            )
        )
    ]


def compute(
    conn: Connection,
    *,
    city_code: str,
    group_code: str,
    window: timedelta,
    now: datetime,
    grid: Grid,
    defaults: Sequence[DefaultPoint],
    least: int = 0,
) -> HotspotRun:
    """Hotspots of one group among the public complaints submitted in (now - window, now].

    Args:
        conn: with the worker's role.
        city_code: the city; its active kelurahan bound the grid.
        group_code: the group of services whose complaints are counted.
        window: length of the period.
        now: end of the window, with a time zone.
        grid: the city's hexagons, from `geoapp.spatial.hexagons.city_grid`.
        defaults: coordinates to leave out, from `default_points`.
        least: with fewer complaints than this on the grid nothing is tested.

    Returns:
        The run, with no hotspots when there is nothing to tell (no complaints included).
    """
    conn.execute(_MEMORY)
    rows = conn.execute(
        statement("spatial", "hotspot_counts"),
        {
            "city_code": city_code,
            "group_code": group_code,
            "since": now - window,
            "until": now,
            "cell_m": float(grid.cell_m),
            "metric_srid": grid.metric_srid,
            "pile_tiles": [point.tile18 for point in defaults],
            "pile_lon6": [point.lon6 for point in defaults],
            "pile_lat6": [point.lat6 for point in defaults],
        },
    )
    position = {cell: index for index, cell in enumerate(grid.cells)}
    counts = np.zeros(len(grid.cells), dtype=np.int64)
    called: list[Counter[str]] = [Counter() for _ in grid.cells]
    aside: Counter[int] = Counter()
    outside = simulated = 0
    for row in rows:
        index = position.get((row.q, row.r))
        if row.pile is not None:
            aside[row.pile - 1] = row.complaints
        elif index is None:
            outside += row.complaints
        else:
            counts[index] += row.complaints
            simulated += row.simulated
            if row.kelurahan is not None:
                called[index][row.kelurahan] += row.complaints

    tested = 0
    clusters: tuple[HotspotCluster, ...] = ()
    cells: tuple[HotspotCell, ...] = ()
    if counts.sum() >= least:
        verdict = judge(counts, grid.share, grid.around)
        tested = len(verdict.p)
        clusters, cells = _describe(grid, counts, called, verdict)
    return HotspotRun(
        city_code=city_code,
        group_code=group_code,
        window_from=now - window,
        window_to=now,
        cell_m=grid.cell_m,
        metric_srid=grid.metric_srid,
        computed_at=now,
        total=int(counts.sum()),
        outside=outside,
        simulated=simulated,
        cells=len(grid.cells),
        tested=tested,
        boundary_set=grid.boundary_set,
        set_aside=tuple(
            SetAside(lon=defaults[i].shown_lon, lat=defaults[i].shown_lat, count=count)
            for i, count in aside.most_common()
        ),
        clusters=clusters,
        hotspots=cells,
    )


def _describe(
    grid: Grid, counts: npt.NDArray[np.int64], called: list[Counter[str]], verdict: Verdict
) -> tuple[tuple[HotspotCluster, ...], tuple[HotspotCell, ...]]:
    """Clusters, surest and largest first, and their cells, which refer to them."""
    labels = components(verdict.drawn, grid.around)
    members = [np.flatnonzero(labels == label) for label in range(labels.max(initial=-1) + 1)]
    found = [(_cluster(grid, counts, called, verdict, inside), inside) for inside in members]
    found.sort(key=lambda pair: (-pair[0].confidence, -pair[0].count, pair[1][0]))
    cells = [
        HotspotCell(
            cell=grid.cells[i],
            count=int(counts[i]),
            neighbourhood=int(verdict.neighbourhood[i]),
            expected=float(verdict.expected[i]),
            z=float(verdict.z[i]),
            p=float(verdict.p[i]),
            q=float(verdict.q[i]),
            confidence=confidence_label(float(verdict.q[i])) or 90,
            cluster=number,
            kelurahan=_names(called[i]) or grid.names[i],
            ring=grid.rings[i],
        )
        for number, (_, inside) in enumerate(found)
        for i in inside
    ]
    return tuple(cluster for cluster, _ in found), tuple(sorted(cells, key=lambda c: c.cell))


def _cluster(
    grid: Grid,
    counts: npt.NDArray[np.int64],
    called: list[Counter[str]],
    verdict: Verdict,
    inside: npt.NDArray[np.intp],
) -> HotspotCluster:
    """One hotspot made of the cells at the positions *inside*."""
    corners = np.array([corner for i in inside for corner in grid.rings[i]])
    centres = np.array([np.mean(grid.rings[i][:-1], axis=0) for i in inside])
    # A hotspot may, rarely, consist of cells whose complaints all lie next to it.
    weights = counts[inside] if counts[inside].any() else np.ones(len(inside))
    # Each cell was judged by the complaints in and next to it: so is the hotspot told.
    told = np.unique(grid.around[inside].indices)
    lon, lat = np.average(centres, axis=0, weights=weights)
    together: Counter[str] = Counter()
    for i in told:
        together.update(called[i])
    west, south = corners.min(axis=0)
    east, north = corners.max(axis=0)
    return HotspotCluster(
        confidence=confidence_label(float(verdict.q[inside].min())) or 90,
        count=int(counts[told].sum()),
        expected=float(counts.sum() * grid.share[told].sum()),
        cells=len(inside),
        kelurahan=_names(together)[:CLUSTER_NAMES] or grid.names[inside[0]],
        centre=(float(lon), float(lat)),
        bbox=(float(west), float(south), float(east), float(north)),
    )


def _names(called: Counter[str]) -> tuple[str, ...]:
    """Names by number of complaints, ties by alphabet, so that two runs agree."""
    return tuple(name for name, _ in sorted(called.items(), key=lambda item: (-item[1], item[0])))
