"""The schema: tenants, catalogue, boundaries, complaints, feed, rights.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    for name in ("0001_roles", "0001_tables", "0001_functions", "0001_rights"):
        run_sql(op.get_bind(), name)


def downgrade() -> None:
    # The roles belong to the whole server and may serve another database: they stay.
    op.get_bind().exec_driver_sql("DROP SCHEMA geoapp CASCADE")
