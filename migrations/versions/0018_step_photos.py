"""Photos that staff adds to a step.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql(op.get_bind(), "0018_step_photos")


def downgrade() -> None:
    run_sql(op.get_bind(), "0018_step_photos_down")
