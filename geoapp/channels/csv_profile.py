"""Profiles: data that says which column of another system's CSV file means what.

``geoapp/channels/profiles/README.md`` describes the format; `geoapp.channels.csv_file` reads
files by it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from geoapp.domain.complaint import Channel, Status
from geoapp.errors import FieldProblem, InvalidInput

PROFILES = Path(__file__).resolve().parent / "profiles"
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
"""A column's name in a template."""


Name = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    """Unknown keys are an error: a typing mistake must be noticed, not dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Columns(_Strict):
    """Which column holds what; a column that isn't named isn't read."""

    external_id: Name
    service: Name | None = None
    submitted_at: Name | None = None
    observed_at: Name | None = None
    first_response_at: Name | None = None
    resolved_at: Name | None = None
    closed_at: Name | None = None
    status: Name | None = None
    lon: Name | None = None
    lat: Name | None = None
    accuracy_m: Name | None = None
    named_area: Name | None = None
    description: Name | None = None
    landmark: Name | None = None
    anonymous: Name | None = None
    confidential: Name | None = None

    @model_validator(mode="after")
    def _both_coordinates(self) -> Columns:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat go together")
        return self

    @property
    def named(self) -> dict[str, str]:
        """Column name by what it holds."""
        return {what: column for what, column in self.model_dump().items() if column is not None}


class ServiceMapping(_Strict):
    """Service codes by the file's values; without *map* the value is the code itself."""

    map: dict[str, Name] | None = None
    default: Name | None = None


class StatusMapping(_Strict):
    """Statuses by the file's values."""

    map: dict[str, Status] | None = None
    default: Status | None = None


class KnownPoint(_Strict):
    """A coordinate that stands for something else than a place, and what for."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    note: Name
    means: Literal["default_point", "no_point"]


class Constants(_Strict):
    """What every row of the file is."""

    service: Name | None = None
    status: Status | None = None
    anonymous: bool = False
    confidential: bool = False


class Profile(_Strict):
    """How one system's CSV file is read."""

    format: Literal["geoapp-csv-profile/1"]
    source: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    about: str = ""
    channel: Channel = Channel.IMPORT
    encoding: Literal["utf-8", "latin-1", "cp1252"] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    timezone: str
    dates: Annotated[tuple[str, ...], Field(min_length=1)] = ("iso",)
    columns: Columns
    templates: dict[Literal["description", "landmark"], str] = {}
    services: ServiceMapping = ServiceMapping()
    statuses: StatusMapping = StatusMapping()
    constants: Constants = Constants()
    points: tuple[KnownPoint, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no IANA time zone")
        return value

    @model_validator(mode="after")
    def _every_row_has_a_service(self) -> Profile:
        if self.columns.service is None and self.constants.service is None:
            raise ValueError("give columns.service or constants.service")
        return self

    @property
    def service_codes(self) -> dict[str, str]:
        """Every service code the profile can give, by the place in the profile that does."""
        single = {
            "services.default": self.services.default,
            "constants.service": self.constants.service,
        }
        return {
            **{f"services.map.{value}": code for value, code in (self.services.map or {}).items()},
            **{place: code for place, code in single.items() if code is not None},
        }

    @property
    def needed(self) -> set[str]:
        """Columns the file must have."""
        used = {name for text in self.templates.values() for name in PLACEHOLDER.findall(text)}
        return used | set(self.columns.named.values())


def load_profile(name: str) -> Profile:
    """The shipped profile *name*, or the one in the JSON file at that path.

    Raises:
        InvalidInput: there is no such profile, or it is malformed; every fault is named.
    """
    path = Path(name) if name.endswith(".json") else PROFILES / f"{name}.json"
    shipped = ", ".join(sorted(p.stem for p in PROFILES.glob("*.json")))
    if not path.is_file() or (path.parent == PROFILES and not re.fullmatch(r"[\w-]+", path.stem)):
        raise InvalidInput(
            f"There is no profile {name!r}.",
            f"Shipped are: {shipped}. For one of your own give the path of its .json file.",
            [FieldProblem("profile", "unknown", name)],
        )
    try:
        return Profile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, json.JSONDecodeError) as problem:
        raise InvalidInput(f"{path} isn't JSON in UTF-8: {problem}.", "Correct the file.") from None
    except ValidationError as problem:
        faults = [
            FieldProblem(
                ".".join(map(str, fault["loc"])) or "profile", fault["msg"], fault["input"]
            )
            for fault in problem.errors(include_url=False)
        ]
        raise InvalidInput(
            f"Profile {path}: " + "; ".join(f"{f.field}: {f.message}" for f in faults[:5]),
            "profiles/README.md describes the format.",
            faults,
        ) from None
