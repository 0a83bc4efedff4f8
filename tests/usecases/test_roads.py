"""Sets of roads, and the offers they lead to: what becomes of one, and who may decide on it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.domain.access import Actor
from geoapp.domain.work_filter import Sort, WorkFilter
from geoapp.domain.workflow import Step
from geoapp.domain.workflow_terms import StepRequest
from geoapp.embedded import Cluster
from geoapp.errors import CatalogueError, Forbidden, InvalidInput, StepRefused
from geoapp.store.database import Database, Role
from geoapp.usecases import casework, cities, explanation, roads, work
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire
from tests.roads import CITY, beside, draw_roads, jelutung_on_a_national_road, line
from tests.support import JELUTUNG, default_city, send

COUNT = text("SELECT count(*) FROM geoapp.boundary_set WHERE layer = 'road'")
PUBLIC = text(
    "SELECT kind, status, words FROM geoapp.complaint_event_public WHERE ticket = :ticket"
)


@pytest.fixture(scope="module")
def world(cluster: Cluster, jambi_template: str) -> Iterator[SimpleNamespace]:
    """The city with one national road 8 m from where complaints are sent, and its staff."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield SimpleNamespace(
        database=database,
        city=default_city(database),
        set_id=jelutung_on_a_national_road(database),
        operator=hire(database, "operator"),
        admin=hire(database, "agency_admin", agency="pupr_bina_marga"),
        officer=hire(database, "field_officer", agency="pupr_bina_marga"),
    )
    database.dispose()
    drop(cluster, name)


def step(world: SimpleNamespace, actor: Actor, ticket: str, wanted: Step, **more: Any) -> Any:
    version = work.case(world.database, world.city, actor, ticket).case.complaint.version
    request = StepRequest(step=wanted, version=version, **more)
    return casework.act(world.database, world.city, actor, ticket, request)


def offered(world: SimpleNamespace, actor: Actor) -> set[str]:
    """Tickets that the filter finds."""
    wanted = WorkFilter.read(
        {"authority": "offered"}, now=world.database.now(), timezone="Asia/Jakarta", me=1
    )
    page = work.complaint_page(world.database, world.city, actor, wanted, sort=Sort.DUE, limit=1000)
    assert page.matched == len(page.complaints)
    return {one.ticket for one in page.complaints}


def public_history(world: SimpleNamespace, ticket: str) -> list[tuple[Any, ...]]:
    with world.database.transaction(Role.VISITOR, CITY) as connection:
        return [tuple(row) for row in connection.execute(PUBLIC, {"ticket": ticket})]


def test_an_offer_waits_in_the_queue_and_names_road_keeper_and_metres(world) -> None:
    ticket = send(world.database)["ticket"]
    case = work.case(world.database, world.city, world.operator, ticket)
    assert case.case.complaint.authority_offer == "open"
    assert case.case.complaint.agency_code == "pupr_bina_marga"
    road = case.case.road
    assert (road.code, road.name, road.ref) == ("n-045", "Jl. Lintas", "045")
    assert (road.authority, road.agency_code) == ("nation", "bpjn_jambi")
    assert road.distance_m == pytest.approx(8, abs=0.02)
    assert ticket in offered(world, world.operator)
    assert public_history(world, ticket) == [("submitted", "submitted", None)]


def test_an_operator_passes_it_on_with_the_usual_public_reason(world) -> None:
    ticket = send(world.database)["ticket"]
    result = step(
        world, world.operator, ticket, Step.OUT_OF_AUTHORITY,
        reason="Jl. Lintas adalah jalan nasional", authority="BPJN Jambi",
    )  # fmt: skip
    assert result.status.value == "out_of_authority"
    case = work.case(world.database, world.city, world.operator, ticket).case
    assert case.complaint.authority_offer == "confirmed"
    assert dict(case.events[-1].data) == {
        "reason": "Jl. Lintas adalah jalan nasional", "authority": "BPJN Jambi",
        "offer": "confirmed", "road": "n-045",
    }  # fmt: skip
    assert ticket not in offered(world, world.operator)
    assert public_history(world, ticket)[-1] == (
        "status", "out_of_authority", "Jl. Lintas adalah jalan nasional",
    )  # fmt: skip


def test_an_operator_keeps_it_and_nobody_outside_hears_of_it(world) -> None:
    ticket = send(world.database)["ticket"]
    before = public_history(world, ticket)
    result = step(world, world.operator, ticket, Step.KEEP, reason="Trotoar kota")
    assert (result.status.value, result.version) == ("submitted", 2)
    case = work.case(world.database, world.city, world.operator, ticket).case
    assert case.complaint.authority_offer == "declined"
    assert (case.events[-1].kind, dict(case.events[-1].data)) == (
        "authority", {"offer": "declined", "road": "n-045", "reason": "Trotoar kota"},
    )  # fmt: skip
    assert ticket not in offered(world, world.operator)
    assert public_history(world, ticket) == before
    with pytest.raises(StepRefused, match="Nobody else is offered it"):
        step(world, world.operator, ticket, Step.KEEP)


def road_reason(world: SimpleNamespace, ticket: str) -> str:
    """What the explanation of a case says of the road beside it, in English."""
    case = explanation.of_complaint(world.database, world.city, world.operator, ticket)
    assert case.explanation is not None
    catalogue = cities.catalogue(world.database, world.city)
    [road] = [one for one in explanation.reasons(case.explanation, catalogue) if one.kind == "road"]
    return road.sentence["en"]


def test_the_explanation_says_what_became_of_the_offer(world) -> None:
    ticket = send(world.database)["ticket"]
    assert road_reason(world, ticket).endswith("an operator confirms who is responsible.")
    step(world, world.operator, ticket, Step.KEEP)
    assert road_reason(world, ticket).endswith("an operator decided that the city handles it.")


def test_only_operators_turn_an_offer_down_and_field_officers_decide_nothing(world) -> None:
    ticket = send(world.database)["ticket"]
    step(world, world.operator, ticket, Step.ASSIGN)
    for actor in (world.admin, world.officer):
        actions = work.case(world.database, world.city, actor, ticket).actions
        assert Step.KEEP not in {action.step for action in actions}
        with pytest.raises(Forbidden):
            step(world, actor, ticket, Step.KEEP)
    with pytest.raises(Forbidden):
        step(world, world.officer, ticket, Step.OUT_OF_AUTHORITY, reason="x", authority="BPJN")
    assert ticket in offered(world, world.operator)


def test_what_is_done_no_longer_waits_and_comes_back_when_reopened(world) -> None:
    ticket = send(world.database)["ticket"]
    step(world, world.operator, ticket, Step.ASSIGN)
    step(world, world.operator, ticket, Step.FINISH, text="Sudah ditambal")
    assert ticket not in offered(world, world.operator)
    step(world, world.operator, ticket, Step.REOPEN, reason="Berlubang lagi")
    assert ticket in offered(world, world.operator)


def test_a_part_of_a_complaint_is_offered_by_its_own_group(world) -> None:
    ticket = send(world.database, service="waste_pile")["ticket"]
    part = step(
        world, world.operator, ticket, Step.SPLIT, service="pothole", text="Jalannya berlubang"
    ).other
    found = work.case(world.database, world.city, world.operator, part).case
    assert (found.complaint.authority_offer, found.road.code) == ("open", "n-045")
    whole = work.case(world.database, world.city, world.operator, ticket).case
    assert (whole.complaint.authority_offer, whole.road) == (None, None)
    with as_owner(world.database) as connection:
        decided = connection.execute(
            text("SELECT road ->> 'code' FROM geoapp.assignment WHERE complaint_id = :id"),
            {"id": found.complaint.id},
        ).scalars()
        assert list(decided) == ["n-045"]


def test_the_filter_refuses_what_it_does_not_know(world) -> None:
    with pytest.raises(InvalidInput) as refusal:
        WorkFilter.read(
            {"authority": "nation"}, now=world.database.now(), timezone="Asia/Jakarta", me=1
        )
    assert [fault.field for fault in refusal.value.fields] == ["authority"]


def test_a_set_is_listed_by_authority_and_drawn(world) -> None:
    (road,) = roads.listed(world.database, world.city, world.set_id)
    assert (road.name, road.authority, road.agency_code) == ("Jl. Lintas", "nation", "bpjn_jambi")
    assert road.length_m == pytest.approx(800, abs=0.1)
    drawn = roads.geojson(world.database, world.city, world.set_id)
    assert [one["properties"]["code"] for one in drawn["features"]] == ["n-045"]
    assert drawn["features"][0]["geometry"]["type"] == "MultiLineString"
    assert roads.lengths([road])["nation"] == road.length_m
    at = roads.at(world.database, world.city, JELUTUNG.lon, JELUTUNG.lat)
    assert at is not None
    assert at.distance_m == pytest.approx(8, abs=0.02)


def test_lines_that_name_what_is_not_there_are_refused_by_name(world) -> None:
    good = [(103.6, -1.6), (103.61, -1.6)]
    wrong = [
        line("a", "nation", good, agency="kementerian"),
        line("b", "village", good),  # type: ignore[arg-type]
        line("c", "city", good),
        line("c", "city", good),
    ]
    with world.database.transaction(Role.WORKER, CITY) as connection:
        before = connection.execute(COUNT).scalar_one()
    with pytest.raises(CatalogueError) as refusal:
        draw_roads(world.database, wrong, activate=False)
    assert {fault.field for fault in refusal.value.fields} == {"a.agency", "b.authority", "c.code"}
    with pytest.raises(CatalogueError, match="no roads"):
        draw_roads(world.database, [], activate=False)
    with world.database.transaction(Role.WORKER, CITY) as connection:
        assert connection.execute(COUNT).scalar_one() == before


def test_a_file_may_name_the_agency_itself(world) -> None:
    set_id = draw_roads(
        world.database, [beside(JELUTUNG, 5, "p", "province", agency="bwss")], activate=False
    )
    (road,) = roads.listed(world.database, world.city, set_id)
    assert road.agency_code == "bwss"
