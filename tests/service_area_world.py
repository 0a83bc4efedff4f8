"""A draft of service areas to try things on, in the default city."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import shapely
from sqlalchemy import text

from geoapp.domain.service_area import Coverage, ServiceArea
from geoapp.domain.shape import Shape
from geoapp.embedded import Cluster
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.databases import clone, drop

SIPIN = "15.71.01.1001"
ARAB_MELAYU = "15.71.05.1001"


@contextmanager
def default_city(cluster: Cluster, template: str) -> Iterator[Database]:
    """A database with the default city."""
    name = clone(cluster, template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


def without_drafts(database: Database) -> None:
    """The sets as they were loaded."""
    staged = "(SELECT id FROM geoapp.boundary_set WHERE status = 'staged')"
    with as_owner(database) as connection:
        for statement in (
            "DELETE FROM geoapp.activation",
            f"DELETE FROM geoapp.service_area WHERE set_id IN {staged}",
            "DELETE FROM geoapp.boundary_set WHERE status = 'staged'",
            "DELETE FROM geoapp.admin_event",
        ):
            connection.execute(text(statement))


def square(west: float, south: float, side: float = 0.01) -> Shape:
    return Shape.from_geojson(
        shapely.geometry.mapping(shapely.box(west, south, west + side, south + side))
    )


def polygon(code: str, shape: Shape, **changes: Any) -> ServiceArea:
    return replace(
        ServiceArea(
            code=code,
            name=code.title(),
            agency_code="dlh",
            group_code="road",
            priority=50,
            coverage=Coverage.POLYGON,
            geometry=shape,
        ),
        **changes,
    )


def row(database: Database, sql: str, **values: Any) -> Any:
    with as_owner(database) as connection:
        return connection.execute(text(sql), values).one()
