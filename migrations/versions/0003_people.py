"""People: accounts, grants, sessions, invitations, API keys, and who may administer.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(op.get_bind(), "0003_people")


def downgrade() -> None:
    # The roles belong to the whole server and may serve another database: they stay.
    run_sql(op.get_bind(), "0003_people_down")
