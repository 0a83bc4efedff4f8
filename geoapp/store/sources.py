"""What complaints are read from: the public view, or the view of those who handle them.

Both call what they share by the same names, so that one filter serves both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    Label,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

MOMENT = TIMESTAMP(timezone=True)

# The views belong to no metadata that migrations are compared with.
_views = MetaData(schema="geoapp")


def _shared() -> list[Column[Any]]:
    return [
        Column("city_code", Text),
        Column("id", BigInteger),
        Column("ticket", Text),
        Column("service_code", Text),
        Column("group_code", Text),
        Column("description", Text),
        Column("landmark", Text),
        Column("status", Text),
        Column("submitted_at", MOMENT),
        Column("due_at", MOMENT),
        Column("resolved_at", MOMENT),
        Column("closed_at", MOMENT),
        Column("location_kind", Text),
        Column("geom"),
        Column("tile18", BigInteger),
        Column("shown_within_m", Integer),
        Column("kelurahan_set", BigInteger),
        Column("kelurahan_code", Text),
        Column("kecamatan_code", Text),
        Column("agency_code", Text),
        Column("simulated", Boolean),
        Column("then_kelurahan_code", Text),
        Column("then_kecamatan_code", Text),
        Column("supporters", Integer),
    ]


public = Table("complaint_public", _views, *_shared())
"""What everybody may read, and nothing else."""

work = Table(
    "complaint_work",
    _views,
    *_shared(),
    Column("version", Integer),
    Column("channel", Text),
    Column("source", Text),
    Column("external_id", Text),
    Column("observed_at", MOMENT),
    Column("verify_due_at", MOMENT),
    Column("answer_due_at", MOMENT),
    Column("verified_at", MOMENT),
    Column("assigned_at", MOMENT),
    Column("first_response_at", MOMENT),
    Column("handled_at", MOMENT),
    Column("hold_since", MOMENT),
    Column("held_status", Text),
    Column("updated_at", MOMENT),
    Column("accuracy_m", Float),
    Column("service_area_set", BigInteger),
    Column("service_area_code", Text),
    Column("assignment_method", Text),
    Column("ambiguous", Boolean),
    Column("anonymous", Boolean),
    Column("confidential", Boolean),
    Column("officer_id", BigInteger),
    Column("duplicate_of", BigInteger),
    Column("split_from", BigInteger),
    Column("reopenings", Integer),
    Column("road_set", BigInteger),
    Column("road_code", Text),
    Column("authority_offer", Text),
)
"""Everything, at its true position, as far as row-level security lets the account see."""


def lon(source: Table) -> Label[float]:
    """Degrees of longitude of the position that *source* shows."""
    return func.ST_X(source.c.geom).label("lon")


def lat(source: Table) -> Label[float]:
    """Degrees of latitude of the position that *source* shows."""
    return func.ST_Y(source.c.geom).label("lat")
