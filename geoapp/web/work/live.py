"""``/live/work``: the feed of what an account sees, at true positions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from flask import Response

from geoapp.domain.access import Permission
from geoapp.domain.catalogue import Catalogue
from geoapp.domain.events import FeedEvent
from geoapp.domain.work_feed import Hears, Sight, WorkEvent
from geoapp.errors import DatabaseUnavailable
from geoapp.usecases import cities, work_feed
from geoapp.usecases.feed_client import Batch
from geoapp.web.access import current_actor, open_to
from geoapp.web.accounts import door
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.live import Listeners, complaint_told, sse, streamed
from geoapp.web.work import pages


@pages.get("/live/work")
@open_to(Permission.READ)
def live_stream() -> Response:
    """Everything that happens to what the account sees, from now on or from ``Last-Event-ID``.

    Messages as on ``/live``, with every kind of event by its own name (never its words), and
    of what leaves the account's sight a retraction. Ends within 15 s of the account's rights.
    """
    here, city, known = site(), current_city(), current_catalogue()
    sight, credential = Sight.of(current_actor()), door.credential()

    def catalogue() -> Catalogue:
        with suppress(DatabaseUnavailable):
            return here.catalogue(city, cities.today(city, here.database.now()))
        return known

    def read(batch: Batch) -> dict[int, WorkEvent]:
        ids = [event.cursor.id for event in batch.events if isinstance(event, FeedEvent)]
        return work_feed.read(here.database, city.code, ids) if ids else {}

    def told(batch: Batch) -> Callable[[FeedEvent, str], str]:
        # read once for all audiences, who then hear each what is theirs
        events, names = batch.once("work", read), catalogue()
        return lambda event, number: _told(events.get(event.cursor.id), number, sight, names)

    return streamed(
        Listeners(
            ("work", sight),
            told,
            at_once=False,
            mark=f".{sight.mark}",
            watched=lambda client: here.watch.over(city.code, credential, sight, client),
        )
    )


def _told(event: WorkEvent | None, number: str, sight: Sight, catalogue: Catalogue) -> str:
    """An event as *sight* hears it; one it doesn't hear only moves the cursor."""
    hears = Hears.NOTHING if event is None else sight.hears(event)
    if event is None or hears is Hears.NOTHING:
        return f"id: {number}\n\n"
    if hears is Hears.GONE:
        return sse("retraction", {"ticket": event.ticket}, number)
    told = complaint_told(event, catalogue) | {
        "version": event.version,
        "confidential": event.confidential,
        "channel": event.channel,
        "kecamatan": event.kecamatan_code,
        "service_area": event.service_area_code,
        "officer": (
            {"id": event.officer_id, "name": event.officer_name} if event.officer_id else None
        ),
    }
    return sse(
        "complaint", {"kind": event.kind, "at": event.at.isoformat(), "complaint": told}, number
    )
