"""The city and its catalogue."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATE, JSONB, UUID

from geoapp.store.tables._metadata import metadata

feed_epoch = Table(
    "feed_epoch",
    metadata,
    Column("only_row", Boolean, primary_key=True, server_default=text("true")),
    Column("epoch", UUID, nullable=False, server_default=text("gen_random_uuid()")),
)

city = Table(
    "city",
    metadata,
    Column("code", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("metric_srid", Integer, nullable=False),
    Column("locale", Text, nullable=False),
    Column("ticket_prefix", Text, nullable=False),
    Column("host", Text),
    Column("parent_prefix_length", Integer),
    Column("centre", Geometry("POINT", 4326, spatial_index=False), nullable=False),
    Column("envelope", Geometry("POLYGON", 4326, spatial_index=False), nullable=False),
    Column("practice", Boolean, nullable=False, server_default=text("false")),
    Column("road_within_m", Integer, nullable=False, server_default=text("25")),
    Column("road_agencies", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("unprefixed", Boolean, nullable=False, server_default=text("false")),
    Column("ombudsman", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    UniqueConstraint("host", name="city_host_key"),
    UniqueConstraint("slug", name="city_slug_key"),
    Index("city_one_unprefixed", "unprefixed", unique=True, postgresql_where=text("unprefixed")),
)

holiday = Table(
    "holiday",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("day", DATE, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)

service_group = Table(
    "service_group",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("colour", Text, nullable=False),
    Column("colour_dark", Text, nullable=False),
    Column("glyph", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("by_road", Boolean, nullable=False, server_default=text("false")),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)

agency = Table(
    "agency",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)

agency_version = Table(
    "agency_version",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("agency_code", Text, primary_key=True),
    Column("valid_from", DATE, primary_key=True),
    Column("valid_to", DATE),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("unit", Text),
    Column("in_city", Boolean, nullable=False, server_default=text("true")),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
)

service = Table(
    "service",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("group_code", Text, nullable=False),
    ForeignKeyConstraint(
        ["city_code", "group_code"], ["geoapp.service_group.city_code", "geoapp.service_group.code"]
    ),
)

service_version = Table(
    "service_version",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("service_code", Text, primary_key=True),
    Column("valid_from", DATE, primary_key=True),
    Column("valid_to", DATE),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("target", Integer, nullable=False),
    Column("agency_code", Text, nullable=False),
    Column("blur_m", Integer, nullable=False),
    Column("duplicate_radius_m", Integer, nullable=False),
    Column("needs_place", Boolean, nullable=False),
    Column("glyph", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("verify_clock", Text, nullable=False, server_default=text("'working_days'")),
    Column("verify_target", Integer, nullable=False, server_default=text("3")),
    Column("answer_clock", Text, nullable=False, server_default=text("'working_days'")),
    Column("answer_target", Integer, nullable=False, server_default=text("5")),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
    ForeignKeyConstraint(
        ["city_code", "service_code"], ["geoapp.service.city_code", "geoapp.service.code"]
    ),
)
