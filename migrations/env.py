"""Alembic's environment: runs inside the connection that `geoapp.store.migrate` opened."""

from __future__ import annotations

from alembic import context
from geoalchemy2 import alembic_helpers

from geoapp.store.migrate import VERSION_TABLE
from geoapp.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_schemas=True,
    # Without these alembic would drop PostGIS's own tables and miss spatial indexes.
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
)
with context.begin_transaction():
    context.run_migrations()
