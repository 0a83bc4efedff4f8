"""Operations: what a monitor may count.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(op.get_bind(), "0007_operations")


def downgrade() -> None:
    run_sql(op.get_bind(), "0007_operations_down")
