"""Two cities on one server: each sees itself, however it is addressed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.errors import DatabaseUnavailable
from geoapp.settings import Settings
from geoapp.spatial.files import ReadOptions
from geoapp.store.database import Database
from geoapp.usecases import cities
from tests.asking import as_owner, body
from tests.boundary_imports import in_force
from tests.databases import clone, drop

BOSTON = Path(__file__).resolve().parents[1] / "data" / "boston"
DOWNTOWN = (-71.0580, 42.3570)
JAMBI_TEXT, BOSTON_TEXT = "Lubang besar di jalan Jambi", "A big hole in a Boston street"


@pytest.fixture(scope="module")
def two(cluster, jambi_template, tmp_path_factory) -> Iterator[Database]:
    """Jambi and Boston with a square for a neighbourhood; one complaint each."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    city = cities.load(database, BOSTON)
    square = tmp_path_factory.mktemp("areas") / "downtown.geojson"
    west, south, east, north = -71.07, 42.34, -71.04, 42.37
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    square.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"code": "1", "name": "Downtown"},
                        "geometry": {"type": "Polygon", "coordinates": [ring]},
                    }
                ],
            }
        )
    )
    in_force(
        database, city, square, version="1",
        options=ReadOptions(code_field="code", name_field="name"), since=cities.today(city, database.now()),
    )  # fmt: skip
    with as_owner(database) as connection:
        connection.execute(
            text("UPDATE geoapp.city SET host = 'boston.example' WHERE slug = 'boston'")
        )
    yield database
    database.dispose()
    drop(cluster, name)


def client_of(database: Database, home: Path, **changes: Any) -> Any:
    settings = Settings(
        home=home, tile_url="none", intake_limit=0, secret_key="test-only" * 8, **changes
    )
    return create_app(settings, database).test_client()


@pytest.fixture
def client(two, tmp_path):
    """A server on which every city is addressed by its slug."""
    return client_of(two, tmp_path, default_city="none")


@pytest.fixture(scope="module")
def tickets(two, tmp_path_factory):
    client = client_of(two, tmp_path_factory.mktemp("home"))
    jambi = client.post("/kota-jambi/api/v1/complaints", json=body(description=JAMBI_TEXT))
    lon, lat = DOWNTOWN
    boston = client.post(
        "/boston/api/v1/complaints",
        json=body(service="pothole_repair_internal", lon=lon, lat=lat, description=BOSTON_TEXT),
    )
    assert (jambi.status_code, boston.status_code) == (201, 201), (jambi.json, boston.json)
    return {"kota-jambi": jambi.json["ticket"], "boston": boston.json["ticket"]}


def test_an_address_without_a_city_lets_one_choose(client):
    answer = client.get("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'href="/kota-jambi/"' in page
    assert 'href="/boston/"' in page


@pytest.mark.parametrize("path", ["/api/v1/city", "/api/v1/complaints", "/live", "/report"])
def test_what_needs_a_city_says_which_there_are(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    if answer.mimetype == "application/json":
        assert answer.json["error"]["code"] == "city_unknown"
        assert "/kota-jambi" in answer.json["error"]["remedy"]


@pytest.mark.parametrize(
    ("settings", "path", "host", "name"),
    [
        ({}, "", "localhost", "Kota Jambi"),  # the first one there was
        ({}, "/kota-jambi", "localhost", "Kota Jambi"),
        ({}, "/boston", "localhost", "Boston"),
        ({}, "", "boston.example", "Boston"),
        ({}, "", "BOSTON.EXAMPLE:8000", "Boston"),
        ({"default_city": "boston"}, "", "localhost", "Boston"),
        ({"default_city": "15.71"}, "", "localhost", "Kota Jambi"),
        ({"default_city": "15.71"}, "", "boston.example", "Boston"),
        ({"default_city": "15.71"}, "/boston", "localhost", "Boston"),
    ],
)
def test_a_city_is_named_by_prefix_host_or_setting(two, tmp_path, settings, path, host, name):
    client = client_of(two, tmp_path, **settings)
    answer = client.get(f"{path}/api/v1/city", headers={"Host": host})
    assert answer.json["name"] == name


@pytest.mark.parametrize("slug", ["kota-jambi", "boston"])
def test_links_and_pages_keep_the_prefix(client, tickets, slug):
    page = client.get(f"/{slug}/").get_data(as_text=True)
    assert f'"base": "/{slug}"' in page
    assert f'href="/{slug}/report"' in page
    servers = client.get(f"/{slug}/api/v1/openapi.json").json["servers"]
    assert servers == [{"url": f"/{slug}"}]


def test_no_answer_of_one_city_holds_anything_of_the_other(client, tickets):
    other = {"kota-jambi": "boston", "boston": "kota-jambi"}
    for slug, ticket in tickets.items():
        foreign = tickets[other[slug]]
        listed = client.get(f"/{slug}/api/v1/complaints").json
        assert [feature["id"] for feature in listed["features"]] == [ticket]
        assert client.get(f"/{slug}/api/v1/summary").json["total"] == 1
        assert client.get(f"/{slug}/api/v1/complaints/{foreign}").status_code == 404
        assert client.get(f"/{slug}/c/{foreign}").status_code == 404
        for path in ("", "/api/v1/areas", "/api/v1/services", "/api/v1/complaints", "/report"):
            told = client.get(f"/{slug}{path or '/'}").get_data(as_text=True)
            assert foreign not in told
            assert (BOSTON_TEXT if slug == "kota-jambi" else JAMBI_TEXT) not in told


def test_tiles_hold_the_own_city_only(client, tickets):
    # the tiles (XYZ, zoom 14) around both complaints, asked of both cities
    jambi, boston = "14/12907/8265", "14/4958/6060"
    assert client.get(f"/kota-jambi/tiles/complaints/{jambi}.mvt").status_code == 200
    assert client.get(f"/boston/tiles/complaints/{jambi}.mvt").status_code == 204
    assert client.get(f"/boston/tiles/complaints/{boston}.mvt").status_code == 200
    assert client.get(f"/kota-jambi/tiles/complaints/{boston}.mvt").status_code == 204


def test_a_key_belongs_to_its_city(client, tickets):
    headers = {"Idempotency-Key": "shared-by-chance"}
    lon, lat = DOWNTOWN
    sent = body(service="pothole_repair_internal", lon=lon, lat=lat)
    one = client.post("/kota-jambi/api/v1/complaints", json=body(), headers=headers)
    two_ = client.post("/boston/api/v1/complaints", json=sent, headers=headers)
    assert (one.status_code, two_.status_code) == (201, 201)
    assert one.json["ticket"].startswith("JBI-")
    assert two_.json["ticket"].startswith("BOS-")


def test_a_submission_cannot_name_the_other_citys_things(client):
    for wrong in ({"service": "pothole"}, {"kelurahan": "15.71.08.1006"}):
        lon, lat = DOWNTOWN
        sent = body(service="pothole_repair_internal", lon=lon, lat=lat) | wrong
        assert client.post("/boston/api/v1/complaints", json=sent).status_code == 422


def test_the_database_itself_refuses_a_row_of_another_city(two):
    from geoapp.domain.complaint import NewComplaint, new_ticket
    from geoapp.spatial import assignment
    from geoapp.store.database import Role
    from tests.support import JELUTUNG

    new = NewComplaint(service="pothole", description="Lubang besar", position=JELUTUNG)
    ticket = new_ticket("JBI")
    with (
        pytest.raises(Exception, match="row-level security"),
        two.transaction(Role.INTAKE, "us-boston", ticket=ticket) as connection,
    ):
        assignment.store(connection, "15.71", ticket, new, actor="x", keep_outside=False)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/report"), ("GET", "/api/v1/city"), ("POST", "/api/v1/complaints")],
)
def test_a_city_that_cannot_be_known_right_now_is_not_said_to_be_unknown(
    two, tmp_path, monkeypatch, method, path
):
    """Away for one moment, and back when the page asks again: still 503, never 404."""
    site = create_app(Settings(home=tmp_path, secret_key="test-only" * 8), two)
    asked = []
    read = cities.every

    def away_once(database: Database) -> list[Any]:
        asked.append(database)
        if len(asked) == 1:
            raise DatabaseUnavailable("Away.", "Try again.")
        return read(database)

    monkeypatch.setattr(cities, "every", away_once)
    answer = site.test_client().open(path, method=method, json=body() if method == "POST" else None)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
