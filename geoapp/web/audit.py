"""``/audit``: how the history's seals stand, for those who watch over it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from geoapp.domain.access import Permission
from geoapp.usecases import audit
from geoapp.web.access import current_actor, open_to
from geoapp.web.context import current_city, site

blueprint = Blueprint("audit", __name__)

LATE_S = 300
"""Unsealed for longer than that, the worker isn't at work: it seals every minute."""


@blueprint.get("/audit")
@open_to(Permission.AUDIT)
def state() -> Response:
    """The last seals, and what waits for the next."""
    told = audit.state(site().database, current_actor(), current_city())
    waits = told.unsealed.oldest_s
    page = make_response(
        render_template(
            "audit.html",
            seals=told.newest,
            unsealed=told.unsealed.count,
            minutes=None if waits is None else round(waits / 60),
            late=waits is not None and waits > LATE_S,
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page
