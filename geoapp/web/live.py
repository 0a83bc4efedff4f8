"""``/live``: the city's feed as Server-Sent Events."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from geoapp.domain.catalogue import Catalogue
from geoapp.domain.events import BoundariesChanged, Cursor, FeedEvent, Position
from geoapp.usecases.feed import Client, Hub
from geoapp.web import page
from geoapp.web.access import Audience, open_to
from geoapp.web.context import current_catalogue, current_city, now, site

blueprint = Blueprint("live", __name__)

HEARTBEAT_S = 15
"""A comment after so many silent seconds keeps proxies from closing the connection."""


@blueprint.get("/live")
@open_to(Audience.EVERYBODY)
def stream() -> Response:
    """Everything that happens in the city from now on, or from ``Last-Event-ID``."""
    city, catalogue, hub = current_city(), current_catalogue(), site().hub
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")
    response = Response(
        _events(hub, city.code, catalogue, last, now()), mimetype="text/event-stream"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


@blueprint.get("/live/ground.json")
@open_to(Audience.EVERYBODY)
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
    hub: Hub, city_code: str, catalogue: Catalogue, last: str, begun_at: datetime
) -> Iterator[str]:
    with hub.subscribe(city_code) as (client, here):
        since = Position.parse(last) if last else here
        hello = {
            "epoch": here.epoch,
            "at": begun_at.isoformat(),
            # who comes back compares it with what they heard last
            "boundaries": hub.boundaries(city_code),
        }
        # A new client starts with a position, so that it can resume before anything happened;
        # one that resumes keeps its own until what it missed has been sent.
        yield "retry: 1000\n" + _message("hello", hello, "" if last else str(here))
        missed: list[FeedEvent] | None = None
        if since is not None and since.epoch == here.epoch:
            missed = hub.catch_up(city_code, since.cursor, here)
        if missed is None:
            # Another life of the database, or too far behind: fetch everything anew.
            yield _message("reload", hello, str(here))
            missed = []
        for event in missed:
            yield _told(event, here.epoch, catalogue)
        yield from _following(client, here, catalogue)


def _following(client: Client, here: Position, catalogue: Catalogue) -> Iterator[str]:
    while True:
        try:
            event = client.events.get(timeout=HEARTBEAT_S)
        except queue.Empty:
            yield ": still here\n\n"
            continue
        if event is None:
            return
        if isinstance(event, BoundariesChanged):
            yield _message("boundaries", {"version": event.version})
        elif event.cursor > here.cursor:
            yield _told(event, here.epoch, catalogue)


def _told(event: FeedEvent, epoch: str, catalogue: Catalogue) -> str:
    """An event as the public may hear it; one it may not hear only moves the cursor."""
    number = str(Position(epoch, Cursor(event.cursor.xid, event.cursor.id)))
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
