"""The files of a city folder, read and checked; the format is ``boundaries/README.md``."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from geoapp.errors import CatalogueError, FieldProblem

Model = TypeVar("Model", bound=BaseModel)
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Clock = Literal["hours", "working_days"]
Target = Annotated[int, Field(ge=1, le=8784)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]


class _Strict(BaseModel):
    """Unknown keys are an error: a typing mistake must be noticed, not dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Validity(_Strict):
    valid_from: date
    valid_to: date | None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> _Validity:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to must lie after valid_from")
        return self


class OmbudsmanRecord(_Strict):
    """Whom a citizen may turn to after the deadline."""

    name: Annotated[str, Field(min_length=1)]
    name_en: Annotated[str, Field(min_length=1)]
    website: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(/[\w./-]*)?$")]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{1,20}$")]


class CityRecord(_Strict):
    """``city`` of city.json."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    name: Annotated[str, Field(min_length=1)]
    name_en: Annotated[str, Field(min_length=1)]
    timezone: str
    metric_srid: Annotated[int, Field(ge=1024, le=999_999)]
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    ticket_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,5}$")]
    host: str | None = None
    envelope: tuple[Lon, Lat, Lon, Lat]
    centre: tuple[Lon, Lat]
    parent_prefix_length: Annotated[int, Field(gt=0)] | None
    road_within_m: Annotated[int, Field(ge=1, le=500)] = 25
    road_authorities: dict[Literal["city", "province", "nation"], Code] = {}
    ombudsman: OmbudsmanRecord | None = None
    valid_from: date

    @field_validator("timezone")
    @classmethod
    def _exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no IANA time zone")
        ZoneInfo(value)
        return value


class BoundaryRecord(_Validity):
    """One entry of ``boundaries``: a file loaded and activated with the city."""

    layer: Literal["kelurahan", "service_area", "road"]
    file: str
    version: str
    source: str
    source_en: str | None = None
    licence: str
    approximate: bool
    crs: str | None = None
    code_field: str | None = None
    name_field: str | None = None


class GroupRecord(_Strict):
    """A group of services."""

    code: Code
    name: str
    name_en: str
    colour: Colour
    colour_dark: Colour
    glyph: str
    position: int
    by_road: bool = False


class AgencyVersion(_Validity):
    """What an agency is called for a time."""

    name: str
    name_en: str
    short_name: str
    unit: str | None
    in_city: bool


class AgencyRecord(_Strict):
    """An agency and its versions."""

    code: Code
    versions: Annotated[tuple[AgencyVersion, ...], Field(min_length=1)]


class ServiceVersion(_Validity):
    """What a service promises for a time.

    *clock* and *target* are those of the resolution. Verification and first answer have the
    national standard of SP4N-LAPOR! unless the file says otherwise.
    """

    name: str
    name_en: str
    clock: Clock
    target: Target
    verify_clock: Clock = "working_days"
    verify_target: Target = 3
    answer_clock: Clock = "working_days"
    answer_target: Target = 5
    agency: Code
    blur_m: Annotated[int, Field(ge=0, le=5000)]
    duplicate_radius_m: Annotated[int, Field(ge=0, le=5000)]
    needs_place: bool
    glyph: str | None = None
    position: int


class ServiceRecord(_Strict):
    """A service, the group it belongs to, and its versions."""

    code: Code
    group: Code
    versions: Annotated[tuple[ServiceVersion, ...], Field(min_length=1)]


class ServiceAreaRecord(_Strict):
    """Who acts where."""

    code: Code
    name: str
    name_en: str
    agency: Code | None
    group: Code | None
    service: Code | None
    priority: int
    coverage: Literal["city", "areas", "polygon"]
    area_codes: tuple[str, ...]
    geometry: dict[str, Any] | None = None


class Holiday(_Strict):
    """A day that is no working day."""

    day: date
    name: str
    name_en: str
    kind: Literal["national", "collective_leave", "local"]


class CityFile(_Strict):
    """city.json."""

    format: Literal["geoapp-city/1"]
    city: CityRecord
    boundaries: tuple[BoundaryRecord, ...]
    parents: dict[str, str] = {}
    sources: tuple[str, ...] = ()


class GroupsFile(_Strict):
    """groups.json."""

    format: Literal["geoapp-groups/1"]
    groups: tuple[GroupRecord, ...]
    sources: tuple[str, ...] = ()


class AgenciesFile(_Strict):
    """agencies.json."""

    format: Literal["geoapp-agencies/1"]
    fallback: Code
    agencies: tuple[AgencyRecord, ...]
    sources: tuple[str, ...] = ()


class ServicesFile(_Strict):
    """services.json."""

    format: Literal["geoapp-services/1"]
    services: tuple[ServiceRecord, ...]
    sources: tuple[str, ...] = ()


class ServiceAreasFile(_Validity):
    """service_areas.json; missing means none."""

    format: Literal["geoapp-service-areas/1"]
    version: str
    source: str
    licence: str
    service_areas: tuple[ServiceAreaRecord, ...]
    sources: tuple[str, ...] = ()


class HolidaysFile(_Strict):
    """holidays.json; missing means none."""

    format: Literal["geoapp-holidays/1"]
    holidays: tuple[Holiday, ...]
    sources: tuple[str, ...] = ()


class InhabitantsFile(_Strict):
    """inhabitants.json; missing means that nobody published any."""

    format: Literal["geoapp-inhabitants/1"]
    source: Annotated[str, Field(min_length=1)]
    as_of: date
    inhabitants: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")],
        Annotated[int, Field(ge=1, le=100_000_000)],
    ]
    sources: tuple[str, ...] = ()


class CityFolder(_Strict):
    """Everything a city folder says; codes are checked against each other."""

    folder: Path
    city: CityFile
    groups: GroupsFile
    agencies: AgenciesFile
    services: ServicesFile
    service_areas: ServiceAreasFile | None
    holidays: HolidaysFile | None
    inhabitants: InhabitantsFile | None = None


def read_folder(folder: Path) -> CityFolder:
    """Read and check a city folder.

    Raises:
        CatalogueError: a file is missing, malformed, or names a code no other file knows;
            every fault is listed as ``file:place``.
    """
    whole = CityFolder.model_construct(
        folder=folder,
        city=_read(folder, "city.json", CityFile),
        groups=_read(folder, "groups.json", GroupsFile),
        agencies=_read(folder, "agencies.json", AgenciesFile),
        services=_read(folder, "services.json", ServicesFile),
        service_areas=_optional(folder, "service_areas.json", ServiceAreasFile),
        holidays=_optional(folder, "holidays.json", HolidaysFile),
        inhabitants=_optional(folder, "inhabitants.json", InhabitantsFile),
    )
    problems = list(_loose_ends(whole))
    if problems:
        raise CatalogueError(
            f"The files in {folder} don't fit together: "
            + "; ".join(f"{p.field} {p.message}" for p in problems[:5]),
            "Correct the places named.",
            problems,
        )
    return whole


def _optional(folder: Path, name: str, model: type[Model]) -> Model | None:
    return _read(folder, name, model) if (folder / name).exists() else None


def _read(folder: Path, name: str, model: type[Model]) -> Model:
    try:
        return model.model_validate(json.loads((folder / name).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CatalogueError(
            f"{folder / name} isn't there.", "boundaries/README.md describes a city folder."
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as problem:
        raise CatalogueError(
            f"{folder / name} isn't JSON in UTF-8: {problem}.", "Correct the file."
        ) from None
    except ValidationError as problem:
        faults = [
            FieldProblem(f"{name}:{'.'.join(map(str, fault['loc']))}", fault["msg"], fault["input"])
            for fault in problem.errors(include_url=False)
        ]
        raise CatalogueError(
            f"{folder / name}: " + "; ".join(f"{f.field} {f.message}" for f in faults[:5]),
            "boundaries/README.md describes the format.",
            faults,
        ) from None


def _loose_ends(whole: CityFolder) -> list[FieldProblem]:
    """Codes given twice, codes that nothing defines, versions that overlap."""
    groups = [group.code for group in whole.groups.groups]
    agencies = [agency.code for agency in whole.agencies.agencies]
    services = [service.code for service in whole.services.services]
    found = [
        FieldProblem(f"{name}.json:{code}", "is given twice", code)
        for name, codes in (("groups", groups), ("agencies", agencies), ("services", services))
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]

    def need(place: str, code: str | None, known: list[str], what: str) -> None:
        if code is not None and code not in known:
            found.append(FieldProblem(place, f"names no {what} we know", code))

    need("agencies.json:fallback", whole.agencies.fallback, agencies, "agency")
    for authority, keeper in whole.city.city.road_authorities.items():
        need(f"city.json:city.road_authorities.{authority}", keeper, agencies, "agency")
    for service in whole.services.services:
        place = f"services.json:{service.code}"
        need(f"{place}.group", service.group, groups, "group")
        for version in service.versions:
            need(f"{place}.agency", version.agency, agencies, "agency")
        found += _overlaps(place, service.versions)
    for agency in whole.agencies.agencies:
        found += _overlaps(f"agencies.json:{agency.code}", agency.versions)
    for area in whole.service_areas.service_areas if whole.service_areas else ():
        place = f"service_areas.json:{area.code}"
        need(f"{place}.agency", area.agency, agencies, "agency")
        need(f"{place}.group", area.group, groups, "group")
        need(f"{place}.service", area.service, services, "service")
        if (area.coverage == "polygon") != (area.geometry is not None):
            found.append(FieldProblem(f"{place}.geometry", "goes with coverage polygon only"))
        if area.coverage == "areas" and not area.area_codes:
            found.append(FieldProblem(f"{place}.area_codes", "is empty"))
    return found


def _overlaps(place: str, versions: tuple[Any, ...]) -> list[FieldProblem]:
    return [
        FieldProblem(f"{place}.versions", "overlap or aren't in order of time")
        for earlier, later in pairwise(versions)
        if earlier.valid_to is None or earlier.valid_to > later.valid_from
    ]
