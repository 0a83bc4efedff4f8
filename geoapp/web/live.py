"""``/live``: the city's feed as Server-Sent Events."""

from __future__ import annotations

import json
import queue
import socket
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from geoapp.domain.catalogue import Catalogue
from geoapp.domain.events import BoundariesChanged, Cursor, FeedEvent, Position
from geoapp.errors import DatabaseUnavailable
from geoapp.usecases import cities
from geoapp.usecases.feed import Batch, Client, Hub
from geoapp.web import access, page
from geoapp.web.access import open_to
from geoapp.web.context import current_catalogue, current_city, now, site

blueprint = Blueprint("live", __name__)

HEARTBEAT_S = 15
"""A comment after so many silent seconds keeps proxies from closing the connection."""


@dataclass(frozen=True)
class Listeners:
    """Everybody who is told the same: what an event is to them is rendered once for all."""

    key: Hashable
    """Tells one audience of a city from another."""
    told: Callable[[FeedEvent, str], str]
    """The message for an event, numbered with the id given with it."""


@blueprint.get("/live")
@open_to(access.Audience.EVERYBODY)
def stream() -> Response:
    """Everything that happens in the city from now on, or from ``Last-Event-ID``."""
    here, city, known = site(), current_city(), current_catalogue()

    def told(event: FeedEvent, number: str) -> str:
        catalogue = known
        with suppress(DatabaseUnavailable):
            catalogue = here.catalogue(city, cities.today(city, here.database.now()))
        return _told(event, number, catalogue)

    return streamed(Listeners("public", told))


def streamed(audience: Listeners) -> Response:
    """The request's city's feed as *audience* is told it."""
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")
    link = request.environ.get("gunicorn.socket")
    response = Response(
        _events(site().hub, current_city().code, audience, last, now(), link),
        mimetype="text/event-stream",
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


@blueprint.get("/live/ground.json")
@open_to(access.Audience.EVERYBODY)
def ground() -> Response:
    """What lies under the complaints, for maps that were open when it changed.

    ``boundaries`` as in ``/api/v1/city``, never older than the answer; GeoJSON geometries
    ``land``, ``kelurahan``, ``kecamatan`` and ``city`` in EPSG:4326, as the page's shell has.
    """
    city = current_city()
    response = jsonify({"boundaries": page.boundaries_told(city), **page.drawn(city).ground})
    response.headers["Cache-Control"] = "no-store"
    return response


def _events(
    hub: Hub,
    city_code: str,
    audience: Listeners,
    last: str,
    begun_at: datetime,
    link: socket.socket | None,
) -> Iterator[bytes]:
    def hang_up() -> None:
        """Ends a write that nobody reads; without it the connection would be held for ever."""
        if link is not None:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    with hub.subscribe(city_code, hang_up) as (client, here):
        since = Position.parse(last) if last else here
        hello = {
            "epoch": here.epoch,
            "at": begun_at.isoformat(),
            # who comes back compares it with what they heard last
            "boundaries": hub.boundaries(city_code),
        }
        # A new client starts with a position, so that it can resume before anything happened;
        # one that resumes keeps its own until what it missed has been sent.
        yield b"retry: 1000\n" + _message("hello", hello, "" if last else str(here)).encode()
        missed: list[FeedEvent] | None = None
        if since is not None and since.epoch == here.epoch:
            missed = hub.catch_up(city_code, since.cursor, here)
        if missed is None:
            # Another life of the database, or too far behind: fetch everything anew.
            yield _message("reload", hello, str(here)).encode()
            since = here
        elif missed:
            yield _rendered(Batch(here.epoch, tuple(missed)), audience)
        # Another web worker may have told more than this one has read.
        heard = here.cursor if since is None else max(here.cursor, since.cursor)
        yield from _following(client, heard, audience)


def _following(client: Client, heard: Cursor, audience: Listeners) -> Iterator[bytes]:
    while True:
        try:
            batch = client.next(HEARTBEAT_S)
        except queue.Empty:
            yield b": still here\n\n"
            continue
        if batch is None:
            return
        rest = batch.after(heard)
        if rest.events:
            yield rest.once(audience.key, lambda it: _rendered(it, audience))


def _rendered(batch: Batch, audience: Listeners) -> bytes:
    """The messages of a batch as they go over the line."""
    return "".join(
        _message("boundaries", {"version": event.version})
        if isinstance(event, BoundariesChanged)
        else audience.told(event, str(Position(batch.epoch, event.cursor)))
        for event in batch.events
    ).encode()


def _told(event: FeedEvent, number: str, catalogue: Catalogue) -> str:
    """An event as the public may hear it; one it may not hear only moves the cursor."""
    if event.kind == "retraction":
        return _message("retraction", {"ticket": event.ticket}, number)
    if not event.visible:
        return f"id: {number}\n\n"
    agency = catalogue.agencies.get(event.agency_code or "")
    complaint: dict[str, Any] = {
        "ticket": event.ticket,
        "service": event.service_code,
        "group": event.group_code,
        "status": event.status,
        "lon": event.lon,
        "lat": event.lat,
        "submitted_at": event.submitted_at.isoformat() if event.submitted_at else None,
        "due_at": event.due_at.isoformat() if event.due_at else None,
        "kelurahan": (
            {"code": event.kelurahan_code, "name": event.kelurahan_name}
            if event.kelurahan_code
            else None
        ),
        "agency": {
            "code": event.agency_code,
            "name": agency.display if agency else event.agency_code,
        },
        "location_kind": event.location_kind,
        "simulated": event.simulated,
        "supporters": event.supporters,
    }
    return _message("complaint", {"kind": event.kind, "complaint": complaint}, number)


def _message(kind: str, data: dict[str, Any], number: str = "") -> str:
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
