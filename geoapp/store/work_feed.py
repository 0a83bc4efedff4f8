"""Reading what staff may be told of events of the feed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from geoapp.domain.work_feed import Spot, WorkEvent
from geoapp.store.statements import statement

_PLACE = ("agency", "kelurahan", "kecamatan", "service_area")


def events(connection: Connection, city_code: str, ids: Sequence[int]) -> dict[int, WorkEvent]:
    """The events with these ids, by id, each with its complaint as it stands now."""
    found = connection.execute(
        statement("store", "work_feed"), {"city_code": city_code, "events": list(ids)}
    )
    told: dict[int, WorkEvent] = {}
    for row in found.mappings():
        values = dict(row)
        place = {f"{name}_code": values.pop(f"{name}_before") for name in _PLACE}
        before = None if place["agency_code"] is None else Spot(**place)
        told[values["id"]] = WorkEvent(**values, before=before)
    return told
