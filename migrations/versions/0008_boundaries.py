"""The life of boundary sets: faults, activations, decisions beforehand, "ward then".

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(op.get_bind(), "0008_boundaries")


def downgrade() -> None:
    run_sql(op.get_bind(), "0008_boundaries_down")
