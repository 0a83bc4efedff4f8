"""The tables as SQLAlchemy knows them; migrations make them, a check keeps both equal.

Positions are EPSG:4326. What each column means stands in
``migrations/sql/0001_tables.sql``.
"""

from __future__ import annotations

from geoapp.store.tables._metadata import metadata
from geoapp.store.tables.activation import activation, pending_decision
from geoapp.store.tables.agencies import agency_digest, answer_template
from geoapp.store.tables.boundaries import (
    area,
    area_piece,
    boundary_fault,
    boundary_set,
    road_line,
    road_segment,
    service_area,
)
from geoapp.store.tables.citizens import (
    complaint_sender,
    contact,
    contact_access,
    delivery,
    mail_refusal,
    not_duplicate,
    notice_cursor,
    privacy_request,
    rating,
    supporter,
)
from geoapp.store.tables.city import (
    agency,
    agency_version,
    city,
    feed_epoch,
    holiday,
    service,
    service_group,
    service_version,
)
from geoapp.store.tables.command import inhabitants, saved_filter
from geoapp.store.tables.complaints import (
    assignment,
    complaint,
    complaint_event,
    intake_key,
    rate_window,
)
from geoapp.store.tables.density import (
    density_cell,
    density_counted,
    density_mark,
    density_state,
    density_total,
)
from geoapp.store.tables.hotspots import hotspot, hotspot_run
from geoapp.store.tables.people import (
    account,
    account_grant,
    account_session,
    admin_event,
    api_key,
    invitation,
)
from geoapp.store.tables.photos import photo
from geoapp.store.tables.seals import erasure, event_digest, seal

__all__ = [
    "account",
    "account_grant",
    "account_session",
    "activation",
    "admin_event",
    "agency",
    "agency_digest",
    "agency_version",
    "answer_template",
    "api_key",
    "area",
    "area_piece",
    "assignment",
    "boundary_fault",
    "boundary_set",
    "city",
    "complaint",
    "complaint_event",
    "complaint_sender",
    "contact",
    "contact_access",
    "delivery",
    "density_cell",
    "density_counted",
    "density_mark",
    "density_state",
    "density_total",
    "erasure",
    "event_digest",
    "feed_epoch",
    "holiday",
    "hotspot",
    "hotspot_run",
    "inhabitants",
    "intake_key",
    "invitation",
    "mail_refusal",
    "metadata",
    "not_duplicate",
    "notice_cursor",
    "pending_decision",
    "photo",
    "privacy_request",
    "rate_window",
    "rating",
    "road_line",
    "road_segment",
    "saved_filter",
    "seal",
    "service",
    "service_area",
    "service_group",
    "service_version",
    "supporter",
]
