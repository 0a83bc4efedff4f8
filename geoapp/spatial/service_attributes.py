"""What a feature of the ``service_area`` layer says about who serves it, and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from geoapp.domain.boundary import USUAL_PRIORITY, AreaProperties
from geoapp.errors import BoundaryFileError
from geoapp.spatial.schemas import spelt
from geoapp.spatial.texts import clean_text

_COVERAGES: dict[str, Literal["polygon", "city", "areas"]] = {
    "polygon": "polygon",
    "poligon": "polygon",
    "city": "city",
    "kota": "city",
    "kabupaten": "city",
    "areas": "areas",
    "kelurahan": "areas",
}


def service_properties(properties: Mapping[str, Any], number: int) -> AreaProperties:
    """Agency, group, service, priority and coverage of feature *number*.

    Names may be ours (``agency``) or the columns of the database (``agency_code``).

    Raises:
        BoundaryFileError: a priority that is no whole number from 0 to 1000, an unknown
            coverage, or coverage ``areas`` without codes.
    """
    present = {key.casefold(): key for key in properties}

    def found(*names: str) -> Any:
        keys = (spelt(present, name) for name in names)
        return next((properties[key] for key in keys if key is not None), None)

    def text(*names: str) -> str | None:
        return next((read for name in names if (read := clean_text(found(name)))), None)

    priority = text("priority")
    if priority is not None and not re.fullmatch(r"1000|[0-9]{1,3}", priority):
        raise BoundaryFileError(
            f"The priority of feature {number} is {priority[:40]!r}.",
            "A priority is a whole number from 0 to 1000; the lowest is tried first.",
            "priority",
        )
    word = text("coverage")
    coverage = _COVERAGES.get((word or "polygon").casefold())
    if coverage is None:
        raise BoundaryFileError(
            f"The coverage of feature {number} is {str(word)[:40]!r}.",
            "A coverage is polygon, city or areas.",
            "coverage",
        )
    codes = _codes(found("area_codes", "areas"))
    if coverage == "areas" and not codes:
        raise BoundaryFileError(
            f"Feature {number} covers areas, but names none in 'area_codes'.",
            "Give the codes of its kelurahan with commas between them.",
            "area_codes",
        )
    return AreaProperties(
        agency_code=text("agency_code", "agency"),
        group_code=text("group_code", "group"),
        service_code=text("service_code", "service"),
        priority=USUAL_PRIORITY if priority is None else int(priority),
        coverage=coverage,
        area_codes=codes if coverage == "areas" else (),
    )


def _codes(value: Any) -> tuple[str, ...]:
    """Codes as a JSON list, or as text with commas, semicolons or blanks between them."""
    if isinstance(value, list | tuple):
        parts = [clean_text(item) for item in value]
    else:
        parts = re.split(r"[\s,;\[\]\"']+", clean_text(value) or "")
    return tuple(dict.fromkeys(part for part in parts if part))
