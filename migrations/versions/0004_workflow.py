"""Workflow: what a complaint waits for and belongs to, and what staff may see and move.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(op.get_bind(), "0004_workflow")


def downgrade() -> None:
    run_sql(op.get_bind(), "0004_workflow_down")
