"""``/health``: whether this server can do its work, for monitors and for starting up."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from geoapp import __version__
from geoapp.errors import DatabaseUnavailable
from geoapp.usecases import feed, notices, photo_files
from geoapp.web.access import Audience, open_to
from geoapp.web.context import site

blueprint = Blueprint("health", __name__)

LATE_S = 10
"""A feed that is so many seconds late isn't live any more."""


@blueprint.get("/health")
@open_to(Audience.EVERYBODY)
def show() -> Response:
    """200 with the state of database and feed, or 503 saying what is away.

    ``degraded`` is a database that had no room left within the last minute (``database`` says
    so, as far as this worker met it), a storage of photos that can't be written to or is nearly full
    (``photos.status``), or a feed that comes late: because a transaction holds readers back
    (``feed.held_back_s``), or because this worker's listener has stopped reading
    (``feed.listener_lag_s``; null, with ``feed.listener`` saying so, while no client of
    this worker has ever asked for the feed). Documented in docs/architecture.md. How mails
    stand (``mail``, see docs/mail.md) doesn't change the status: the site works without them.
    """
    here = site()
    try:
        state = feed.health(here.database)
        mail = notices.health(here.database, here.settings)
    except DatabaseUnavailable as problem:
        response: Response = jsonify({"status": "down", "database": problem.message})
        response.status_code = 503
        return response
    # Written to at most every ten seconds, however often monitors ask.
    photos = here.facts.get("photos", lambda: photo_files.health(here.photos))
    lag = here.hub.lag_s()
    short = here.database.short_of
    late = max(lag or 0.0, float(state["held_back_s"])) >= LATE_S
    response = jsonify(
        {
            "status": "degraded" if late or short or photos["status"] != "ok" else "ok",
            "version": __version__,
            "database": f"has {short}" if short else "ok",
            "feed": {
                **state,
                "listener": "nobody listens in this worker" if lag is None else "listening",
                "listener_lag_s": lag,
                "clients_of_this_worker": here.hub.clients,
            },
            # States, no figures: a count that moves would tell of a report nobody may know of.
            "mail": {"state": mail["state"], "last_problem": mail["last_problem"]},
            "photos": {name: told for name, told in photos.items() if name != "free_bytes"},
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response
