"""Roads with their authority: a layer that is staged, put in force and retired as any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from geoapp.domain.boundary_lines import AUTHORITIES, Authority, Line
from geoapp.domain.catalogue import City
from geoapp.domain.road import RoadFound
from geoapp.errors import CatalogueError, FieldProblem
from geoapp.store import roads as store
from geoapp.store.database import Database, Role
from geoapp.store.roads import StoredRoad


def store_lines(connection: Connection, city_code: str, set_id: int, lines: Iterable[Line]) -> int:
    """Store *lines* as the staged road set *set_id*, inside the caller's transaction; how many.

    A line that names no agency gets the one that the city's record has for its authority,
    if any; a city road needs none.

    Raises:
        CatalogueError: an authority isn't known, an agency doesn't exist, a code comes twice;
            names each road. Nothing is stored.
    """
    whole = list(lines)
    known = store.known_agencies(connection, city_code)
    usual = store.agencies(connection, city_code)
    problems: list[FieldProblem] = []
    rows: list[dict[str, Any]] = []
    if not whole:
        problems.append(FieldProblem("file", "holds no roads"))
    for code, times in Counter(line.code for line in whole).items():
        if times > 1:
            problems.append(FieldProblem(f"{code}.code", f"comes {times} times", code))
    for line in whole:
        if line.authority not in AUTHORITIES:
            told = "is none of city, province, nation"
            problems.append(FieldProblem(f"{line.code}.authority", told, line.authority))
            continue
        agency = line.agency_code or usual.get(line.authority)
        if agency is not None and agency not in known:
            problems.append(
                FieldProblem(f"{line.code}.agency", f"names no agency of {city_code}", agency)
            )
        rows.append(
            {
                "code": line.code,
                "name": line.name,
                "ref": line.ref,
                "authority": line.authority,
                "agency_code": agency,
                "geom": line.geometry,
            }
        )
    if problems:
        raise CatalogueError(
            f"{len(problems)} roads can't be taken: "
            + "; ".join(f"{p.field} {p.message} ({p.value!r})" for p in problems[:5]),
            "Correct the file's attributes; agencies are added to the catalogue first.",
            problems,
        )
    store.add(connection, city_code, set_id, rows)
    return len(rows)


def known(database: Database, city: City) -> bool:
    """Whether a set of roads is in force."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return store.in_force(connection, city.code)


def listed(database: Database, city: City, set_id: int) -> list[StoredRoad]:
    """The roads of a set, whatever became of it: the nation's, the province's, the city's."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return store.listed(connection, city.code, set_id)


def lengths(roads: Iterable[StoredRoad]) -> dict[Authority, float]:
    """Metres of road by authority."""
    found = dict.fromkeys(AUTHORITIES, 0.0)
    for road in roads:
        found[road.authority] += road.length_m
    return found


def geojson(database: Database, city: City, set_id: int) -> dict[str, Any]:
    """The roads of a set as a FeatureCollection in EPSG:4326.

    Properties: code, name, ref, authority (city, province, nation), agency_code.
    """
    with database.transaction(Role.VISITOR, city.code) as connection:
        features = store.drawn(connection, city.code, set_id)
    return {"type": "FeatureCollection", "features": features}


def at(database: Database, city: City, lon: float, lat: float) -> RoadFound | None:
    """The provincial or national road in force that a place lies at; None where it is the city's.

    Longitude and latitude in EPSG:4326; the distance in metres of the city's metric CRS.
    """
    with database.transaction(Role.VISITOR, city.code) as connection:
        return store.at(connection, city.code, lon, lat)
