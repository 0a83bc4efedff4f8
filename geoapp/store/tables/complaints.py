"""Complaints, their decisions, their history, and what guards their intake."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Double,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, REAL, TIMESTAMP

from geoapp.store.tables._metadata import XID8, metadata

complaint = Table(
    "complaint",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("ticket", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source", Text),
    Column("external_id", Text),
    Column("service_code", Text, nullable=False),
    Column("group_code", Text, nullable=False),
    Column("description", Text),
    Column("landmark", Text),
    Column("status", Text, nullable=False, server_default=text("'submitted'::text")),
    Column("submitted_at", TIMESTAMP(timezone=True), nullable=False, server_default=text("now()")),
    Column("observed_at", TIMESTAMP(timezone=True)),
    Column("due_at", TIMESTAMP(timezone=True), nullable=False),
    Column("first_response_at", TIMESTAMP(timezone=True)),
    Column("resolved_at", TIMESTAMP(timezone=True)),
    Column("closed_at", TIMESTAMP(timezone=True)),
    Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=text("now()")),
    Column("location_kind", Text, nullable=False),
    Column("geom", Geometry("POINT", 4326, spatial_index=False)),
    Column("tile18", BigInteger, Computed("geoapp.tile18(geom)", persisted=True)),
    Column("public_geom", Geometry("POINT", 4326, spatial_index=False)),
    Column("public_tile18", BigInteger, Computed("geoapp.tile18(public_geom)", persisted=True)),
    Column("shown_within_m", Integer, nullable=False, server_default=text("0")),
    Column("accuracy_m", REAL),
    Column("kelurahan_set", BigInteger),
    Column("kelurahan_code", Text),
    Column("kecamatan_code", Text),
    Column("public_kelurahan_code", Text),
    Column("public_kecamatan_code", Text),
    Column("service_area_set", BigInteger),
    Column("service_area_code", Text),
    Column("agency_code", Text, nullable=False),
    Column("assignment_method", Text, nullable=False),
    Column("ambiguous", Boolean, nullable=False, server_default=text("false")),
    Column("anonymous", Boolean, nullable=False, server_default=text("false")),
    Column("confidential", Boolean, nullable=False, server_default=text("false")),
    Column("simulated", Boolean, nullable=False, server_default=text("false")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("verify_due_at", TIMESTAMP(timezone=True)),
    Column("answer_due_at", TIMESTAMP(timezone=True)),
    Column("verified_at", TIMESTAMP(timezone=True)),
    Column("assigned_at", TIMESTAMP(timezone=True)),
    Column("handled_at", TIMESTAMP(timezone=True)),
    Column("hold_since", TIMESTAMP(timezone=True)),
    Column("held_status", Text),
    Column("officer_id", BigInteger),
    Column("duplicate_of", BigInteger),
    Column("split_from", BigInteger),
    Column("reopenings", Integer, nullable=False, server_default=text("0")),
    Column("then_kelurahan_code", Text),
    Column("then_kecamatan_code", Text),
    Column("public_then_kelurahan_code", Text),
    Column("public_then_kecamatan_code", Text),
    Column("road_set", BigInteger),
    Column("road_code", Text),
    Column("authority_offer", Text),
    Column("supporters", Integer, nullable=False, server_default=text("0")),
    Column("escalated_at", TIMESTAMP(timezone=True)),
    ForeignKeyConstraint(
        ["city_code", "road_set", "road_code"],
        ["geoapp.road_line.city_code", "geoapp.road_line.set_id", "geoapp.road_line.code"],
        name="complaint_road",
    ),
    ForeignKeyConstraint(
        ["city_code", "officer_id"],
        ["geoapp.account.city_code", "geoapp.account.id"],
        name="complaint_officer",
    ),
    ForeignKeyConstraint(
        ["city_code", "duplicate_of"],
        ["geoapp.complaint.city_code", "geoapp.complaint.id"],
        name="complaint_duplicate_of",
    ),
    ForeignKeyConstraint(
        ["city_code", "split_from"],
        ["geoapp.complaint.city_code", "geoapp.complaint.id"],
        name="complaint_split_from",
    ),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    ForeignKeyConstraint(
        ["city_code", "group_code"], ["geoapp.service_group.city_code", "geoapp.service_group.code"]
    ),
    ForeignKeyConstraint(
        ["city_code", "kelurahan_set", "kelurahan_code"],
        ["geoapp.area.city_code", "geoapp.area.set_id", "geoapp.area.code"],
    ),
    ForeignKeyConstraint(
        ["city_code", "kelurahan_set", "public_kelurahan_code"],
        ["geoapp.area.city_code", "geoapp.area.set_id", "geoapp.area.code"],
    ),
    ForeignKeyConstraint(
        ["city_code", "service_area_set", "service_area_code"],
        ["geoapp.service_area.city_code", "geoapp.service_area.set_id", "geoapp.service_area.code"],
    ),
    ForeignKeyConstraint(
        ["city_code", "service_code"], ["geoapp.service.city_code", "geoapp.service.code"]
    ),
    UniqueConstraint("city_code", "ticket", name="complaint_city_code_ticket_key"),
    Index(
        "complaint_external",
        "city_code",
        "source",
        "external_id",
        unique=True,
        postgresql_where=text("(external_id IS NOT NULL)"),
    ),
    Index("complaint_geom", "geom", postgresql_using="gist"),
    Index(
        "complaint_public_geom",
        "public_geom",
        postgresql_using="gist",
        postgresql_where=text("(shown_within_m > 0)"),
    ),
    Index("complaint_kelurahan_set", "kelurahan_set"),
    Index("complaint_service_area_set", "service_area_set"),
    Index(
        "complaint_kelurahan",
        "city_code",
        "kelurahan_code",
        "submitted_at",
        postgresql_include=["id", "agency_code", "kecamatan_code", "service_area_code"],
    ),
    Index(
        "complaint_open",
        "city_code",
        "due_at",
        postgresql_include=[
            "id",
            "status",
            "agency_code",
            "kelurahan_code",
            "kecamatan_code",
            "service_area_code",
        ],
        postgresql_where=text(
            "(status = ANY (ARRAY['submitted'::text, 'verified'::text, 'assigned'::text, 'in_progress'::text, 'on_hold'::text, 'reopened'::text]))"
        ),
    ),
    Index(
        "complaint_public_tile18",
        "city_code",
        "public_tile18",
        postgresql_where=text("((location_kind = 'point'::text) AND (NOT confidential))"),
    ),
    Index(
        "complaint_public_kelurahan",
        "city_code",
        "public_kelurahan_code",
        "submitted_at",
        postgresql_where=text("(NOT confidential)"),
    ),
    Index(
        "complaint_agency_open",
        "city_code",
        "agency_code",
        "due_at",
        postgresql_include=[
            "id",
            "status",
            "kelurahan_code",
            "kecamatan_code",
            "service_area_code",
        ],
        postgresql_where=text(
            "(status = ANY (ARRAY['submitted'::text, 'verified'::text, 'assigned'::text, 'in_progress'::text, 'on_hold'::text, 'reopened'::text]))"
        ),
    ),
    Index(
        "complaint_kelurahan_open",
        "city_code",
        "kelurahan_code",
        "due_at",
        postgresql_include=["id", "status", "agency_code", "kecamatan_code", "service_area_code"],
        postgresql_where=text(
            "(status = ANY (ARRAY['submitted'::text, 'verified'::text, 'assigned'::text, 'in_progress'::text, 'on_hold'::text, 'reopened'::text]))"
        ),
    ),
    Index(
        "complaint_officer",
        "city_code",
        "officer_id",
        postgresql_where=text("(officer_id IS NOT NULL)"),
    ),
    Index(
        "complaint_duplicates",
        "city_code",
        "duplicate_of",
        postgresql_where=text("(duplicate_of IS NOT NULL)"),
    ),
    Index(
        "complaint_splits",
        "city_code",
        "split_from",
        postgresql_where=text("(split_from IS NOT NULL)"),
    ),
    Index(
        "complaint_offered",
        "city_code",
        "due_at",
        postgresql_include=[
            "id",
            "status",
            "agency_code",
            "kelurahan_code",
            "kecamatan_code",
            "service_area_code",
        ],
        postgresql_where=text("(authority_offer = 'open'::text)"),
    ),
    Index(
        "complaint_road",
        "city_code",
        "road_code",
        postgresql_where=text("(road_code IS NOT NULL)"),
    ),
    Index(
        "complaint_resolved",
        "city_code",
        "resolved_at",
        postgresql_where=text("(status = 'resolved'::text)"),
    ),
    Index(
        "complaint_manual",
        "city_code",
        "id",
        postgresql_where=text("(assignment_method = 'manual'::text)"),
    ),
    Index("complaint_simulated", "city_code", postgresql_where=text("simulated")),
    Index(
        "complaint_tile18",
        "city_code",
        "tile18",
        postgresql_where=text("(location_kind = 'point'::text)"),
    ),
)
Index(
    "complaint_newest",
    complaint.c.city_code,
    complaint.c.submitted_at.desc(),
    complaint.c.id.desc(),
    postgresql_include=["agency_code", "kelurahan_code", "kecamatan_code", "service_area_code"],
)

assignment = Table(
    "assignment",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("complaint_id", BigInteger, nullable=False),
    Column(
        "decided_at",
        TIMESTAMP(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text),
    Column("kelurahan_set", BigInteger),
    Column("kelurahan_code", Text),
    Column("service_area_set", BigInteger),
    Column("service_area_code", Text),
    Column("agency_code", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("ambiguous", Boolean, nullable=False),
    Column("edge_distance_m", Double),
    Column("alternatives", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("road", JSONB),
    ForeignKeyConstraint(
        ["city_code", "complaint_id"], ["geoapp.complaint.city_code", "geoapp.complaint.id"]
    ),
    Index("assignment_complaint", "city_code", "complaint_id", "id"),
)

complaint_event = Table(
    "complaint_event",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("xid", XID8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("complaint_id", BigInteger, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text),
    Column(
        "at", TIMESTAMP(timezone=True), nullable=False, server_default=text("clock_timestamp()")
    ),
    Column("actor", Text, nullable=False),
    Column("data", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    ForeignKeyConstraint(
        ["city_code", "complaint_id"], ["geoapp.complaint.city_code", "geoapp.complaint.id"]
    ),
    Index("complaint_event_city_feed", "city_code", "xid", "id"),
    Index("complaint_event_complaint", "city_code", "complaint_id", "id"),
    Index("complaint_event_feed", "xid", "id"),
)

intake_key = Table(
    "intake_key",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_sha256", Text, nullable=False),
    Column("answer", JSONB),
    Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=text("now()")),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    Index("intake_key_created", "created_at"),
)

rate_window = Table(
    "rate_window",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    Column("window_start", TIMESTAMP(timezone=True), primary_key=True),
    Column("hits", Integer, nullable=False),
)
