"""Any CRS comes to EPSG:4326: declared, given, or guessed and said so."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from geoapp.domain.boundary import BoundaryFile
from geoapp.errors import BoundaryFileError
from tests.spatial.boundary_files import (
    ENVELOPE,
    KM_IN_DEGREES,
    Read,
    bounds,
    collection,
    in_metres,
    read_content,
    square,
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return partial(read_content, tmp_path)


def assert_at_the_origin(found: BoundaryFile) -> None:
    """The first square's north-west corner is (105° E, 0°) and it is 1 km wide."""
    west, south, east, north = bounds(found.areas[0])
    # SRGI2013 and WGS 84 differ by 0.2 m in PROJ's database: 2e-6 degrees.
    assert west == pytest.approx(105, abs=5e-6)
    assert north == pytest.approx(0, abs=5e-6)
    assert east == pytest.approx(105 + KM_IN_DEGREES, abs=5e-6)
    # Northwards the ellipsoid is rounder: a (1 - e²) instead of a.
    assert south == pytest.approx(-KM_IN_DEGREES / (1 - 0.00669438), abs=5e-6)


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:EPSG::32748", "EPSG:32748", "urn:ogc:def:crs:EPSG::9488"]
)
def test_a_declared_crs_is_followed(read: Read, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    found = read(in_metres(500_000, 10_000_000, crs=crs), envelope=None)
    assert_at_the_origin(found)
    assert not found.report.crs.guessed
    assert found.report.total_area_km2 == pytest.approx(2, rel=1e-5)


def test_a_given_crs_is_followed(read: Read) -> None:
    found = read(in_metres(500_000, 10_000_000), envelope=None, crs="EPSG:32748")
    assert_at_the_origin(found)
    assert found.report.crs.why == "given by the caller"
    assert_at_the_origin(read(in_metres(500_000, 10_000_000), crs="32748"))


def test_longitude_stays_first_whatever_the_registry_says(read: Read) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
    west, south, _, _ = bounds(read(collection(square("a", 0), crs=crs)).areas[0])
    assert [west, south] == pytest.approx([105, -KM_IN_DEGREES])


def test_metres_in_the_citys_crs_are_guessed(read: Read) -> None:
    found = read(in_metres(500_000, 10_000_000))
    assert_at_the_origin(found)
    assert found.report.crs.guessed
    assert found.report.crs.name == "EPSG:32748"
    assert "100% of the vertices lie in the city's envelope" in found.report.crs.why


def test_metres_in_tm3_are_guessed(read: Read) -> None:
    # TM-3 zone 48.1: central meridian 103.5° E, false easting 200,000, northing 1,500,000.
    found = read(in_metres(200_000, 1_500_000), envelope=(103.4, -0.1, 103.6, 0.1))
    assert found.report.crs.name == "EPSG:23833"
    assert found.report.crs.guessed
    west, _, _, north = bounds(found.areas[0])
    assert [west, north] == pytest.approx([103.5, 0], abs=5e-6)


def test_web_mercator_is_guessed(read: Read) -> None:
    # Spherical: x = 6,378,137 m × longitude in radians.
    found = read(in_metres(6_378_137 * math.radians(105), 0))
    assert found.report.crs.name == "EPSG:3857"
    assert bounds(found.areas[0])[0] == pytest.approx(105)


def test_northing_first_is_guessed(read: Read) -> None:
    content = in_metres(500_000, 10_000_000)
    for feature in content["features"]:
        feature["geometry"]["coordinates"] = [
            [[y, x] for x, y in feature["geometry"]["coordinates"][0]]
        ]
    found = read(content)
    assert_at_the_origin(found)
    assert found.report.crs.axes_swapped
    assert found.report.crs.guessed


@pytest.mark.parametrize("envelope", [ENVELOPE, None], ids=["envelope", "no-envelope"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "silent"])
def test_swapped_axes_are_turned_and_reported(
    read: Read, envelope: tuple[float, float, float, float] | None, declared: bool
) -> None:
    feature = square("a", 0)
    feature["geometry"]["coordinates"] = [
        [[y, x] for x, y in feature["geometry"]["coordinates"][0]]
    ]
    crs = {"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}} if declared else {}
    found = read(collection(feature, **crs), envelope=envelope)
    assert bounds(found.areas[0])[0] == pytest.approx(105)
    assert found.report.crs.axes_swapped
    assert found.report.crs.guessed
    assert "axes swapped" in "\n".join(found.report.lines())


def test_a_lying_crs_member_is_overruled_and_named(read: Read) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    found = read(in_metres(500_000, 10_000_000, crs=crs))
    assert_at_the_origin(found)
    assert found.report.crs.guessed
    assert "declares urn:ogc:def:crs:OGC:1.3:CRS84" in found.report.crs.why
    assert "lie off the earth" in found.report.crs.why
    metres = {"type": "name", "properties": {"name": "EPSG:32748"}}
    found = read(collection(square("a", 0), crs=metres))
    assert found.report.crs.name == "EPSG:4326"
    assert found.report.crs.guessed


def test_feet_are_recognised_but_not_guessed(read: Read) -> None:
    feet = in_metres(500_000, 10_000_000)
    for feature in feet["features"]:
        feature["geometry"]["coordinates"] = [
            [[x / 0.3048, y / 0.3048] for x, y in feature["geometry"]["coordinates"][0]]
        ]
    with pytest.raises(BoundaryFileError, match="look like feet") as caught:
        read(feet)
    assert "EPSG:2249" in caught.value.remedy


NAMES_OF_UTM_48S = [
    "epsg:32748",
    "urn:ogc:def:crs:EPSG:10.054:32748",
    "http://www.opengis.net/def/crs/EPSG/0/32748",
    "http://www.opengis.net/gml/srs/epsg.xml#32748",
]


@pytest.mark.parametrize("name", NAMES_OF_UTM_48S)
def test_ogcs_ways_to_name_a_crs_are_understood(read: Read, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert_at_the_origin(read(in_metres(500_000, 10_000_000, crs=crs)))


@pytest.mark.parametrize("by", ["file", "caller"])
@pytest.mark.parametrize(
    "name",
    [
        "+proj=utm +zone=48 +south +datum=WGS84",
        "+proj=longlat +nadgrids=/etc/passwd +type=crs",
        'GEOGCS["x",DATUM["y",SPHEROID["z",6378137,298],EXTENSION["PROJ4_GRIDS","/tmp/g"]]]',
        "https://example.org/a.prj",
        "http://www.opengis.net/def/crs/EPSG/0/32748/../../x",
        "file:/etc/passwd",
        "EPSG:32748+5773",
        "EPSG:4326\ud800",
        "\ud800",
    ],
)
def test_only_names_of_registered_crss_are_followed(read: Read, name: str, by: str) -> None:
    crs = {"type": "name", "properties": {"name": name}} if by == "file" else None
    content = collection(square("a", 0), **({"crs": crs} if crs else {}))
    with pytest.raises(BoundaryFileError, match="isn't known") as caught:
        read(content, crs=name if by == "caller" else None)
    caught.value.message.encode()  # can be said


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (in_metres(500_000, 10_000_000), {"envelope": None}, "can't be guessed"),
        (in_metres(33_000, 777_000), {}, "CRS can't be guessed: x runs from 33000"),
        (collection(square("a", 2_000_000)), {}, "lie elsewhere than the city"),
        (collection(square("a", 0)), {"crs": "EPSG:99999999"}, "'EPSG:99999999' isn't known"),
        (collection(square("a", 0)), {"crs": "nonsense"}, "'nonsense' isn't known"),
        (collection(square("a", 0)), {"crs": "EPSG:5773"}, "neither geographic nor projected"),
        (collection(square("a", 0)), {"crs": "EPSG:32748"}, "Read as EPSG:32748, the areas lie"),
        (collection(square("a", 0), crs={"type": "link"}), {}, '"crs" member'),
        (
            collection(square("a", 0), crs={"type": "name", "properties": {"name": "local"}}),
            {},
            "'local' isn't known",
        ),
    ],
)
def test_a_place_that_cannot_be_is_refused(
    read: Read, content: dict[str, Any], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(BoundaryFileError) as caught:
        read(content, **options)
    assert said in caught.value.message
    assert caught.value.fields[0].field == "crs"
    assert caught.value.remedy


def test_one_position_in_many_off_the_earth_is_refused(read: Read) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:32748"}}
    content = in_metres(500_000, 10_000_000, crs=crs)
    south = [[500_000 + n / 50, 9_999_000] for n in range(50_000)]
    south[33_333] = [1e30, 1e30]
    content["features"][0]["geometry"]["coordinates"] = [[*south, [500_000, 9_999_900], south[0]]]
    with pytest.raises(BoundaryFileError, match=r"on earth|x runs from 500000 to 1e\+30"):
        read(content)


def test_one_position_off_the_earth_is_refused(read: Read) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:32748"}}
    content = in_metres(500_000, 10_000_000, crs=crs)
    content["features"][0]["geometry"]["coordinates"][0][2] = [1e30, 1e30]
    with pytest.raises(BoundaryFileError, match=r"x runs from 500000 to 1e\+30"):
        read(content)
