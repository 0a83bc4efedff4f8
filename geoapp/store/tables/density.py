"""Density cells: what was counted, of which complaints, and how far."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from geoapp.store.tables._metadata import XID8, metadata

MOMENT = TIMESTAMP(timezone=True)

density_state = Table(
    "density_state",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("epoch", Uuid, nullable=False),
    Column("phase", Text, nullable=False),
    Column("filled_tile", BigInteger, nullable=False, server_default="-1"),
    Column("filled_to", BigInteger, nullable=False, server_default="0"),
    Column("xid", XID8, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("moment", MOMENT, nullable=False),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    CheckConstraint("phase IN ('clearing', 'filling', 'ready')", name="density_state_phase_check"),
)

density_mark = Table(
    "density_mark",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("complaint_id", BigInteger, nullable=False),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)

density_counted = Table(
    "density_counted",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("complaint_id", BigInteger, primary_key=True, autoincrement=False),
    Column("group_code", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("submitted_at", MOMENT, nullable=False),
    Column("due_at", MOMENT, nullable=False),
    Column("done_at", MOMENT),
    Column("agency_code", Text, nullable=False),
    Column("tile18", BigInteger, nullable=False),
    Column("kelurahan_code", Text, nullable=False),
    Column("kecamatan_code", Text, nullable=False),
    Column("public_tile18", BigInteger),
    Column("public_kelurahan_code", Text),
    Column("public_kecamatan_code", Text),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)
Index(
    "density_counted_due",
    density_counted.c.city_code,
    density_counted.c.due_at,
    postgresql_where=text(
        "status IN ('submitted', 'verified', 'assigned', 'in_progress', 'reopened')"
    ),
)
Index(
    "density_counted_done",
    density_counted.c.city_code,
    density_counted.c.done_at,
    postgresql_where=text("status IN ('resolved', 'closed')"),
)

density_total = Table(
    "density_total",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("zoom", SmallInteger, primary_key=True, autoincrement=False),
    Column("group_code", Text, primary_key=True),
    Column("cell", BigInteger, primary_key=True, autoincrement=False),
    Column("open_count", Integer, nullable=False),
    Column("overdue_count", Integer, nullable=False),
    Column("done_count", Integer, nullable=False),
    Column("recent_count", Integer, nullable=False),
    Column("other_count", Integer, nullable=False),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    CheckConstraint("kind IN ('public', 'work')", name="density_total_kind_check"),
    CheckConstraint("zoom IN (17, 18)", name="density_total_zoom_check"),
)
Index(
    "density_total_empty",
    density_total.c.city_code,
    postgresql_where=text("open_count = 0 AND done_count = 0 AND other_count = 0"),
)

density_cell = Table(
    "density_cell",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("cell", BigInteger, primary_key=True, autoincrement=False),
    Column("group_code", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("agency_code", Text, primary_key=True),
    Column("kelurahan_code", Text, primary_key=True),
    Column("kecamatan_code", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("overdue_count", Integer, nullable=False),
    Column("recent_count", Integer, nullable=False),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    CheckConstraint("kind IN ('public', 'work')", name="density_cell_kind_check"),
)
Index("density_cell_empty", density_cell.c.city_code, postgresql_where=text("count = 0"))
