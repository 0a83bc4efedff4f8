"""Real complaints that carry their city's own labels: 121,145 of Boston, 2015.

Expected agreement was measured with geopandas on the same files (without the point that
the city's geocoder falls back to): ward 98.95 %, police district 99.35 %.
"""

from __future__ import annotations

import csv
import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.channels.csv_profile import load_profile
from geoapp.domain.boundary import Layer
from geoapp.spatial.files import ReadOptions
from geoapp.store.database import Database, Role
from geoapp.usecases import cities
from geoapp.usecases.intake_bulk import import_complaints
from tests.boundary_imports import in_force

FOLDER = Path(__file__).resolve().parent.parent / "data" / "boston"
DEFAULT_POINT = ("42.3594", "-71.0587")


def ward(label: str) -> str:
    """``Ward 3``, ``03`` and ``3`` are the same ward."""
    return str(int(re.sub(r"\D", "", label) or 0))


def district(label: str) -> str:
    """``C-11`` and ``C11`` are the same district."""
    return label.replace("-", "")


@pytest.mark.long
def test_complaints_fall_into_the_wards_and_districts_their_city_says(
    database: Database, shared: Path, tmp_path: Path
) -> None:
    source = shared / "data" / "boston-311-2015"
    city = cities.load(database, FOLDER)
    for name, layer, code_field in (
        ("wards", Layer.KELURAHAN, "WARD"),
        ("police_districts", Layer.SERVICE_AREA, "DISTRICT"),
    ):
        in_force(
            database, city, source / f"{name}.geojson", layer=layer, version="2015",
            options=ReadOptions(code_field=code_field), since=date(2015, 1, 1),
        )  # fmt: skip
    with gzip.open(source / "complaints.csv.gz", "rt", encoding="utf-8") as handle:
        rows = {row["case_enquiry_id"]: row for row in csv.DictReader(handle)}

    summary = import_complaints(
        database, city, source / "complaints.csv.gz", load_profile("boston_311"),
        rejected_to=tmp_path / "rejected.csv",
    )  # fmt: skip
    assert (summary.rows, summary.stored, summary.rejected) == (121_145, 121_145, 0)
    assert list(summary.at_points.values()) == [17_070]

    with database.transaction(Role.WORKER, city.code) as connection:
        stored = connection.execute(
            text(
                "SELECT external_id, kelurahan_code, service_area_code FROM geoapp.complaint"
                " WHERE city_code = :city"
            ),
            {"city": city.code},
        ).all()
    assert len(stored) == len(rows)
    agreeing = {"ward": 0, "police_district": 0}
    labelled = {"ward": 0, "police_district": 0}
    for external_id, kelurahan, service_area in stored:
        row = rows[external_id]
        if (row["latitude"], row["longitude"]) == DEFAULT_POINT:
            continue
        for name, ours, same in (
            ("ward", kelurahan, ward),
            ("police_district", service_area, district),
        ):
            if row[name]:
                labelled[name] += 1
                agreeing[name] += same(row[name]) == same(ours or "")
    share = {name: agreeing[name] / labelled[name] for name in agreeing}
    assert share["ward"] >= 0.989, share
    assert share["police_district"] >= 0.993, share


def test_the_boston_profile_speaks_of_services_the_folder_has() -> None:
    from geoapp.usecases.city_files import read_folder

    known = {service.code for service in read_folder(FOLDER).services.services}
    assert set(load_profile("boston_311").service_codes.values()) <= known


@pytest.mark.parametrize(
    ("label", "number"), [("Ward 3", "3"), ("03", "3"), ("3", "3"), ("Ward 22", "22")]
)
def test_wards_are_spelled_three_ways(label: str, number: str) -> None:
    assert ward(label) == number
