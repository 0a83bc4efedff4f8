"""The JSON API, version 1."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

from geoapp.web.api import area_numbers, explain, intake, openapi, reading, replies, seals  # noqa: E402, F401 - they add their routes to it
