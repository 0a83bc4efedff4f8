"""Cities and their catalogues in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects.postgresql import insert

from geoapp.domain.catalogue import (
    Agency,
    Catalogue,
    City,
    Clock,
    Group,
    Name,
    Ombudsman,
    Service,
)
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
            unprefixed=row.unprefixed,
            ombudsman=_ombudsman(row.ombudsman),
        )
        for row in connection.execute(statement("store", "city_current"))
    ]


def _ombudsman(told: Mapping[str, str]) -> Ombudsman | None:
    if not told:
        return None
    return Ombudsman(Name(told["name"], told["name_en"]), told["website"], told["phone"])


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


@dataclass(frozen=True, slots=True)
class CatalogueRows:
    """A city's catalogue as its folder has it: mappings of column to value, without the city."""

    groups: Sequence[Mapping[str, Any]]
    agencies: Sequence[Mapping[str, Any]]
    agency_versions: Sequence[Mapping[str, Any]]
    services: Sequence[Mapping[str, Any]]
    service_versions: Sequence[Mapping[str, Any]]
    holidays: Sequence[Mapping[str, Any]]

    def dated(self) -> tuple[tuple[Table, str, Sequence[Mapping[str, Any]]], ...]:
        """What administrators may change: the table, the column it goes by, the rows."""
        return (
            (tables.agency_version, "agency_code", self.agency_versions),
            (tables.service_version, "service_code", self.service_versions),
            (tables.holiday, "day", self.holidays),
        )


def changed_by_people(connection: Connection, city_code: str) -> dict[str, set[str]]:
    """Codes and days (ISO) changed by administrators, by ``agency``, ``service``, ``holiday``.

    Only since the city's folder replaced their changes the last time.
    """
    found: dict[str, set[str]] = {}
    for row in connection.execute(statement("store", "city_changed"), {"city_code": city_code}):
        found.setdefault(row.what, set()).add(row.subject)
    return found


def differing(connection: Connection, city_code: str, rows: CatalogueRows) -> dict[str, list[str]]:
    """Codes and days that stand in the database otherwise than in *rows*, by table.

    What only *rows* have isn't among them; what only the database has is.
    """
    found = {}
    for table, key, listed in rows.dated():
        stored = connection.execute(table.select().where(table.c.city_code == city_code))
        there = _by(key, ({**row} for row in stored.mappings()))
        wanted = _by(key, listed)
        found[table.name] = sorted(
            str(code) for code, own in there.items() if not _same(own, wanted.get(code, []))
        )
    return found


def _by(key: str, rows: Iterable[Mapping[str, Any]]) -> dict[Any, list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def _same(stored: list[Mapping[str, Any]], wanted: list[Mapping[str, Any]]) -> bool:
    """Whether the stored versions say what the wanted ones do, in the columns these have."""
    if len(stored) != len(wanted):
        return False
    begins = {row.get("valid_from"): row for row in stored}
    return all(
        all(begins.get(row.get("valid_from"), {}).get(name) == row[name] for name in row)
        for row in wanted
    )


def save_catalogue(connection: Connection, city_code: str, rows: CatalogueRows) -> None:
    """Store a city's catalogue: codes are kept for ever, versions are replaced as a whole."""
    _save_codes(connection, city_code, rows, update=True)
    for table, _, listed in rows.dated():
        connection.execute(delete(table).where(table.c.city_code == city_code))
        _insert(connection, table, city_code, listed)


def save_inhabitants(
    connection: Connection, city_code: str, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Store how many people live where, instead of what was stored of it."""
    table = tables.inhabitants
    connection.execute(delete(table).where(table.c.city_code == city_code))
    _insert(connection, table, city_code, rows)


def add_catalogue(
    connection: Connection, city_code: str, rows: CatalogueRows, *, but: Collection[str]
) -> list[str]:
    """Store what the database lacks and leave alone what it has.

    Args:
        but: days (ISO) that people changed: where they are no days off any more, they stay so.

    Returns:
        Those of *but* that the rows would have brought back.
    """
    _save_codes(connection, city_code, rows, update=False)
    withheld = []
    for table, key, listed in rows.dated():
        stored = select(table.c[key]).where(table.c.city_code == city_code)
        there = set(connection.execute(stored).scalars())
        lacking = [row for row in listed if row[key] not in there]
        withheld += [str(row[key]) for row in lacking if str(row[key]) in but]
        new = [row for row in lacking if str(row[key]) not in but]
        _insert(connection, table, city_code, new)
    return withheld


def _insert(
    connection: Connection, table: Table, city_code: str, rows: Iterable[Mapping[str, Any]]
) -> None:
    listed = [{"city_code": city_code, **row} for row in rows]
    if listed:
        connection.execute(insert(table), listed)


def _save_codes(
    connection: Connection, city_code: str, rows: CatalogueRows, *, update: bool
) -> None:
    """Groups, and the codes of agencies and services; groups are nobody's to change on pages."""
    for table, listed, renew in (
        (tables.service_group, rows.groups, True),
        (tables.agency, rows.agencies, update),
        (tables.service, rows.services, update),
    ):
        for row in listed:
            stored = insert(table).values({"city_code": city_code, **row})
            rest = {column: stored.excluded[column] for column in row if column != "code"}
            connection.execute(
                stored.on_conflict_do_update(index_elements=["city_code", "code"], set_=rest)
                if rest and renew
                else stored.on_conflict_do_nothing()
            )
