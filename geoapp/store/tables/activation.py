"""Putting boundary sets in force: each run, and what it has decided beforehand."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATE, JSONB, TIMESTAMP

from geoapp.store.tables._metadata import XID8, metadata

_MOMENT = TIMESTAMP(timezone=True)

activation = Table(
    "activation",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("set_id", BigInteger),
    Column("companion_set", BigInteger),
    Column("valid_from", DATE),
    Column("mapping", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("state", Text, nullable=False, server_default=text("'deciding'::text")),
    Column("decided_through", BigInteger, nullable=False, server_default=text("0")),
    Column("decided_beyond", BigInteger, nullable=False, server_default=text("0")),
    Column("seen_xid", XID8),
    Column("applied_through", BigInteger, nullable=False, server_default=text("0")),
    Column("halfway", BigInteger, nullable=False, server_default=text("0")),
    Column("applied_beyond", BigInteger, nullable=False, server_default=text("0")),
    Column("waiting", BigInteger, nullable=False, server_default=text("0")),
    Column("looked_at", BigInteger, nullable=False, server_default=text("0")),
    Column("moving", BigInteger, nullable=False, server_default=text("0")),
    Column("moved", BigInteger, nullable=False, server_default=text("0")),
    Column("wanted", Boolean, nullable=False, server_default=text("false")),
    Column("problem", Text),
    Column("started_by", Text, nullable=False),
    Column("started_at", _MOMENT, nullable=False, server_default=text("now()")),
    Column("decided_at", _MOMENT),
    Column("switched_at", _MOMENT),
    Column("finished_at", _MOMENT),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    ForeignKeyConstraint(
        ["city_code", "set_id"], ["geoapp.boundary_set.city_code", "geoapp.boundary_set.id"]
    ),
    ForeignKeyConstraint(
        ["city_code", "companion_set"],
        ["geoapp.boundary_set.city_code", "geoapp.boundary_set.id"],
    ),
    Index(
        "activation_one_open",
        "city_code",
        unique=True,
        postgresql_where=text("(state = ANY (ARRAY['deciding', 'decided', 'switched']))"),
    ),
)

pending_decision = Table(
    "pending_decision",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("activation_id", BigInteger, primary_key=True),
    Column("complaint_id", BigInteger, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("moves", Boolean, nullable=False),
    Column("other_reasons", Boolean, nullable=False),
    Column("from_kelurahan", Text),
    Column("from_agency", Text),
    Column("from_ambiguous", Boolean),
    Column("kelurahan_set", BigInteger),
    Column("kelurahan_code", Text),
    Column("kecamatan_code", Text),
    Column("public_kelurahan_code", Text),
    Column("public_kecamatan_code", Text),
    Column("service_area_set", BigInteger),
    Column("service_area_code", Text),
    Column("agency_code", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("ambiguous", Boolean, nullable=False),
    Column("alternatives", JSONB, nullable=False),
    Column("road_set", BigInteger),
    Column("road_code", Text),
    Column("road", JSONB),
    Column("authority_offer", Text),
)
