"""A file or an address becomes a staged set; what can't be used leaves nothing behind."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text

from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.domain.place import BBox
from geoapp.embedded import Cluster
from geoapp.errors import BoundaryFileError, CatalogueError, Conflict
from geoapp.settings import Settings
from geoapp.spatial import sandbox
from geoapp.spatial.files import ReadOptions
from geoapp.store.database import Database, Role
from geoapp.usecases import boundary_import, cities
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire
from tests.spatial.boundary_files import collection, square
from tests.spatial.hostile_files import REFUSED, TOO_MUCH, Write
from tests.spatial.written_files import ENVELOPE, FORMATS, frame

CODE = "15.71"
HOME = Path(tempfile.mkdtemp(prefix="geoapp-test-home-"))
"""Of these tests alone: who reads a file says so there, and others wait."""
AT_THE_ORIGIN = BBox(104.98, -0.03, 105.05, 0.01)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def world(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def city(world: Database) -> City:
    """The city of the database, said to lie where the test files are drawn."""
    west, south, east, north = ENVELOPE
    return replace(cities.find(world, CODE), envelope=BBox(west, south, east, north))


@pytest.fixture
def peaks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Memory that each reading process was seen with at most, in MB."""
    seen: list[float] = []
    watched = sandbox._watched

    def watch(*arguments: Any) -> Any:
        run = watched(*arguments)
        seen.append(run.peak_mb)
        return run

    monkeypatch.setattr(sandbox, "_watched", watch)
    return seen


def stage(
    database: Database, city: City, source: Path | str, layer: Layer = Layer.KELURAHAN, **more: Any
) -> boundary_import.Staged:
    more.setdefault("settings", Settings(home=HOME))
    return boundary_import.stage(database, city, source, layer=layer, version="new", **more)


def stored(database: Database) -> list[tuple[Any, ...]]:
    """Counts of everything an import may write."""
    with database.transaction(Role.WORKER, CODE) as connection:
        return [
            tuple(row)
            for row in connection.execute(
                text(
                    "SELECT (SELECT count(*) FROM geoapp.boundary_set),"
                    " (SELECT count(*) FROM geoapp.area), (SELECT count(*) FROM geoapp.area_piece),"
                    " (SELECT count(*) FROM geoapp.service_area),"
                    " (SELECT count(*) FROM geoapp.road_line),"
                    " (SELECT count(*) FROM geoapp.boundary_fault)"
                )
            )
        ]


def set_of(database: Database, set_id: int) -> Any:
    with database.transaction(Role.WORKER, CODE) as connection:
        return connection.execute(
            text("SELECT * FROM geoapp.boundary_set WHERE id = :id"), {"id": set_id}
        ).one()


def refused(
    database: Database, city: City, path: Path, said: str, field: str, **more: Any
) -> BoundaryFileError:
    before = stored(database)
    with pytest.raises(BoundaryFileError) as caught:
        stage(database, city, path, **more)
    assert re.search(said, caught.value.message, re.DOTALL), caught.value.message
    assert caught.value.remedy
    assert not field or [problem.field for problem in caught.value.fields] == [field]
    assert stored(database) == before
    return caught.value


@pytest.mark.long
@pytest.mark.parametrize(("write", "said", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_a_hostile_file_is_refused_by_name_and_leaves_nothing(
    world: Database,
    city: City,
    peaks: list[float],
    tmp_path: Path,
    write: Write,
    said: str,
    field: str,
) -> None:
    refused(world, city, write(tmp_path), said, field)
    assert peaks
    assert max(peaks) < 300  # far from the 512 MB at which it would be stopped


@pytest.mark.long
@pytest.mark.parametrize(("write", "said", "field"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_too_much_is_refused_within_the_memory(
    world: Database,
    city: City,
    peaks: list[float],
    tmp_path: Path,
    write: Write,
    said: str,
    field: str,
) -> None:
    refused(
        world, city, write(tmp_path), said, field, settings=Settings(home=HOME, import_max_mb=256)
    )
    assert 0 < max(peaks) < 512


def test_a_file_becomes_a_staged_set_with_its_report(
    world: Database, city: City, tmp_path: Path
) -> None:
    path = FORMATS["Shapefile"](frame("big"), tmp_path)
    admin = hire(world, "city_admin")
    staged = stage(world, city, path, source_name="BIG 2024", licence="CC BY 4.0", by=admin.label)
    row = set_of(world, staged.set_id)
    assert (row.layer, row.version, row.source, row.licence) == (
        "kelurahan", "new", "BIG 2024", "CC BY 4.0",
    )  # fmt: skip
    assert (row.status, row.imported_by, row.valid_from) == ("staged", admin.label, None)
    assert row.quality == json.loads(json.dumps(staged.report.as_dict()))
    with world.transaction(Role.WORKER, CODE) as connection:
        areas = connection.execute(
            text("SELECT code, parent_name FROM geoapp.area WHERE set_id = :id ORDER BY code"),
            {"id": staged.set_id},
        ).all()
    assert [tuple(area) for area in areas] == [
        ("15.71.07.1003", "Kota Baru"),
        ("15.71.07.1005", "Kota Baru"),
        ("15.71.11.1001", "Alam Barajo"),
    ]


def test_the_very_same_file_is_stored_once_unless_it_is_read_otherwise(
    world: Database, city: City, tmp_path: Path
) -> None:
    path = FORMATS["GeoJSON"](frame("osm"), tmp_path)
    first = stage(world, city, path)
    again = stage(world, city, path)
    assert not first.unchanged
    assert (again.set_id, again.unchanged) == (first.set_id, True)
    other = stage(world, city, path, options=ReadOptions(code_field="name"))
    assert other.set_id != first.set_id
    assert not other.unchanged


def test_service_areas_come_with_and_without_a_polygon(
    world: Database, city: City, tmp_path: Path
) -> None:
    whole = square("whole", 0, agency="dlh", coverage="city", priority=7)
    some = square("some", 0, group="waste", coverage="areas", area_codes=["15.71.01.1001"])
    content = collection(
        square("drawn", 0, agency="dlh"), {**whole, "geometry": None}, {**some, "geometry": None}
    )
    path = tmp_path / "rules.geojson"
    path.write_text(json.dumps(content))
    staged = stage(world, city, path, Layer.SERVICE_AREA)
    with world.transaction(Role.WORKER, CODE) as connection:
        rows = connection.execute(
            text(
                "SELECT code, coverage, priority, area_codes, geom IS NULL FROM"
                " geoapp.service_area WHERE set_id = :id ORDER BY code"
            ),
            {"id": staged.set_id},
        ).all()
    assert [tuple(row) for row in rows] == [
        ("drawn", "polygon", 100, [], False),
        ("some", "areas", 100, ["15.71.01.1001"], True),
        ("whole", "city", 7, [], True),
    ]
    path.write_text(json.dumps(collection(square("a", 0, agency="nobody", service="nothing"))))
    before = stored(world)
    with pytest.raises(CatalogueError, match=r"a.agency 'nobody'; a.service 'nothing'"):
        stage(world, city, path, Layer.SERVICE_AREA)
    path.write_text(json.dumps(collection(square("a", 0, coverage="areas", area_codes="15.71.99"))))
    with pytest.raises(CatalogueError, match=r"a.area_codes '15.71.99'"):
        stage(world, city, path, Layer.SERVICE_AREA)
    assert stored(world) == before


def test_roads_become_a_set_of_lines(world: Database, city: City, tmp_path: Path) -> None:
    path = tmp_path / "roads.geojson"
    path.write_text(
        json.dumps(
            collection(
                *(
                    {
                        "type": "Feature",
                        "properties": {"NAMOBJ": "Jl. Siwabessy", "STATUS": "Provinsi"},
                        "geometry": {"type": "LineString", "coordinates": line},
                    }
                    for line in ([[105, 0], [105.01, 0]], [[105.01, 0], [105.02, 0.001]])
                )
            )
        )
    )
    staged = stage(world, city, path, Layer.ROAD)
    with world.transaction(Role.WORKER, CODE) as connection:
        (row,) = connection.execute(
            text(
                "SELECT code, name, authority, ST_NumGeometries(geom) FROM geoapp.road_line"
                " WHERE set_id = :id"
            ),
            {"id": staged.set_id},
        ).all()
    assert tuple(row) == ("Jl. Siwabessy", "Jl. Siwabessy", "province", 2)
    assert set_of(world, staged.set_id).quality["merged"] == 1


def test_an_address_is_told_without_its_query_and_must_be_public(
    world: Database, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(world)
    with pytest.raises(BoundaryFileError, match="isn't a public address") as caught:
        stage(world, city, "http://127.0.0.1:9/areas.geojson")
    assert caught.value.fields[0].field == "url"
    assert stored(world) == before

    asked: list[dict[str, Any]] = []

    def fetch(url: str, folder: Path, **wishes: Any) -> Path:
        asked.append({"url": url, **wishes})
        return FORMATS["GeoJSON"](frame("geoapp"), folder)

    monkeypatch.setattr(boundary_import.download, "fetch", fetch)
    url = "https://data.example/kelurahan.geojson?key=secret"
    settings = Settings(home=HOME, import_private_hosts=True, import_max_mb=3)
    staged = stage(world, city, url, settings=settings)
    assert set_of(world, staged.set_id).source == "https://data.example/kelurahan.geojson"
    assert asked == [{"url": url, "max_bytes": 3 * 1024 * 1024, "private_hosts": True}]


def test_a_file_that_reads_but_cannot_be_stored_leaves_nothing(
    world: Database, city: City, tmp_path: Path
) -> None:
    with as_owner(world) as connection:
        connection.execute(
            text("ALTER TABLE geoapp.area ADD CONSTRAINT nobody CHECK (name <> 'Area 1') NOT VALID")
        )
    try:
        path = tmp_path / "a.geojson"
        path.write_text(json.dumps(collection(square(1, 0), square(2, 1_000))))
        before = stored(world)
        with pytest.raises(Exception, match="nobody"):
            stage(world, city, path)
        assert stored(world) == before
    finally:
        with as_owner(world) as connection:
            connection.execute(text("ALTER TABLE geoapp.area DROP CONSTRAINT nobody"))


def test_while_one_file_is_read_another_is_refused_and_nothing_is_stored(
    world: Database, city: City, tmp_path: Path
) -> None:
    before = stored(world)
    file = FORMATS["GeoJSON"](frame("big"), tmp_path)
    with sandbox.only_one(HOME), pytest.raises(Conflict, match="Another file is being read"):
        stage(world, city, file)
    assert stored(world) == before
    assert stage(world, city, file).set_id


def test_nothing_is_computed_while_a_set_is_being_stored(
    world: Database, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The squares overlap on 10 m; their shape comes from the reading process.
    file = tmp_path / "overlap.geojson"
    file.write_text(json.dumps(collection(square("x1", 0), square("x2", 990))))

    def computed(*_arguments: Any, **_more: Any) -> None:
        raise AssertionError("computed where it is stored")

    for name in ("union_all", "intersection", "coverage_clean"):
        monkeypatch.setattr(shapely, name, computed)
    set_id = stage(world, replace(city, envelope=AT_THE_ORIGIN), file).set_id
    with world.transaction(Role.WORKER, CODE) as connection:
        faults = connection.execute(
            text("SELECT kind, codes, area_m2 FROM geoapp.boundary_fault WHERE set_id = :id"),
            {"id": set_id},
        ).all()
    assert [(one.kind, list(one.codes)) for one in faults] == [("overlap", ["x1", "x2"])]
    # 10 m by 1 km, on the ellipsoid and in degrees good to a percent.
    assert faults[0].area_m2 == pytest.approx(10_000, rel=0.02)
