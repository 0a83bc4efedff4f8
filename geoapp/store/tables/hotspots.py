"""Hotspot runs and their cells."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

from geoapp.store.tables._metadata import metadata

hotspot_run = Table(
    "hotspot_run",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("group_code", Text, nullable=False),
    Column("window_from", TIMESTAMP(timezone=True), nullable=False),
    Column("window_to", TIMESTAMP(timezone=True), nullable=False),
    Column("cell_m", Double, nullable=False),
    Column("metric_srid", Integer, nullable=False),
    Column("computed_at", TIMESTAMP(timezone=True), nullable=False),
    Column("total", Integer, nullable=False),
    Column("outside", Integer, nullable=False),
    Column("simulated", Integer, nullable=False),
    Column("cells", Integer, nullable=False),
    Column("tested", Integer, nullable=False),
    Column("hotspots", Integer, nullable=False),
    Column("boundary_set", BigInteger),
    Column("set_aside", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("clusters", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    ForeignKeyConstraint(
        ["city_code", "group_code"], ["geoapp.service_group.city_code", "geoapp.service_group.code"]
    ),
)
Index(
    "hotspot_run_latest",
    hotspot_run.c.city_code,
    hotspot_run.c.group_code,
    hotspot_run.c.computed_at.desc(),
    hotspot_run.c.id.desc(),
)

hotspot = Table(
    "hotspot",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("run_id", BigInteger, primary_key=True),
    Column("cell_q", Integer, primary_key=True),
    Column("cell_r", Integer, primary_key=True),
    Column("cluster", SmallInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("neighbourhood", Integer, nullable=False),
    Column("expected", Double, nullable=False),
    Column("z", Double, nullable=False),
    Column("p", Double, nullable=False),
    Column("q", Double, nullable=False),
    Column("confidence", SmallInteger, nullable=False),
    Column("kelurahan", ARRAY(Text), nullable=False),
    Column("geom", Geometry("POLYGON", 4326, spatial_index=False), nullable=False),
    ForeignKeyConstraint(
        ["city_code", "run_id"],
        ["geoapp.hotspot_run.city_code", "geoapp.hotspot_run.id"],
        ondelete="CASCADE",
    ),
)
