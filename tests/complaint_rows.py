"""Complaints put straight into the table, for tests that need to choose every column."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

NOW = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)
"""Noon in Jambi (UTC+7) on a Monday."""

CITY = "15.71"
ZONE = "Asia/Jakarta"

_numbers = itertools.count(1)

_INSERT = text("""
    INSERT INTO geoapp.complaint (
        city_code, ticket, channel, service_code, group_code, description, landmark, status,
        submitted_at, due_at, resolved_at, closed_at, location_kind, geom, public_geom,
        shown_within_m, kelurahan_set, kelurahan_code, kecamatan_code, public_kelurahan_code,
        public_kecamatan_code, agency_code, assignment_method, confidential, simulated)
    SELECT service.city_code, :ticket, 'import', service.code, service.group_code, :description,
           :landmark, :status, :submitted_at, :due_at, :resolved_at, :closed_at,
           CASE WHEN cast(:lon AS float8) IS NOT NULL THEN 'point'
                WHEN area.code IS NOT NULL THEN 'area' ELSE 'none' END,
           ST_SetSRID(ST_MakePoint(:true_lon, :true_lat), 4326),
           ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :shown_within_m,
           area.set_id, area.code, area.parent_code, area.code, area.parent_code,
           version.agency_code, 'covers',
           :confidential, :simulated
    FROM geoapp.service
    JOIN geoapp.service_version AS version
      ON version.city_code = service.city_code AND version.service_code = service.code
    LEFT JOIN geoapp.area ON area.city_code = service.city_code AND area.code = :kelurahan
    WHERE service.city_code = '15.71' AND service.code = :service
    RETURNING id, ticket, group_code, agency_code, kecamatan_code
""")

_EVENT = text("""
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, at, actor)
    VALUES ('15.71', :id, :ticket, :kind, :status, :at, 'system')
""")


def add(connection: Connection, **changes: Any) -> dict[str, Any]:
    """Store one complaint of the default city with its first event; all its columns.

    A pothole at a point, submitted at `NOW`, by default; ``lon=None`` leaves the point out.
    """
    number = next(_numbers)
    row: dict[str, Any] = {
        "service": "pothole",
        "ticket": f"TST-{number}",
        "description": f"Lubang nomor {number}",
        "landmark": None,
        "status": "submitted",
        "submitted_at": NOW,
        "due_at": None,
        "resolved_at": None,
        "closed_at": None,
        "lon": 103.61,
        "lat": -1.61,
        "true_lon": None,
        "true_lat": None,
        "shown_within_m": 0,
        "kelurahan": None,
        "confidential": False,
        "simulated": False,
    } | changes
    row["due_at"] = row["due_at"] or row["submitted_at"] + timedelta(days=3)
    if row["lon"] is None:
        row["lat"] = None
    elif row["true_lon"] is None:
        row["true_lon"], row["true_lat"] = row["lon"], row["lat"]
    row |= connection.execute(_INSERT, row).one()._asdict()
    event(connection, row, "submitted", "submitted", at=row["submitted_at"])
    return row


def event(
    connection: Connection, row: dict[str, Any], kind: str, status: str | None, *, at: datetime
) -> None:
    """Add to a complaint's history."""
    connection.execute(
        _EVENT,
        {"id": row["id"], "ticket": row["ticket"], "kind": kind, "status": status, "at": at},
    )
