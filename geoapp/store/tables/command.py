"""What the command center keeps: filters by name, and how many people live where."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from geoapp.store.tables._metadata import metadata

_NOW = text("now()")

saved_filter = Table(
    "saved_filter",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    Column("changed_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    ForeignKeyConstraint(
        ["city_code", "account_id"], ["geoapp.account.city_code", "geoapp.account.id"]
    ),
    UniqueConstraint("city_code", "account_id", "name", name="saved_filter_name"),
)

inhabitants = Table(
    "inhabitants",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("kelurahan_code", Text, primary_key=True),
    Column("inhabitants", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)
