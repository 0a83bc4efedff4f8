"""Photos of complaints as they are looked at, and how they are told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from geoapp.domain.photo import MOST, Shown
from geoapp.usecases import photo_showing
from geoapp.usecases.photo_showing import File, SizeName
from geoapp.web.access import Audience, open_to
from geoapp.web.context import current_city, site

blueprint = Blueprint("photos", __name__)


@blueprint.get("/photos/<uuid:photo>/large.jpg", defaults={"size": "large"})
@blueprint.get("/photos/<uuid:photo>/small.jpg", defaults={"size": "small"})
@open_to(Audience.EVERYBODY)
def show(photo: UUID, size: SizeName) -> Response:
    """A photo that everybody may see.

    Asked about each time (*no-cache*): what is hidden or turns confidential is gone at once.
    """
    here, city = site(), current_city()
    found = photo_showing.public(
        here.database, here.photos, city, photo, size, known=known_hashes()
    )
    return answer(found, "no-cache")


def answer(found: File, cache: str) -> Response:
    """A photo as it is sent: its bytes, or *not modified*."""
    response = Response(found.data or b"", mimetype="image/jpeg")
    if found.data is None:
        response.status_code = 304
    response.headers["Cache-Control"] = cache
    response.set_etag(found.sha256)
    return response


def known_hashes() -> frozenset[str]:
    """Hashes of the photos that the asker holds already."""
    return frozenset(request.if_none_match.as_set(include_weak=True))


def photo_config() -> dict[str, Any]:
    """What scripts need where photos are picked: how many, how large, and how they are sent."""
    return {
        "most": MOST,
        "max_mb": site().settings.photo_max_mb,
        "tus": url_for("static", filename="dist/tus.js"),
    }


def public_links(told: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Photos of a complaint's properties, with the addresses at which everybody sees them."""
    return [
        {
            **one,
            "small": url_for("photos.show", photo=one["id"], size="small"),
            "large": url_for("photos.show", photo=one["id"], size="large"),
        }
        for one in told
    ]


def work_links(shown: Iterable[Shown]) -> list[dict[str, Any]]:
    """Photos of a complaint for staff: also private and hidden ones, told as such."""
    return [
        {
            "id": str(one.id),
            "width": one.width,
            "height": one.height,
            "small": url_for("work_api.photo", photo=one.id, size="small"),
            "large": url_for("work_api.photo", photo=one.id, size="large"),
            "private": one.private,
            "hidden": one.hidden,
            "event_id": one.event_id,
        }
        for one in shown
    ]
