"""Practice cities, made from a real one and removed, as the owner: nobody else may delete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, create_engine, delete, insert, literal, select
from sqlalchemy.pool import NullPool

from geoapp.settings import psycopg2_url
from geoapp.store import tables
from geoapp.store.statements import statement

_CATALOGUE = (
    tables.holiday,
    tables.service_group,
    tables.agency,
    tables.agency_version,
    tables.service,
    tables.service_version,
    tables.answer_template,
)


@contextmanager
def owner(url: str) -> Iterator[Connection]:
    """A transaction of the schema's owner."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def lock(connection: Connection, code: str) -> bool | None:
    """Whether the city is a practice city; None when there is none. Nobody adds to it now."""
    wanted = select(tables.city.c.practice).where(tables.city.c.code == code).with_for_update()
    found: bool | None = connection.execute(wanted).scalar_one_or_none()
    return found


def remove(connection: Connection, code: str) -> int:
    """Delete everything a practice city has, itself included; how many rows.

    Of a city that isn't marked as one, nothing is deleted, whoever asks.
    """
    only = select(tables.city.c.code).where(tables.city.c.code == code, tables.city.c.practice)
    count = 0
    for table in reversed(tables.metadata.sorted_tables):
        if "city_code" in table.c:
            gone = connection.execute(delete(table).where(table.c.city_code.in_(only)))
            count += gone.rowcount
    own = delete(tables.city).where(tables.city.c.code == code, tables.city.c.practice)
    return count + connection.execute(own).rowcount


def copy(connection: Connection, source: str, code: str, *, slug: str, ticket_prefix: str) -> None:
    """A practice city with the catalogue and the boundaries in force of the city *source*."""
    values = {"source": source, "code": code, "slug": slug, "ticket_prefix": ticket_prefix}
    connection.execute(statement("store", "practice_city"), values)
    for table in _CATALOGUE:
        _copy_rows(connection, table, source, code)
    connection.execute(statement("store", "practice_boundaries"), values)


def _copy_rows(connection: Connection, table: Table, source: str, code: str) -> None:
    """The rows of one table, as they are but for the city; numbers of their own are drawn."""
    columns = [column for column in table.c if column.identity is None]
    read = select(
        *(literal(code) if column.name == "city_code" else column for column in columns)
    ).where(table.c.city_code == source)
    connection.execute(insert(table).from_select(columns, read))
