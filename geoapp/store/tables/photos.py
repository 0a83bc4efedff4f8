"""Photos; the bytes lie in `geoapp.media.storage`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

from geoapp.store.tables._metadata import metadata

_MOMENT = TIMESTAMP(timezone=True)

photo = Table(
    "photo",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("state", Text, nullable=False, server_default=text("'receiving'::text")),
    Column("length", Integer, nullable=False),
    Column("received", Integer, nullable=False, server_default=text("0")),
    Column("refused_for", Text),
    Column("sha256", Text),
    Column("bytes", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("small_sha256", Text),
    Column("small_bytes", Integer),
    Column("small_width", Integer),
    Column("small_height", Integer),
    Column("found", JSONB),
    Column("created_at", _MOMENT, nullable=False, server_default=text("now()")),
    Column("touched_at", _MOMENT, nullable=False, server_default=text("now()")),
    Column("complaint_id", BigInteger),
    Column("event_id", BigInteger),
    Column("position", SmallInteger),
    Column("private", Boolean, nullable=False, server_default=text("false")),
    Column("attached_at", _MOMENT),
    Column("hidden_at", _MOMENT),
    Column("hidden_by", Text),
    Column("hidden_reason", Text),
    Column("erased_at", _MOMENT),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    ForeignKeyConstraint(
        ["city_code", "complaint_id"], ["geoapp.complaint.city_code", "geoapp.complaint.id"]
    ),
    Index(
        "photo_position",
        "city_code",
        "complaint_id",
        "position",
        unique=True,
        postgresql_where=text("(complaint_id IS NOT NULL)"),
    ),
    Index(
        "photo_erased",
        "city_code",
        "complaint_id",
        postgresql_where=text("(erased_at IS NOT NULL)"),
    ),
    Index("photo_loose", "created_at", postgresql_where=text("(complaint_id IS NULL)")),
    Index("photo_sha256", "sha256", postgresql_where=text("(sha256 IS NOT NULL)")),
    Index(
        "photo_small_sha256", "small_sha256", postgresql_where=text("(small_sha256 IS NOT NULL)")
    ),
)
