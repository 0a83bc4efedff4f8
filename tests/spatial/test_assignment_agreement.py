"""One verdict, three ways: the INSERT of a single pin, the bulk statement, and shapely.

Official kelurahan with their real overlaps and gaps; points anywhere, and where it is
hardest: on corners and edges, in gaps, around the outline within and beyond 50 m.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.domain.boundary import Layer
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.place import LonLat
from geoapp.embedded import Cluster
from geoapp.spatial import assignment
from geoapp.store.database import Database, Role
from geoapp.usecases import boundaries, cities
from tests.conftest import clone, drop
from tests.spatial.assignment_reference import Points, Reference, Verdict

ENVELOPE = (103.50, -1.72, 103.70, -1.53)


@pytest.fixture(scope="module")
def file(shared: Path) -> Path:
    return shared / "boundaries" / "kota-jambi" / "kelurahan.geojson"


@pytest.fixture(scope="module")
def reference(file: Path) -> Reference:
    return Reference(file, "code")


@pytest.fixture
def official(cluster: Cluster, jambi_template: str, file: Path) -> Iterator[Database]:
    """A database whose kelurahan in force are the official ones."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    city = cities.find(database, "15.71")
    boundaries.import_file(
        database, city, file, layer=Layer.KELURAHAN, version="o", activate_from=date(2026, 1, 1)
    )
    yield database
    database.dispose()
    drop(cluster, name)


def stored_singly(database: Database, points: Points) -> None:
    """Each point by its own INSERT; the ticket carries its number."""
    for start in range(0, len(points), 5000):
        with database.transaction(Role.WORKER, "15.71") as connection:
            assignment.lock_in_submission(connection, "15.71")
            for number, (lon, lat) in enumerate(points[start : start + 5000].tolist(), start):
                new = NewComplaint(
                    service="pothole", position=LonLat(lon, lat), channel=Channel.IMPORT
                )
                row = assignment.store(
                    connection, "15.71", f"T-{number}", new, actor="test", keep_outside=True
                )
                assert row is not None, f"point {number} was not stored"


def decisions(database: Database) -> list[Verdict]:
    with database.transaction(Role.WORKER, "15.71") as connection:
        rows = connection.execute(
            text(
                "SELECT kelurahan_code, assignment_method, ambiguous FROM geoapp.complaint"
                " ORDER BY substr(ticket, 3)::integer"
            )
        )
        return [Verdict(*row) for row in rows]


def compare(database: Database, cluster: Cluster, reference: Reference, number: int) -> None:
    west, south, east, north = ENVELOPE
    anywhere = np.random.default_rng(1571).uniform((west, south), (east, north), (number, 2))
    points = np.vstack([anywhere, reference.awkward_points()])
    stored_singly(database, points)
    expected = reference.verdicts(points)
    kinds = Counter((verdict.method, verdict.ambiguous) for verdict in expected)
    assert len(kinds) == 4, kinds  # covers, covers ambiguously, nearest, outside
    single = decisions(database)
    wrong = [
        (points[n].tolist(), ours, theirs)
        for n, (ours, theirs) in enumerate(zip(single, expected, strict=True))
        if ours != theirs
    ]
    assert not wrong, f"{len(wrong)} of {len(points)} differ: {wrong[:5]}"

    # Forget every decision, and let the bulk statement take them again.
    owner = cluster.url("geoapp_owner", database.engine.url.database or "")
    engine = create_engine(owner, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE geoapp.complaint SET kelurahan_set = NULL, kelurahan_code = NULL,"
            " kecamatan_code = NULL, service_area_set = NULL, service_area_code = NULL,"
            " assignment_method = 'outside', ambiguous = false"
        )
    city = cities.find(database, "15.71")
    boundaries.reassign(database, city)
    bulk = decisions(database)
    differing = [n for n in range(len(points)) if bulk[n] != single[n]]
    assert not differing, f"{len(differing)}: {[(single[n], bulk[n]) for n in differing[:5]]}"
    assert boundaries.reassign(database, city).moved == 0


def test_single_bulk_and_shapely_agree_on_every_point(
    official: Database, cluster: Cluster, reference: Reference
) -> None:
    compare(official, cluster, reference, 9_000)


@pytest.mark.slow
def test_single_bulk_and_shapely_agree_on_a_hundred_thousand_points(
    official: Database, cluster: Cluster, reference: Reference
) -> None:
    compare(official, cluster, reference, 100_000)
