"""``/api/v1/work/areas/numbers``: what an account sees, by area."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response
from pydantic import Field

from geoapp.domain.access import Permission
from geoapp.domain.area_numbers import Level
from geoapp.usecases import area_numbers
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.area_numbers import as_table
from geoapp.web.api.operations import Good, Operation, operation, read_query
from geoapp.web.context import current_city, site
from geoapp.web.work import api, queries
from geoapp.web.work.reading import answered


class WorkAreaNumbersQuery(queries.WorkFilterQuery):
    """Figures by area, of what the filter of the list lets through."""

    level: Annotated[Literal["kelurahan", "kecamatan"], Field()] = "kelurahan"
    format: Annotated[Literal["json", "csv"], Field()] = "json"


@api.get("/areas/numbers")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="Figures by area of what an account sees, by the boundaries of today or then",
        query=WorkAreaNumbersQuery,
        good={200: Good("As /areas/numbers; with `format=csv` a table.")},
        faults=(401, 403, 422),
    )
)
def area_numbers_answer() -> Response:
    """Answer figures by area."""
    query = read_query(WorkAreaNumbersQuery)
    counted = area_numbers.of_staff(
        site().database,
        current_city(),
        current_actor(),
        query.wanted(site().database.now()),
        Level(query.level),
    )
    if query.format == "csv":
        response = as_table(counted)
        response.headers["Cache-Control"] = "private, no-store"
        return response
    return answered(area_numbers.told(counted))
