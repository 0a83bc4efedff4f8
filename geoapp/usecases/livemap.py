"""What the public map asks: the list, one complaint, the numbers, a tile, hotspots, areas.

Each function is one transaction as the visitor role, which can read public data alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import Catalogue, City, Name
from geoapp.domain.complaint import Status, ticket_is_plausible
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.hotspot import HotspotRun
from geoapp.domain.photo import Shown
from geoapp.domain.place import TileId
from geoapp.domain.reading import (
    ComplaintPage,
    ComplaintSummary,
    PageCursor,
    Place,
    PublicComplaint,
    TimelineEntry,
)
from geoapp.errors import NotFound
from geoapp.store import boundaries, complaints, hotspots
from geoapp.store.boundaries import ActiveSet
from geoapp.store.database import Database, Role
from geoapp.usecases import tiles

TILE_MOMENT = timedelta(minutes=5)
"""Tiles see the clock in steps of this: a tile asked for again can be *not modified*, and
what becomes overdue shows in the cells at the latest after it."""


@dataclass(frozen=True, slots=True)
class CityState:
    """What the map says about its own data."""

    boundaries: ActiveSet | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile and the version of the data it shows; *body* is None when the asker has it."""

    version: str
    body: bytes | None


def complaint_page(
    database: Database,
    city: City,
    wanted: ComplaintFilter,
    *,
    limit: int,
    after: PageCursor | None = None,
) -> ComplaintPage:
    """A page of public complaints, newest first."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return complaints.page(connection, city.code, wanted, limit=limit, after=after)


def complaint(
    database: Database, city: City, ticket: str
) -> tuple[PublicComplaint, list[TimelineEntry]]:
    """One public complaint and its history.

    Raises:
        NotFound: no such ticket in this city, or the complaint is confidential.
    """
    ticket = ticket.upper()
    if ticket_is_plausible(ticket):
        with database.transaction(Role.VISITOR, city.code) as connection:
            found = complaints.by_ticket(connection, city.code, ticket)
            if found is not None:
                return found, complaints.timeline(connection, city.code, ticket)
    raise NotFound("There is no public complaint with this ticket.", "Check the ticket's letters.")


def by_ticket(database: Database, city: City, catalogue: Catalogue, ticket: str) -> dict[str, Any]:
    """What the page of a complaint tells whoever has its ticket.

    The properties of its public feature with ``timeline`` and, for a point, ``lon`` and
    ``lat``; ``passed_to`` is the authority it was passed on to, while it is. Of a confidential one: ``hidden``, its status and its times.

    Raises:
        NotFound: no such ticket in this city.
    """
    try:
        found, timeline = complaint(database, city, ticket)
    except NotFound:
        return _hidden(database, city, ticket)
    told = properties(found, catalogue, city.locale) | {
        "hidden": False,
        "timeline": [_entry(entry) for entry in timeline],
    }
    if found.status is Status.OUT_OF_AUTHORITY:
        passed = [entry.authority for entry in timeline if entry.status == found.status.value]
        told["passed_to"] = passed[-1] if passed else None
    if found.position is not None:
        told |= {"lon": found.position.lon, "lat": found.position.lat}
    return told


def _hidden(database: Database, city: City, ticket: str) -> dict[str, Any]:
    with database.transaction(Role.VISITOR, city.code) as connection:
        state = (
            complaints.ticket_state(connection, city.code, ticket.upper())
            if ticket_is_plausible(ticket.upper())
            else None
        )
    if state is None:
        raise NotFound("There is no complaint with this ticket.", "Check the ticket's letters.")
    return {
        "ticket": state.ticket,
        "status": state.status.value,
        "submitted_at": state.submitted_at.isoformat(),
        "due_at": state.due_at.isoformat(),
        "resolved_at": _iso(state.resolved_at),
        "closed_at": _iso(state.closed_at),
        "hidden": True,
        "timeline": [],
    }


def properties(found: PublicComplaint, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    """A complaint's properties as every public answer tells them (JSON-able).

    Codes the catalogue no longer has stand for their names.
    """
    service = catalogue.services.get(found.service_code)
    agency = catalogue.agencies.get(found.agency_code)
    name = service.name if service else Name(found.service_code, found.service_code)
    return {
        "ticket": found.ticket,
        "service": found.service_code,
        "service_name": name.as_dict(locale),
        "group": found.group_code,
        "description": found.description,
        "landmark": found.landmark,
        "status": found.status.value,
        "kelurahan": _place(found.kelurahan),
        "kecamatan": _place(found.kecamatan),
        "agency": {
            "code": found.agency_code,
            "name": agency.display if agency else found.agency_code,
        },
        "submitted_at": found.submitted_at.isoformat(),
        "due_at": found.due_at.isoformat(),
        "resolved_at": _iso(found.resolved_at),
        "closed_at": _iso(found.closed_at),
        "location_kind": found.location_kind,
        "shown_within_m": found.shown_within_m,
        "simulated": found.simulated,
        "supporters": found.supporters,
        "photos": _photos(found.photos),
    }


def _photos(shown: Sequence[Shown]) -> list[dict[str, Any]]:
    return [{"id": str(one.id), "width": one.width, "height": one.height} for one in shown]


def feature(
    found: PublicComplaint,
    catalogue: Catalogue,
    locale: str,
    timeline: Sequence[TimelineEntry] | None = None,
) -> dict[str, Any]:
    """A complaint as a GeoJSON feature, EPSG:4326; its history if given."""
    told = properties(found, catalogue, locale)
    if timeline is not None:
        told["timeline"] = [_entry(entry) for entry in timeline]
    position = found.position
    return {
        "type": "Feature",
        "id": found.ticket,
        "geometry": {"type": "Point", "coordinates": [position.lon, position.lat]}
        if position
        else None,
        "properties": told,
    }


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "status": entry.status,
        "at": entry.at.isoformat(),
        "words": entry.words,
        "lead": entry.lead,
        "photos": _photos(entry.photos),
    }


def _place(place: Place | None) -> dict[str, str] | None:
    return {"code": place.code, "name": place.name} if place else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def summary(database: Database, city: City, wanted: ComplaintFilter) -> ComplaintSummary:
    """Counts of what fits *wanted*."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return complaints.summary(connection, city.code, wanted)


def tile_moment(now: datetime) -> datetime:
    """The moment tiles are computed for: *now*, down to a whole `TILE_MOMENT`."""
    seconds = int(TILE_MOMENT.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, now.tzinfo)


def tile(
    database: Database,
    city: City,
    wanted: ComplaintFilter,
    place: TileId,
    *,
    known: frozenset[str] = frozenset(),
    shelf: tiles.Shelf | None = None,
) -> Tile:
    """A vector tile of the public complaints.

    Args:
        wanted: with ``now`` from `tile_moment`.
        known: versions the asker holds.
        shelf: where tiles of this version may lie already.

    Raises:
        TooMany: the filter would need more rows than we look through.
    """
    # The version first: rows that commit in between make the tile newer than it says, never
    # older.
    version = f"{complaints.version_now(database, city.code)}-{int(wanted.now.timestamp()):x}"
    if version in known:
        return Tile(version, None)

    def draw() -> bytes:
        with database.transaction(Role.VISITOR, city.code) as connection:
            return tiles.draw(connection, city, wanted, place, tiles.EVERYBODY)

    return Tile(version, (shelf or tiles.Shelf()).get((city.code, wanted, place, version), draw))


def latest_hotspots(
    database: Database,
    city: City,
    *,
    groups: Sequence[str] | None = None,
    window_days: int | None = None,
) -> list[HotspotRun]:
    """The newest run of each group."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return hotspots.latest(connection, city.code, groups=groups, window_days=window_days)


def city_state(database: Database, city: City) -> CityState:
    """The boundaries in force, and whether simulated complaints are shown."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return CityState(
            boundaries=boundaries.active(connection, city.code, Layer.KELURAHAN),
            simulated=complaints.has_simulated(connection, city.code),
        )


def areas_version(database: Database, city: City) -> str:
    """Changes when other kelurahan come into force."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        active = boundaries.active(connection, city.code, Layer.KELURAHAN)
    return f"{active.id}-{active.sha256[:12]}" if active else "none"


def areas(database: Database, city: City) -> list[dict[str, Any]]:
    """The kelurahan in force as GeoJSON features."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return boundaries.display_areas(connection, city.code)


def area_list(database: Database, city: City) -> list[dict[str, str | None]]:
    """Code, name and parent's name of the kelurahan in force, by parent and name."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return boundaries.area_list(connection, city.code)
