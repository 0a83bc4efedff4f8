"""Another city from its boundary file: what is found out, what is asked for, what stays whole."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geoapp.domain.complaint import NewComplaint
from geoapp.domain.place import LonLat
from geoapp.errors import BoundaryFileError, Conflict, InvalidInput, OutsideCity
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, city_add, livemap, submit
from tests.boundaries import city_format

STARTS = date(2024, 1, 1)
PENGANTEN, SUNGAI = (104.05, -1.55), (104.15, -1.55)


def square(code: str, name: str, west: float, south: float) -> dict[str, Any]:
    east, north = west + 0.1, south + 0.1
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def written(folder: Path, *features: dict[str, Any]) -> Path:
    file = folder / "desa.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(
        tmp_path,
        square("15.05.01.2001", "Penganten", 104.0, -1.6),
        square("15.05.02.2001", "Sungai", 104.1, -1.6),
    )


def wishes(**more: Any) -> city_add.CityWishes:
    return city_add.CityWishes(**{"name": "Kabupaten Contoh", "valid_from": STARTS, **more})


def test_the_file_alone_tells_code_zone_metric_crs_and_extent(
    database: Database, file: Path, tmp_path: Path
) -> None:
    city, folder = city_add.add(database, file, wishes(), home=tmp_path / "cities")
    assert (city.code, city.slug, city.ticket_prefix) == ("15.05", "kabupaten-contoh", "CNT")
    assert city.name.english == "Contoh Regency"
    # Jambi province keeps western time; 104° E lies in zone 48 (102° to 108°), south
    assert (city.timezone, city.metric_srid) == ("Asia/Jakarta", 32748)
    # 0.1° and 0.2° of squares, padded by 0.015°
    assert (city.envelope.west, city.envelope.north) == (103.985, -1.485)
    assert folder == tmp_path / "cities" / "kabupaten-contoh"
    assert city_format.problems(folder) == []
    written = json.loads((folder / "city.json").read_text("utf-8"))["city"]
    assert city.ombudsman is not None
    assert (city.ombudsman.phone, written["ombudsman"]["phone"]) == ("137", "137")
    keepers = written["road_authorities"]
    assert keepers == {"nation": "bpjn", "province": "pupr_provinsi"}
    state = livemap.city_state(database, city)
    assert state.boundaries is not None
    assert state.boundaries.areas == 2


def test_it_takes_complaints_at_once_and_none_from_beyond(
    database: Database, file: Path, tmp_path: Path
) -> None:
    city, _ = city_add.add(database, file, wishes(), home=tmp_path / "cities")
    catalogue = cities.catalogue(database, city)
    told = submit.submit(
        database, city, catalogue, NewComplaint(service="pothole", position=LonLat(*PENGANTEN))
    )
    assert told["kelurahan"]["name"] == "Penganten"
    assert told["ticket"].startswith("CNT-")
    assert told["agency"]["name"] == "Dinas PUPR, Bina Marga"
    with pytest.raises(OutsideCity):
        submit.submit(
            database,
            city,
            catalogue,
            NewComplaint(service="pothole", position=LonLat(104.05, -1.4)),
        )


def test_no_name_of_the_pattern_city_gets_into_another(
    database: Database, file: Path, tmp_path: Path
) -> None:
    _, folder = city_add.add(database, file, wishes(), home=tmp_path / "cities")
    for name in ("agencies", "services", "service_areas", "groups"):
        assert "ambi" not in (folder / f"{name}.json").read_text("utf-8"), name
        assert "tirta_mayang" not in (folder / f"{name}.json").read_text("utf-8"), name


def test_kecamatan_are_called_as_given(database: Database, file: Path, tmp_path: Path) -> None:
    city, folder = city_add.add(
        database, file, wishes(parents={"15.05.01": "Hulu"}), home=tmp_path / "cities"
    )
    named = {area["properties"]["parent_code"]: area["properties"]["parent_name"]
             for area in livemap.areas(database, city)}  # fmt: skip
    assert named == {"15.05.01": "Hulu", "15.05.02": None}
    assert cities.load(database, folder).code == city.code  # again, and nothing changes
    assert [area["properties"]["parent_name"] for area in livemap.areas(database, city)] == [
        "Hulu", None,
    ]  # fmt: skip


def test_a_folder_keeps_what_had_to_be_said_of_its_file(database: Database, tmp_path: Path) -> None:
    feature = square("15.05.01.2001", "Penganten", 104.0, -1.6)
    feature["properties"] = {"nomor": "15.05.01.2001", "sebutan": "Penganten"}
    from geoapp.spatial.files import ReadOptions

    city, folder = city_add.add(
        database, written(tmp_path, feature), wishes(), home=tmp_path / "cities",
        options=ReadOptions(code_field="nomor", name_field="sebutan"),
    )  # fmt: skip
    assert cities.load(database, folder).code == city.code
    assert livemap.areas(database, city)[0]["properties"]["name"] == "Penganten"


@pytest.mark.parametrize(
    ("codes", "asked", "told"),
    [
        (("15.05.01.2001", "15.71.01.1001"), {}, "15.71"),
        (("a", "b"), {}, "none"),
        (("a", "b"), {"code": "XX"}, "time zone"),
    ],
)
def test_what_the_file_does_not_tell_is_asked_for_by_name(
    database: Database, tmp_path: Path, codes: tuple[str, str], asked: dict[str, str], told: str
) -> None:
    file = written(tmp_path, *(square(c, c, 104 + n / 10, -1.6) for n, c in enumerate(codes)))
    with pytest.raises(InvalidInput) as refused:
        city_add.add(database, file, wishes(**asked), home=tmp_path / "cities")
    assert told in str(refused.value)
    assert not (tmp_path / "cities").exists()


def test_with_the_code_named_areas_of_others_are_left_out(
    database: Database, tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        square("15.05.01.2001", "Penganten", 104.0, -1.6),
        square("15.71.01.1001", "Jauh", 103.0, -1.6),
    )
    city, _ = city_add.add(database, file, wishes(code="15.05"), home=tmp_path / "cities")
    assert city.envelope.west == 103.985


@pytest.mark.parametrize("taken", [{"slug": "kota-jambi"}, {"ticket_prefix": "JBI"}])
def test_what_is_another_citys_is_refused_and_nothing_stays(
    jambi: Database, file: Path, tmp_path: Path, taken: dict[str, str]
) -> None:
    with pytest.raises(Conflict, match="Kota Jambi"):
        city_add.add(jambi, file, wishes(**taken), home=tmp_path / "cities")
    assert [city.code for city in cities.every(jambi)] == ["15.71"]
    assert not (tmp_path / "cities").exists()


def test_the_same_city_twice_is_refused(database: Database, file: Path, tmp_path: Path) -> None:
    city_add.add(database, file, wishes(), home=tmp_path / "cities")
    with pytest.raises(Conflict):
        city_add.add(database, file, wishes(), home=tmp_path / "elsewhere")


def test_a_broken_file_leaves_neither_city_nor_folder(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "broken.geojson"
    file.write_text("{}", "utf-8")
    with pytest.raises(BoundaryFileError):
        city_add.add(database, file, wishes(), home=tmp_path / "cities")
    assert cities.every(database) == []
    assert not (tmp_path / "cities").exists()


@pytest.mark.parametrize(
    ("lon", "lat", "srid"),
    # EPSG's registry: 32748 is 102° to 108° E south, 32619 is 72° to 66° W north
    [(103.6, -1.6, 32748), (-71.06, 42.36, 32619), (140.7, -2.5, 32754), (95.3, 5.5, 32646)],
)
def test_the_utm_zone_of_a_place(lon: float, lat: float, srid: int) -> None:
    assert city_add.utm_srid(lon, lat) == srid


def test_prefixes_differ_when_the_first_is_taken() -> None:
    assert city_add.propose_prefix("Kabupaten Muaro Jambi", set()) == "MRJ"
    assert city_add.propose_prefix("Kota Jambi", set()) == "JMB"
    assert city_add.propose_prefix("Kota Jambi", {"JMB"}) == "JMA"
    assert city_add.propose_prefix("Ao", set()) == "AXX"


def test_the_neighbour_from_its_published_sql(
    jambi: Database, shared: Path, tmp_path: Path
) -> None:
    """Kabupaten Muaro Jambi surrounds the city; both on one server."""
    file = shared / "boundaries" / "kabupaten-muaro-jambi" / "wilayah_boundaries_kel_15.05.sql"
    city, _ = city_add.add(
        jambi, file, wishes(name="Kabupaten Muaro Jambi"), home=tmp_path / "cities"
    )
    rows = file.read_text("utf-8").count("('15.05.")  # one row an area
    state = livemap.city_state(jambi, city)
    assert (city.code, city.slug) == ("15.05", "kabupaten-muaro-jambi")
    assert state.boundaries is not None
    assert state.boundaries.areas == rows
    with jambi.transaction(Role.WORKER, "15.71") as connection:
        jambi_areas = connection.exec_driver_sql(
            "SELECT count(*) FROM geoapp.area WHERE city_code = '15.71'"
        ).scalar_one()
    assert jambi_areas == 68
