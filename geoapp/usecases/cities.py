"""Setting up a city from its folder: its record, catalogue, boundaries, service areas."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from geoapp import resources
from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import Catalogue, City
from geoapp.errors import CityUnknown, InvalidInput
from geoapp.spatial.files import ReadOptions
from geoapp.store import administration
from geoapp.store import boundaries as boundary_store
from geoapp.store import cities as city_store
from geoapp.store.database import Database, Role
from geoapp.usecases import boundaries
from geoapp.usecases.city_files import CityFolder, ServiceAreaRecord, read_folder

DEFAULT_CITY = "kota-jambi"


def load_default(database: Database, *, progress: Callable[[str], None] = lambda _: None) -> City:
    """Load the city that is shipped with the program; see `load`."""
    return load(database, resources.path("boundaries") / DEFAULT_CITY, progress=progress)


def load(
    database: Database,
    folder: Path,
    *,
    replace: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> City:
    """Store a city from its folder, or bring it up to date; running it twice changes nothing.

    Boundary sets are compared by their files' hash; a new file becomes a new active set.
    Once people changed agencies, services or days off on ``/admin``, only what is missing is
    added; *progress* is told what was left otherwise than the folder has it.

    Args:
        replace: overwrite what people changed all the same, and write so in the city's log.

    Raises:
        CatalogueError: the folder's files are malformed or don't fit together.
        BoundaryFileError: a boundary file can't be used. Nothing of the city is stored then.
    """
    whole = read_folder(folder)
    code = whole.city.city.code
    progress(f"{whole.city.city.name}: {len(whole.services.services)} services")
    with database.transaction(Role.WORKER, code) as connection:
        _save_catalogue(connection, whole, replace=replace, progress=progress)
        for record in whole.city.boundaries:
            boundaries.import_into(
                connection,
                city_code=code,
                metric_srid=whole.city.city.metric_srid,
                envelope=whole.city.city.envelope,
                path=folder / record.file,
                layer=Layer(record.layer),
                version=record.version,
                source=record.source,
                licence=record.licence,
                approximate=record.approximate,
                activate_from=record.valid_from,
                if_new=True,
                parent_names=whole.city.parents,
                options=ReadOptions(
                    crs=record.crs, code_field=record.code_field, name_field=record.name_field
                ),
            )
            progress(f"{whole.city.city.name}: {record.layer} {record.version}")
        _save_service_areas(connection, whole)
        _save_inhabitants(connection, whole)
    return find(database, code)


def every(database: Database) -> list[City]:
    """Every city this server keeps, by code."""
    with database.transaction(Role.VISITOR) as connection:
        return city_store.all_cities(connection)


def chosen(database: Database, code_or_slug: str | None) -> City:
    """The city asked for; without one the only one there is, practice cities aside.

    Raises:
        CityUnknown: there is none such.
        InvalidInput: none was named of several; the message lists them.
    """
    if code_or_slug is not None:
        return find(database, code_or_slug)
    real = [city for city in every(database) if not city.practice]
    if len(real) != 1:
        names = ", ".join(f"{city.code} ({city.slug})" for city in real) or "none yet"
        raise InvalidInput(f"Which city? Here are: {names}.", "Name one with --city CODE.")
    return real[0]


def find(database: Database, code_or_slug: str) -> City:
    """The city with this code or slug.

    Raises:
        CityUnknown: there is none; the message lists those there are.
    """
    cities = every(database)
    for city in cities:
        if code_or_slug in {city.code, city.slug}:
            return city
    known = ", ".join(f"{city.code} ({city.slug})" for city in cities) or "none"
    raise CityUnknown(f"There is no city {code_or_slug!r}.", f"Cities here: {known}.")


def today(city: City, now: datetime) -> date:
    """The date of *now* in the city's own zone."""
    return now.astimezone(ZoneInfo(city.timezone)).date()


def catalogue(database: Database, city: City) -> Catalogue:
    """What the city offers today."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return city_store.catalogue(connection, city.code, today(city, database.now()))


_OF_ITS_OWN_SHAPE = {"envelope", "centre", "valid_from", "road_authorities", "ombudsman"}
"""Keys of ``city`` in city.json that aren't columns as they stand."""


def _save_catalogue(
    connection: Any, whole: CityFolder, *, replace: bool, progress: Callable[[str], None]
) -> None:
    record = whole.city.city
    west, south, east, north = record.envelope
    city_store.save_city(
        connection,
        {
            **record.model_dump(exclude=_OF_ITS_OWN_SHAPE),
            "road_agencies": json.dumps(record.road_authorities),
            "ombudsman": json.dumps(record.ombudsman.model_dump() if record.ombudsman else {}),
            "centre_lon": record.centre[0],
            "centre_lat": record.centre[1],
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        },
    )
    rows = _rows(whole)
    changed = city_store.changed_by_people(connection, record.code)
    if not changed:
        city_store.save_catalogue(connection, record.code, rows)
        return
    differing = city_store.differing(connection, record.code, rows)
    withheld = city_store.add_catalogue(
        connection, record.code, rows, but=changed.get("holiday", set())
    )
    differing["holiday"] = sorted({*differing["holiday"], *withheld})
    if replace:
        city_store.save_catalogue(connection, record.code, rows)
        told = {_WHAT[table]: codes for table, codes in differing.items() if codes}
        administration.record(
            connection, record.code, "system", "catalogue.replaced", record.code, told
        )
        return
    for table, codes in differing.items():
        if codes:
            progress(f"left, though the folder differs: {_WHAT[table]} {', '.join(codes)}")
    if any(differing.values()):
        progress("People changed the catalogue on /admin; --replace overwrites it all the same.")


_WHAT = {"agency_version": "agencies", "service_version": "services", "holiday": "holidays"}


def _rows(whole: CityFolder) -> city_store.CatalogueRows:
    """The folder's catalogue as rows."""
    return city_store.CatalogueRows(
        groups=[group.model_dump() for group in whole.groups.groups],
        agencies=[{"code": agency.code} for agency in whole.agencies.agencies],
        agency_versions=[
            {"agency_code": agency.code, **version.model_dump()}
            for agency in whole.agencies.agencies
            for version in agency.versions
        ],
        services=[
            {"code": service.code, "group_code": service.group}
            for service in whole.services.services
        ],
        service_versions=[
            {
                "service_code": service.code,
                **version.model_dump(exclude={"agency", "glyph"}),
                "agency_code": version.agency,
                "glyph": version.glyph or service.group,
            }
            for service in whole.services.services
            for version in service.versions
        ],
        holidays=[
            holiday.model_dump(exclude={"name_en"})
            for holiday in (whole.holidays.holidays if whole.holidays else ())
        ],
    )


def _save_inhabitants(connection: Any, whole: CityFolder) -> None:
    """The published figures as they stand in the folder; nobody changes them elsewhere."""
    listed = whole.inhabitants
    rows = [
        {"kelurahan_code": code, "inhabitants": count, "source": listed.source, "as_of": listed.as_of}
        for code, count in listed.inhabitants.items()
    ] if listed else []  # fmt: skip
    city_store.save_inhabitants(connection, whole.city.city.code, rows)


def _save_service_areas(connection: Any, whole: CityFolder) -> None:
    """Service areas are a boundary set too: replaced as a whole when their file changed."""
    listed = whole.service_areas
    if listed is None:
        return
    code = whole.city.city.code
    sha256 = hashlib.sha256((whole.folder / "service_areas.json").read_bytes()).hexdigest()
    in_force = boundary_store.active(connection, code, Layer.SERVICE_AREA)
    if in_force is not None and in_force.sha256 == sha256:
        return
    set_id = boundary_store.add_set(
        connection,
        code,
        Layer.SERVICE_AREA,
        version=listed.version,
        source=listed.source,
        licence=listed.licence,
        sha256=sha256,
        approximate=False,
        quality={},
    )
    if listed.service_areas:
        rows = [_service_area(area) for area in listed.service_areas]
        boundary_store.add_service_areas(connection, code, set_id, rows)
    boundary_store.activate(connection, code, set_id, listed.valid_from)


def _service_area(area: ServiceAreaRecord) -> dict[str, Any]:
    geometry = None
    if area.geometry is not None:
        geometry = shapely.geometry.shape(area.geometry).wkb
    return {
        "code": area.code,
        "name": area.name,
        "agency_code": area.agency,
        "group_code": area.group,
        "service_code": area.service,
        "priority": area.priority,
        "coverage": area.coverage,
        "area_codes": list(area.area_codes),
        "geom": geometry,
    }
