"""Looking at a boundary set before it comes into force: report, map, cleaning, discarding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from geoapp.domain.boundary import Area
from geoapp.domain.boundary_quality import Cleaned, OverlapStrategy, SetReport
from geoapp.domain.catalogue import City
from geoapp.store.database import Database

FeatureCollection = dict[str, Any]
"""GeoJSON, EPSG:4326."""

MAX_CHANGE = 0.01
"""Share of an area that a cleaning may take or give, unless told otherwise."""


def record_faults(
    connection: Connection, city_code: str, set_id: int, areas: Sequence[Area]
) -> None:
    """Keep the gaps and overlaps of a set's areas as shapes, in the caller's transaction."""
    raise NotImplementedError


def report(database: Database, city: City, set_id: int) -> SetReport:
    """A set, what its file was like, and how it differs from the one in force."""
    raise NotImplementedError


def faults(database: Database, city: City, set_id: int) -> FeatureCollection:
    """Gaps, overlaps and what a cleaning changed: n, kind, codes, area_m2; largest first."""
    raise NotImplementedError


def areas(database: Database, city: City, set_id: int) -> FeatureCollection:
    """The areas as they are drawn: code, name, parent, area_m2, change."""
    raise NotImplementedError


def clean(
    database: Database,
    city: City,
    set_id: int,
    *,
    gaps_under_m2: float,
    overlaps: OverlapStrategy = OverlapStrategy.LOWEST_CODE,
    max_change: float = MAX_CHANGE,
    version: str | None = None,
    by: str = "system",
) -> Cleaned:
    """A new staged set: *set_id*'s areas without small gaps and without overlaps."""
    raise NotImplementedError


def discard(database: Database, city: City, set_id: int, by: str = "system") -> None:
    """Remove a staged set with all that belongs to it."""
    raise NotImplementedError
