"""One verdict, however it comes about: a single pin, an import, new boundaries, shapely.

Official kelurahan with their real overlaps and gaps; points anywhere, and where it is
hardest: on corners and edges, in gaps, around the outline within and beyond 50 m.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.domain.activation import Reassigned
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.history import told_by
from geoapp.domain.place import LonLat
from geoapp.spatial import assignment
from geoapp.spatial.bulk import Filed
from geoapp.store.database import Database, Role
from geoapp.store.statements import statement
from geoapp.usecases import activation, cities
from geoapp.usecases.intake_bulk import Loader
from tests.asking import as_owner
from tests.boundary_imports import in_force
from tests.conftest import REPOSITORY
from tests.spatial.assignment_reference import Points, Reference, Verdict

CODE = "15.71"
ENVELOPE = (103.50, -1.72, 103.70, -1.53)
APPROXIMATE = REPOSITORY / "boundaries" / "kota-jambi" / "kelurahan.geojson"
CONNECTIONS, PER_ROUND_TRIP, PER_TRANSACTION = 2, 50, 1_000

_DECISIONS = text("""
    SELECT complaint.kelurahan_code, complaint.kecamatan_code, complaint.assignment_method,
           complaint.ambiguous, decision.alternatives, complaint.agency_code
    FROM geoapp.complaint
    LEFT JOIN (
        SELECT DISTINCT ON (complaint_id) complaint_id, alternatives
        FROM geoapp.assignment ORDER BY complaint_id, id DESC
    ) AS decision ON decision.complaint_id = complaint.id
    ORDER BY complaint.external_id::integer
""")
_FORGET = text("""
    UPDATE geoapp.complaint
    SET kelurahan_set = NULL, kelurahan_code = NULL, kecamatan_code = NULL,
        service_area_set = NULL, service_area_code = NULL, assignment_method = 'outside',
        ambiguous = false
""")


@pytest.fixture(scope="module")
def file(shared: Path) -> Path:
    return shared / "boundaries" / "kota-jambi" / "kelurahan.geojson"


@pytest.fixture(scope="module")
def official(file: Path) -> Reference:
    return Reference(file, "code")


def drawn(official: Reference, number: int, awkward: int | None = None) -> Points:
    """*number* points anywhere in the envelope, and the awkward ones (or so many of them)."""
    west, south, east, north = ENVELOPE
    dice = np.random.default_rng(1571)
    points = official.awkward_points()
    if awkward is not None:
        points = dice.choice(points, awkward, replace=False)
    return np.vstack([dice.uniform((west, south), (east, north), (number, 2)), points])


def complaint(number: int, lon: float, lat: float) -> NewComplaint:
    return NewComplaint(
        service="pothole",
        position=LonLat(lon, lat),
        channel=Channel.IMPORT,
        source="test",
        external_id=str(number),
    )


def stored_singly(database: Database, points: Points) -> None:
    """Each point by an INSERT of its own, many of them per round trip, from two sides."""
    loader = Loader(database, cities.find(database, CODE), actor="import", keep_outside=True)

    def store(numbers: Sequence[int]) -> None:
        with database.transaction(Role.WORKER, CODE) as connection:
            assignment.lock_in_submission(connection, CODE)
            insert = str(statement("spatial", "assignment_store").compile(connection.engine))
            cursor = connection.connection.cursor()
            for start in range(0, len(numbers), PER_ROUND_TRIP):
                cursor.execute(
                    b";".join(
                        cursor.mogrify(insert, values(number, *points[number].tolist()))
                        for number in numbers[start : start + PER_ROUND_TRIP]
                    )
                )

    def values(number: int, lon: float, lat: float) -> dict[str, object]:
        told = assignment.values_of(CODE, f"T-{number}", complaint(number, lon, lat))
        return told | {"actor": "import", "keep_outside": True}

    everyone = range(len(points))
    store(everyone[:200])
    loader.refresh_statistics()  # see Loader: plans made for empty tables stay slow
    rest = everyone[200:]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = [rest[n : n + PER_TRANSACTION] for n in range(0, len(rest), PER_TRANSACTION)]
        list(pool.map(store, parts))
    loader.refresh_statistics()


def stored_in_bulk(database: Database, points: Points) -> None:
    new = [complaint(n, lon, lat) for n, (lon, lat) in enumerate(points.tolist())]
    city = cities.find(database, CODE)
    Loader(database, city, actor="import", keep_outside=True).store(
        [Filed(one, told_by(one)) for one in new]
    )


def activate(database: Database, file: Path) -> Reassigned:
    """The official kelurahan come into force; what that did to the complaints."""
    city = cities.find(database, CODE)
    return in_force(database, city, file, version="official", since=date(2026, 1, 1))


def compare(database: Database, points: Points, expected: Sequence[Verdict], how: str) -> None:
    """Every stored decision is the expected one: area, kecamatan, method, alternatives."""
    with database.transaction(Role.WORKER, CODE) as connection:
        rows = connection.execute(_DECISIONS).all()
    assert len(rows) == len(points), how
    wrong = [
        (points[n].tolist(), row, verdict)
        for n, (row, verdict) in enumerate(zip(rows, expected, strict=True))
        if row[:3] != (verdict.code, verdict.kecamatan, verdict.method)
        or row.ambiguous != verdict.ambiguous
        or tuple(row.alternatives) != verdict.alternatives
        or row.agency_code is None
    ]
    assert not wrong, f"{how}: {len(wrong)} of {len(points)} differ: {wrong[:5]}"


def single_then_bulk(database: Database, file: Path, official: Reference, points: Points) -> None:
    activate(database, file)
    expected = official.verdicts(points)
    kinds = Counter((verdict.method, verdict.ambiguous) for verdict in expected)
    assert len(kinds) == 4, kinds  # covers, covers ambiguously, nearest, outside
    stored_singly(database, points)
    compare(database, points, expected, "single")

    # Forget every decision, and let the bulk statement take them again.
    with as_owner(database) as connection:
        connection.execute(_FORGET)
    city = cities.find(database, CODE)
    activation.reassign(database, city)
    compare(database, points, expected, "taken again")
    assert activation.reassign(database, city).moved == 0


def approximate_then_official(
    database: Database, file: Path, official: Reference, points: Points
) -> None:
    stored_in_bulk(database, points)
    before = Reference(APPROXIMATE, "code").verdicts(points)
    compare(database, points, before, "imported")

    summary = activate(database, file)
    expected = official.verdicts(points)
    moves = sum(one.code != other.code for one, other in zip(before, expected, strict=True))
    stays = len(points) - moves
    assert summary.moved == moves
    # The proof isn't empty: many move, and of those that stay many were never looked at.
    assert moves > 0.1 * len(points)
    assert summary.looked_at - moves < stays - 0.1 * len(points)
    compare(database, points, expected, "moved to the official ones")
    assert activation.reassign(database, cities.find(database, CODE)).moved == 0


def test_single_bulk_and_shapely_agree_on_every_point(
    jambi: Database, file: Path, official: Reference
) -> None:
    single_then_bulk(jambi, file, official, drawn(official, 2_000, awkward=2_000))


def test_after_the_official_kelurahan_came_every_decision_is_what_shapely_says(
    jambi: Database, file: Path, official: Reference
) -> None:
    approximate_then_official(jambi, file, official, drawn(official, 2_000, awkward=2_000))


@pytest.mark.slow
def test_single_bulk_and_shapely_agree_on_a_hundred_thousand_points(
    jambi: Database, file: Path, official: Reference
) -> None:
    single_then_bulk(jambi, file, official, drawn(official, 100_000))


@pytest.mark.slow
def test_after_new_kelurahan_a_hundred_thousand_decisions_are_what_shapely_says(
    jambi: Database, file: Path, official: Reference
) -> None:
    approximate_then_official(jambi, file, official, drawn(official, 100_000))
