"""``/admin``: what there is, what is about to end, what was changed; ``/admin/log``: all of it."""

from __future__ import annotations

from flask import render_template, request

from geoapp.domain.access import Permission
from geoapp.usecases import administration
from geoapp.web.access import current_actor, open_to
from geoapp.web.admin import blueprint, log_words
from geoapp.web.context import current_city, site

LOG_PAGE = 50


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def overview() -> str:
    """How much there is of what, and what needs somebody soon."""
    told = administration.overview(site().database, current_city(), current_actor())
    return render_template("admin/overview.html", told=told, log=log_words)


@blueprint.get("/log")
@open_to(Permission.AUDIT)
def log() -> str:
    """Who changed what, newest first, page by page."""
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    entries = administration.log(
        site().database, current_city(), current_actor(), before=before, at_most=LOG_PAGE + 1
    )
    more = entries[LOG_PAGE - 1].id if len(entries) > LOG_PAGE else None
    return render_template(
        "admin/log.html", entries=entries[:LOG_PAGE], before=before, more=more, log=log_words
    )
