"""``/api/v1/assignments/explain``: why a pin would go where it goes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from flask import Response
from pydantic import AfterValidator, Field

from geoapp.domain.place import LonLat
from geoapp.usecases import explanation
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer, Coded, Count, Names, Position
from geoapp.web.api.operations import Good, Operation, answer, operation, read_query
from geoapp.web.api.queries import Query
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.intake_form import to_millimetres

Metres = Annotated[float, Field(ge=0, description="Metres, to a tenth.")]
Method = Literal["covers", "nearest", "confirmed", "named_area", "by_service", "outside", "manual"]


class ExplainQuery(Query):
    """A place, what is wrong there, and how exactly the place is known."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    service: Annotated[str, Field(min_length=1, max_length=64)]
    accuracy_m: Annotated[
        float | None,
        Field(ge=0, le=100_000, description="Of the GPS fix, metres."),
        AfterValidator(to_millimetres),
    ] = None


class NamedService(Answer):
    """A service by code and names."""

    code: str
    name: Names


class SetAnswer(Answer):
    """A boundary set that the decision rests on."""

    id: int
    version: str
    approximate: bool
    valid_from: date | None
    source: str


class SetsAnswer(Answer):
    """The sets by layer; null where the city has none."""

    kelurahan: SetAnswer | None
    service_area: SetAnswer | None
    road: SetAnswer | None


class CoveringAnswer(Coded):
    """A kelurahan whose polygon covers the point."""

    kecamatan: Coded | None
    edge_distance_m: Metres | None


class VerdictAnswer(Answer):
    """Which kelurahan it is, and how that was found."""

    kelurahan: Coded | None
    kecamatan: Coded | None
    method: Method = Field(description="`manual`: a person chose the agency.")
    place_method: Method = Field(description="How the kelurahan was found.")
    ambiguous: bool = Field(description="Several areas cover the point; the lowest code wins.")
    edge_distance_m: Metres | None


class AccuracyAnswer(Answer):
    """How exact the position is against the distance to the edge."""

    accuracy_m: float | None
    doubtful: bool = Field(description="The accuracy reaches over the edge.")
    question: Names | None = Field(description="To ask whoever knows; two or three kelurahan.")


class RuleAnswer(Answer):
    """A rule that was tried."""

    n: Annotated[int, Field(ge=1)]
    kind: Literal["road_authority", "service_area", "service_default"]
    code: str
    name: str
    agency: Coded | None = Field(description="Null: the service's own agency.")
    priority: int | None
    matched: bool = Field(description="It reaches the place.")
    won: bool
    why: Names


class RoadAnswer(Answer):
    """The nearest road of another authority than the city."""

    code: str
    name: str
    ref: str | None
    authority: Literal["city", "province", "nation"]
    agency: Coded | None
    distance_m: Metres


class AlternativeAnswer(Answer):
    """What would be decided if the place were in the next kelurahan."""

    kelurahan: Coded
    kecamatan: Coded | None
    distance_m: Metres
    agency: Coded


class ExplanationAnswer(Answer):
    """Everything that led to a decision."""

    point: Position | None
    service: NamedService
    sets: SetsAnswer
    covering: list[CoveringAnswer]
    verdict: VerdictAnswer
    accuracy: AccuracyAnswer
    rules: list[RuleAnswer] = Field(description="In the order in which they are tried.")
    rules_of_other_services: Count
    agency: Coded
    road: RoadAnswer | None
    alternatives: list[AlternativeAnswer] = Field(
        description="Kelurahan within 50 m or the accuracy (at most 500 m), the nearest first."
    )
    sentences: list[Names] = Field(description="The numbered reasons in words.")


@blueprint.get("/assignments/explain")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="Why a pin would go where it goes: polygons, rules, doubts, neighbours",
        query=ExplainQuery,
        good={200: Good("The decision and all that led to it.", ExplanationAnswer)},
        faults=(422,),
    )
)
def explain() -> Response:
    """Answer ``/assignments/explain``."""
    query = read_query(ExplainQuery)
    here, catalogue = current_city(), current_catalogue()
    found = explanation.of_point(
        site().database,
        here,
        catalogue,
        query.service,
        LonLat(query.lon, query.lat),
        query.accuracy_m,
    )
    told = explanation.told(found, catalogue, here.locale)
    return answer(ExplanationAnswer.model_validate(told), cache="no-store")
