"""Photos, from the first piece received to what is shown.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql(op.get_bind(), "0011_photos")


def downgrade() -> None:
    run_sql(op.get_bind(), "0011_photos_down")
