"""The version of a city's public data for ETags; its history found by key.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(op.get_bind(), "0002_data_version")


def downgrade() -> None:
    run_sql(op.get_bind(), "0002_undo")
