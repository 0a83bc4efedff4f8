"""Roads with their authority, and offers to hand a complaint over to it.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(op.get_bind(), "0009_roads")


def downgrade() -> None:
    run_sql(op.get_bind(), "0009_roads_down")
