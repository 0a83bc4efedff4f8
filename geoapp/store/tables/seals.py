"""Seals: the history in batches that nobody can change unseen."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, TIMESTAMP

from geoapp.store.tables._metadata import metadata

seal = Table(
    "seal",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", BYTEA, nullable=False),
    Column("first_ordinal", BigInteger, nullable=False),
    Column("last_ordinal", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("sealed_at", TIMESTAMP(timezone=True), nullable=False),
    Column("hash", BYTEA, nullable=False),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)

event_digest = Table(
    "event_digest",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seal_number", BigInteger, nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    Column("salt", BYTEA),
    Column("digest", BYTEA, nullable=False),
    ForeignKeyConstraint(
        ["city_code", "seal_number"], ["geoapp.seal.city_code", "geoapp.seal.number"]
    ),
    UniqueConstraint("city_code", "ordinal", name="event_digest_ordinal"),
)

erasure = Table(
    "erasure",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", TIMESTAMP(timezone=True), nullable=False, server_default=text("now()")),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(
        ["city_code", "event_id"], ["geoapp.event_digest.city_code", "geoapp.event_digest.event_id"]
    ),
)
