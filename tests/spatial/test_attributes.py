"""Code, name and parent are found under the names that publishers give them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from geoapp.domain.boundary import Layer
from geoapp.errors import BoundaryFileError
from tests.spatial.boundary_files import (
    Read,
    collection,
    read_content,
    square,
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return partial(read_content, tmp_path)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (  # BIG/RBI
            {
                "NAMOBJ": "Legok",
                "KDEPUM": "15.71.08.1001",
                "KDCPUM": "15.71.08",
                "KDPPUM": "15",
                "KDEBPS": "1571060001",
                "WADMKC": "Danau Sipin",
                "FCODE": "BA03070040",
                "LUASWH": 1.2,
            },
            ("15.71.08.1001", "Legok", "15.71.08", "Danau Sipin"),
        ),
        (  # BIG/RBI without the ministry's code
            {"NAMOBJ": "Legok", "KDEBPS": "1571060001", "WADMKC": "Danau Sipin"},
            ("1571060001", "Legok", "1571060", "Danau Sipin"),
        ),
        (  # BPS
            {"iddesa": "1571060001", "nmdesa": "LEGOK", "idkec": "1571060", "nmkec": "TELANAIPURA"},
            ("1571060001", "LEGOK", "1571060", "TELANAIPURA"),
        ),
        (  # GADM 4.1
            {
                "GID_3": "IDN.8.5.1_1",
                "NAME_3": "Danau Teluk",
                "GID_4": "IDN.8.5.1.1_1",
                "NAME_4": "Legok",
                "TYPE_4": "Kelurahan",
                "CC_4": "NA",
            },
            ("IDN.8.5.1.1_1", "Legok", "IDN.8.5.1_1", "Danau Teluk"),
        ),
        (  # geoBoundaries
            {"shapeName": "Legok", "shapeID": "53022829B1", "shapeGroup": "IDN", "shapeType": "A4"},
            ("53022829B1", "Legok", None, None),
        ),
        (  # OSM
            {"name": "Legok", "admin_level": "7", "ref": "15.71.08.1001"},
            ("15.71.08.1001", "Legok", "15.71.08", None),
        ),
    ],
    ids=["big", "big-bps", "bps", "gadm", "geoboundaries", "osm"],
)
def test_publishers_attributes_are_recognised(
    read: Read, properties: dict[str, Any], expected: tuple[str, str, str | None, str | None]
) -> None:
    feature = {**square("x", 0), "properties": properties}
    (area,) = read(collection(feature), city="15.71").areas
    assert (area.code, area.name, area.parent_code, area.parent_name) == expected


def test_attributes_can_be_chosen(read: Read) -> None:
    feature = {**square("x", 0), "properties": {"WARD": 3, "Wname": "East", "boro": 9, "b": "Nine"}}
    found = read(
        collection(feature),
        code_field="ward",
        name_field="Wname",
        parent_field="boro",
        parent_name_field="b",
    )
    (area,) = found.areas
    read_from = (area.code, area.name, area.parent_code, area.parent_name)
    assert read_from == ("3", "East", "9", "Nine")
    assert found.report.fields["code"] == "WARD"


def test_a_service_area_says_who_serves_it(read: Read) -> None:
    feature = square("u1", 0, agency="dpupr", group="road", service=None, priority=5)
    (area,) = read(collection(feature), layer=Layer.SERVICE_AREA).areas
    assert area.properties.agency_code == "dpupr"
    assert area.properties.group_code == "road"
    assert area.properties.service_code is None
    assert area.properties.priority == 5


def test_several_osm_levels_need_a_choice(read: Read) -> None:
    content = collection(
        square("a", 0, admin_level="6"), square("b", 0, admin_level="7"), square("c", 0)
    )
    with pytest.raises(BoundaryFileError, match=r"6 \(1 features\), 7 \(1 features\), none"):
        read(content)
    assert [area.code for area in read(content, admin_level="7").areas] == ["b"]
    with pytest.raises(BoundaryFileError, match="No feature has admin_level 9"):
        read(content, admin_level="9")


def test_areas_of_other_cities_are_left_out_and_counted(read: Read) -> None:
    content = collection(square("15.71.01.1001", 0), square("15.05.01.1003", 1_000))
    found = read(content, city="15.71")
    assert [area.code for area in found.areas] == ["15.71.01.1001"]
    assert found.report.other_city == 1
    assert len(read(content, city="15.71", layer=Layer.SERVICE_AREA).areas) == 2
    with pytest.raises(BoundaryFileError, match=r"No area of 12\.71 .* 15\.05, 15\.71"):
        read(content, city="12.71")
