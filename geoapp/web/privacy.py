"""``/privacy``: what is kept of citizens, for how long, and what they may ask for."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, render_template

from geoapp.usecases import notices
from geoapp.web.access import Audience, open_to
from geoapp.web.context import current_catalogue, current_city, site

blueprint = Blueprint("privacy_page", __name__)


@blueprint.before_request
def _as_page() -> None:
    g.page = True


@blueprint.after_request
def _never_stale(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-cache")
    response.headers.add("Vary", "Cookie")
    return response


@blueprint.get("/privacy")
@open_to(Audience.EVERYBODY)
def privacy() -> str:
    """In plain words, with what this server is set to."""
    city = current_city()
    settings = site().settings
    blurred = sorted({one.blur_m for one in current_catalogue().services.values() if one.blur_m})
    return render_template(
        "privacy.html",
        contact_days=settings.contact_days,
        loose_hours=settings.photo_loose_hours,
        blur_most=max(blurred, default=0),
        mails=notices.offered(settings, city),
        tile_host=urlsplit(settings.tile_url).hostname,
    )
