"""``/api/v1/complaints/alike``: what is reported already where somebody is about to report."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import Field

from geoapp.domain.place import LonLat
from geoapp.usecases import alike as asking
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer, ComplaintProperties, Count, Latitude, Longitude
from geoapp.web.api.operations import Good, Operation, answer, operation, read_query
from geoapp.web.api.queries import Query
from geoapp.web.context import current_catalogue, current_city, site


class AlikeQuery(Query):
    """A pin that isn't sent yet, and what is wrong there."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    service: Annotated[str, Field(min_length=1, max_length=64)]


class AlikeComplaint(ComplaintProperties):
    """An open complaint near the pin."""

    distance_m: Count = Field(description="From the pin to where everybody is shown it.")
    lon: Longitude
    lat: Latitude


class AlikeAnswer(Answer):
    """Open complaints of the service's group around a pin."""

    radius_m: Count = Field(description="Within so many metres; 0: the service has no place.")
    complaints: list[AlikeComplaint] = Field(max_length=asking.MOST, description="Nearest first.")


@blueprint.get("/complaints/alike")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="What is reported already around a pin",
        query=AlikeQuery,
        good={200: Good("Open complaints of the same group, nearest first.", AlikeAnswer)},
        faults=(422,),
    )
)
def alike() -> Response:
    """Answer ``/complaints/alike``."""
    query = read_query(AlikeQuery)
    told = asking.near(
        site().database,
        current_city(),
        current_catalogue(),
        query.service,
        LonLat(query.lon, query.lat),
    )
    return answer(AlikeAnswer.model_validate(told), cache="no-store")
