"""Who sent, supports and follows; how to reach them; what they think of the work."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from geoapp.store.tables._metadata import XID8, metadata

_MOMENT = TIMESTAMP(timezone=True)
_NOW = text("clock_timestamp()")


def _complaint(column: str = "complaint_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["city_code", column], ["geoapp.complaint.city_code", "geoapp.complaint.id"]
    )


complaint_sender = Table(
    "complaint_sender",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("complaint_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", Text, nullable=False),
    _complaint(),
    Index("complaint_sender_person", "city_code", "person"),
    Index(
        "complaint_sender_kept",
        "city_code",
        "complaint_id",
        postgresql_where=text("(person !~~ 'gone:%'::text)"),
    ),
)

supporter = Table(
    "supporter",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("complaint_id", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("supported_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("withdrawn_at", _MOMENT),
    _complaint(),
    UniqueConstraint("city_code", "complaint_id", "person", name="supporter_once"),
    Index("supporter_person", "city_code", "person"),
    Index(
        "supporter_kept",
        "city_code",
        "complaint_id",
        postgresql_where=text("(person !~~ 'gone:%'::text)"),
    ),
)

not_duplicate = Table(
    "not_duplicate",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("first_id", BigInteger, primary_key=True, autoincrement=False),
    Column("second_id", BigInteger, primary_key=True, autoincrement=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", _MOMENT, nullable=False, server_default=_NOW),
    _complaint("first_id"),
    _complaint("second_id"),
    Index("not_duplicate_second", "city_code", "second_id"),
)

contact = Table(
    "contact",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("complaint_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("name_sealed", LargeBinary),
    Column("email_sealed", LargeBinary),
    Column("phone_sealed", LargeBinary),
    Column("email_digest", Text),
    Column("phone_digest", Text),
    Column("language", Text, nullable=False, server_default=text("'id'::text")),
    Column("created_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("unsubscribed_at", _MOMENT),
    Column("erased_at", _MOMENT),
    Column("erased_for", Text),
    _complaint(),
    Index(
        "contact_reporter",
        "city_code",
        "complaint_id",
        unique=True,
        postgresql_where=text("(role = 'reporter'::text)"),
    ),
    Index(
        "contact_once",
        "city_code",
        "complaint_id",
        "email_digest",
        unique=True,
        postgresql_where=text("(email_digest IS NOT NULL)"),
    ),
    Index(
        "contact_email",
        "city_code",
        "email_digest",
        postgresql_where=text("(email_digest IS NOT NULL)"),
    ),
    Index(
        "contact_phone",
        "city_code",
        "phone_digest",
        postgresql_where=text("(phone_digest IS NOT NULL)"),
    ),
    Index("contact_kept", "created_at", postgresql_where=text("(erased_at IS NULL)")),
)

contact_access = Table(
    "contact_access",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("contact_id", BigInteger, nullable=False),
    Column("complaint_id", BigInteger, nullable=False),
    Column("at", _MOMENT, nullable=False, server_default=_NOW),
    Column("actor", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    ForeignKeyConstraint(
        ["city_code", "contact_id"], ["geoapp.contact.city_code", "geoapp.contact.id"]
    ),
    Index("contact_access_at", "city_code", "at"),
    Index("contact_access_actor", "city_code", "actor", "at"),
)

mail_refusal = Table(
    "mail_refusal",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("email_digest", Text, primary_key=True),
    Column("at", _MOMENT, nullable=False, server_default=_NOW),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)

rating = Table(
    "rating",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("complaint_id", BigInteger, primary_key=True, autoincrement=False),
    Column("stars", SmallInteger, nullable=False),
    Column("words", Text, nullable=False, server_default=text("''::text")),
    Column("rated_at", _MOMENT, nullable=False, server_default=_NOW),
    _complaint(),
)

delivery = Table(
    "delivery",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("complaint_id", BigInteger, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("contact_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'waiting'::text")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("uncertain", Integer, nullable=False, server_default=text("0")),
    Column("due_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("claimed_at", _MOMENT),
    Column("sent_at", _MOMENT),
    Column("tried_at", _MOMENT),
    Column("problem", Text),
    Column("created_at", _MOMENT, nullable=False, server_default=_NOW),
    _complaint(),
    ForeignKeyConstraint(
        ["city_code", "contact_id"], ["geoapp.contact.city_code", "geoapp.contact.id"]
    ),
    UniqueConstraint("city_code", "event_id", "contact_id", "kind", name="delivery_once"),
    Index(
        "delivery_due",
        "due_at",
        postgresql_where=text("(state = ANY (ARRAY['waiting'::text, 'sending'::text]))"),
    ),
    Index("delivery_tried", "tried_at", postgresql_where=text("(tried_at IS NOT NULL)")),
    Index("delivery_contact", "city_code", "contact_id"),
    Index("delivery_complaint", "city_code", "complaint_id"),
)

notice_cursor = Table(
    "notice_cursor",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("xid", XID8, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("mail_since", _MOMENT, nullable=False, server_default=_NOW),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)

privacy_request = Table(
    "privacy_request",
    metadata,
    Column("city_code", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", _MOMENT, nullable=False, server_default=_NOW),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=text("''::text")),
    Column("data", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    ForeignKeyConstraint(["city_code"], ["geoapp.city.code"]),
)
