"""``/api/v1/work``: areas shaded by a measure, and complaints day by day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

from flask import Response
from pydantic import AwareDatetime, Field

from geoapp.domain.access import Permission
from geoapp.domain.area_numbers import Level
from geoapp.domain.daily import MAX_DAYS
from geoapp.domain.shades import Measure
from geoapp.usecases import daily as days
from geoapp.usecases import shades as shading
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.models import Answer, Count
from geoapp.web.api.operations import Good, Operation, operation, read_query
from geoapp.web.context import current_city, site
from geoapp.web.work import api, queries
from geoapp.web.work.reading import answered

_MEASURES = Literal["count", "per_km2", "per_1000", "overdue_share", "median_response"]


class ShadesQuery(queries.WorkFilterQuery):
    """A measure of what fits the filter, by area."""

    measure: Annotated[_MEASURES, Field()] = "count"
    level: Annotated[Literal["kelurahan", "kecamatan"], Field()] = "kelurahan"


class ShadedAreaAnswer(Answer):
    """An area's value, and what it is made of."""

    code: str
    name: str
    value: float | None = Field(description="Null: nothing to tell. `median_response`: seconds.")
    n: Count
    of: float | None = Field(
        description="km², inhabitants, open ones, or counted ones; null for `count`."
    )


class ShadesAnswer(Answer):
    """Every area in force with its value."""

    measure: _MEASURES
    level: Literal["kelurahan", "kecamatan"]
    as_of: AwareDatetime
    source: str | None = Field(description="Whose areas or inhabitants the values rest on.")
    areas: list[ShadedAreaAnswer]
    steps: Annotated[
        list[float],
        Field(min_length=6, max_length=6, description="The lowest value of each of six shades."),
    ]


class DayAnswer(Answer):
    """A day of the city."""

    day: date
    received: Count
    open_at_end: Count | None = Field(description="Null where the history doesn't tell.")


class DailyAnswer(Answer):
    """Days in order; the last may not be over."""

    as_of: AwareDatetime
    days: Annotated[list[DayAnswer], Field(max_length=MAX_DAYS)]


@api.get("/shades")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="Areas by a measure of what an account sees in them",
        query=ShadesQuery,
        good={200: Good("Areas and the limits of their shades.", ShadesAnswer)},
        faults=(401, 403, 422),
    )
)
def shades() -> Response:
    """Answer areas by a measure."""
    query = read_query(ShadesQuery)
    found = shading.of_staff(
        site().database,
        current_city(),
        current_actor(),
        query.wanted(site().database.now()),
        Measure(query.measure),
        Level(query.level),
    )
    return answered(ShadesAnswer.model_validate(asdict(found)).model_dump(mode="json"))


@api.get("/daily")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="What came day by day, and what was open at each day's end",
        query=queries.WorkFilterQuery,
        good={200: Good("The days of the period, none left out.", DailyAnswer)},
        faults=(401, 403, 422),
    )
)
def daily() -> Response:
    """Answer complaints day by day."""
    query = read_query(queries.WorkFilterQuery)
    found = days.of_staff(
        site().database, current_city(), current_actor(), query.wanted(site().database.now())
    )
    return answered(DailyAnswer.model_validate(asdict(found)).model_dump(mode="json"))
