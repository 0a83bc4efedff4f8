"""Seals: the history in batches that nobody can change unseen.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(op.get_bind(), "0006_seals")


def downgrade() -> None:
    run_sql(op.get_bind(), "0006_seals_down")
