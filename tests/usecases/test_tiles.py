"""From what a tile is drawn: cells, rows, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import pytest

from geoapp.app import create_app
from geoapp.domain.access import Actor
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.work_filter import WorkFilter
from geoapp.embedded import Cluster
from geoapp.errors import TooMany
from geoapp.store import density_reach
from geoapp.store.database import Database, Role
from geoapp.usecases import density, livemap, tiles, work
from geoapp.usecases.livemap import tile_moment
from tests.casework import World
from tests.complaint_rows import CITY, ZONE
from tests.databases import clone, drop
from tests.density_world import spread
from tests.spatial.test_tiles import tile_of

COMPLAINTS = 3000


@pytest.fixture(scope="module")
def world(cluster: Cluster, jambi_template: str) -> Iterator[World]:
    name = clone(cluster, jambi_template)
    world = World.build(Database(cluster.url("geoapp_app", name)))
    spread(world, COMPLAINTS, world.database.now())
    density.keep_up(world.database, world.city)
    yield world
    world.database.dispose()
    drop(cluster, name)


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a city of a hundred times as many would meet them."""
    monkeypatch.setattr(density_reach, "MOST_ROWS", 600)
    monkeypatch.setattr(tiles, "FINE_ROWS", 300)
    monkeypatch.setattr(tiles, "FEW_ROWS", 100)
    monkeypatch.setattr(tiles.tiles, "MOST_POINTS", 50)


def drawn(world: World, z: int, **args: str) -> dict[str, Any]:
    wanted = ComplaintFilter.parse(
        {"status": "all"} | args, now=world.database.now(), timezone=ZONE
    )
    with world.database.transaction(Role.VISITOR, CITY) as connection:
        body = tiles.draw(
            connection, world.city, wanted, tile_of(103.6, -1.652, z), tiles.EVERYBODY
        )
    return mapbox_vector_tile.decode(body) if body else {}


def sides(layers: dict[str, Any]) -> set[int]:
    return {one["properties"].get("side", 64) for one in layers["cells"]["features"]}


def test_the_whole_city_is_drawn_from_cells_on_the_fine_grid(world: World) -> None:
    for z in (9, 10, 11, 12):
        assert sides(drawn(world, z)) == {64}


def test_below_it_counted_cells_are_coarser_and_say_how_large_they_are(world: World) -> None:
    assert sides(drawn(world, 13)) == {128}
    # monthly cells are twice as coarse as totals
    assert sides(drawn(world, 12, agency="dlh,pupr_bina_marga")) == {128}


def test_where_few_are_they_are_points_or_cells_on_the_fine_grid(world: World) -> None:
    assert "points" in drawn(world, 17)


def test_a_filter_that_cells_cant_answer_reads_rows_while_an_index_leads_to_few(
    world: World,
) -> None:
    with pytest.raises(TooMany) as refused:
        drawn(world, 11, q="lubang")
    assert refused.value.fields[0].field == "filter"
    # fifteen of two hundred days: 225 or so
    assert drawn(world, 11, q="lubang", since="P15D")
    assert drawn(world, 16, q="lubang") is not None
    assert drawn(world, 11, q="lubang", kelurahan="15.71.08.1006") is not None


def test_a_box_or_a_polygon_narrows_it_too(world: World) -> None:
    wanted = WorkFilter.read(
        {"polygon": "103.6,-1.652,103.604,-1.652,103.604,-1.648", "status": "all"},
        now=world.database.now(), timezone=ZONE, me=world.operator.account_id,
    )  # fmt: skip
    with world.database.transaction(
        Role.STAFF, CITY, account=world.operator.account_id
    ) as connection:
        assert tiles.draw(connection, world.city, wanted, tile_of(103.602, -1.65, 11), tiles.STAFF)


def test_until_a_city_is_counted_tiles_come_from_rows_within_the_same_limit(
    jambi: Database,
) -> None:
    world = World.build(jambi)
    spread(world, 590, jambi.now())
    assert "cells" in drawn(world, 11)
    spread(world, 200, jambi.now(), prefix="MOR-")
    with pytest.raises(TooMany):
        drawn(world, 9)
    density.keep_up(world.database, world.city)
    assert "cells" in drawn(world, 9)


def test_the_refusal_says_what_to_do(world: World, settings: Any) -> None:
    app = create_app(settings, world.database)
    tile = tile_of(103.6, -1.652, 11)
    answer = app.test_client().get(
        f"/tiles/complaints/{tile.z}/{tile.x}/{tile.y}.mvt?q=lubang&status=all"
    )
    assert answer.status_code == 422
    error = answer.get_json()["error"]
    assert error["code"] == "too_many"
    assert "shorter period" in error["remedy"]
    assert [one["field"] for one in error["fields"]] == ["filter"]
    app.extensions["geoapp"].hub.close()


def test_the_shelf_draws_a_tile_once_and_forgets_what_was_asked_for_longest_ago() -> None:
    drawn: list[str] = []

    def draw(name: str) -> bytes:
        drawn.append(name)
        return name.encode() * 1000

    shelf = tiles.Shelf(most_bytes=5000)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert shelf.get(name, lambda name=name: draw(name)) == name.encode() * 1000
    # two fit: b had to go for c
    assert drawn == ["a", "b", "c", "b"]


def test_a_tile_on_the_shelf_is_drawn_anew_when_something_changed_and_never_for_others(
    jambi: Database,
) -> None:
    world = World.build(jambi)
    shelf = tiles.Shelf()
    place = tile_of(103.6105, -1.6125, 15)

    def asked() -> int:
        wanted = ComplaintFilter.parse(
            {"status": "all"}, now=tile_moment(jambi.now()), timezone=ZONE
        )
        return count(livemap.tile(jambi, world.city, wanted, place, shelf=shelf).body)

    def staff(actor: Actor) -> int:
        wanted = WorkFilter.read(
            {"status": "all"}, now=tile_moment(jambi.now()), timezone=ZONE, me=actor.account_id
        )
        return count(work.tile(jambi, world.city, actor, wanted, place, shelf=shelf).body)

    ticket = world.new()
    assert (asked(), asked()) == (1, 1)
    assert (staff(world.operator), staff(world.other_admin)) == (1, 0)
    world.act(world.operator, "confidential", ticket, reason="Takut")
    assert asked() == 0
    assert (staff(world.operator), staff(world.other_admin)) == (1, 0)


def count(body: bytes | None) -> int:
    layers = mapbox_vector_tile.decode(body) if body else {}
    return sum(len(layer["features"]) for layer in layers.values())
