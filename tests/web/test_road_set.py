"""A file of roads on the administrators' pages: staged, looked at, in force, and what it leads to."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geoapp.domain.boundary import Layer
from geoapp.errors import BoundaryFileError, CatalogueError
from geoapp.store.database import Database
from geoapp.usecases import activation, boundary_import, roads
from tests.people import csrf_token, hire, sign_in
from tests.support import JELUTUNG, default_city, send

# Within a millimetre of straight in the city's metric system, 8.85 m north of the complaints.
ROAD = {
    "type": "Feature",
    "properties": {"NAMOBJ": "Jl. Lintas", "STATUS": "Jalan Nasional"},
    "geometry": {
        "type": "LineString",
        "coordinates": [
            [JELUTUNG.lon - 0.001, JELUTUNG.lat + 8e-5],
            [JELUTUNG.lon + 0.001, JELUTUNG.lat + 8e-5],
        ],
    },
}


def staged(app: Flask, database: Database, folder: Path, *features: Any) -> int:
    path = folder / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return boundary_import.stage(
        database, default_city(database), path, layer=Layer.ROAD, version="SK-2026",
        options=None, settings=app.extensions["geoapp"].settings,
    ).set_id  # fmt: skip


def test_roads_from_a_file_lead_to_an_offer(
    client: FlaskClient, emptied: Database, module_app: Flask, tmp_path: Path
) -> None:
    city = default_city(emptied)
    number = staged(module_app, emptied, tmp_path, ROAD)
    sign_in(client, hire(emptied, "city_admin"))
    page = client.get(f"/admin/boundaries/{number}")
    assert page.status_code == 200
    told = " ".join(page.text.split())
    assert "Jalan nasional</dt><dd>0,2 km" in told
    drawn = client.get(f"/admin/boundaries/{number}/areas.geojson").get_json()
    assert drawn["features"][0]["geometry"]["type"] == "MultiLineString"
    assert send(emptied)["ticket"]
    assert roads.at(emptied, city, JELUTUNG.lon, JELUTUNG.lat) is None

    activation.activate(emptied, city, number, date(2026, 1, 1))

    found = roads.at(emptied, city, JELUTUNG.lon, JELUTUNG.lat)
    assert found is not None
    assert (found.name, found.authority, found.agency_code) == (
        "Jl. Lintas", "nation", "bpjn_jambi",
    )  # fmt: skip
    assert found.distance_m == pytest.approx(8e-5 * 110_574, abs=0.05)

    operator = hire(emptied, "operator")
    sign_in(client, operator)
    listed = client.get("/api/v1/work/complaints?authority=offered").get_json()
    assert listed["numberMatched"] == 1  # the complaint from before
    (feature,) = listed["features"]
    assert feature["properties"]["authority_offer"] == "open"
    ticket = feature["id"]
    case = client.get(f"/api/v1/work/complaints/{ticket}").get_json()
    assert case["road"] == {
        "code": "Jl. Lintas", "name": "Jl. Lintas", "ref": None, "authority": "nation",
        "agency": {"code": "bpjn_jambi", "name": "BPJN Jambi"},
        "distance_m": case["road"]["distance_m"], "offer": "open",
    }  # fmt: skip
    assert "keep" in {action["step"] for action in case["actions"]}
    public = client.get(f"/api/v1/complaints/{ticket}").get_json()
    assert "authority" not in json.dumps(public)
    assert "Lintas" not in json.dumps(public)
    refused = client.get("/api/v1/work/complaints?authority=nation")
    assert refused.status_code == 422
    kept = client.post(
        f"/api/v1/work/complaints/{ticket}/steps",
        json={"step": "keep", "version": case["version"]},
        headers={"X-CSRFToken": csrf_token(client, "/agency")},
    )
    assert kept.status_code == 200, kept.text
    assert client.get("/api/v1/work/complaints?authority=offered").get_json()["numberMatched"] == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [({"STATUS": "Desa Wisata"}, "Desa Wisata"), ({"agency_code": "kementerian"}, "kementerian")],
)
def test_a_road_that_nobody_keeps_refuses_its_file(
    emptied: Database, module_app: Flask, tmp_path: Path, change: dict[str, str], named: str
) -> None:
    wrong = ROAD | {"properties": ROAD["properties"] | change}  # type: ignore[operator]
    with pytest.raises((BoundaryFileError, CatalogueError)) as refusal:
        staged(module_app, emptied, tmp_path, wrong)
    told = refusal.value.message + str([fault.value for fault in refusal.value.fields])
    assert named in told
