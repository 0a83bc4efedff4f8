"""The job queue: procrastinate's own tables, in a schema that only the worker may use.

They are made by the installed release (pinned in constraints.txt), which is noted in the
schema's comment: a later release that changes its tables gets a migration here that runs
procrastinate's own scripts from the noted release on.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from contextlib import closing
from importlib.metadata import version

from alembic import op
from procrastinate.schema import SchemaManager

from geoapp.store.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    connection = op.get_bind()
    run_sql(connection, "0002_procrastinate_begin")
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(SchemaManager.get_schema())
        cursor.execute("COMMENT ON SCHEMA procrastinate IS %s", (version("procrastinate"),))
    run_sql(connection, "0002_procrastinate_rights")


def downgrade() -> None:
    op.get_bind().exec_driver_sql("DROP SCHEMA procrastinate CASCADE")
