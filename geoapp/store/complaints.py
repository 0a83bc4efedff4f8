"""Complaints as they are read: always the public view, newest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, TextualSelect

from geoapp.domain.complaint import OPEN, Status
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import LonLat
from geoapp.domain.reading import (
    ComplaintPage,
    ComplaintSummary,
    PageCursor,
    Place,
    PublicComplaint,
    TicketState,
    TimelineEntry,
)
from geoapp.store.database import Database, Role
from geoapp.store.filters import LAT, LON, matching, newest_first, one
from geoapp.store.photos import shown
from geoapp.store.sources import public
from geoapp.store.statements import statement

COLUMNS = (*(column for column in public.c if column.name not in {"geom", "tile18"}), LON, LAT)


def page_statement(
    city_code: str, wanted: ComplaintFilter, limit: int, after: PageCursor | None = None
) -> TextualSelect:
    """The question behind `page`."""
    fitting = matching(city_code, wanted, public.c.id)
    rows = newest_first(fitting.with_only_columns(*COLUMNS), limit, after)
    return (
        statement("store", "complaint_page")
        .columns()
        .add_cte(fitting.cte("matching"), rows.cte("page"))
    )


def page(
    connection: Connection,
    city_code: str,
    wanted: ComplaintFilter,
    *,
    limit: int,
    after: PageCursor | None = None,
) -> ComplaintPage:
    """Up to *limit* complaints, newest first, with the exact number of all that fit *wanted*."""
    # One row more than wanted tells whether another page follows.
    rows = connection.execute(page_statement(city_code, wanted, limit + 1, after)).all()
    found = tuple(complaint_of(row) for row in rows if row.ticket is not None)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return ComplaintPage(
        complaints=shown,
        matched=rows[0].matched,
        next=PageCursor(last.submitted_at, last.id) if last else None,
    )


def by_ticket(connection: Connection, city_code: str, ticket: str) -> PublicComplaint | None:
    """The public complaint with *ticket*; None when there is none or it is confidential."""
    rows = one(city_code, ticket, *COLUMNS).cte("page")
    row = connection.execute(
        statement("store", "complaint_one").columns().add_cte(rows)
    ).one_or_none()
    return complaint_of(row) if row else None


def timeline(connection: Connection, city_code: str, ticket: str) -> list[TimelineEntry]:
    """What happened to a public complaint, oldest first; empty for any other."""
    return [
        TimelineEntry(
            row.kind, row.status, row.at, row.words, row.lead, row.authority, shown(row.photos)
        )
        for row in connection.execute(
            statement("store", "complaint_timeline"), {"city_code": city_code, "ticket": ticket}
        )
    ]


def lead(connection: Connection, city_code: str, ticket: str) -> str | None:
    """The ticket of the complaint into which a public one was merged, unless it isn't public."""
    found: str | None = connection.execute(
        statement("store", "complaint_lead"), {"city_code": city_code, "ticket": ticket}
    ).scalar_one_or_none()
    return found


def summary_statement(city_code: str, wanted: ComplaintFilter) -> TextualSelect:
    """The question behind `summary`."""
    columns = (public.c.group_code, public.c.status, public.c.due_at)
    return (
        statement("store", "complaint_summary")
        .bindparams(now=wanted.now)
        .columns()
        .add_cte(matching(city_code, wanted, *columns).cte("matching"))
    )


def summary(connection: Connection, city_code: str, wanted: ComplaintFilter) -> ComplaintSummary:
    """Counts of everything that fits *wanted*, by group and by status."""
    by_group: dict[str, tuple[int, int]] = {}
    by_status = dict.fromkeys(Status, 0)
    total = still_open = overdue = due_soon = 0
    for row in connection.execute(summary_statement(city_code, wanted)):
        status = Status(row.status)
        is_open = status in OPEN
        opened, counted = by_group.get(row.group_code, (0, 0))
        by_group[row.group_code] = (opened + row.total * is_open, counted + row.total)
        by_status[status] += row.total
        total += row.total
        if is_open:
            still_open += row.total
        overdue += row.overdue
        due_soon += row.due_soon
    return ComplaintSummary(
        total=total,
        open=still_open,
        overdue=overdue,
        due_soon=due_soon,
        by_group=by_group,
        by_status=by_status,
        as_of=wanted.now,
    )


def has_simulated(connection: Connection, city_code: str) -> bool:
    """Whether the city shows simulated complaints."""
    return bool(
        connection.execute(
            statement("store", "complaint_has_simulated"), {"city_code": city_code}
        ).scalar_one()
    )


def data_version(connection: Connection, city_code: str) -> str:
    """Changes whenever a complaint event or a boundary set comes into sight, or a backup is restored.

    Read it before the data it stands for: then no change is ever missed.
    """
    return str(
        connection.execute(
            statement("store", "complaint_version"), {"city_code": city_code}
        ).scalar_one()
    )


def version_now(database: Database, city_code: str) -> str:
    """What `data_version` says, in a transaction of its own and one round trip."""
    return str(
        database.once(
            Role.VISITOR,
            city_code,
            statement("store", "complaint_version"),
            {"city_code": city_code},
        )[0]
    )


def ticket_state(connection: Connection, city_code: str, ticket: str) -> TicketState | None:
    """Where any complaint stands, confidential ones included, for whoever has its ticket."""
    row = connection.execute(
        statement("store", "complaint_ticket_state"), {"city_code": city_code, "ticket": ticket}
    ).one_or_none()
    if row is None:
        return None
    return TicketState(
        ticket=row.ticket,
        status=Status(row.status),
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        confidential=row.confidential,
    )


def complaint_of(row: Row[Any]) -> PublicComplaint:
    """A row of the public view, with the names of its areas, as a complaint."""
    return PublicComplaint(
        id=row.id,
        ticket=row.ticket,
        service_code=row.service_code,
        group_code=row.group_code,
        description=row.description,
        landmark=row.landmark,
        status=Status(row.status),
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        location_kind=row.location_kind,
        position=LonLat(row.lon, row.lat) if row.lon is not None else None,
        shown_within_m=row.shown_within_m,
        kelurahan=_place(row.kelurahan_code, row.kelurahan_name),
        kecamatan=_place(row.kecamatan_code, row.kecamatan_name),
        agency_code=row.agency_code,
        simulated=row.simulated,
        supporters=row.supporters,
        photos=shown(row.photos),
    )


def _place(code: str | None, name: str | None) -> Place | None:
    return Place(code, name or code) if code is not None else None
