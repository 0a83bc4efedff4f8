"""``/audit``: how the history's seals stand and who opened contacts, for who watches over it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from geoapp.domain.access import Permission
from geoapp.usecases import audit, privacy
from geoapp.web.access import current_actor, open_to
from geoapp.web.context import current_city, site

blueprint = Blueprint("audit", __name__)

LATE_S = 300
"""Unsealed for longer than that, the worker isn't at work: it seals every minute."""


ACCESSES = 25
"""Times somebody was shown a contact, on one page."""


@blueprint.get("/audit")
@open_to(Permission.AUDIT)
def state() -> Response:
    """The last seals, what waits for the next, and who was shown a contact."""
    told = audit.state(site().database, current_actor(), current_city())
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < 2**63:
        before = None
    shown = privacy.accesses(
        site().database, current_city(), current_actor(), before=before, most=ACCESSES + 1
    )
    waits = told.unsealed.oldest_s
    page = make_response(
        render_template(
            "audit.html",
            seals=told.newest,
            unsealed=told.unsealed.count,
            minutes=None if waits is None else round(waits / 60),
            late=waits is not None and waits > LATE_S,
            accesses=shown[:ACCESSES],
            more=shown[ACCESSES - 1].id if len(shown) > ACCESSES else None,
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page
