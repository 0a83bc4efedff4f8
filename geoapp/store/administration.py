"""What administrators read and write: catalogue, days off, log.

Rows are seen and changed as the transaction's role may: `Role.ADMIN` writes for a city's own
administrators and nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Row, Table, delete, insert, update
from sqlalchemy.exc import IntegrityError

from geoapp.domain.administration import (
    AgencyTerms,
    Change,
    Holiday,
    HolidayKind,
    LogEntry,
    ServiceTerms,
    Version,
    Versioned,
    as_data,
    fault,
)
from geoapp.domain.catalogue import Clock
from geoapp.store import tables
from geoapp.store.statements import statement

Terms = TypeVar("Terms", AgencyTerms, ServiceTerms)


def today(connection: Connection, city_code: str) -> date:
    """The city's date by the database's clock."""
    return cast(
        "date",
        connection.execute(
            statement("store", "admin_today"), {"city_code": city_code}
        ).scalar_one(),
    )


def agencies(
    connection: Connection, city_code: str, code: str | None = None
) -> list[Versioned[AgencyTerms]]:
    """Every agency, or the one with *code*, by code."""
    values = {"city_code": city_code, "code": code}
    return _versioned(connection.execute(statement("store", "admin_agencies"), values), _agency)


def services(
    connection: Connection, city_code: str, code: str | None = None
) -> list[Versioned[ServiceTerms]]:
    """Every service, or the one with *code*, in the order of their groups."""
    values = {"city_code": city_code, "code": code}
    return _versioned(connection.execute(statement("store", "admin_services"), values), _service)


def _versioned(
    rows: Iterable[Row[Any]], terms: Callable[[Row[Any]], Terms]
) -> list[Versioned[Terms]]:
    found = []
    for (code, group_code), own in groupby(rows, key=lambda row: (row.code, row.group_code)):
        versions = tuple(Version(row.valid_from, row.valid_to, terms(row)) for row in own)
        found.append(Versioned(code, group_code, versions))
    return found


def _agency(row: Row[Any]) -> AgencyTerms:
    return AgencyTerms(
        name=row.name,
        name_en=row.name_en,
        short_name=row.short_name,
        unit=row.unit,
        in_city=row.in_city,
    )


def _service(row: Row[Any]) -> ServiceTerms:
    return ServiceTerms(
        name=row.name,
        name_en=row.name_en,
        agency_code=row.agency_code,
        clock=Clock(row.clock),
        target=row.target,
        verify_clock=Clock(row.verify_clock),
        verify_target=row.verify_target,
        answer_clock=Clock(row.answer_clock),
        answer_target=row.answer_target,
        blur_m=row.blur_m,
        duplicate_radius_m=row.duplicate_radius_m,
        needs_place=row.needs_place,
        glyph=row.glyph,
        position=row.position,
    )


def lock_agency(connection: Connection, city_code: str, code: str) -> None:
    """Let whoever changes the same agency wait; unknown codes lock nothing."""
    _lock(connection, tables.agency, city_code, code)


def lock_service(connection: Connection, city_code: str, code: str) -> None:
    """Let whoever changes the same service wait; unknown codes lock nothing."""
    _lock(connection, tables.service, city_code, code)


def _lock(connection: Connection, table: Table, city_code: str, code: str) -> None:
    connection.execute(
        table.select().where(table.c.city_code == city_code, table.c.code == code).with_for_update()
    )


def add_agency(connection: Connection, city_code: str, code: str) -> None:
    """A new code; it needs a version to be anything.

    Raises:
        InvalidInput: the code is taken, naming ``code``.
    """
    _add_code(connection, tables.agency, {"city_code": city_code, "code": code})


def add_service(connection: Connection, city_code: str, code: str, group_code: str) -> None:
    """A new code in a group; see `add_agency`."""
    row = {"city_code": city_code, "code": code, "group_code": group_code}
    _add_code(connection, tables.service, row)


def _add_code(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(row))
    except IntegrityError as problem:
        if getattr(problem.orig, "pgcode", None) == "23505":
            raise fault("code", "The code %(value)s is taken already.", row["code"]) from problem
        raise


def put_agency_version(
    connection: Connection, city_code: str, code: str, change: Change, terms: AgencyTerms
) -> None:
    """Enter *terms* where *change* says.

    Raises:
        InvalidInput: somebody planned another version for these days meanwhile.
    """
    _put(connection, tables.agency_version, "agency_code", city_code, code, change, as_data(terms))


def put_service_version(
    connection: Connection, city_code: str, code: str, change: Change, terms: ServiceTerms
) -> None:
    """Enter *terms* where *change* says; see `put_agency_version`."""
    _put(
        connection, tables.service_version, "service_code", city_code, code, change, as_data(terms)
    )


def _put(
    connection: Connection,
    table: Table,
    key: str,
    city_code: str,
    code: str,
    change: Change,
    columns: dict[str, Any],
) -> None:
    mine = (table.c.city_code == city_code) & (table.c[key] == code)
    row = columns | {"valid_from": change.valid_from, "valid_to": change.valid_to}
    try:
        with connection.begin_nested():
            if change.shortens is not None:
                connection.execute(
                    update(table)
                    .where(mine, table.c.valid_from == change.shortens)
                    .values(valid_to=change.valid_from)
                )
            if change.replaces:
                connection.execute(
                    update(table).where(mine, table.c.valid_from == change.valid_from).values(row)
                )
            else:
                connection.execute(insert(table).values({"city_code": city_code, key: code, **row}))
    except IntegrityError as problem:
        # Exclusion (overlap) or primary key (the same first day).
        if getattr(problem.orig, "pgcode", None) in {"23P01", "23505"}:
            raise fault(
                "valid_from",
                "Another version holds on some of these days. Load the page again.",
            ) from problem
        raise


def services_left_alone(
    connection: Connection, city_code: str, agency: str, gone_from: date
) -> list[str]:
    """Codes of services that still name *agency* on *gone_from* or later."""
    values = {"city_code": city_code, "code": agency, "gone_from": gone_from}
    found = connection.execute(statement("store", "admin_services_left_alone"), values)
    return [row.code for row in found]


def agency_is_there(
    connection: Connection, city_code: str, agency: str, valid_from: date, valid_to: date | None
) -> bool:
    """Whether *agency* exists on every day from *valid_from* until *valid_to* (excluded)."""
    values = {
        "city_code": city_code,
        "code": agency,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    return bool(connection.execute(statement("store", "admin_agency_span"), values).scalar_one())


def holidays(connection: Connection, city_code: str, year: int) -> list[Holiday]:
    """The days off of *year*, first to last."""
    values = {"city_code": city_code, "year": year}
    return [
        Holiday(row.day, row.name, HolidayKind(row.kind))
        for row in connection.execute(statement("store", "admin_holidays"), values)
    ]


def next_holidays(connection: Connection, city_code: str, day: date, at_most: int) -> list[Holiday]:
    """The days off from *day* on, the nearest first."""
    values = {"city_code": city_code, "day": day, "at_most": at_most}
    return [
        Holiday(row.day, row.name, HolidayKind(row.kind))
        for row in connection.execute(statement("store", "admin_holidays_next"), values)
    ]


def holiday_years(connection: Connection, city_code: str) -> dict[int, int]:
    """How many days off each year has; years without any are missing."""
    rows = connection.execute(statement("store", "admin_holiday_years"), {"city_code": city_code})
    return {row.year: row.days for row in rows}


def holiday(connection: Connection, city_code: str, day: date) -> Holiday | None:
    """What is off on *day*; None on an ordinary one. Locks the row against other writers."""
    row = connection.execute(
        tables.holiday.select()
        .where(tables.holiday.c.city_code == city_code, tables.holiday.c.day == day)
        .with_for_update()
    ).one_or_none()
    return None if row is None else Holiday(row.day, row.name, HolidayKind(row.kind))


def add_holiday(connection: Connection, city_code: str, added: Holiday) -> None:
    """A new day off.

    Raises:
        InvalidInput: the day is off already, naming ``day``.
    """
    row = {"city_code": city_code, "day": added.day, "name": added.name, "kind": added.kind}
    try:
        with connection.begin_nested():
            connection.execute(insert(tables.holiday).values(row))
    except IntegrityError as problem:
        if getattr(problem.orig, "pgcode", None) == "23505":
            raise fault(
                "day", "%(value)s is a day off already.", added.day.isoformat()
            ) from problem
        raise


def drop_holiday(connection: Connection, city_code: str, day: date) -> bool:
    """Make *day* an ordinary one; False when it was."""
    dropped = connection.execute(
        delete(tables.holiday).where(
            tables.holiday.c.city_code == city_code, tables.holiday.c.day == day
        )
    )
    return dropped.rowcount == 1


def working_day_promises(connection: Connection, city_code: str) -> int:
    """Open complaints, as far as the transaction sees them, due in counted working days."""
    values = {"city_code": city_code}
    found = connection.execute(statement("store", "admin_working_day_promises"), values)
    return int(found.scalar_one())


def record(
    connection: Connection,
    city_code: str,
    actor: str,
    kind: str,
    subject: str,
    data: dict[str, Any],
) -> None:
    """Write down that *actor* changed *subject*; *data* is JSON-able."""
    connection.execute(
        insert(tables.admin_event).values(
            city_code=city_code, actor=actor, kind=kind, subject=subject, data=data
        )
    )


def log(
    connection: Connection, city_code: str, *, before: int | None, at_most: int
) -> list[LogEntry]:
    """Changes, newest first, older than the entry *before*."""
    values = {"city_code": city_code, "before": before, "at_most": at_most}
    return [
        LogEntry(
            id=row.id,
            at=row.at,
            actor=row.actor,
            actor_name=row.actor_name,
            kind=row.kind,
            subject=row.subject,
            subject_name=row.subject_name,
            data=row.data,
        )
        for row in connection.execute(statement("store", "admin_log"), values)
    ]
