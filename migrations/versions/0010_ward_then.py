"""Where a complaint from before the boundaries in force lay by those of its day.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(op.get_bind(), "0010_ward_then")


def downgrade() -> None:
    run_sql(op.get_bind(), "0010_ward_then_down")
