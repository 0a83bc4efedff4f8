"""The filter over complaints as SQL: the only place that knows how.

Statements in ``.sql`` files read from a common table expression (``matching``, ``page``,
…) that `matching` makes and the caller puts in front with ``add_cte``. Values are bound
by psycopg2 on the client, so the planner sees constants and picks the index they call for.
Visitors read from `public`, staff from `work`; the conditions are the same.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    Numeric,
    Select,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    true,
    tuple_,
)

from geoapp.domain.access import Grant
from geoapp.domain.complaint import DONE, OPEN
from geoapp.domain.cover import morton_ranges
from geoapp.domain.filters import DONE_WINDOW, ComplaintFilter
from geoapp.domain.place import BBox, LonLat, TileId
from geoapp.domain.reading import PageCursor
from geoapp.domain.road import Offer
from geoapp.domain.work_filter import DeadlineState, Duty, WorkFilter
from geoapp.store.sources import lat, lon, public

LON = lon(public)
LAT = lat(public)


def matching(
    city_code: str,
    wanted: ComplaintFilter,
    *columns: ColumnElement[Any],
    tile: TileId | None = None,
    source: Table = public,
) -> Select[*tuple[Any, ...]]:
    """*columns* of the city's complaints that fit *wanted*, and lie in *tile* if given."""
    conditions = [source.c.city_code == city_code, *conditions_of(wanted, source)]
    if tile is not None:
        first, last = tile.morton_range
        conditions += [has_point(source), source.c.tile18.between(first, last)]
    return select(*columns).where(*conditions)


def one(
    city_code: str, ticket: str, *columns: ColumnElement[Any], source: Table = public
) -> Select[*tuple[Any, ...]]:
    """*columns* of the complaint with *ticket*."""
    return select(*columns).where(source.c.city_code == city_code, source.c.ticket == ticket)


def newest_first(
    query: Select[*tuple[Any, ...]],
    limit: int,
    after: PageCursor | None,
    source: Table = public,
) -> Select[*tuple[Any, ...]]:
    """The first *limit* rows of *query*, newest first, that follow *after*."""
    if after is not None:
        here = tuple_(source.c.submitted_at, source.c.id)
        query = query.where(here < tuple_(after.submitted_at, after.id))
    return query.order_by(source.c.submitted_at.desc(), source.c.id.desc()).limit(limit)


def is_overdue(wanted: ComplaintFilter, source: Table = public) -> ColumnElement[bool]:
    """Whether a complaint whose clock runs is past its target at the filter's moment."""
    return func.geoapp.is_overdue(source.c.status, source.c.due_at, wanted.now, type_=Boolean)


def area_column(level: str, wanted: ComplaintFilter, source: Table) -> ColumnElement[str]:
    """The code of the *level* (kelurahan, kecamatan) a row lies in, by the boundaries meant."""
    return source.c[f"then_{level}_code" if wanted.then else f"{level}_code"]


def conditions_of(wanted: ComplaintFilter, source: Table) -> list[ColumnElement[bool]]:
    """What a row of *source* has to fulfil to fit *wanted*, the city aside."""
    found: list[ColumnElement[bool]] = []
    for column, values in (
        (source.c.group_code, wanted.groups),
        (source.c.service_code, wanted.services),
        (area_column("kelurahan", wanted, source), wanted.kelurahan),
        (area_column("kecamatan", wanted, source), wanted.kecamatan),
        (source.c.agency_code, wanted.agencies),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.statuses or wanted.recent_done:
        found.append(_status(wanted, source))
    if wanted.since is not None:
        found.append(source.c.submitted_at >= wanted.since)
    if wanted.until is not None:
        found.append(source.c.submitted_at < wanted.until)
    if wanted.overdue is not None:
        overdue = is_overdue(wanted, source)
        found.append(overdue if wanted.overdue else ~overdue)
    if wanted.bbox is not None:
        found += in_box(wanted.bbox, source)
    if wanted.words:
        text = func.concat_ws(" ", source.c.ticket, source.c.landmark, source.c.description)
        found += [text.icontains(word, autoescape=True) for word in wanted.words]
    if isinstance(wanted, WorkFilter):
        # A visitor's view has none of these columns: asking it for them fails.
        found += _of_staff(wanted, source)
    return found


def metres_from(here: LonLat, source: Table) -> ColumnElement[float]:
    """Metres on the spheroid from *here*, to the millimetre; null for rows without a point."""
    metres = func.ST_Distance(_geography(source.c.geom), _geography(_point(here)))
    return func.round(metres.cast(Numeric), 3).cast(Float)


def _of_staff(wanted: WorkFilter, source: Table) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.reach:
        found += _reached(wanted.reach, source)
    if wanted.officer is not None:
        found.append(source.c.officer_id == wanted.officer)
    if wanted.unassigned:
        found.append(source.c.officer_id.is_(None))
    if wanted.service_areas:
        found.append(source.c.service_area_code.in_(wanted.service_areas))
    if wanted.channels:
        found.append(source.c.channel.in_(wanted.channels))
    if wanted.deadlines:
        found.append(or_(*(_stands(state, wanted, source) for state in wanted.deadlines)))
    if wanted.late:
        found.append(or_(*(_late(duty, wanted, source) for duty in wanted.late)))
    if wanted.offered:
        found += [source.c.authority_offer == Offer.OPEN, source.c.status.in_(OPEN)]
    if wanted.polygon is not None:
        drawn = func.ST_GeomFromText(wanted.polygon.wkt, 4326)
        found += [
            has_point(source),
            in_keys(wanted.polygon.bbox, source),
            func.ST_Covers(drawn, source.c.geom),
        ]
    if wanted.near is not None and wanted.within_m is not None:
        found += [
            has_point(source),
            in_keys(wanted.near.box_around(wanted.within_m), source),
            func.ST_DWithin(
                _geography(source.c.geom), _geography(_point(wanted.near)), wanted.within_m
            ),
        ]
    return found


def _reached(reach: tuple[Grant, ...], source: Table) -> list[ColumnElement[bool]]:
    """What indexes and the planner are told of the grants; never less than they cover.

    Kelurahan of one agency, or of whichever, stay out of it: their policy can be looked up
    by itself, and said twice they would count as twice as rare.
    """
    agencies = {grant.agency_code for grant in reach}
    if len(agencies) == 1 and all(_in_kelurahan_alone(grant) for grant in reach):
        return [source.c.agency_code == code for code in agencies if code is not None]
    return [or_(*(_covered(grant, source) for grant in reach))]


def _in_kelurahan_alone(grant: Grant) -> bool:
    return bool(grant.kelurahan) and not grant.kecamatan and not grant.service_areas


def _covered(grant: Grant, source: Table) -> ColumnElement[bool]:
    """What `Grant.covers` says, for rows."""
    areas = [
        column.in_(sorted(codes))
        for column, codes in (
            (source.c.kelurahan_code, grant.kelurahan),
            (source.c.kecamatan_code, grant.kecamatan),
            (source.c.service_area_code, grant.service_areas),
        )
        if codes
    ]
    agency = [] if grant.agency_code is None else [source.c.agency_code == grant.agency_code]
    return and_(true(), *agency, *([or_(*areas)] if areas else []))


def _stands(state: DeadlineState, wanted: ComplaintFilter, source: Table) -> ColumnElement[bool]:
    """Whether the deadline is in *state*; the first two in a form that indexes serve."""
    if state is DeadlineState.OVERDUE:
        return is_overdue(wanted, source)
    told = (source.c.status, source.c.due_at, wanted.now)
    if state is DeadlineState.DUE_SOON:
        return func.geoapp.is_due_soon(*told, type_=Boolean)
    return func.geoapp.deadline_state(*told, type_=Text) == state.value


def _late(duty: Duty, wanted: ComplaintFilter, source: Table) -> ColumnElement[bool]:
    """Whether *duty* is missing although its deadline has passed."""
    if duty is Duty.RESOLVE:
        return is_overdue(wanted, source)
    late = {
        Duty.VERIFY: (func.geoapp.is_verify_late, source.c.verified_at, source.c.verify_due_at),
        Duty.ANSWER: (
            func.geoapp.is_answer_late, source.c.first_response_at, source.c.answer_due_at,
        ),
    }  # fmt: skip
    function, done_at, due_at = late[duty]
    return function(source.c.status, done_at, due_at, wanted.now, type_=Boolean)


def _point(here: LonLat) -> ColumnElement[Any]:
    return func.ST_SetSRID(func.ST_MakePoint(here.lon, here.lat), 4326)


def _geography(geometry: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.geography(geometry)


def in_box(box: BBox, source: Table) -> list[ColumnElement[bool]]:
    """Key ranges for the index, then the shown coordinates themselves, edges included."""
    return [
        has_point(source),
        in_keys(box, source),
        func.ST_X(source.c.geom).between(box.west, box.east),
        func.ST_Y(source.c.geom).between(box.south, box.north),
    ]


def in_keys(box: BBox, source: Table) -> ColumnElement[bool]:
    """Whether the key lies in the ranges that hold all of *box*, and a little around it."""
    return or_(*(source.c.tile18.between(first, last) for first, last in morton_ranges(box)))


def has_point(source: Table) -> ColumnElement[bool]:
    """The condition of the partial indexes on the city and a Morton key."""
    return source.c.location_kind == "point"


def _status(wanted: ComplaintFilter, source: Table) -> ColumnElement[bool]:
    named = source.c.status.in_(wanted.statuses)
    if not wanted.recent_done:
        return named
    done_at = func.coalesce(source.c.resolved_at, source.c.closed_at)
    return or_(named, and_(source.c.status.in_(DONE), done_at >= wanted.now - DONE_WINDOW))
