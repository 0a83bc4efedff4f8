"""What agencies work with: texts to answer with, and the morning's digest."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Identity, Table, Text, text
from sqlalchemy.dialects.postgresql import DATE, JSONB, TIMESTAMP

from geoapp.store.tables._metadata import metadata

answer_template = Table(
    "answer_template",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("agency_code", Text),
    Column("name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("retired_at", TIMESTAMP(timezone=True)),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
)

agency_digest = Table(
    "agency_digest",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("agency_code", Text, primary_key=True),
    Column("day", DATE, primary_key=True),
    Column("made_at", TIMESTAMP(timezone=True), nullable=False, server_default=text("now()")),
    Column("data", JSONB, nullable=False),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
)
