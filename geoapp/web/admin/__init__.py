"""``/admin``: people, machines, agencies, services, days off, boundaries, the log of changes.

Every page is made on the server and works without scripts. Answers are never kept by the
browser: some show a key or an invitation, once.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from geoapp.errors import NotFound
from geoapp.web.page import config
from geoapp.web.strings_admin import page_words

LARGEST_ID = 2**63 - 1
"""What a bigint holds."""

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.before_request
def _as_page() -> None:
    g.page = True
    for value in (request.view_args or {}).values():
        if isinstance(value, int) and value > LARGEST_ID:
            raise NotFound("There is no such account.", "Choose from the list.")


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers.add("Vary", "Cookie")
    return response


@blueprint.context_processor
def _words() -> dict[str, object]:
    words = page_words()
    return {"words": words, "section": request.path, "config": config() | {"i18n": words["js"]}}


from geoapp.web.admin import (  # noqa: E402 - the modules add their views to it
    agencies,
    boundaries,
    boundary_json,
    boundary_set,
    breaches,
    holidays,
    machines,
    misfits,
    overview,
    people,
    privacy,
    service_areas,
    services,
)

__all__ = [
    "agencies",
    "blueprint",
    "boundaries",
    "boundary_json",
    "boundary_set",
    "breaches",
    "holidays",
    "machines",
    "misfits",
    "overview",
    "people",
    "privacy",
    "service_areas",
    "services",
]
