"""Cities and their catalogues in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert

from geoapp.domain.catalogue import Agency, Catalogue, City, Clock, Group, Name, Service
from geoapp.domain.place import BBox, LonLat
from geoapp.store import tables
from geoapp.store.statements import statement


def all_cities(connection: Connection) -> list[City]:
    """Every city this database keeps, by code."""
    return [
        City(
            code=row.code,
            slug=row.slug,
            name=Name(row.name, row.name_en),
            timezone=row.timezone,
            metric_srid=row.metric_srid,
            locale=row.locale,
            ticket_prefix=row.ticket_prefix,
            host=row.host,
            centre=LonLat(row.centre_lon, row.centre_lat),
            envelope=BBox(row.west, row.south, row.east, row.north),
            practice=row.practice,
        )
        for row in connection.execute(statement("store", "city_current"))
    ]


def catalogue(connection: Connection, city_code: str, day: date) -> Catalogue:
    """What the city offers on *day*: groups, services and agencies as they are called then."""
    values = {"city_code": city_code, "day": day}
    groups = connection.execute(
        tables.service_group.select()
        .where(tables.service_group.c.city_code == city_code)
        .order_by(tables.service_group.c.position)
    )
    return Catalogue(
        day=day,
        groups={
            row.code: Group(
                code=row.code,
                name=Name(row.name, row.name_en),
                colour=row.colour,
                colour_dark=row.colour_dark,
                glyph=row.glyph,
                position=row.position,
            )
            for row in groups
        },
        services={
            row.code: Service(
                code=row.code,
                group_code=row.group_code,
                name=Name(row.name, row.name_en),
                clock=Clock(row.clock),
                target=row.target,
                agency_code=row.agency_code,
                blur_m=row.blur_m,
                duplicate_radius_m=row.duplicate_radius_m,
                needs_place=row.needs_place,
                glyph=row.glyph,
                position=row.position,
            )
            for row in connection.execute(statement("store", "catalogue_services"), values)
        },
        agencies={
            row.code: Agency(
                code=row.code,
                name=Name(row.name, row.name_en),
                short_name=row.short_name,
                unit=row.unit,
                in_city=row.in_city,
            )
            for row in connection.execute(statement("store", "catalogue_agencies"), values)
        },
    )


def save_city(connection: Connection, values: Mapping[str, Any]) -> None:
    """Store a city's own row, or bring it up to date."""
    connection.execute(statement("store", "city_upsert"), dict(values))


def save_catalogue(
    connection: Connection,
    city_code: str,
    *,
    groups: Iterable[Mapping[str, Any]],
    agencies: Iterable[Mapping[str, Any]],
    agency_versions: Iterable[Mapping[str, Any]],
    services: Iterable[Mapping[str, Any]],
    service_versions: Iterable[Mapping[str, Any]],
    holidays: Iterable[Mapping[str, Any]],
) -> None:
    """Store a city's catalogue: codes are kept for ever, versions are replaced as a whole.

    Rows are mappings of column to value without ``city_code``.
    """

    def owned(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{"city_code": city_code, **row} for row in rows]

    for table, rows in (
        (tables.service_group, groups),
        (tables.agency, agencies),
        (tables.service, services),
    ):
        for row in owned(rows):
            keys = {"city_code", "code"}
            stored = insert(table).values(row)
            rest = {column: stored.excluded[column] for column in row if column not in keys}
            connection.execute(
                stored.on_conflict_do_update(index_elements=["city_code", "code"], set_=rest)
                if rest
                else stored.on_conflict_do_nothing()
            )
    for table, rows in (
        (tables.agency_version, agency_versions),
        (tables.service_version, service_versions),
        (tables.holiday, holidays),
    ):
        connection.execute(delete(table).where(table.c.city_code == city_code))
        listed = owned(rows)
        if listed:
            connection.execute(insert(table), listed)
