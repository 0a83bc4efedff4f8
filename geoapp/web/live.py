"""``/live``: the city's feed as Server-Sent Events."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from geoapp.domain.catalogue import Catalogue
from geoapp.domain.events import BoundariesChanged, Cursor, FeedEvent, Position
from geoapp.domain.work_feed import WorkEvent
from geoapp.errors import DatabaseUnavailable
from geoapp.usecases import cities
from geoapp.usecases.feed import Hub
from geoapp.usecases.feed_client import Batch, Client
from geoapp.web import access, page
from geoapp.web.access import open_to
from geoapp.web.context import current_catalogue, current_city, now, site
from geoapp.web.line import Line

blueprint = Blueprint("live", __name__)

HEARTBEAT_S = 15
"""A comment after so many silent seconds keeps proxies from closing the connection."""


@dataclass(frozen=True)
class Listeners:
    """Everybody who is told the same: what an event is to them is rendered once for all."""

    key: Hashable
    """Tells one audience of a city from another."""
    told: Callable[[Batch], Callable[[FeedEvent, str], str]]
    """Of a batch the message for each of its events, numbered with the id given with it."""
    at_once: bool = True
    """Whether *told* needs nothing but the batch; else it waits in the client's own turn."""
    mark: str = ""
    """Stands behind the epoch in the ids: another one means that other things are told."""
    watched: Callable[[Client], AbstractContextManager[None]] = lambda _client: nullcontext()
    """Looks after a client while it listens; it may end it."""


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

    return streamed(Listeners("public", lambda _batch: told))


def streamed(audience: Listeners) -> Response:
    """The request's city's feed as *audience* is told it."""
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")
    line = Line.of(request.environ)
    response = Response(
        _events(site().hub, current_city().code, audience, last, now(), line),
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
    line: Line,
) -> Iterator[bytes]:
    with hub.subscribe(city_code, line.hang_up) as (client, stands), audience.watched(client):
        here = Position(stands.epoch + audience.mark, stands.cursor)
        since = Position.parse(last) if last else here
        hello = {
            "epoch": here.epoch,
            "at": begun_at.isoformat(),
            # who comes back compares it with what they heard last
            "boundaries": hub.boundaries(city_code),
        }
        # A new client starts with a position, so that it can resume before anything happened;
        # one that resumes keeps its own until what it missed has been sent.
        yield b"retry: 1000\n" + sse("hello", hello, "" if last else str(here)).encode()
        missed: Batch | None = None
        # a page that was just made knows where the feed stands, without any mark
        if since is not None and since.epoch in {here.epoch, stands.epoch}:
            missed = hub.catch_up(city_code, since.cursor, stands)
        if missed is None:
            # Another life of the database, or too far behind: fetch everything anew.
            yield sse("reload", hello, str(here)).encode()
            since = here
        elif missed:
            yield _message(missed, audience)
        # Another web worker may have told more than this one has read.
        heard = here.cursor if since is None else max(here.cursor, since.cursor)
        yield from _following(client, heard, audience, line)


def _following(client: Client, heard: Cursor, audience: Listeners, line: Line) -> Iterator[bytes]:
    def send(batch: Batch) -> bool:
        rest = batch.after(heard)
        if not rest.events:
            return True
        return line.send(
            rest.once((audience.key, line.form), lambda _: line.framed(_message(rest, audience)))
        )

    if line.open and audience.at_once:
        client.direct = send
    while True:
        try:
            batch = client.next(HEARTBEAT_S)
        except queue.Empty:
            yield b": still here\n\n"
            continue
        if batch is None:
            return
        if line.finish():
            continue  # that was this batch
        rest = batch.after(heard)
        if rest.events:
            yield _message(rest, audience)


def _message(batch: Batch, audience: Listeners) -> bytes:
    """What a batch is to *audience*; made once for all of it."""
    return batch.once(audience.key, lambda _: _rendered(batch, audience))


def _rendered(batch: Batch, audience: Listeners) -> bytes:
    """The messages of a batch as they go over the line."""
    told = audience.told(batch)
    epoch = batch.epoch + audience.mark
    return "".join(
        sse("boundaries", {"version": event.version})
        if isinstance(event, BoundariesChanged)
        else told(event, str(Position(epoch, event.cursor)))
        for event in batch.events
    ).encode()


def _told(event: FeedEvent, number: str, catalogue: Catalogue) -> str:
    """An event as the public may hear it; one it may not hear only moves the cursor."""
    if event.kind == "retraction":
        return sse("retraction", {"ticket": event.ticket}, number)
    if not event.visible:
        return f"id: {number}\n\n"
    told = complaint_told(event, catalogue)
    return sse("complaint", {"kind": event.kind, "complaint": told}, number)


def complaint_told(event: FeedEvent | WorkEvent, catalogue: Catalogue) -> dict[str, Any]:
    """What every audience is told of a complaint it may know of."""
    agency = catalogue.agencies.get(event.agency_code or "")
    return {
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


def sse(kind: str, data: dict[str, Any], number: str = "") -> str:
    """One message of a stream; *number* is where its hearer resumes."""
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
