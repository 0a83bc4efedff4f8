"""The JSON API, version 1."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

from geoapp.web.api import (  # noqa: E402 - they add their routes to it
    alike,  # noqa: F401
    area_numbers,  # noqa: F401
    contacts,  # noqa: F401
    explain,  # noqa: F401
    intake,  # noqa: F401
    my_data,  # noqa: F401
    openapi,  # noqa: F401
    photos,  # noqa: F401
    reading,  # noqa: F401
    replies,  # noqa: F401
    seals,  # noqa: F401
    sender,  # noqa: F401
    support,  # noqa: F401
)
