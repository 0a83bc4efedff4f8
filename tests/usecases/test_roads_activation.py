"""Another set of roads comes into force: what is offered follows, what was answered stands."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.domain.place import LonLat
from geoapp.domain.workflow import Step
from geoapp.domain.workflow_terms import StepRequest
from geoapp.embedded import Cluster
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, casework, work
from tests.databases import clone, drop
from tests.people import hire
from tests.roads import CITY, beside, draw_roads, expected, network
from tests.support import JELUTUNG, default_city, send

DAY = date(2026, 2, 1)
ROWS = text("""
    SELECT complaint.ticket, service_code, road_code, authority_offer, version, agency_code,
           ST_X(geom) AS lon, ST_Y(geom) AS lat, last.road,
           (SELECT count(*) FROM geoapp.assignment WHERE complaint_id = complaint.id) AS decisions,
           (SELECT count(*) FROM geoapp.complaint_event
            WHERE complaint_id = complaint.id) AS events
    FROM geoapp.complaint
    CROSS JOIN LATERAL (
        SELECT road FROM geoapp.assignment
        WHERE complaint_id = complaint.id ORDER BY id DESC LIMIT 1) AS last
""")


@pytest.fixture
def world(cluster: Cluster, jambi_template: str) -> Iterator[SimpleNamespace]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield SimpleNamespace(
        database=database, city=default_city(database), operator=hire(database, "operator")
    )
    database.dispose()
    drop(cluster, name)


def rows(world: SimpleNamespace) -> dict[str, Any]:
    with world.database.transaction(Role.WORKER, CITY) as connection:
        return {row.ticket: row for row in connection.execute(ROWS)}


def take(world: SimpleNamespace, ticket: str, step: Step, **more: Any) -> None:
    seen = work.case(world.database, world.city, world.operator, ticket).case.complaint.version
    request = StepRequest(step=step, version=seen, **more)
    casework.act(world.database, world.city, world.operator, ticket, request)


@pytest.mark.long
def test_what_is_offered_is_what_it_would_be_if_it_came_now(world) -> None:
    """Two networks one after the other: the second's offers, by Shapely and by a new INSERT."""
    dice = random.Random(3)
    first, second = network(seed=5, number=60), network(seed=6, number=60)
    activation.activate(world.database, world.city, draw_roads(world.database, first, activate=False), DAY)  # fmt: skip
    places = [LonLat(dice.uniform(103.58, 103.62), dice.uniform(-1.63, -1.60)) for _ in range(250)]
    before = [send(world.database, position=place)["ticket"] for place in places]
    offered = {ticket: row.road_code for ticket, row in rows(world).items()}
    activation.activate(world.database, world.city, draw_roads(world.database, second, activate=False), DAY)  # fmt: skip
    after = [send(world.database, position=place)["ticket"] for place in places]
    found = rows(world)
    changed = 0
    for place, old, new in zip(places, before, after, strict=True):
        wanted = expected(second, place, 25)
        assert found[old].road_code == found[new].road_code == (wanted and wanted[0])
        assert found[old].authority_offer == found[new].authority_offer
        moved = offered[old] != found[old].road_code
        changed += moved
        # the city's own agency has it all the while: a decision, no event
        if moved or not wanted:
            assert found[old].decisions == 1 + moved
        assert found[old].events == 1
        assert found[old].road == found[new].road
    assert changed > 20


def test_the_preview_counts_what_will_wait_for_an_operator(world) -> None:
    for service in ("pothole", "pothole", "waste_pile"):
        send(world.database, service=service)
    set_id = draw_roads(world.database, [beside(JELUTUNG, 8, "r", "nation")], activate=False)
    run = activation.begin(world.database, world.city, set_id, DAY)
    activation.decide(world.database, world.city, run)
    told = activation.preview(world.database, world.city, run)
    assert (told.moving, told.offered) == (0, 2)
    assert [row.authority_offer for row in rows(world).values()] == [None] * 3
    activation.run(world.database, world.city, run)
    offers = sorted(str(row.authority_offer) for row in rows(world).values())
    assert offers == ["None", "open", "open"]


def test_an_answer_stands_while_it_is_the_same_road_in_the_same_hands(world) -> None:
    set_id = draw_roads(world.database, [beside(JELUTUNG, 8, "r", "province")], activate=False)
    activation.activate(world.database, world.city, set_id, DAY)
    declined, waiting, passed = (send(world.database)["ticket"] for _ in range(3))
    take(world, declined, Step.KEEP)
    take(world, passed, Step.OUT_OF_AUTHORITY, reason="x", authority="Provinsi")

    def again(authority: Any, code: str = "r") -> dict[str, str | None]:
        lines = [beside(JELUTUNG, 9, code, authority)]
        staged = draw_roads(world.database, lines, activate=False)
        activation.activate(world.database, world.city, staged, DAY)
        found = rows(world)
        return {ticket: found[ticket].authority_offer for ticket in (declined, waiting, passed)}

    assert list(again("province").values()) == ["declined", "open", "confirmed"]
    # it was handed to the nation: asked anew; what was passed on is nobody's here any more
    assert list(again("nation").values()) == ["open", "open", "confirmed"]
    assert rows(world)[declined].road["agency_code"] == "bpjn_jambi"
    # given to the city: nothing is offered
    assert list(again("city").values()) == [None, None, "confirmed"]
    assert list(again("province", "r2").values()) == ["open", "open", "confirmed"]
    assert {row.agency_code for row in rows(world).values()} == {"pupr_bina_marga"}
