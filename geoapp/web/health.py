"""``/health``: whether this server can do its work, for monitors and for starting up."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from geoapp import __version__
from geoapp.errors import DatabaseUnavailable
from geoapp.usecases import feed
from geoapp.web.context import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def show() -> Response:
    """200 with the state of database and feed, or 503 saying what is away."""
    here = site()
    try:
        state = feed.health(here.database)
    except DatabaseUnavailable as problem:
        response: Response = jsonify({"status": "down", "database": problem.message})
        response.status_code = 503
        return response
    lag = here.hub.lag_s()
    response = jsonify(
        {
            "status": "ok" if lag is None or lag < 10 else "degraded",
            "version": __version__,
            "database": "ok",
            "feed": {**state, "listener_lag_s": lag, "clients_of_this_worker": here.hub.clients},
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response
