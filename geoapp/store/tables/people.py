"""Accounts: what they may do where, their sessions, invitations and keys."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

from geoapp.store.tables._metadata import metadata

_NOW = text("now()")
_NO_TEXTS = text("'{}'::text[]")
_ACCOUNT = ["geoapp.account.city_code", "geoapp.account.id"]

account = Table(
    "account",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, server_default=text("'person'::text")),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("password_hash", Text),
    Column(
        "uniquifier",
        Text,
        nullable=False,
        server_default=text("replace((gen_random_uuid())::text, '-'::text, ''::text)"),
    ),
    Column("totp_secret", Text),
    Column("totp_method", Text),
    Column("totp_counter", BigInteger),
    Column("recovery_codes", ARRAY(Text), nullable=False, server_default=_NO_TEXTS),
    Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    Column("last_login_at", TIMESTAMP(timezone=True)),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
    UniqueConstraint("city_code", "email", name="account_email"),
    UniqueConstraint("uniquifier", name="account_uniquifier"),
)

account_grant = Table(
    "account_grant",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("agency_code", Text),
    Column("kelurahan_codes", ARRAY(Text), nullable=False, server_default=_NO_TEXTS),
    Column("kecamatan_codes", ARRAY(Text), nullable=False, server_default=_NO_TEXTS),
    Column("service_area_codes", ARRAY(Text), nullable=False, server_default=_NO_TEXTS),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    Column("revoked_at", TIMESTAMP(timezone=True)),
    ForeignKeyConstraint(["city_code", "account_id"], _ACCOUNT),
    ForeignKeyConstraint(
        ["city_code", "agency_code"], ["geoapp.agency.city_code", "geoapp.agency.code"]
    ),
    Index(
        "account_grant_account",
        "city_code",
        "account_id",
        postgresql_where=text("(revoked_at IS NULL)"),
    ),
)

account_session = Table(
    "account_session",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("token_sha256", Text, nullable=False),
    Column("user_agent", Text, nullable=False, server_default=text("''::text")),
    Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    Column("last_seen_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    Column("ended_at", TIMESTAMP(timezone=True)),
    ForeignKeyConstraint(["city_code", "account_id"], _ACCOUNT),
    UniqueConstraint("token_sha256", name="account_session_token"),
    Index("account_session_account", "city_code", "account_id"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("token_sha256", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    Column("expires_at", TIMESTAMP(timezone=True), nullable=False),
    Column("used_at", TIMESTAMP(timezone=True)),
    ForeignKeyConstraint(["city_code", "account_id"], _ACCOUNT),
    UniqueConstraint("token_sha256", name="invitation_token"),
    Index("invitation_account", "city_code", "account_id"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("key_sha256", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=_NOW),
    Column("expires_at", TIMESTAMP(timezone=True)),
    Column("revoked_at", TIMESTAMP(timezone=True)),
    Column("last_used_at", TIMESTAMP(timezone=True)),
    ForeignKeyConstraint(["city_code", "account_id"], _ACCOUNT),
    UniqueConstraint("key_sha256", name="api_key_digest"),
    Index("api_key_account", "city_code", "account_id"),
)

admin_event = Table(
    "admin_event",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "at", TIMESTAMP(timezone=True), nullable=False, server_default=text("clock_timestamp()")
    ),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)
