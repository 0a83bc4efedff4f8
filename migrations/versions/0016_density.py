"""Density cells: complaints counted by square of the map beforehand.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql(op.get_bind(), "0016_density")


def downgrade() -> None:
    run_sql(op.get_bind(), "0016_density_down")
