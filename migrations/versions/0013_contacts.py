"""How to reach people, what they think of the work, whom else they may turn to.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op

from geoapp.store.migrate import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for name in ("0013_contacts", "0013_contact_functions"):
        run_sql(op.get_bind(), name)


def downgrade() -> None:
    run_sql(op.get_bind(), "0013_contacts_down")
