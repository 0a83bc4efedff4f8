"""A field officer of one kelurahan reads and changes exactly what lies in it, by every endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import Actor
from geoapp.domain.place import TileId
from geoapp.settings import Settings
from tests.asking import as_owner
from tests.people import csrf_token, hire, sign_in
from tests.staff_world import FAR, INSIDE, World, built

TILE = TileId(14, 12907, 8265)


@pytest.fixture(scope="module")
def world(cluster, jambi_template) -> Iterator[World]:
    with built(cluster, jambi_template) as world:
        yield world


@pytest.fixture(scope="module")
def app(world, tmp_path_factory) -> Iterator[Flask]:
    home: Path = tmp_path_factory.mktemp("home")
    app = create_app(
        Settings(home=home, tile_url="none", intake_limit=0, secret_key="test-only" * 8),
        world.database,
    )
    yield app
    app.extensions["geoapp"].hub.close()


def entered(app: Flask, actor: Actor) -> tuple[FlaskClient, dict[str, str]]:
    client = app.test_client()
    sign_in(client, actor)
    return client, {"X-CSRFToken": csrf_token(client, "/account")}


@pytest.fixture(scope="module")
def officer(world) -> Actor:
    return hire(world.database, "field_officer", kelurahan=[INSIDE])


@pytest.fixture(scope="module")
def inside(world) -> set[str]:
    return {one.ticket for one in world.complaints if one.kelurahan_code == INSIDE}


@pytest.fixture(scope="module")
def outside(world, inside) -> set[str]:
    return {one.ticket for one in world.complaints} - inside


FILTERS = (
    "", "sort=newest", "sort=near&near=103.6,-1.6", f"kelurahan={FAR}", "kecamatan=15.71.08",
    "agency=dlh", "status=all", "bbox=103,-2,104,-1", "officer=none", "service_area=roads_city",
    "polygon=103,-2,104,-2,104,-1,103,-1", "near=103.6,-1.6&within_m=50000", "deadline=overdue",
)  # fmt: skip


@pytest.mark.parametrize("query", FILTERS)
def test_the_list_of_an_officer_never_leaves_their_kelurahan(app, officer, inside, query):
    client, _ = entered(app, officer)
    found = client.get(f"/api/v1/work/complaints?limit=1000&{query}").get_json()
    tickets = {feature["id"] for feature in found["features"]}
    assert tickets <= inside
    assert found["numberMatched"] == len(tickets)
    if query in {"", "sort=newest", "sort=near&near=103.6,-1.6", "bbox=103,-2,104,-1"}:
        assert tickets == inside


def test_the_pages_of_a_list_together_are_the_officers_kelurahan(app, officer, inside):
    client, _ = entered(app, officer)
    address: str | None = "/api/v1/work/complaints?limit=2"
    tickets: list[str] = []
    while address:
        page = client.get(address).get_json()
        tickets += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"]), None)
    assert sorted(tickets) == sorted(inside)


def test_a_case_and_its_polygons_are_there_inside_and_nowhere_else(app, officer, inside, outside):
    client, _ = entered(app, officer)
    for way in ("", "/area"):
        told = {
            ticket: client.get(f"/api/v1/work/complaints/{ticket}{way}").status_code
            for ticket in inside | outside
        }
        assert told == dict.fromkeys(inside, 200) | dict.fromkeys(outside, 404)


def test_a_ticket_outside_and_one_that_never_was_are_told_the_same(app, officer, outside):
    client, _ = entered(app, officer)
    hidden = client.get(f"/api/v1/work/complaints/{min(outside)}")
    never = client.get("/api/v1/work/complaints/JBI-3333-3333")
    assert hidden.get_json() == never.get_json()


def test_the_tile_of_an_officer_shows_their_kelurahan(app, officer, inside):
    client, _ = entered(app, officer)
    answer = client.get(f"/tiles/work/{TILE.z}/{TILE.x}/{TILE.y}.mvt?status=all")
    points = mapbox_vector_tile.decode(answer.data)["points"]["features"]
    assert {point["properties"]["ticket"] for point in points} == inside


def test_a_tile_known_to_one_account_is_not_unchanged_for_another(app, world, officer):
    address = f"/tiles/work/{TILE.z}/{TILE.x}/{TILE.y}.mvt?status=all"
    operator, _ = entered(app, hire(world.database, "operator"))
    tag = operator.get(address).headers["ETag"]
    assert operator.get(address, headers={"If-None-Match": tag}).status_code == 304
    client, _ = entered(app, officer)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def versions(world: World) -> dict[str, int]:
    with as_owner(world.database) as connection:
        return dict(connection.execute(text("SELECT ticket, version FROM geoapp.complaint")).all())


def test_steps_one_by_one_reach_the_officers_kelurahan_alone(app, world, officer, inside, outside):
    client, token = entered(app, officer)
    before = versions(world)
    for ticket in sorted(inside | outside):
        answer = client.post(
            f"/api/v1/work/complaints/{ticket}/steps",
            json={"step": "note", "version": before[ticket], "text": "seen"},
            headers=token,
        )
        assert answer.status_code == (200 if ticket in inside else 404), answer.get_json()
    after = versions(world)
    assert {ticket for ticket in before if after[ticket] != before[ticket]} == inside


def test_steps_in_bulk_reach_the_officers_kelurahan_alone(app, world, officer, inside, outside):
    client, token = entered(app, officer)
    before = versions(world)
    answer = client.post(
        "/api/v1/work/steps",
        json={
            "step": "note",
            "text": "seen together",
            "complaints": [
                {"ticket": ticket, "version": before[ticket]} for ticket in sorted(before)
            ],
        },
        headers=token,
    )
    results = {one["ticket"]: one["ok"] for one in answer.get_json()["results"]}
    assert results == dict.fromkeys(inside, True) | dict.fromkeys(outside, False)
    after = versions(world)
    assert {ticket for ticket in before if after[ticket] != before[ticket]} == inside


def test_figures_digest_and_administration_are_not_the_officers(app, officer):
    client, _ = entered(app, officer)
    for address in (
        "/api/v1/work/numbers?agency=dlh", "/api/v1/work/digest?agency=dlh", "/admin", "/audit",
    ):  # fmt: skip
        assert client.get(address).status_code == 403, address


def test_the_public_feed_and_list_show_an_officer_what_everybody_sees(app, world, officer):
    """They read the public view whoever asks: nothing confidential, even inside."""
    client, _ = entered(app, officer)
    shown = client.get("/api/v1/complaints?limit=1000").get_json()
    with as_owner(world.database) as connection:
        public = set(
            connection.execute(
                text("SELECT ticket FROM geoapp.complaint WHERE NOT confidential")
            ).scalars()
        )
    assert {feature["id"] for feature in shown["features"]} == public
