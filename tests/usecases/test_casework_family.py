"""Complaints that belong together: parts of one that was split, and what was merged."""

from __future__ import annotations

import pytest

from geoapp.errors import InvalidInput, StepRefused
from geoapp.store.database import Database
from geoapp.usecases import livemap, replies
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop

SECRET = "a secret of this test"


@pytest.fixture(scope="module")
def staffed(cluster, jambi_template):
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def world(staffed):
    with as_owner(staffed.database) as connection:
        connection.execute(EMPTY)
    return staffed


def split(world, ticket, service):
    return world.act(world.operator, "split", ticket, service=service, text="Sebagian").other


def shown(world, ticket):
    row = world.row(ticket)
    return row.public_geom, row.public_kelurahan_code, row.public_kecamatan_code


def blurs(world, service, metres):
    """From now on *service* is shown within so many metres."""
    with as_owner(world.database) as connection:
        connection.exec_driver_sql(
            "UPDATE geoapp.service_version SET blur_m = %s WHERE service_code = %s",
            (metres, service),
        )


@pytest.fixture
def wide(world):
    """A service that blurs more than noise does."""
    blurs(world, "pollution", 400)
    yield "pollution"
    blurs(world, "pollution", 100)


def test_all_parts_of_a_blurred_complaint_share_its_one_public_point(world, wide):
    """Each further point would narrow the place down: the true one lies near all of them."""
    original = world.new(service="noise")
    within = world.row(original).shown_within_m
    assert 0 < within < 400
    parts = [split(world, original, service) for service in (wide, "pothole", wide, "noise")]
    parts.append(split(world, parts[0], wide))
    parts.append(split(world, parts[1], wide))
    assert {shown(world, part) for part in parts} == {shown(world, original)}
    assert [world.row(part).shown_within_m for part in parts] == [
        400, within, 400, within, 400, 400,
    ]  # fmt: skip


def test_blurred_parts_of_an_exact_complaint_share_one_point_too(world, wide):
    """That of the whole is public; but not of one that is confidential, whatever its parts are."""
    original = world.new(confidential=True)
    exact = split(world, original, "pothole")
    parts = [
        split(world, original, "noise"),
        split(world, original, wide),
        split(world, exact, "noise"),
    ]
    parts.append(split(world, parts[1], "noise"))
    assert len({shown(world, part) for part in parts}) == 1
    assert world.row(parts[0]).public_geom != world.row(original).public_geom
    assert world.row(exact).public_geom == world.row(original).public_geom


@pytest.mark.parametrize("step", ["reject", "out_of_authority", "close"])
def test_nothing_is_merged_into_what_nobody_works_on(world, step):
    lead, ticket = world.new(), world.new()
    if step == "close":
        world.act(world.operator, "assign", lead)
        world.act(world.officer, "finish", lead, text="Sudah ditambal.")
        world.act(world.operator, "close", lead)
    else:
        world.act(world.operator, step, lead, reason="Bukan di sini", authority="BPJN Jambi")
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.operator, "merge", ticket, lead=lead)
    assert [fault.field for fault in refusal.value.fields] == ["lead"]
    assert "open or resolved" in refusal.value.remedy
    assert world.row(ticket).version == world.row(lead).version - (2 if step == "close" else 0) - 1


def test_what_is_resolved_may_lead(world):
    lead, ticket = world.new(), world.new()
    world.act(world.operator, "assign", lead)
    world.act(world.officer, "finish", lead, text="Sudah ditambal.")
    assert world.act(world.operator, "merge", ticket, lead=lead).status == "duplicate"


def leads(world, ticket):
    """Which complaints the public history of *ticket* names, entry by entry."""
    _, timeline = livemap.complaint(world.database, world.city, ticket)
    return [(entry.status, entry.lead) for entry in timeline if entry.status]


def test_the_public_history_names_the_lead(world):
    lead, middle, last = world.new(), world.new(), world.new()
    world.act(world.operator, "merge", last, lead=middle)
    assert leads(world, last) == [("submitted", None), ("duplicate", middle)]
    world.act(world.operator, "merge", middle, lead=lead)
    assert leads(world, last) == [("submitted", None), ("duplicate", lead)]

    world.act(world.operator, "unmerge", last, reason="Lubang lain")
    world.act(world.operator, "merge", last, lead=lead)
    assert leads(world, last) == [
        ("submitted", None),
        ("duplicate", None),
        ("submitted", None),
        ("duplicate", lead),
    ]


def test_a_confidential_lead_is_not_named(world):
    lead, ticket = world.new(), world.new()
    world.act(world.operator, "merge", ticket, lead=lead)
    world.act(world.operator, "confidential", lead, reason="Minta dirahasiakan")
    assert leads(world, ticket) == [("submitted", None), ("duplicate", None)]
    with pytest.raises(StepRefused) as refusal:
        reply(world, ticket)
    assert lead not in str(refusal.value)
    assert refusal.value.remedy


def test_a_public_complaint_is_not_merged_into_a_confidential_one(world):
    """Whoever reported it would be told that it was merged, and then nothing any more."""
    lead, ticket = world.new(confidential=True), world.new()
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.operator, "merge", ticket, lead=lead)
    assert [fault.field for fault in refusal.value.fields] == ["lead"]
    assert world.row(ticket).status == "submitted"
    world.act(world.operator, "merge", lead, lead=ticket)
    assert world.row(lead).status == "duplicate"


def reply(world, ticket):
    return replies.reply(
        world.database,
        world.city,
        ticket,
        secret=SECRET,
        key=replies.follow_key(SECRET, "15.71", ticket),
        text="Lubangnya makin besar",
        solved=False,
    )


def test_who_replies_to_a_merged_complaint_is_told_where_it_goes_on(world):
    lead, ticket = world.new(), world.new()
    world.act(world.operator, "merge", ticket, lead=lead)
    before = world.row(ticket)
    with pytest.raises(StepRefused) as refusal:
        reply(world, ticket)
    assert lead in refusal.value.message
    assert lead in refusal.value.remedy
    assert world.row(ticket) == before
