"""Cleaning a set into a new one, and discarding staged ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from sqlalchemy import text

from geoapp.domain.boundary_quality import OverlapStrategy
from geoapp.domain.catalogue import City
from geoapp.embedded import Cluster
from geoapp.errors import BoundarySetNotStaged, Conflict, InvalidInput, NotFound
from geoapp.spatial import sandbox
from geoapp.store.database import Database, Role
from geoapp.usecases import boundary_quality as use
from geoapp.usecases import cities
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire
from tests.usecases.boundary_world import (
    CODE,
    bring,
    bring_features,
    cell,
    feature,
    kinds,
    square_metres,
    stored,
)

_AREAS = """
    SELECT code, name, parent_code, parent_name, ST_AsBinary(geom), ST_Covers(geom, label),
           ST_IsValid(display_geom)
    FROM geoapp.area WHERE set_id = :id ORDER BY code
"""


@pytest.fixture(scope="module")
def database(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def city(database: Database) -> City:
    return cities.find(database, CODE)


@pytest.fixture(scope="module")
def official(database: Database, shared: Path) -> int:
    """The real kelurahan, staged."""
    return bring(database, shared / "boundaries" / "kota-jambi" / "kelurahan.geojson")


def test_cleaning_makes_a_new_staged_set_and_says_what_it_changed(
    database: Database, city: City, official: int
) -> None:
    before = stored(database, _AREAS, id=official)
    cleaned = use.clean(database, city, official, gaps_under_m2=2_700)
    assert stored(database, _AREAS, id=official) == before
    after = stored(database, _AREAS, id=cleaned.set_id)
    assert [row[:4] for row in after] == [row[:4] for row in before]
    assert all(label and drawable for *_, label, drawable in after)
    assert (cleaned.gaps_before, cleaned.overlaps_before) == (193, 114)
    assert (cleaned.gaps_after, cleaned.overlaps_after) == (0, 0)
    old, new = (shapely.from_wkb([bytes(row[4]) for row in rows]) for rows in (before, after))
    assert shapely.coverage_is_valid(new)
    # What was covered twice is now once, what nobody had is somebody's: 96,069 and 73,009 m².
    assert cleaned.covered_change_m2 == pytest.approx(73_000, abs=500)
    assert cleaned.area_change_m2 == pytest.approx(73_000 - 96_000, abs=1_000)
    changed = {one.code: one for one in cleaned.changed}
    for row, mine, its in zip(before, old, new, strict=True):
        moved = square_metres(shapely.symmetric_difference(mine, its))
        told = changed[row[0]].moved_m2 if row[0] in changed else 0.0
        assert told == pytest.approx(moved, abs=1)
        assert told <= 0.01 * square_metres(mine)
    pieces = stored(
        database,
        "SELECT code, sum(ST_Area(geom)) FROM geoapp.area_piece WHERE set_id = :id"
        " GROUP BY code ORDER BY code",
        id=cleaned.set_id,
    )
    assert [area for _, area in pieces] == pytest.approx(shapely.area(new).tolist(), rel=1e-9)

    report = use.report(database, city, cleaned.set_id)
    assert report.set.made_from == official
    assert (report.set.status, report.set.version) == ("staged", "kelurahan (cleaned)")
    assert report.quality["cleaning"]["gaps_before"] == 193
    assert (report.gaps, report.overlaps) == (0, 0)
    lines = "\n".join(report.lines())
    assert "no interior gaps" in lines
    assert "no overlapping pairs" in lines
    assert all(code in lines for code in changed)
    shown = {
        one["properties"]["codes"][0]: one
        for one in kinds(database, city, cleaned.set_id)["changed"]
    }
    assert set(shown) == set(changed)
    for code, one in shown.items():
        drawn = square_metres(shapely.geometry.shape(one["geometry"]))
        assert drawn == pytest.approx(changed[code].moved_m2, abs=1)
    (logged,) = stored(
        database,
        "SELECT actor, data ->> 'made_from' FROM geoapp.admin_event"
        " WHERE kind = 'boundaries.cleaned' AND subject = :id",
        id=f"boundary_set:{cleaned.set_id}",
    )
    assert logged == ("system", str(official))


def test_giving_overlaps_to_the_lowest_code_sends_no_point_elsewhere(
    database: Database, city: City, official: int
) -> None:
    cleaned = use.clean(database, city, official, gaps_under_m2=0)
    # Where two areas claimed the ground, the verdict is the lowest code's; asked of the areas
    # before and after, at a point within every overlap.
    rows = stored(
        database,
        """
        SELECT fault.n, min(area.code) FILTER (WHERE area.set_id = :before),
               min(area.code) FILTER (WHERE area.set_id = :after), count(*)
        FROM geoapp.boundary_fault AS fault
        JOIN geoapp.area ON area.set_id IN (:before, :after)
                        AND ST_Covers(area.geom, ST_PointOnSurface(fault.geom))
        WHERE fault.set_id = :before AND fault.kind = 'overlap'
        GROUP BY fault.n
        """,
        before=official,
        after=cleaned.set_id,
    )
    assert len(rows) == 114
    assert [row for row in rows if row[1] != row[2]] == []
    assert min(row[3] for row in rows) >= 3


def test_a_cleaning_that_changes_an_area_too_much_is_refused_and_names_it(
    database: Database, city: City, official: int
) -> None:
    sets = "SELECT count(*) FROM geoapp.boundary_set"
    before = stored(database, sets)
    with pytest.raises(InvalidInput, match=r"1 areas would change more than 0.60%.*Talang Jauh"):
        use.clean(database, city, official, gaps_under_m2=2_700, max_change=0.006)
    with pytest.raises(InvalidInput) as refused:
        use.clean(database, city, official, gaps_under_m2=2_700, max_change=0.001)
    assert [problem.field for problem in refused.value.fields] == ["max_change"]
    assert "more" in refused.value.message
    assert stored(database, sets) == before


def test_an_area_that_would_vanish_is_refused_whatever_the_limit(
    jambi: Database, tmp_path: Path
) -> None:
    staged = bring_features(
        jambi, tmp_path,
        feature(1001, "Alpha", cell(0, 0)),
        feature(1002, "Under", cell(0.2, 0.2, 0.1, 0.1)),
    )  # fmt: skip
    city = cities.find(jambi, CODE)
    with pytest.raises(InvalidInput, match=r"1002 Under \(nothing left\)"):
        use.clean(jambi, city, staged, gaps_under_m2=0, max_change=1)
    kept = use.clean(
        jambi, city, staged, gaps_under_m2=0, overlaps=OverlapStrategy.SMALLEST, max_change=1
    )
    assert [one.code[-4:] for one in kept.changed] == ["1001"]


def test_nothing_to_clean_and_numbers_out_of_range_are_told(
    database: Database, city: City, tmp_path: Path
) -> None:
    staged = _another(database, tmp_path)
    with pytest.raises(Conflict, match="nothing to clean"):
        use.clean(database, city, staged, gaps_under_m2=100)
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InvalidInput, match="gaps_under_m2"):
            use.clean(database, city, staged, gaps_under_m2=wrong)
    for wrong in (0.0, -0.1, 1.5, float("nan")):
        with pytest.raises(InvalidInput, match="max_change"):
            use.clean(database, city, staged, gaps_under_m2=1, max_change=wrong)
    for ask in (use.report, use.faults, use.areas, use.discard):
        with pytest.raises(NotFound):
            ask(database, city, 999_999)
    with pytest.raises(NotFound):
        use.clean(database, city, 999_999, gaps_under_m2=1)


def test_a_staged_set_is_discarded_whole_and_what_was_made_from_it_stays(
    jambi: Database, tmp_path: Path
) -> None:
    city = cities.find(jambi, CODE)
    staged = bring_features(
        jambi, tmp_path,
        feature(1001, "Alpha", cell(0, 0)),
        feature(1002, "Beta", cell(0.999, 0)),
    )  # fmt: skip
    boss = hire(jambi, "city_admin")
    once = use.clean(jambi, city, staged, gaps_under_m2=0, version="once", by=boss.label)
    with jambi.transaction(Role.WORKER, CODE) as connection:
        connection.execute(
            text("UPDATE geoapp.boundary_set SET made_from = :a WHERE id = :b"),
            {"a": once.set_id, "b": _another(jambi, tmp_path)},
        )
    use.discard(jambi, city, once.set_id, by=boss.label)
    with pytest.raises(NotFound):
        use.report(jambi, city, once.set_id)
    for table in ("area", "area_piece", "boundary_fault", "boundary_set"):
        column = "id" if table == "boundary_set" else "set_id"
        query = f"SELECT count(*) FROM geoapp.{table} WHERE {column} = :id"
        assert stored(jambi, query, id=once.set_id) == [(0,)], table
    # The third was made from the second, which is gone: so from the first.
    assert stored(
        jambi, "SELECT made_from FROM geoapp.boundary_set WHERE made_from IS NOT NULL"
    ) == [(staged,)]
    assert stored(
        jambi,
        "SELECT actor, kind, subject FROM geoapp.admin_event WHERE kind LIKE 'boundaries.%'"
        " ORDER BY id",
    ) == [
        (boss.label, "boundaries.cleaned", f"boundary_set:{once.set_id}"),
        (boss.label, "boundaries.discarded", f"boundary_set:{once.set_id}"),
    ]


def _another(database: Database, folder: Path) -> int:
    return bring_features(database, folder, feature(1001, "Alpha", cell(0, 0)))


def test_what_is_or_was_in_force_is_never_discarded(jambi: Database, tmp_path: Path) -> None:
    city = cities.find(jambi, CODE)
    staged = _another(jambi, tmp_path)
    in_force = bring_features(jambi, tmp_path, feature(1002, "Beta", cell(1, 0)), active=True)
    retired = stored(
        jambi, "SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan' AND status = 'retired'"
    )
    for set_id in (in_force, *(row[0] for row in retired)):
        with pytest.raises(BoundarySetNotStaged):
            use.discard(jambi, city, set_id)
        assert use.report(jambi, city, set_id).set.id == set_id
    with as_owner(jambi) as connection:
        connection.execute(
            text("INSERT INTO geoapp.activation (city_code, set_id, started_by)"
                 " VALUES ('15.71', :id, 'system')"),
            {"id": staged},
        )  # fmt: skip
    with pytest.raises(Conflict, match="under way"):
        use.discard(jambi, city, staged)
    with as_owner(jambi) as connection:
        connection.execute(text("UPDATE geoapp.activation SET state = 'undone'"))
    use.discard(jambi, city, staged)
    with pytest.raises(NotFound):
        use.report(jambi, city, staged)


def test_cleaning_computes_in_a_process_of_its_own(
    database: Database, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlapping = bring_features(
        database,
        tmp_path,
        feature(1001, "First", cell(0, 0, 1.01)),
        feature(1002, "Second", cell(1, 0)),
    )

    def computed(*_arguments: object, **_more: object) -> None:
        raise AssertionError("computed where others are served")

    for name in ("union_all", "coverage_clean", "symmetric_difference", "from_wkb"):
        monkeypatch.setattr(shapely, name, computed)
    cleaned = use.clean(database, city, overlapping, gaps_under_m2=0, max_change=0.05)
    assert (cleaned.overlaps_before, cleaned.overlaps_after) == (1, 0)


def test_what_takes_too_long_to_clean_is_stopped_and_nothing_is_stored(
    database: Database, city: City, official: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _sets(database)
    monkeypatch.setattr(sandbox.clean, "__kwdefaults__", {"memory_mb": 512, "seconds": 0.2})
    with pytest.raises(InvalidInput, match="Cleaning took more than 0 s and was stopped"):
        use.clean(database, city, official, gaps_under_m2=3_000)
    assert _sets(database) == before


def test_while_a_file_is_read_nothing_is_cleaned(
    database: Database, city: City, official: int, tmp_path: Path
) -> None:
    before = _sets(database)
    with sandbox.only_one(tmp_path), pytest.raises(Conflict, match="Another file is being read"):
        use.clean(database, city, official, gaps_under_m2=3_000, home=tmp_path)
    assert _sets(database) == before


def _sets(database: Database) -> int:
    with as_owner(database) as connection:
        return int(
            connection.execute(text("SELECT count(*) FROM geoapp.boundary_set")).scalar_one()
        )
