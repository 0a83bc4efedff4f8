"""Hotspots: where complaints of one group are denser than chance allows.

What a computation answers (`HotspotRun`), and the two decisions that carry no numerics:
which confidence a false discovery rate earns (`confidence_label`) and which piles of
complaints on one coordinate are a default point and not a place (`is_default_point`).
The statistics are in `geoapp.spatial.getis_ord`; docs/hotspots.md explains both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

#: A cell is a hotspot only from this false discovery rate on; 90 % cells are its fringe.
CORE_Q = 0.05
FRINGE_Q = 0.10

#: Fewer complaints in a neighbourhood never make a hotspot: two or three reports of one
#: lamp can be beyond chance in a quiet month, and are no news.
LEAST_COMPLAINTS = 5

#: Beside its largest group a default point collects at least this many complaints …
PILE_LEAST = 10
#: … and this share of all the city's located complaints outside that group …
PILE_SHARE = 0.01
#: … of at least this many groups, the largest included.
PILE_GROUPS = 4
#: In data of fewer groups the mix says nothing, so the pile must say more.
PILE_LEAST_UNMIXED = 20
PILE_SHARE_UNMIXED = 0.03
#: Two complaints of the pile fall on the same day at most this many times as often as two
#: complaints of the whole city; beyond it the pile is a burst (unless by chance, below).
PILE_SAME_DAY_RATIO = 2.0
PILE_BURST_P = 0.01


def confidence_label(q: float) -> int | None:
    """Confidence in percent earned by the Benjamini–Hochberg *q*: 99, 95, 90 or None."""
    if q <= 0.01:
        return 99
    if q <= CORE_Q:
        return 95
    if q <= FRINGE_Q:
        return 90
    return None


@dataclass(frozen=True)
class Pile:
    """Complaints of all groups that share one exact coordinate, and the city around them.

    Attributes:
        count: complaints on the coordinate; ``others`` of them outside its largest group.
        groups: number of groups among them.
        same_day: chance that two of them, drawn without replacement, fall on one local
            day (Simpson 1949: sum of n(n-1) over N(N-1)).
        city_count: located complaints of the city; ``city_others`` of them outside the
            pile's largest group; ``city_groups`` and ``city_same_day`` likewise.
    """

    count: int
    others: int
    groups: int
    same_day: float
    city_count: int
    city_others: int
    city_groups: int
    city_same_day: float


def is_default_point(pile: Pile) -> bool:
    """Whether *pile* is where a system puts complaints whose place it doesn't know.

    A place draws *its* trouble when it is troubled: one kind, or a burst. A default
    point draws every kind, all the time. So the pile must still be one without its
    largest group, hold several groups, and be spread in time like the city. Anything
    else stays, because a false default would hide an honest hotspot:

    * 15 reports of one junction box in ten days: nothing is left without its group;
    * a storm at one crossing (tree, lights, signals on one afternoon): a burst.

    Where the whole data has few groups (an agency's own list) the mix can't tell; then
    time decides alone and the pile must be larger.
    """
    if pile.city_groups < PILE_GROUPS:
        large = (
            pile.count >= PILE_LEAST_UNMIXED and pile.count >= PILE_SHARE_UNMIXED * pile.city_count
        )
    else:
        large = (
            pile.others >= PILE_LEAST
            and pile.others >= PILE_SHARE * pile.city_others
            and pile.groups >= PILE_GROUPS
        )
    return large and not _is_burst(pile)


def _is_burst(pile: Pile) -> bool:
    """Whether the pile's complaints crowd on fewer days than the city's do.

    The number of same-day pairs among n complaints of random days is near Poisson with
    mean n(n-1)/2 times the city's chance of a same-day pair. The ratio keeps a large
    pile from being called a burst for a trifle, the tail a small one for an accident.
    """
    if pile.same_day <= PILE_SAME_DAY_RATIO * pile.city_same_day:
        return False
    pairs = pile.count * (pile.count - 1) / 2
    return _poisson_tail(round(pairs * pile.same_day), pairs * pile.city_same_day) < PILE_BURST_P


def _poisson_tail(least: int, mean: float) -> float:
    """P(X >= least) for X ~ Poisson(mean); means beyond 700 only ever give 0 or 1 here."""
    if least <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if mean > 700:
        return 0.0 if least > 1.2 * mean else 1.0
    term = math.exp(-mean)
    below = term
    for k in range(1, least):
        term *= mean / k
        below += term
    return max(0.0, 1.0 - below)


@dataclass(frozen=True)
class SetAside:
    """Complaints left out of a run because they sit on a default point."""

    lon: float
    lat: float
    count: int
    reason: str = "default_point"


@dataclass(frozen=True)
class HotspotCell:
    """One drawn hexagon.

    Attributes:
        cell: axial coordinates (q, r) in the city's fixed grid of this cell size.
        count: complaints in the hexagon.
        neighbourhood: complaints in the hexagon and its neighbours.
        expected: the neighbourhood's expected number, were complaints spread evenly.
        z: Getis-Ord Gi* of the counts.
        p: exact chance of at least ``neighbourhood`` complaints there.
        q: *p* adjusted after Benjamini and Hochberg over all cells of the run.
        confidence: 99, 95, or 90 for the fringe of a hotspot.
        cluster: index into ``HotspotRun.clusters``.
        kelurahan: names, most complaints first.
        ring: closed exterior ring as (lon, lat), EPSG:4326.
    """

    cell: tuple[int, int]
    count: int
    neighbourhood: int
    expected: float
    z: float
    p: float
    q: float
    confidence: int
    cluster: int
    kelurahan: tuple[str, ...]
    ring: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class HotspotCluster:
    """Drawn hexagons that touch; what an operator calls one hotspot.

    ``confidence`` is that of its surest cell; ``count`` are the complaints in its cells and
    next to them, by which each was judged, ``expected`` the number that ground would have
    by an even spread; ``centre`` the (lon, lat) mean of its cells weighted by their
    complaints, ``bbox`` west, south, east, north.
    """

    confidence: int
    count: int
    expected: float
    cells: int
    kelurahan: tuple[str, ...]
    centre: tuple[float, float]
    bbox: tuple[float, float, float, float]


@dataclass(frozen=True)
class HotspotRun:
    """One computation: a group, a window of time, and what was found.

    Attributes:
        cell_m: distance between opposite edges of a hexagon in metres.
        total: complaints counted; ``simulated`` of them are flagged as simulated.
        outside: public points of the window that lie in no cell of the grid.
        cells: hexagons that touch the city; ``tested``: those that got a p-value.
        boundary_set: id of the kelurahan set that bounds the grid.
        set_aside: default points and how many complaints of this run each held.
        clusters: hotspots, surest and largest first.
        hotspots: the drawn hexagons, by axial coordinates.
    """

    city_code: str
    group_code: str
    window_from: datetime
    window_to: datetime
    cell_m: float
    metric_srid: int
    computed_at: datetime
    total: int
    outside: int
    simulated: int
    cells: int
    tested: int
    boundary_set: int | None = None
    set_aside: tuple[SetAside, ...] = field(default=())
    clusters: tuple[HotspotCluster, ...] = field(default=())
    hotspots: tuple[HotspotCell, ...] = field(default=())
