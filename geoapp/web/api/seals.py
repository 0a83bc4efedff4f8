"""``/api/v1/seals``: the seals of the city's history, for whoever wants to keep a copy."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, url_for
from pydantic import AwareDatetime, BeforeValidator, Field

from geoapp.domain.seal import Seal
from geoapp.usecases import audit
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer, Count
from geoapp.web.api.operations import Good, Operation, answer, operation, read_query
from geoapp.web.api.queries import DIGITS, Query
from geoapp.web.context import current_city, site

PAGE, MOST = 100, 1000
_LARGEST = 10**15


def _number(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 17):
        raise ValueError("a whole number wanted")
    return value


Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, hexadecimal.")]


class SealAnswer(Answer):
    """One seal, without how many events it covers: they may be of confidential complaints."""

    city: str
    number: Annotated[int, Field(ge=1)]
    previous: Hash
    sealed_at: AwareDatetime
    hash: Hash


class NextLink(Answer):
    """Where the seals before these are."""

    rel: str
    href: str


class SealsAnswer(Answer):
    """Seals, newest first."""

    latest: SealAnswer | None
    seals: list[SealAnswer]
    numberReturned: Count  # noqa: N815 - called as in the other lists
    links: list[NextLink]


class SealsQuery(Query):
    """Which seals."""

    before: Annotated[
        int | None,
        Field(ge=1, le=_LARGEST, description="Only seals with a lower number."),
        BeforeValidator(_number),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST), DIGITS] = PAGE


@blueprint.get("/seals")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="The seals of the history, newest first",
        good={200: Good("Seals; docs/audit.md tells how to check them.", SealsAnswer)},
        faults=(422,),
        query=SealsQuery,
    )
)
def seals() -> Response:
    """Answer ``/seals``."""
    asked = read_query(SealsQuery)
    city, database = current_city(), site().database
    found = audit.listed(database, city, before=asked.before, most=asked.limit + 1)
    shown = [_told(seal) for seal in found[: asked.limit]]
    latest = (
        shown[:1]
        if asked.before is None
        else list(map(_told, audit.listed(database, city, before=None, most=1)))
    )
    links = []
    if len(found) > asked.limit:
        older = url_for("api.seals", before=shown[-1].number, limit=asked.limit)
        links = [NextLink(rel="next", href=older)]
    return answer(
        SealsAnswer(
            latest=latest[0] if latest else None,
            seals=shown,
            numberReturned=len(shown),
            links=links,
        )
    )


def _told(seal: Seal) -> SealAnswer:
    said = seal.as_json()
    return SealAnswer.model_validate({name: said[name] for name in SealAnswer.model_fields})
