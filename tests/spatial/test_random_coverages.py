"""One verdict over coverages nobody would draw: a single pin, an import, new boundaries, shapely.

Shared edges, T-junctions, gaps, overlaps, holes and islands; points anywhere, on every
corner, on edges, where outlines cross, and around the outline within and beyond 50 m.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.domain.boundary import Layer
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.history import told_by
from geoapp.domain.place import LonLat
from geoapp.embedded import Cluster
from geoapp.spatial import assignment
from geoapp.spatial.bulk import Filed
from geoapp.spatial.files import ReadOptions
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, boundaries, cities
from geoapp.usecases.intake_bulk import Loader
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.spatial.assignment_reference import Points, Reference, Verdict
from tests.spatial.random_coverages import anywhere, crossings, on_edges, random_coverage, write

CODE = "15.71"
AWKWARD, EDGE, ANYWHERE = 250, 100, 60
"""Points of each sort per coverage: corners, middles, crossings and outlines; edges; others."""

_DECISIONS = text("""
    SELECT complaint.kelurahan_code, complaint.kecamatan_code, complaint.assignment_method,
           complaint.ambiguous, decision.alternatives
    FROM geoapp.complaint
    LEFT JOIN (
        SELECT DISTINCT ON (complaint_id) complaint_id, alternatives
        FROM geoapp.assignment ORDER BY complaint_id, id DESC
    ) AS decision ON decision.complaint_id = complaint.id
    WHERE complaint.source = :source
    ORDER BY complaint.external_id::integer
""")


@pytest.fixture(scope="module")
def database(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


def put_in_force(database: Database, file: Path, day: date) -> activation.Reassigned:
    """The file's areas come into force; what that did to the complaints."""
    city = cities.find(database, CODE)
    box = city.envelope
    with database.transaction(Role.WORKER, CODE) as connection:
        staged = boundaries.import_into(
            connection,
            city_code=CODE,
            metric_srid=city.metric_srid,
            envelope=(box.west, box.south, box.east, box.north),
            path=file,
            layer=Layer.KELURAHAN,
            version=file.stem,
            source="test",
            licence="none",
            approximate=False,
            activate_from=None,
            options=ReadOptions(display_tolerance_m=0),
        )
    return activation.activate(database, city, staged.set_id, day, other_codes=True)


def drawn(number: int, reference: Reference) -> Points:
    """Points for the coverage of this number: the awkward sorts and the others."""
    dice = np.random.default_rng(10_000 + number)
    coverage = random_coverage(number)
    awkward = np.vstack([reference.awkward_points(), crossings(coverage)])
    awkward = dice.choice(awkward, min(AWKWARD, len(awkward)), replace=False)
    return np.vstack([awkward, on_edges(dice, coverage, EDGE), anywhere(dice, ANYWHERE)])


def complaint(source: str, number: int, lon: float, lat: float) -> NewComplaint:
    return NewComplaint(
        service="pothole",
        position=LonLat(lon, lat),
        channel=Channel.IMPORT,
        source=source,
        external_id=str(number),
    )


def stored_singly(database: Database, source: str, points: Points) -> None:
    """Each point by the statement that stores a submission, one by one."""
    with database.transaction(Role.WORKER, CODE) as connection:
        assignment.lock_in_submission(connection, CODE)
        for number, (lon, lat) in enumerate(points.tolist()):
            assignment.store(
                connection, CODE, f"T-{source}-{number}",
                complaint(source, number, lon, lat), actor="import", keep_outside=True,
            )  # fmt: skip


def stored_in_bulk(database: Database, source: str, points: Points) -> None:
    new = [complaint(source, n, lon, lat) for n, (lon, lat) in enumerate(points.tolist())]
    Loader(database, cities.find(database, CODE), actor="import", keep_outside=True).store(
        [Filed(one, told_by(one)) for one in new]
    )


def compare(
    database: Database, source: str, points: Points, expected: Sequence[Verdict], how: str
) -> None:
    """Every decision is the expected one: area, kecamatan, method, alternatives."""
    with database.transaction(Role.WORKER, CODE) as connection:
        rows = connection.execute(_DECISIONS, {"source": source}).all()
    assert len(rows) == len(points), how
    wrong = [
        (points[n].tolist(), row, verdict)
        for n, (row, verdict) in enumerate(zip(rows, expected, strict=True))
        if row[:3] != (verdict.code, verdict.kecamatan, verdict.method)
        or row.ambiguous != verdict.ambiguous
        or tuple(row.alternatives) != verdict.alternatives
    ]
    assert not wrong, f"{how}: {len(wrong)} of {len(points)} differ: {wrong[:5]}"


def agree(database: Database, folder: Path, numbers: Sequence[int]) -> Counter[tuple[str, bool]]:
    """All ways of deciding, for these coverages one after the other; the verdicts by sort."""
    sorts: Counter[tuple[str, bool]] = Counter()
    with as_owner(database) as connection:
        retired = connection.execute(
            text("SELECT max(valid_from) FROM geoapp.boundary_set")
        ).scalar_one()
    day = max(retired, date(2026, 1, 1))
    stored: dict[str, Points] = {}
    for number in numbers:
        file = write(random_coverage(number), folder / f"{number}.geojson")
        reference = Reference(file, "code")
        # Those already there are decided anew, by an activation.
        day += timedelta(days=1)
        put_in_force(database, file, day)
        for source, there in stored.items():
            compare(database, source, there, reference.verdicts(there), f"{source} in {number}")
        # New ones are decided as they come.
        points = drawn(number, reference)
        expected = reference.verdicts(points)
        sorts.update((verdict.method, verdict.ambiguous) for verdict in expected)
        for way, store in (("single", stored_singly), ("bulk", stored_in_bulk)):
            source = f"{way}-{number}"
            store(database, source, points)
            compare(database, source, points, expected, source)
            stored[source] = points
    return sorts


@pytest.mark.long
def test_single_bulk_new_boundaries_and_shapely_agree_on_random_coverages(
    database: Database, tmp_path: Path
) -> None:
    sorts = agree(database, tmp_path, range(5))
    # Every sort of verdict was asked for, and none is rare.
    assert set(sorts) == {
        ("covers", False), ("covers", True), ("nearest", False), ("outside", False),
    }  # fmt: skip
    assert min(sorts.values()) > 50


@pytest.mark.slow
def test_all_ways_agree_on_thirty_random_coverages(database: Database, tmp_path: Path) -> None:
    for first in range(100, 130, 6):
        agree(database, tmp_path, range(first, first + 6))
        with as_owner(database) as connection:
            connection.execute(text("TRUNCATE geoapp.complaint CASCADE"))
