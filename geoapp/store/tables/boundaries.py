"""Boundary sets, their areas, and who acts where."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATE, JSONB, TIMESTAMP

from geoapp.store.tables._metadata import metadata

boundary_set = Table(
    "boundary_set",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("layer", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("licence", Text, nullable=False, server_default=text("''::text")),
    Column("sha256", Text, nullable=False),
    Column("approximate", Boolean, nullable=False, server_default=text("false")),
    Column("valid_from", DATE),
    Column("valid_to", DATE),
    Column("status", Text, nullable=False, server_default=text("'staged'::text")),
    Column("quality", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("imported_at", TIMESTAMP(timezone=True), nullable=False, server_default=text("now()")),
    Column("made_from", BigInteger),
    Column("imported_by", Text, nullable=False, server_default=text("'system'::text")),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    ForeignKeyConstraint(
        ["city_code", "made_from"], ["geoapp.boundary_set.city_code", "geoapp.boundary_set.id"]
    ),
    Index(
        "boundary_set_one_active",
        "city_code",
        "layer",
        unique=True,
        postgresql_where=text("(status = 'active'::text)"),
    ),
)

area = Table(
    "area",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("set_id", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("parent_code", Text),
    Column("parent_name", Text),
    Column("geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("display_geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("label", Geometry("POINT", 4326, spatial_index=False), nullable=False),
    ForeignKeyConstraint(
        ["city_code", "set_id"], ["geoapp.boundary_set.city_code", "geoapp.boundary_set.id"]
    ),
)

area_piece = Table(
    "area_piece",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("set_id", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("piece", Integer, primary_key=True),
    Column("geom", Geometry("POLYGON", 4326, spatial_index=False), nullable=False),
    ForeignKeyConstraint(
        ["city_code", "set_id", "code"],
        ["geoapp.area.city_code", "geoapp.area.set_id", "geoapp.area.code"],
    ),
    Index("area_piece_geom", "set_id", "geom", postgresql_using="gist"),
)

service_area = Table(
    "service_area",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("set_id", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("agency_code", Text),
    Column("group_code", Text),
    Column("service_code", Text),
    Column("priority", Integer, nullable=False, server_default=text("100")),
    Column("coverage", Text, nullable=False),
    Column("area_codes", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False)),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
    ForeignKeyConstraint(
        ["city_code", "group_code"], ["geoapp.service_group.city_code", "geoapp.service_group.code"]
    ),
    ForeignKeyConstraint(
        ["city_code", "service_code"], ["geoapp.service.city_code", "geoapp.service.code"]
    ),
    ForeignKeyConstraint(
        ["city_code", "set_id"], ["geoapp.boundary_set.city_code", "geoapp.boundary_set.id"]
    ),
    Index("service_area_geom", "set_id", "geom", postgresql_using="gist"),
)

boundary_fault = Table(
    "boundary_fault",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("set_id", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    Column("area_m2", Float(53), nullable=False),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False),
    ForeignKeyConstraint(
        ["city_code", "set_id"],
        ["geoapp.boundary_set.city_code", "geoapp.boundary_set.id"],
        ondelete="CASCADE",
    ),
)

road_line = Table(
    "road_line",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("set_id", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("ref", Text),
    Column("authority", Text, nullable=False),
    Column("agency_code", Text),
    Column("geom", Geometry("MULTILINESTRING", 4326, spatial_index=False), nullable=False),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
    ForeignKeyConstraint(
        ["city_code", "set_id"],
        ["geoapp.boundary_set.city_code", "geoapp.boundary_set.id"],
        ondelete="CASCADE",
    ),
)

road_segment = Table(
    "road_segment",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("set_id", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("geom", Geometry("LINESTRING", 4326, spatial_index=False), nullable=False),
    ForeignKeyConstraint(
        ["city_code", "set_id", "code"],
        ["geoapp.road_line.city_code", "geoapp.road_line.set_id", "geoapp.road_line.code"],
        ondelete="CASCADE",
    ),
    Index("road_segment_geom", "set_id", "geom", postgresql_using="gist"),
)
