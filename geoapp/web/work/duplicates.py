"""The operator's list of likely duplicates: page, and ``/api/v1/work/duplicates``."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, render_template
from pydantic import BaseModel, ConfigDict, Field

from geoapp.domain.access import Permission
from geoapp.domain.catalogue import Catalogue
from geoapp.domain.duplicate import Group, Pair
from geoapp.usecases import duplicates
from geoapp.usecases.duplicates import Likely
from geoapp.web import json_body
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.operations import Good, Operation, operation, read_query
from geoapp.web.api.queries import DIGITS, Query
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.strings_duplicates import duplicate_strings
from geoapp.web.work import api, pages, told
from geoapp.web.work.queue import work_config
from geoapp.web.work.reading import answered


class DuplicatesQuery(Query):
    """How many groups; 0 asks for their number alone."""

    limit: Annotated[int, Field(ge=0, le=100), DIGITS] = 20


class DifferentForm(BaseModel):
    """Two that look alike and aren't the same."""

    model_config = ConfigDict(extra="forbid", title="Different")

    tickets: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=64)]],
        Field(min_length=2, max_length=2),
    ]


@pages.get("/agency/duplicates")
@open_to(Permission.TRIAGE)
def duplicates_page() -> str:
    """Likely duplicates side by side."""
    shared = work_config()
    config = shared | {"i18n": shared["i18n"] | duplicate_strings()}
    return render_template("work/duplicates.html", config=config)


@api.get("/duplicates")
@open_to(Permission.TRIAGE)
@operation(
    Operation(
        summary="Open complaints that are likely the same, gathered around who would lead",
        query=DuplicatesQuery,
        good={200: Good("Groups, the most alike first; their number, and whether it's more.")},
        faults=(401, 403, 422),
    )
)
def likely_duplicates() -> Response:
    """Answer the groups that the asker might merge."""
    query = read_query(DuplicatesQuery)
    found = duplicates.likely(site().database, current_city(), current_actor(), limit=query.limit)
    catalogue, locale = current_catalogue(), current_city().locale
    return answered(
        {
            "groups": [_group(group, found, catalogue, locale) for group in found.groups],
            "total": found.total,
            "more": found.more,
        }
    )


@api.post("/duplicates/different")
@open_to(Permission.TRIAGE)
@operation(
    Operation(
        summary="Remember that two complaints aren't the same",
        body=DifferentForm,
        good={204: Good("They aren't proposed again.")},
        faults=(400, 401, 403, 413, 415, 422),
    )
)
def different() -> tuple[Response, int]:
    """Remember what somebody has looked at."""
    form, _ = json_body.read(DifferentForm)
    duplicates.different(site().database, current_city(), current_actor(), form.tickets)
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response, 204


def _group(group: Group, found: Likely, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    def one(id_: int) -> dict[str, Any]:
        return told.properties(found.complaints[id_], catalogue, locale)

    return {
        "lead": one(group.lead),
        "others": [one(pair.other(group.lead)) | _likeness(pair) for pair in group.others],
    }


def _likeness(pair: Pair) -> dict[str, Any]:
    """How like the lead: metres to it, hours between them, share of common words, 0 to 1."""
    return {
        "to_lead": {
            "distance_m": round(pair.distance_m, 1),
            "hours": round(pair.hours, 1),
            "words": round(pair.words, 2),
            "same_service": pair.same_service,
            "likeness": round(pair.likeness, 3),
        }
    }
