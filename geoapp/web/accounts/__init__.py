"""Signing in and out, second factors, sessions, invitations, API keys."""

from __future__ import annotations

from flask import Flask

from geoapp.web.accounts import door, engine
from geoapp.web.context import site


def register(app: Flask) -> None:
    """Add the door: who asks, and the pages to sign in."""
    with app.app_context():
        engine.register(app, site().settings)
    door.register(app)
