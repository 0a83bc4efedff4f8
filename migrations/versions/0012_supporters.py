"""Who has the same problem, and what isn't the same.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql(op.get_bind(), "0012_supporters")


def downgrade() -> None:
    run_sql(op.get_bind(), "0012_supporters_down")
