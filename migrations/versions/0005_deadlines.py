"""Deadlines: targets of verification and first answer, pauses, both clocks.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(op.get_bind(), "0005_deadlines")


def downgrade() -> None:
    run_sql(op.get_bind(), "0005_deadlines_down")
