"""What the API can be asked, as models: the parameters of its addresses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from geoapp.domain import filters


def _digits(value: Any) -> Any:
    """Refuse what a lax integer would let through: spaces, signs, ``1_0``, ``1.0``."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 7):
        raise ValueError("a whole number wanted")
    return value


DIGITS = BeforeValidator(_digits)
"""Put it after the range: only then does the description know the range."""

Codes = Annotated[
    str, Field(pattern=filters.CODE_LIST, max_length=filters.MAX_LIST, examples=["road"])
]
_STATUS = "|".join(filters.STATUS_NAMES)
# The form alone; ComplaintFilter.parse knows months' lengths and which years are kept.
_DAY = r"(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_MOMENT = rf"{_DAY}([Tt]{_CLOCK}([Zz]|[+ -]([01][0-9]|2[0-3]):[0-5][0-9]))?"
_DURATION = filters.DURATION.replace("\\d", "[0-9]").replace("?:", "")


class Query(BaseModel):
    """Parameters of an address."""

    model_config = ConfigDict(allow_inf_nan=False, frozen=True)


class FilterQuery(Query):
    """The filter that list, summary and tiles share; absent or empty fields don't narrow."""

    bbox: Annotated[
        str,
        Field(
            pattern=rf"^({filters.BBOX})?$",
            description="west,south,east,north in degrees; only complaints with a point.",
            examples=["103.5,-1.7,103.7,-1.5"],
        ),
    ] = ""
    group: Annotated[Codes, Field(description="Codes of groups, separated by commas.")] = ""
    service: Annotated[Codes, Field(description="Codes of services.")] = ""
    status: Annotated[
        str,
        Field(
            pattern=rf"^(({_STATUS})(,({_STATUS}))*)?$",
            max_length=300,
            description="Statuses, or `open`, `done`, `all`, `current` (open, and done in the "
            "last two days).",
            examples=["open"],
        ),
    ] = ""
    kelurahan: Annotated[Codes, Field(description="Codes of kelurahan.")] = ""
    kecamatan: Annotated[Codes, Field(description="Codes of kecamatan.")] = ""
    agency: Annotated[Codes, Field(description="Codes of agencies.")] = ""
    since: Annotated[
        str,
        Field(
            pattern=rf"^({_MOMENT}|{_DURATION})?$",
            max_length=40,
            description="First day (in the city's zone), RFC 3339 moment, or ISO 8601 duration "
            "back from now, such as P30D.",
            examples=["P30D"],
        ),
    ] = ""
    until: Annotated[
        str,
        Field(
            pattern=rf"^({_MOMENT})?$",
            max_length=40,
            description="Last day, included, or RFC 3339 moment.",
            examples=["2199-12-30"],
        ),
    ] = ""
    overdue: Annotated[
        Literal["true", "false"] | None,
        Field(
            description="true: open past their target; false: all others.",
            json_schema_extra={"type": "boolean"},
        ),
    ] = None
    boundaries: Annotated[
        Literal["today", "then"] | None,
        Field(
            description="Whose kelurahan and kecamatan: those in force today, or those of the "
            "day a complaint came."
        ),
    ] = None
    q: Annotated[
        str,
        Field(
            max_length=filters.MAX_QUERY,
            description=f"Up to {filters.MAX_WORDS} words, all in the description, landmark or "
            "ticket.",
        ),
    ] = ""


class ComplaintsQuery(FilterQuery):
    """A page of the list."""

    limit: Annotated[int, Field(ge=1, le=1000), DIGITS] = 100
    cursor: Annotated[
        str, Field(max_length=100, description="From a link with rel=next; never made up.")
    ] = ""


class AreaNumbersQuery(FilterQuery):
    """Figures by area."""

    level: Annotated[Literal["kelurahan", "kecamatan"], Field()] = "kelurahan"
    format: Annotated[Literal["json", "csv"], Field()] = "json"


class HotspotsQuery(Query):
    """Which runs."""

    group: Annotated[Codes, Field(description="Codes of groups; all when absent.")] = ""
    window_days: (
        Annotated[int, Field(ge=1, le=3660, description="Only runs over so many days."), DIGITS]
        | None
    ) = None


class TilePath(Query):
    """A web-mercator tile, XYZ scheme."""

    z: Annotated[int, Field(ge=0, le=18)]
    x: Annotated[int, Field(ge=0, le=262143)]
    y: Annotated[int, Field(ge=0, le=262143)]


class TicketPath(Query):
    """A ticket."""

    ticket: Annotated[
        str,
        Field(
            max_length=64,
            description="The city's prefix and twice four letters or digits.",
            examples=["ABC-4HK9-7QXC"],
        ),
    ]
