"""What staff does with complaints: ``/api/v1/work/…`` and the pages built on it.

Session cookies need the form token here (header ``X-CSRFToken``); API keys don't.
"""

from __future__ import annotations

from flask import Blueprint

api = Blueprint("work_api", __name__, url_prefix="/api/v1/work")
pages = Blueprint("work", __name__)

from geoapp.web.work import (  # noqa: E402 - the modules add their views to these two
    area_numbers,
    command,
    contacts,
    duplicates,
    entry,
    explain,
    field,
    filters,
    live,
    misfits,
    photos,
    queue,
    reading,
    reading_agency,
    service_areas,
    shades,
    statistics,
    steps,
    summary,
    templates,
    tiles,
)

__all__ = [
    "api",
    "area_numbers",
    "command",
    "contacts",
    "duplicates",
    "entry",
    "explain",
    "field",
    "filters",
    "live",
    "misfits",
    "pages",
    "photos",
    "queue",
    "reading",
    "reading_agency",
    "service_areas",
    "shades",
    "statistics",
    "steps",
    "summary",
    "templates",
    "tiles",
]
