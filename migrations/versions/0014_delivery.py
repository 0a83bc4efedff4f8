"""The outbox of notices.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(op.get_bind(), "0014_delivery")


def downgrade() -> None:
    run_sql(op.get_bind(), "0014_delivery_down")
