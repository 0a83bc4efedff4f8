"""What a citizen may send, as one model for the API and the plain form."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from geoapp.web.contact_form import ContactForm
from geoapp.web.context import now

# Everything that could end a line or hide in one, but for the line break itself.
_FORBIDDEN = {*map(chr, range(32)), *map(chr, range(127, 160))} - {"\n", "\t"}
# Marks that turn the direction of the text that follows, beyond the field itself.
_DIRECTION = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}

OLDEST = timedelta(days=366)
DESCRIPTION_LEAST = 10
DESCRIPTION_MOST = 2000
LANDMARK_MOST = 200
PHOTOS_MOST = 5

UNPRINTABLE = "contains control characters"
"""How the fault of a text begins that can't be printed."""


def plain(value: str) -> str:
    """*value* trimmed and without marks that turn the text's direction.

    Raises:
        ValueError: it can't be printed or stored, or nothing is left of it.
    """
    bad = sorted({letter for letter in value if letter in _FORBIDDEN})
    if bad:
        raise ValueError(f"{UNPRINTABLE} ({', '.join(map(ascii, bad[:3]))})")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("contains half of a surrogate pair")
    cleaned = "".join(letter for letter in value if letter not in _DIRECTION).strip()
    # Format marks and spaces of any script print nothing: a text of them alone is empty.
    if all(unicodedata.category(letter)[0] in "CZ" for letter in cleaned):
        raise ValueError("is empty")
    return cleaned


def to_millimetres(metres: float | None) -> float | None:
    """*metres* to three decimals: no fix knows more, and PostgreSQL reads no 5e-324."""
    return None if metres is None else round(metres, 3)


class ComplaintForm(BaseModel):
    """A complaint as a citizen sends it. Positions are WGS 84 degrees."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, title="NewComplaint")
    UNECHOED: ClassVar[frozenset[str]] = frozenset({"contact"})

    service: Annotated[
        str, Field(min_length=1, max_length=64, description="Code from /api/v1/services.")
    ]
    lon: Annotated[
        float | None, Field(strict=True, ge=-180, le=180, description="Longitude of the pin.")
    ] = None
    lat: Annotated[
        float | None,
        Field(
            strict=True,
            ge=-90,
            le=90,
            description="Latitude of the pin.",
            validate_default=True,  # its absence is judged too
        ),
    ] = None
    description: Annotated[
        str,
        Field(
            min_length=DESCRIPTION_LEAST,
            max_length=DESCRIPTION_MOST,
            description="What is wrong; shown on the map.",
        ),
    ]
    accuracy_m: Annotated[
        float | None,
        Field(strict=True, ge=0, le=100_000, description="Accuracy of the GPS fix in metres."),
        AfterValidator(to_millimetres),
    ] = None
    landmark: Annotated[
        str | None, Field(min_length=1, max_length=LANDMARK_MOST, description="Nearby landmark.")
    ] = None
    observed_at: Annotated[
        AwareDatetime | None,
        Field(description="When it was seen, with a UTC offset; not in the future."),
    ] = None
    kelurahan: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=32,
            description="Code of the kelurahan: the one confirmed for the pin, or, without a "
            "pin, where it is.",
        ),
    ] = None
    anonymous: Annotated[bool, Field(strict=True, description="Hide the reporter's identity.")] = (
        False
    )
    confidential: Annotated[
        bool, Field(strict=True, description="Hide the content from the public.")
    ] = False

    photos: Annotated[
        list[UUID],
        Field(
            max_length=PHOTOS_MOST,
            description="Photos that were sent before, in the order they are shown in.",
        ),
    ] = []
    contact: Annotated[
        ContactForm | None,
        Field(description="For questions and news of it; kept apart and sealed, never public."),
    ] = None

    @field_validator("photos", mode="after")
    @classmethod
    def _each_once(cls, value: list[UUID]) -> list[UUID]:
        if len(set(value)) < len(value):
            raise ValueError("names a photo twice")
        return value

    @field_validator("service", "description", "landmark", "kelurahan", mode="after")
    @classmethod
    def _plain(cls, value: str | None) -> str | None:
        return None if value is None else plain(value)

    @field_validator("description", mode="after")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if len(value) < DESCRIPTION_LEAST:
            raise ValueError(
                f"should have at least {DESCRIPTION_LEAST} characters besides white space"
            )
        return value

    @field_validator("observed_at", mode="after")
    @classmethod
    def _past(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            raise ValueError("lies outside the calendar") from None
        moment = now()
        if value > moment + timedelta(minutes=5):  # clocks of phones differ
            raise ValueError("lies in the future")
        if value < moment - OLDEST:
            raise ValueError("lies more than a year back")
        return value

    @field_validator("lat", mode="after")
    @classmethod
    def _both_or_none(cls, value: float | None, others: ValidationInfo) -> float | None:
        # A longitude that failed its own check isn't there: that fault is named already.
        if "lon" in others.data and (others.data["lon"] is None) != (value is None):
            raise ValueError("goes together with lon: both or none")
        return value
