"""The command center: kept filters, inhabitants, and what the listener tells staff.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql(op.get_bind(), "0017_command")


def downgrade() -> None:
    run_sql(op.get_bind(), "0017_command_down")
