"""``/api/v1/areas/numbers``: figures by kelurahan or kecamatan, as JSON or a table."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from flask import Response
from pydantic import AwareDatetime, Field

from geoapp.domain.area_numbers import AreaNumbers, Level
from geoapp.usecases import area_numbers
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer, Count
from geoapp.web.api.operations import Good, Operation, answer, operation, read_query
from geoapp.web.api.queries import AreaNumbersQuery
from geoapp.web.api.reading import wanted_by
from geoapp.web.context import current_city, site

CSV = "text/csv"


class AreaSetAnswer(Answer):
    """A set of kelurahan that the figures are counted by."""

    id: int
    version: str
    source: str
    approximate: bool
    valid_from: date | None
    valid_to: date | None


class AreaRowAnswer(Answer):
    """The figures of one area."""

    code: str | None = Field(description="Null: lies in no area.")
    name: str
    parent: str | None
    total: Count
    open: Count
    overdue: Count
    done: Count
    in_time: Annotated[Count, Field(description="Of `judged`: resolved by the deadline.")]
    judged: Annotated[Count, Field(description="Done, or open past the deadline.")]
    valid_set: str | None = Field(description="Version of the newest set that has the area.")


class AreaNumbersAnswer(Answer):
    """Figures by area, and the boundaries they are counted by."""

    level: Literal["kelurahan", "kecamatan"]
    boundaries: Literal["today", "then"]
    as_of: AwareDatetime
    sets: list[AreaSetAnswer] = Field(description="The oldest first.")
    rows: list[AreaRowAnswer]
    nowhere: AreaRowAnswer


@blueprint.get("/areas/numbers")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="Figures by area: by the boundaries of today or of each complaint's day",
        query=AreaNumbersQuery,
        good={200: Good("The figures; with `format=csv` a table.", AreaNumbersAnswer, also=(CSV,))},
        faults=(422,),
    )
)
def area_numbers_answer() -> Response:
    """Answer ``/areas/numbers``."""
    query = read_query(AreaNumbersQuery)
    counted = area_numbers.of_public(
        site().database, current_city(), wanted_by(query), Level(query.level)
    )
    if query.format == "csv":
        return as_table(counted)
    return answer(AreaNumbersAnswer.model_validate(area_numbers.told(counted)))


def as_table(counted: AreaNumbers) -> Response:
    """*counted* as a file for a spreadsheet; the byte order mark tells it the encoding."""
    response = Response("\ufeff" + area_numbers.as_csv(counted), mimetype=CSV)
    boundaries = "then" if counted.then else "today"
    name = f"{counted.level.value}-{boundaries}-{counted.as_of:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    return response
