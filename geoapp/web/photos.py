"""Photos of complaints as they are looked at, and how they are told of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from geoapp.domain.photo import Shown
from geoapp.errors import NotFound
from geoapp.usecases import photo_showing
from geoapp.usecases.photo_showing import File, SizeName
from geoapp.web.access import Audience, open_to
from geoapp.web.context import current_city, site

blueprint = Blueprint("photos", __name__)

_OWN_S = 3600
"""How long an address works that a sender's own page was given."""


@blueprint.get("/photos/<uuid:photo>/large.jpg", defaults={"size": "large"})
@blueprint.get("/photos/<uuid:photo>/small.jpg", defaults={"size": "small"})
@open_to(Audience.EVERYBODY)
def show(photo: UUID, size: SizeName) -> Response:
    """A photo that everybody may see; with ``own``, one for whoever sent it.

    Asked about each time (*no-cache*): what is hidden or turns confidential is gone at once.
    """
    here, city = site(), current_city()
    if own := request.args.get("own"):
        ticket = _ticket_of(own, photo)
        found = photo_showing.of_sender(here.database, here.photos, city, ticket, photo, size)
        return answer(found, "private, no-store")
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


def public_links(shown: Iterable[Shown]) -> list[dict[str, Any]]:
    """Photos of a complaint as every public answer tells them, in their order."""
    return [
        {
            "id": str(one.id),
            "width": one.width,
            "height": one.height,
            "small": url_for("photos.show", photo=one.id, size="small"),
            "large": url_for("photos.show", photo=one.id, size="large"),
        }
        for one in shown
    ]


def work_links(shown: Iterable[Shown]) -> list[dict[str, Any]]:
    """The same for staff: also private and hidden ones, told as such."""
    return [
        {
            "id": str(one.id),
            "width": one.width,
            "height": one.height,
            "small": url_for("work_api.photo", photo=one.id, size="small"),
            "large": url_for("work_api.photo", photo=one.id, size="large"),
            "private": one.private,
            "hidden": one.hidden,
            "event": one.event_id,
        }
        for one in shown
    ]


def own_links(ticket: str, shown: Iterable[Shown]) -> list[dict[str, Any]]:
    """The same for the sender of *ticket*, whose key the caller has seen.

    The addresses work for an hour, for this very photo alone, and tell nothing of the key.
    """
    return [
        {
            "id": str(one.id),
            "width": one.width,
            "height": one.height,
            "small": _own_link(ticket, one.id, "small"),
            "large": _own_link(ticket, one.id, "large"),
            "private": one.private,
            "hidden": one.hidden,
            "event": one.event_id,
        }
        for one in shown
    ]


def _own_link(ticket: str, photo: UUID, size: SizeName) -> str:
    own = _signer().dumps([current_city().code, ticket, str(photo)])
    return url_for("photos.show", photo=photo, size=size, own=own)


def _ticket_of(own: str, photo: UUID) -> str:
    """The ticket that an address was made for.

    Raises:
        NotFound: it was made for another photo, or long ago, or not by us.
    """
    try:
        city_code, ticket, meant = _signer().loads(own, max_age=_OWN_S)
    except (BadData, ValueError, TypeError):
        city_code, ticket, meant = None, None, None
    if city_code != current_city().code or meant != str(photo):
        raise NotFound("There is no such photo.", "Load the page again.")
    return str(ticket)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(site().settings.secret(), salt="photo of its sender")
