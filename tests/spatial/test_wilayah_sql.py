"""The published SQL is read as data: quotes, comments and other statements included."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import shapely

from geoapp.domain.boundary import Layer
from geoapp.errors import BoundaryFileError
from geoapp.spatial.files import read_boundaries
from geoapp.spatial.readers.wilayah_sql import looks_like_wilayah_sql, read_rows

HEAD = "INSERT INTO wilayah_boundaries(kode,nama,lat,lng,path) VALUES\n"
RING = "[[-1.6,103.5],[-1.6,103.6],[-1.7,103.6],[-1.6,103.5]]"


def test_latitude_first_becomes_longitude_first() -> None:
    (row,) = read_rows(f"{HEAD}('15.71.01.1001','Legok',-1.6,103.5,'[{RING}]');")
    assert (row.code, row.name) == ("15.71.01.1001", "Legok")
    assert row.geometry == {
        "type": "Polygon",
        "coordinates": [[[103.5, -1.6], [103.6, -1.6], [103.6, -1.7], [103.5, -1.6]]],
    }


def test_four_levels_are_a_multipolygon() -> None:
    (row,) = read_rows(f"{HEAD}('1','a',0,0,'[[{RING}],[{RING}]]');")
    assert row.geometry is not None
    assert row.geometry["type"] == "MultiPolygon"
    assert len(row.geometry["coordinates"]) == 2


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"'Ma\'ruf'", "Ma'ruf"),
        ("'Ma''ruf'", "Ma'ruf"),
        ("'a),(b;c'", "a),(b;c"),
        (r"'back\\'", "back\\"),
        ("\"double 'quoted'\"", "double 'quoted'"),
        ("'/* no comment */ -- nor this'", "/* no comment */ -- nor this"),
        ("''", ""),
        ("NULL", ""),
    ],
)
def test_names_are_read_as_written(written: str, name: str) -> None:
    (row,) = read_rows(f"{HEAD}('1',{written},0,0,NULL)")
    assert row.name == name
    assert row.geometry is None


def test_everything_but_the_inserts_is_skipped_and_never_run() -> None:
    sql = f"""/* INSERT INTO wilayah_boundaries(kode) VALUES ('no') */
    -- INSERT INTO wilayah_boundaries(kode) VALUES ('no');
    # it's a comment
    DROP TABLE IF EXISTS `wilayah_boundaries`;
    CREATE TABLE `wilayah_boundaries` (`kode` varchar(13) DEFAULT ';', `path` longtext);
    DELETE FROM wilayah_boundaries WHERE kode LIKE '15.71.%' AND LENGTH(kode)=13;
    INSERT INTO other(kode,nama,path) VALUES ('no','no','[{RING}]');
    INSERT INTO `db`.`wilayah_boundaries` (`nama`,`kode`,`path`) VALUES ('b','2','[{RING}]'), (
      'c' , '3' , '[{RING}]' ) ON DUPLICATE KEY UPDATE nama=VALUES(nama);
    insert ignore into wilayah_boundaries values ('4','d',-1.6,+1.0e2,'[{RING}]',1);
    """
    assert [(row.code, row.name) for row in read_rows(sql)] == [("2", "b"), ("3", "c"), ("4", "d")]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"{HEAD}('1','a',0,0,'[{RING}", "never closed"),
        (f"{HEAD}('1','a',0,0", "breaks off inside a row"),
        (f"{HEAD}('1','a',0)", "line 2: a row has 3 of 5 values"),
        (f"{HEAD}('1','a',0,0,concat('a','b'))", "found 'concat'"),
        (f"{HEAD}(NULL,'a',0,0,NULL)", "no kode"),
        (f"{HEAD}('1','a',0,0,'[[1,2]]')", "path of 1 is nested 2 deep"),
        (f"{HEAD}('1','a',0,0,'nonsense')", "path of 1 isn't JSON"),
        (f"{HEAD}('1','a',0,0,'[[[1],[2]]]')", "other than [lat, lng]"),
        (f"{HEAD}('1','a',0,0,'{'[' * 100_000}')", "path of 1 isn't JSON"),
        ("INSERT INTO wilayah_boundaries(kode,path) VALUES ('1','')", "nama is missing"),
        ("INSERT INTO wilayah_boundaries(kode", "before its VALUES"),
    ],
)
def test_a_broken_file_is_named(sql: str, said: str) -> None:
    with pytest.raises(BoundaryFileError) as caught:
        list(read_rows(sql))
    assert said in caught.value.message
    assert caught.value.remedy


def test_a_row_of_megabytes_is_read() -> None:
    ring = "[" + ",".join(["[-1.6123456789,103.5123456789]"] * 100_000) + "]"
    (row,) = read_rows(f"{HEAD}('1','it''s',0,0,'[{ring}]');")
    assert row.geometry is not None
    assert len(row.geometry["coordinates"][0]) == 100_000


def test_other_sql_is_not_taken_for_it() -> None:
    assert not looks_like_wilayah_sql("INSERT INTO kelurahan(kode) VALUES ('wilayah_boundaries')")


def test_the_published_sql_holds_the_same_areas_as_the_geojson_beside_it(shared: Path) -> None:
    folder = shared / "boundaries" / "kota-jambi"
    read = read_boundaries(
        folder / "wilayah_boundaries_kel_15.71.sql",
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=32748,
    )
    document = json.loads((folder / "kelurahan.geojson").read_text())
    theirs = {
        feature["properties"]["code"]: (
            feature["properties"]["name"],
            feature["properties"]["kecamatan_code"],
            shapely.geometry.shape(feature["geometry"]),
        )
        for feature in document["features"]
    }
    assert len(read.areas) == len(theirs) == 68
    for area in read.areas:
        name, parent, geometry = theirs[area.code]
        assert (area.name, area.parent_code) == (name, parent)
        assert shapely.equals_exact(shapely.from_wkb(area.geometry), geometry)


def test_the_areas_are_the_published_ones(shared: Path) -> None:
    folder = shared / "boundaries" / "kota-jambi"
    read = read_boundaries(
        folder / "kelurahan.geojson",
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=32748,
    )
    with (folder / "facts.csv").open(newline="") as file:
        published = {row["code"]: float(row["area_km2"]) for row in csv.DictReader(file)}
    # facts.csv rounds to 0.001 km²; UTM's scale 1.2° from its meridian is off by 0.04 % in area.
    geometries = shapely.from_wkb([area.geometry for area in read.areas])
    from geoapp.spatial.crs import project

    measured = shapely.area(project(geometries, 4326, 32748)) / 1e6
    for area, km2 in zip(read.areas, measured, strict=True):
        assert km2 == pytest.approx(published[area.code], abs=0.0006, rel=0.001)


def test_a_neighbouring_regency_is_read_from_its_published_sql(shared: Path) -> None:
    read = read_boundaries(
        shared / "boundaries" / "kabupaten-muaro-jambi" / "wilayah_boundaries_kel_15.05.sql",
        city_code="15.05",
        layer=Layer.KELURAHAN,
        metric_srid=32748,
    )
    # 155 rows, counted with grep; two of them are four levels deep.
    assert read.report.area_count == 155
    assert all(area.parent_code == area.code[:8] for area in read.areas)
    # It surrounds the city of 169.9 km², which is the largest hole in it; the two files
    # don't quite agree on the line between them.
    assert read.report.gaps[0].area_m2 == pytest.approx(169.9e6, rel=0.002)
