"""What a person may ask of the city about their own data.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql(op.get_bind(), "0015_privacy")


def downgrade() -> None:
    run_sql(op.get_bind(), "0015_privacy_down")
