"""Every answer of the API as a model; ``openapi.json`` is made from them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from geoapp.domain.complaint import Status
from geoapp.web.photos import public_links

Names = Annotated[
    dict[str, str], Field(description="By language: the city's own, and `en`.", min_length=1)
]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Position = Annotated[
    tuple[Longitude, Latitude], Field(description="Longitude and latitude, WGS 84 degrees.")
]
Box = Annotated[
    tuple[Longitude, Latitude, Longitude, Latitude],
    Field(description="West, south, east, north in degrees."),
]
Count = Annotated[int, Field(ge=0)]
Ring = Annotated[list[Position], Field(min_length=4)]
LocationKind = Literal["point", "area", "none"]


class Answer(BaseModel):
    """What all answers share: nothing undeclared, no NaN."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Coded(Answer):
    """A code with the name it goes by."""

    code: str
    name: str


class FieldFault(Answer):
    """One thing wrong with one field; long values are cut."""

    field: str
    message: str
    value: str | int | bool | None = None


class Outside(Answer):
    """How far outside the city a point lies, and in which direction."""

    distance_m: Count
    direction: Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"]


class ErrorDetail(Answer):
    """What was wrong, with what value, and what to do."""

    code: str = Field(description="Stable, for programs.")
    message: str
    remedy: str
    fields: list[FieldFault]
    outside: Outside | None = Field(default=None, description="Only with `outside_city`.")


class ErrorAnswer(Answer):
    """The one shape of every error."""

    error: ErrorDetail


class BoundariesAnswer(Answer):
    """The kelurahan in force."""

    version: str
    source: str
    licence: str
    approximate: bool = Field(description="True: not official, near edges often wrong.")
    count: Count


class CityAnswer(Answer):
    """The city this address belongs to."""

    code: str
    name: str
    slug: str
    timezone: str
    ticket_prefix: str
    centre: Position
    bbox: Box
    simulated: bool = Field(description="Whether simulated complaints are shown.")
    practice: bool = Field(description="A copy to learn on: nothing in it is real.")
    boundaries: BoundariesAnswer | None


class GroupAnswer(Answer):
    """A group of services: how it is told on the map."""

    code: str
    name: Names
    colour: str
    colour_dark: str
    glyph: str


class ServiceAnswer(Answer):
    """What can be reported, who acts on it, and by when."""

    code: str
    group: str
    name: Names
    agency: Coded
    clock: Literal["hours", "working_days"]
    target: Annotated[int, Field(gt=0, description="In units of `clock`.")]
    needs_place: bool
    shown_within_m: Count = Field(description="Shown at most so far from the true place.")
    glyph: str


class ServicesAnswer(Answer):
    """Today's catalogue."""

    groups: list[GroupAnswer]
    services: list[ServiceAnswer]


class Point(Answer):
    """A GeoJSON point."""

    type: Literal["Point"]
    coordinates: Position


class Polygon(Answer):
    """A GeoJSON polygon."""

    type: Literal["Polygon"]
    coordinates: list[Ring]


class MultiPolygon(Answer):
    """A GeoJSON multipolygon."""

    type: Literal["MultiPolygon"]
    coordinates: list[list[Ring]]


class AreaProperties(Answer):
    """A kelurahan and its kecamatan."""

    code: str
    name: str
    parent_code: str | None
    parent_name: str | None
    label: Position
    approximate: bool


class AreaFeature(Answer):
    """A kelurahan as it is drawn: simplified, sharing its edges with its neighbours."""

    type: Literal["Feature"]
    id: str
    geometry: MultiPolygon | Polygon
    properties: AreaProperties


class AreasAnswer(Answer):
    """Every kelurahan in force."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature]


class PhotoTold(Answer):
    """A photo: pixels of the large size, and where both sizes are."""

    id: UUID
    width: Count
    height: Count
    small: str
    large: str


class ComplaintProperties(Answer):
    """A complaint as everybody may see it."""

    ticket: str
    service: str
    service_name: Names
    group: str
    description: str | None
    landmark: str | None
    status: Status
    kelurahan: Coded | None
    kecamatan: Coded | None
    agency: Coded
    submitted_at: AwareDatetime
    due_at: AwareDatetime
    resolved_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    location_kind: LocationKind
    shown_within_m: Count = Field(
        description="The point is drawn by chance within so many metres of the true place."
    )
    simulated: bool
    supporters: Count = Field(
        description="People beside the reporter who have the same problem, each counted once."
    )
    photos: Annotated[list[PhotoTold], BeforeValidator(public_links)]


class ComplaintFeature(Answer):
    """A complaint as a GeoJSON feature; without a point its geometry is null."""

    type: Literal["Feature"]
    id: str
    geometry: Point | None
    properties: ComplaintProperties


class TimelineAnswer(Answer):
    """Something that happened, and the status it led to."""

    kind: str
    status: str | None
    at: AwareDatetime
    words: str | None = Field(
        description="An answer, or why it was rejected, passed on or put on hold."
    )
    lead: str | None = Field(
        description="Ticket of the public complaint into which it is merged, and goes on."
    )
    photos: Annotated[
        list[PhotoTold], BeforeValidator(public_links), Field(description="With an answer.")
    ]


class FollowedProperties(ComplaintProperties):
    """A complaint with its history, oldest first."""

    timeline: list[TimelineAnswer]


class FollowedFeature(ComplaintFeature):
    """One complaint with its history."""

    properties: FollowedProperties


class Link(Answer):
    """Where to go on."""

    rel: Literal["next"]
    href: str


class ComplaintsAnswer(Answer):
    """A page of complaints, newest first; without a next link it is the last."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[ComplaintFeature]
    numberMatched: Count  # noqa: N815 - named so by OGC API - Features
    numberReturned: Count  # noqa: N815
    links: list[Link]


class GroupCount(Answer):
    """Counts of one group."""

    open: Count
    total: Count


class SummaryAnswer(Answer):
    """Counts of everything that fits the filter."""

    total: Count
    open: Count
    overdue: Count
    due_soon: Count = Field(description="The clock runs, due within 12 hours.")
    by_group: dict[str, GroupCount]
    by_status: dict[str, Count]
    as_of: AwareDatetime


class SetAsideAnswer(Answer):
    """Complaints piled on one default coordinate: counted apart, never a hotspot."""

    lon: Longitude
    lat: Latitude
    count: Count
    reason: str


class HotspotRunAnswer(Answer):
    """One computation: what was counted, tested and found."""

    group: str
    window_from: AwareDatetime
    window_to: AwareDatetime
    cell_m: float
    computed_at: AwareDatetime
    total: Count
    simulated: Count
    cells: Count
    tested: Count
    hotspots: Count
    set_aside: list[SetAsideAnswer]


class HotspotClusterAnswer(Answer):
    """Hexagons that touch: one hotspot."""

    group: str
    confidence: Literal[90, 95, 99]
    count: Count
    expected: float
    cells: Count
    kelurahan: list[str]
    centre: Position
    bbox: Box


class HotspotProperties(Answer):
    """How sure it is that a hexagon's neighbourhood is denser than chance."""

    group: str
    count: Count
    neighbourhood: Count
    expected: float
    z: float = Field(description="Getis-Ord Gi*.")
    p: float = Field(ge=0, le=1, description="Exact binomial tail.")
    q: float = Field(ge=0, le=1, description="p after Benjamini and Hochberg.")
    confidence: Literal[90, 95, 99]
    cluster: Count = Field(description="Index into the clusters of this group's run.")
    kelurahan: list[str]


class HotspotFeature(Answer):
    """A hexagon of a hotspot."""

    type: Literal["Feature"] = "Feature"
    geometry: Polygon
    properties: HotspotProperties


class HotspotsAnswer(Answer):
    """The latest run of every group asked for."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[HotspotFeature]
    runs: list[HotspotRunAnswer]
    clusters: list[HotspotClusterAnswer]
