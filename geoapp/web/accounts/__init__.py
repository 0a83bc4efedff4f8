"""Signing in and out, second factors, sessions, invitations, API keys."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, Response, g

from geoapp.web.context import site

blueprint = Blueprint("accounts", __name__)

from geoapp.web.accounts import (  # noqa: E402 - the modules add their views to it
    door,
    engine,
    own,
    signing,
)

__all__ = ["blueprint", "own", "register", "signing"]


def register(app: Flask) -> None:
    """Add the door: who asks, and the pages to sign in."""
    with app.app_context():
        settings = site().settings
    engine.register(app, settings)
    app.config.update(
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=settings.session_longest_s),
        # The database says how long a session lives; the cookie needn't be sent anew each time.
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    door.register(app)
    app.register_blueprint(blueprint)


@blueprint.before_request
def _as_page() -> None:
    g.page = True


@blueprint.after_request
def _nobody_keeps_it(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    # An invitation's address is its secret.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
