"""Complaints as staff reads them: true positions, under the account's own row-level security."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Row,
    Select,
    Text,
    TextualSelect,
    case,
    false,
    func,
    literal,
    null,
    select,
    tuple_,
)

from geoapp.domain.casework import (
    ActorTold,
    Case,
    CaseEvent,
    Deadline,
    Decision,
    Person,
    Relative,
    WorkComplaint,
    WorkPage,
)
from geoapp.domain.complaint import CLOCK_RUNS, Status
from geoapp.domain.place import LonLat
from geoapp.domain.reading import Place
from geoapp.domain.road import RoadFound
from geoapp.domain.work_filter import Sort, WorkCursor, WorkFilter
from geoapp.store.filters import matching, metres_from, one
from geoapp.store.photos import shown
from geoapp.store.sources import lat, lon, work
from geoapp.store.statements import statement

_PLAIN = tuple(column for column in work.c if column.name not in {"geom", "tile18"})

NOWHERE_M = 99_999_999.0
"""Metres to complaints without a point, where a list goes by distance: after all others."""

_RANK: ColumnElement[int] = case(
    (work.c.status.in_(CLOCK_RUNS), 0), (work.c.status == Status.ON_HOLD, 1), else_=2
)


def page_statement(
    city_code: str, wanted: WorkFilter, sort: Sort, limit: int, after: WorkCursor | None = None
) -> TextualSelect:
    """The question behind `page`.

    Which rows are wanted is found out with the columns that the order compares alone, out
    of an index where one has them; only those rows are then read whole.
    """
    order = _keys(sort, wanted.near)
    keys = [key.label(f"key_{number}") for number, key in enumerate(order)]
    found = matching(city_code, wanted, work.c.city_code, work.c.id, *keys, source=work)
    chosen = _in_order(found, wanted, sort, after).limit(limit).cte("chosen")
    place = func.row_number().over(order_by=[_way(sort, chosen.c[key.name]) for key in keys])
    rows = (
        select(*_columns(wanted.now, wanted.near), place.label("place"))
        .select_from(chosen)
        .join(work, (work.c.city_code == chosen.c.city_code) & (work.c.id == chosen.c.id))
    )
    return (
        statement("store", "work_page")
        .columns()
        .add_cte(
            matching(city_code, wanted, work.c.id, source=work).cte("matching"),
            rows.cte("page"),
        )
    )


def page(
    connection: Connection,
    city_code: str,
    wanted: WorkFilter,
    sort: Sort,
    *,
    limit: int,
    after: WorkCursor | None = None,
) -> WorkPage:
    """Up to *limit* complaints in the order of *sort*, with the exact number of all that fit.

    Rows stored while somebody reads page after page neither repeat nor hide others: a page
    goes on after the last row of the one before, not after a number of rows.
    """
    # One row more than wanted tells whether another page follows.
    rows = connection.execute(page_statement(city_code, wanted, sort, limit + 1, after)).all()
    found = tuple(_complaint(row) for row in rows if row.ticket is not None)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return WorkPage(
        complaints=shown, matched=rows[0].matched, next=_cursor(last, sort) if last else None
    )


def by_ids(
    connection: Connection, city_code: str, ids: Sequence[int], now: datetime
) -> dict[int, WorkComplaint]:
    """The complaints with *ids* that the account sees."""
    rows = select(*_columns(now, None), work.c.id.label("place")).where(
        work.c.city_code == city_code, work.c.id.in_(ids)
    )
    none_counted = select(work.c.id).where(false())
    found = (
        statement("store", "work_page")
        .columns()
        .add_cte(none_counted.cte("matching"), rows.cte("page"))
    )
    return {row.id: _complaint(row) for row in connection.execute(found) if row.ticket is not None}


def case_statement(city_code: str, ticket: str, now: datetime) -> TextualSelect:
    """The question behind `case_of`."""
    columns = (*_columns(now, None), work.c.geom)
    row = one(city_code, ticket, *columns, source=work)
    return statement("store", "work_case").bindparams(now=now).columns().add_cte(row.cte("page"))


def case_of(connection: Connection, city_code: str, ticket: str, now: datetime) -> Case | None:
    """Everything about one complaint, in one statement; None when the account sees none such."""
    row = connection.execute(case_statement(city_code, ticket, now)).one_or_none()
    if row is None:
        return None
    return Case(
        complaint=_complaint(row),
        events=tuple(
            CaseEvent(
                id=event["id"],
                kind=event["kind"],
                status=event["status"],
                at=datetime.fromisoformat(event["at"]),
                actor=_actor(event),
                data=event["data"],
            )
            for event in row.events
        ),
        verify=Deadline(row.verify_due_at, row.verified_at, _state(row, "verify")),
        answer=Deadline(row.answer_due_at, row.first_response_at, _state(row, "answer")),
        resolve=Deadline(row.due_at, row.resolved_at or row.closed_at, row.deadline_state),
        decisions=tuple(_decision(decision) for decision in row.decisions),
        duplicates=tuple(_relative(relative) for relative in row.duplicates),
        splits=tuple(_relative(relative) for relative in row.splits),
        road=RoadFound(**row.road) if row.road else None,
    )


def areas_of(connection: Connection, city_code: str, ticket: str) -> list[dict[str, Any]] | None:
    """The polygons of a complaint's last decision as GeoJSON features; None without a complaint.

    Kelurahan with ``role`` *won* or *other* (alternatives), and the drawn service area
    whose rule applied, if its rule has a polygon. Coordinates are EPSG:4326.
    """
    row = connection.execute(
        statement("store", "work_area"), {"city_code": city_code, "ticket": ticket}
    ).one_or_none()
    return None if row is None else list(row.features)


def _columns(now: datetime, near: LonLat | None) -> tuple[ColumnElement[Any], ...]:
    state = func.geoapp.deadline_state(work.c.status, work.c.due_at, now, type_=Text)
    return (
        *_PLAIN,
        lon(work),
        lat(work),
        state.label("deadline_state"),
        _RANK.label("due_rank"),
        (null().cast(Float) if near is None else metres_from(near, work)).label("distance_m"),
    )


def _keys(sort: Sort, near: LonLat | None) -> tuple[ColumnElement[Any], ...]:
    """What *sort* compares, least first except for `Sort.NEWEST`."""
    if sort is Sort.DUE:
        return (_RANK, work.c.due_at, work.c.id)
    if sort is Sort.NEAR and near is not None:
        return (func.coalesce(metres_from(near, work), NOWHERE_M), work.c.id)
    return (work.c.submitted_at, work.c.id)


def _way(sort: Sort, key: ColumnElement[Any]) -> ColumnElement[Any]:
    return key.desc() if sort is Sort.NEWEST else key.asc()


def _in_order(
    query: Select[*tuple[Any, ...]], wanted: WorkFilter, sort: Sort, after: WorkCursor | None
) -> Select[*tuple[Any, ...]]:
    if after is not None:
        here = tuple_(*_keys(sort, wanted.near))
        if sort is Sort.NEWEST:
            query = query.where(here < tuple_(after.moment, after.id))
        elif sort is Sort.DUE:
            query = query.where(here > tuple_(int(after.key[0]), after.moment, after.id))
        else:
            query = query.where(here > tuple_(literal(after.key[0], Float), after.id))
    return query.order_by(*(_way(sort, key) for key in _keys(sort, wanted.near)))


def _cursor(last: WorkComplaint, sort: Sort) -> WorkCursor:
    if sort is Sort.DUE:
        return WorkCursor.due(last.due_rank, last.due_at, last.id)
    if sort is Sort.NEAR:
        metres = NOWHERE_M if last.distance_m is None else last.distance_m
        return WorkCursor(sort, (metres,), last.id)
    return WorkCursor.newest(last.submitted_at, last.id)


def _complaint(row: Row[Any]) -> WorkComplaint:
    same = {
        name: getattr(row, name)
        for name in (
            "id", "ticket", "service_code", "group_code", "description", "landmark",
            "submitted_at", "due_at", "resolved_at", "closed_at", "location_kind",
            "shown_within_m", "agency_code", "simulated", "supporters", "version", "channel", "source",
            "external_id", "observed_at", "verify_due_at", "answer_due_at", "verified_at",
            "assigned_at", "first_response_at", "handled_at", "hold_since", "held_status",
            "updated_at", "accuracy_m", "assignment_method", "ambiguous", "anonymous",
            "confidential", "reopenings", "road_code", "authority_offer", "deadline_state", "due_rank", "distance_m",
        )
    }  # fmt: skip
    return WorkComplaint(
        **same,
        status=Status(row.status),
        position=LonLat(row.lon, row.lat) if row.lon is not None else None,
        kelurahan=_place(row.kelurahan_code, row.kelurahan_name),
        kecamatan=_place(row.kecamatan_code, row.kecamatan_name),
        service_area=_place(row.service_area_code, row.service_area_name),
        officer=Person(row.officer_id, row.officer_name) if row.officer_id is not None else None,
        duplicate_of=row.lead_ticket,
        split_from=row.origin_ticket,
        photos=shown(row.photos),
    )


def _place(code: str | None, name: str | None) -> Place | None:
    return Place(code, name or code) if code is not None else None


def _state(row: Row[Any], name: str) -> str | None:
    return None if getattr(row, f"{name}_due_at") is None else str(getattr(row, f"{name}_state"))


def _actor(told: Mapping[str, Any]) -> ActorTold:
    return ActorTold(told["label"], told["name"], told["role"])


def _decision(told: Mapping[str, Any]) -> Decision:
    return Decision(
        decided_at=datetime.fromisoformat(told["decided_at"]),
        decided_by=_actor(told),
        reason=told["reason"],
        method=told["method"],
        ambiguous=told["ambiguous"],
        kelurahan=_place(told["kelurahan"], told["kelurahan_name"]),
        set_version=told["set_version"],
        set_approximate=told["set_approximate"],
        edge_distance_m=told["edge_distance_m"],
        alternatives=tuple(Place(other["code"], other["name"]) for other in told["alternatives"]),
        service_area=_place(told["service_area"], told["service_area_name"]),
        agency_code=told["agency"],
    )


def _relative(told: Mapping[str, Any]) -> Relative:
    return Relative(
        ticket=told["ticket"],
        status=told["status"],
        submitted_at=datetime.fromisoformat(told["submitted_at"]),
        service_code=told["service"],
        agency_code=told["agency"],
    )
