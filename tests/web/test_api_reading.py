from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from geoapp.app import create_app
from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from tests.complaint_rows import CITY, add, event
from tests.support import send

TILE = "/tiles/complaints/15/25814/16530.mvt"  # holds 103.61, -1.61


@pytest.fixture
def client(jambi: Database, settings: Settings) -> FlaskClient:
    return create_app(settings, jambi).test_client()


@pytest.fixture
def rows(jambi: Database) -> list[dict[str, Any]]:
    """Three public complaints and a confidential one, a few hours old."""
    now = datetime.now(UTC).replace(microsecond=0)
    with jambi.transaction(Role.WORKER, CITY) as connection:
        return [
            add(
                connection, submitted_at=now - timedelta(hours=1), kelurahan="15.71.07.1002",
                landmark="Depan masjid",
            ),
            add(
                connection, submitted_at=now - timedelta(days=9), service="pollution",
                due_at=now - timedelta(days=2),
            ),
            add(
                connection, submitted_at=now - timedelta(days=10), lon=None, status="resolved",
                kelurahan="15.71.07.1002", resolved_at=now - timedelta(days=8),
            ),
            add(connection, submitted_at=now - timedelta(hours=2), confidential=True,
                ticket="RAHASIA-1"),
        ]  # fmt: skip


def test_the_list_is_geojson_with_names_newest_first(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    response = client.get("/api/v1/complaints")
    assert response.status_code == 200
    assert response.mimetype == "application/geo+json"
    found = response.get_json()
    assert found["type"] == "FeatureCollection"
    assert (found["numberMatched"], found["numberReturned"], found["links"]) == (3, 3, [])
    assert [feature["id"] for feature in found["features"]] == [row["ticket"] for row in rows[:3]]
    first = found["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [103.61, -1.61]}
    told = first["properties"]
    submitted = rows[0]["submitted_at"]
    assert datetime.fromisoformat(told.pop("submitted_at")) == submitted
    assert datetime.fromisoformat(told.pop("due_at")) == submitted + timedelta(days=3)
    assert told == {
        "ticket": rows[0]["ticket"],
        "service": "pothole",
        "service_name": {"id": "Jalan berlubang", "en": "Pothole"},
        "group": "road",
        "description": rows[0]["description"],
        "landmark": "Depan masjid",
        "status": "submitted",
        "kelurahan": {"code": "15.71.07.1002", "name": "Simpang III Sipin"},
        "kecamatan": {"code": "15.71.07", "name": "Kota Baru"},
        "agency": {
            "code": "pupr_bina_marga",
            "name": "Dinas PUPR, Bina Marga",
        },
        "resolved_at": None,
        "closed_at": None,
        "location_kind": "point",
        "shown_within_m": 0,
        "simulated": False,
        "supporters": 0,
        "photos": [],
    }
    assert found["features"][2]["geometry"] is None
    assert found["features"][2]["properties"]["location_kind"] == "area"


def test_next_links_keep_the_filter_and_the_citys_prefix(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    url = "/kota-jambi/api/v1/complaints?limit=1&status=all&since=P30D&lang=en"
    seen = []
    while url:
        page = client.get(url).get_json()
        seen += [feature["id"] for feature in page["features"]]
        assert page["numberMatched"] == 3
        url = page["links"][0]["href"] if page["links"] else ""
        assert url == "" or url.startswith("/kota-jambi/api/v1/complaints?")
        assert url == "" or "since=P30D" in url
    assert seen == [row["ticket"] for row in rows[:3]]


def test_an_empty_city_answers_everything(client: FlaskClient) -> None:
    page = client.get("/api/v1/complaints").get_json()
    assert (page["features"], page["numberMatched"]) == ([], 0)
    counted = client.get("/api/v1/summary").get_json()
    assert counted["total"] == counted["open"] == counted["overdue"] == 0
    assert counted["by_group"]["road"] == {"open": 0, "total": 0}
    assert client.get("/api/v1/hotspots").get_json() == {
        "type": "FeatureCollection",
        "features": [],
        "runs": [],
        "clusters": [],
    }
    tile = client.get(TILE)
    assert (tile.status_code, tile.data) == (204, b"")


def test_one_complaint_comes_with_its_history(jambi: Database, client: FlaskClient) -> None:
    ticket = send(jambi)["ticket"]
    found = client.get(f"/api/v1/complaints/{ticket.lower()}").get_json()
    assert found["id"] == ticket
    assert [entry["kind"] for entry in found["properties"]["timeline"]] == ["submitted"]


@pytest.mark.parametrize("ticket", ["x", "JBI-4HK9-7QXZ", "JBI-AAAA", "%00", "a" * 5000, "🌧"])
def test_no_such_ticket_is_not_found(client: FlaskClient, ticket: str) -> None:
    response = client.get(f"/api/v1/complaints/{ticket}")
    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == "not_found"


def test_what_is_confidential_is_in_no_answer(jambi: Database, client: FlaskClient) -> None:
    secret = send(jambi, confidential=True, description="Sangat rahasia sekali")["ticket"]
    for path in (
        "/api/v1/complaints",
        "/api/v1/complaints?status=all&q=rahasia",
        "/api/v1/complaints?bbox=-180,-90,180,90",
        f"/api/v1/complaints/{secret}",
        "/api/v1/summary",
        "/api/v1/hotspots",
        "/tiles/complaints/0/0/0.mvt?status=all",
        TILE,
    ):
        response = client.get(path)
        assert secret.encode() not in response.data, path
        assert b"rahasia" not in response.data.replace(b"q=rahasia", b""), path
    assert client.get("/api/v1/complaints").get_json()["numberMatched"] == 0
    assert client.get("/api/v1/summary").get_json()["total"] == 0
    assert client.get("/tiles/complaints/0/0/0.mvt?status=all").status_code == 204


def test_the_summary_names_every_group_and_status(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    found = client.get("/api/v1/summary").get_json()
    assert (found["total"], found["open"], found["overdue"], found["due_soon"]) == (3, 2, 1, 0)
    assert found["by_group"]["road"] == {"open": 1, "total": 2}
    assert found["by_group"]["waste"] == {"open": 1, "total": 1}
    assert found["by_group"]["tree"] == {"open": 0, "total": 0}
    assert found["by_status"]["resolved"] == 1
    assert len(found["by_status"]) == 11
    narrowed = client.get("/api/v1/summary?overdue=true&group=waste").get_json()
    assert narrowed["total"] == 1


def test_the_catalogue_names_agencies_and_targets(client: FlaskClient) -> None:
    response = client.get("/api/v1/services")
    found = response.get_json()
    pothole = next(service for service in found["services"] if service["code"] == "pothole")
    assert pothole["group"] == "road"
    assert pothole["agency"] == {"code": "pupr_bina_marga", "name": "Dinas PUPR, Bina Marga"}
    assert pothole["clock"] in {"hours", "working_days"}
    assert {service["group"] for service in found["services"]} <= {
        group["code"] for group in found["groups"]
    }
    again = client.get("/api/v1/services", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_areas_are_drawn_once_and_then_not_modified(client: FlaskClient) -> None:
    response = client.get("/api/v1/areas")
    features = response.get_json()["features"]
    assert len(features) == 68  # kelurahan of Kota Jambi
    assert {feature["properties"]["approximate"] for feature in features} == {True}
    assert len({feature["properties"]["parent_code"] for feature in features}) == 11  # kecamatan
    again = client.get("/api/v1/areas", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_city_says_that_its_boundaries_are_approximate(client: FlaskClient) -> None:
    found = client.get("/api/v1/city").get_json()
    assert (found["code"], found["slug"], found["timezone"]) == (
        "15.71", "kota-jambi", "Asia/Jakarta",
    )  # fmt: skip
    assert found["boundaries"]["approximate"] is True
    assert found["boundaries"]["count"] == 68


def test_a_tile_is_not_modified_until_something_happens(
    jambi: Database, client: FlaskClient, rows: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    moment = datetime.now(UTC)
    monkeypatch.setattr("geoapp.usecases.livemap.tile_moment", lambda _: moment)
    first = client.get(TILE)
    assert (first.status_code, first.mimetype) == (200, "application/vnd.mapbox-vector-tile")
    assert "no-cache" in first.headers["Cache-Control"]
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(TILE, headers=known).status_code == 304
    with jambi.transaction(Role.WORKER, CITY) as connection:
        event(connection, rows[0], "status", "verified", at=moment)
    assert client.get(TILE, headers=known).status_code == 200
    monkeypatch.setattr(
        "geoapp.usecases.livemap.tile_moment", lambda _: moment + timedelta(minutes=5)
    )
    later = client.get(TILE).headers["ETag"]
    monkeypatch.setattr(
        "geoapp.usecases.livemap.tile_moment", lambda _: moment + timedelta(minutes=10)
    )
    assert client.get(TILE, headers={"If-None-Match": later}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/complaints/19/0/0.mvt", 422),
        ("/tiles/complaints/3/8/0.mvt", 422),
        ("/tiles/complaints/-1/0/0.mvt", 404),
        ("/tiles/complaints/a/0/0.mvt", 404),
        ("/tiles/complaints/1/%D9%A1/0.mvt", 404),
        ("/tiles/complaints/1/" + "9" * 5000 + "/0.mvt", 404),
        ("/tiles/complaints/0/0/0.mvt?status=nothing", 422),
        ("/tiles/complaints/0/0/0.mvt?since=%00", 422),
    ],
)
def test_a_tile_that_is_none_is_refused(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.get_json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("cursor=MTIz", "cursor"),
        ("cursor=%00", "cursor"),
        ("status=opened", "status"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=104,0,103,1", "bbox"),
        ("bbox=NaN,0,1,1", "bbox"),
        ("since=2026-02-30", "since"),
        ("until=2026-01-01&since=2026-02-01", "until"),
        ("overdue=1", "overdue"),
        ("group=road&group=tree", "group"),
        ("group=" + "a," * 300 + "a", "group"),
        ("q=%00", "q"),
        ("stauts=open", "stauts"),
        ("_scheme=x", "_scheme"),
        ("=", ""),
        ("q=" + "x" * 200, "q"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"/api/v1/complaints?{query}")
    assert response.status_code == 422
    assert [fault["field"] for fault in response.get_json()["error"]["fields"]] == [field]


def test_large_answers_are_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    plain = client.get("/api/v1/services")
    assert "Content-Encoding" not in plain.headers
    small = client.get("/api/v1/services", headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 3
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    refused = client.get("/api/v1/services", headers={"Accept-Encoding": "gzip;q=0"})
    assert json.loads(refused.data) == json.loads(plain.data)
    again = client.get(
        "/api/v1/services",
        headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]},
    )
    assert again.status_code == 304
