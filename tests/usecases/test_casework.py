from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from geoapp.errors import (
    ChangedMeanwhile,
    Forbidden,
    InvalidInput,
    NotFound,
    StepRefused,
)
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop


@pytest.fixture(scope="module")
def staffed(cluster, jambi_template):
    from geoapp.store.database import Database

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


def told(world, ticket):
    return [(event.kind, event.status, event.actor) for event in world.events(ticket)]


def test_a_complaint_goes_from_the_pin_to_the_closed_case(world):
    ticket = world.new()
    operator, officer = world.operator.label, world.officer.label

    world.act(world.operator, "verify", ticket)
    world.act(world.operator, "assign", ticket)
    world.act(world.officer, "take", ticket)
    world.act(world.officer, "start", ticket)
    world.act(world.officer, "finish", ticket, text="Lubang sudah ditambal.")
    world.act(world.operator, "close", ticket)

    row = world.row(ticket)
    assert (row.status, row.version, row.officer_id) == ("closed", 7, world.officer.account_id)
    assert (
        row.submitted_at <= row.verified_at <= row.assigned_at <= row.resolved_at <= row.closed_at
    )
    assert row.first_response_at == row.handled_at == row.resolved_at
    assert told(world, ticket) == [
        ("submitted", "submitted", "citizen"),
        ("status", "verified", operator),
        ("status", "assigned", operator),
        ("officer", None, officer),
        ("status", "in_progress", officer),
        ("answer", None, officer),
        ("status", "resolved", officer),
        ("status", "closed", operator),
    ]


def test_assigning_straight_away_records_that_it_was_verified(world):
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    row = world.row(ticket)
    assert (row.status, row.agency_code) == ("assigned", "pupr_bina_marga")
    assert row.verified_at == row.assigned_at


def test_another_agency_needs_a_reason_and_leaves_a_decision(world):
    ticket = world.new()
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.operator, "assign", ticket, agency="dlh")
    assert [fault.field for fault in refusal.value.fields] == ["reason"]

    world.act(world.operator, "assign", ticket, agency="dlh", reason="Ini sampah")

    row = world.row(ticket)
    assert (row.agency_code, row.assignment_method, row.service_area_code) == (
        "dlh",
        "manual",
        None,
    )
    assert (row.status, row.version) == ("assigned", 2)
    with as_owner(world.database) as connection:
        from sqlalchemy import text

        first, second = connection.execute(
            text(
                "SELECT agency_code, method, decided_by, reason, alternatives, edge_distance_m"
                " FROM geoapp.assignment WHERE complaint_id = :id ORDER BY id"
            ),
            {"id": row.id},
        )
    assert second[:4] == ("dlh", "manual", world.operator.label, "Ini sampah")
    assert second[4:] == first[4:]  # what was known of the place is still known


def test_an_unknown_agency_is_refused(world):
    ticket = world.new()
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.operator, "assign", ticket, agency="nobody", reason="x")
    assert [fault.field for fault in refusal.value.fields] == ["agency"]
    assert world.row(ticket).version == 1


def test_an_agency_hands_over_what_it_then_no_longer_sees(world):
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    result = world.act(world.admin, "hand_over", ticket, agency="dlh", reason="Pohon tumbang")
    assert (result.status, result.version) == ("assigned", 3)
    with pytest.raises(NotFound):
        world.act(world.admin, "note", ticket, text="Masih terlihat?")
    world.act(world.other_admin, "note", ticket, text="Kami terima.")
    assert [event.kind for event in world.events(ticket)] == [
        "submitted",
        "status",
        "assignment",
        "note",
    ]


def test_officers_reach_their_kelurahan_and_agency_alone(world):
    from geoapp.domain.place import LonLat

    elsewhere = world.new(position=LonLat(103.5816, -1.6067))  # Telanaipura
    others = world.new(service="waste_pile")
    for ticket in (elsewhere, others):
        world.act(world.operator, "assign", ticket)
        with pytest.raises(NotFound):
            world.act(world.officer, "start", ticket)


@pytest.mark.parametrize("who", ["head", "auditor", "city_admin"])
def test_whoever_only_looks_is_told_that_it_may_not(world, who):
    ticket = world.new()
    with pytest.raises(Forbidden) as refusal:
        world.act(getattr(world, who), "note", ticket, text="Saya lihat")
    assert refusal.value.remedy
    assert world.row(ticket).version == 1


def test_a_refusal_says_from_where_it_would_work(world):
    ticket = world.new()
    with pytest.raises(StepRefused) as refusal:
        world.act(world.operator, "close", ticket)
    assert str(refusal.value) == (
        "A complaint that is submitted can't be closed. It can be while it is resolved."
    )


def test_who_comes_second_is_told_who_was_first(world):
    ticket = world.new()
    world.act(world.operator, "hold", ticket, reason="Menunggu foto")
    with pytest.raises(ChangedMeanwhile) as refusal:
        world.act(world.admin, "answer", ticket, version=1, text="Kami datang.")
    at = world.events(ticket)[-1].at.astimezone(UTC) + timedelta(hours=7)  # WIB
    assert refusal.value.message == (f"Olivia put it on hold at {at:%H.%M}; it is on hold now.")
    assert world.row(ticket).version == 2


def test_a_pause_moves_what_is_not_met_yet(world):
    ticket = world.new()
    world.act(world.operator, "verify", ticket)
    before = world.row(ticket)
    world.act(world.operator, "hold", ticket, reason="Menunggu foto")
    assert world.row(ticket).held_status == "verified"
    long_ago = datetime.now(UTC) - timedelta(hours=30)
    world.set(ticket, "hold_since = :at", at=long_ago)

    world.act(world.operator, "resume", ticket)

    after = world.row(ticket)
    assert (after.status, after.hold_since, after.held_status) == ("verified", None, None)
    event = world.events(ticket)[-1]
    pause = datetime.fromisoformat(event.data["to"]) - long_ago
    assert after.due_at - before.due_at == pause  # a pothole's target are clock hours
    assert after.verify_due_at == before.verify_due_at  # it was met
    assert (event.kind, event.status) == ("deadline", None)
    assert event.data["due_at_before"] == before.due_at.isoformat()
    assert event.data["due_at_after"] == after.due_at.isoformat()


def test_a_hand_over_ends_the_pause_too(world):
    ticket = world.new()
    before = world.row(ticket)
    world.act(world.operator, "hold", ticket, reason="Menunggu foto")
    long_ago = datetime.now(UTC) - timedelta(hours=10)
    world.set(ticket, "hold_since = :at", at=long_ago)
    world.act(world.operator, "hand_over", ticket, agency="dlh", reason="Sampah")
    after = world.row(ticket)
    assert (after.status, after.hold_since, after.agency_code) == ("assigned", None, "dlh")
    assert timedelta(hours=10) <= after.due_at - before.due_at < timedelta(hours=10, minutes=1)
    assert [event.kind for event in world.events(ticket)][-1] == "deadline"


def test_reopening_starts_the_full_target_anew(world):
    ticket = world.new()
    world.act(world.operator, "reject", ticket, reason="Terlalu umum")
    world.set(
        ticket,
        "submitted_at = submitted_at - interval '9 days', due_at = due_at - interval '9 days'",
    )
    world.act(world.operator, "reopen", ticket, reason="Foto menyusul")
    row = world.row(ticket)
    event = world.events(ticket)[-1]
    assert (row.status, row.reopenings) == ("reopened", 1)
    # a pothole's target, from the step on; the entry is dated as it is written
    assert abs(row.due_at - event.at - timedelta(hours=72)) < timedelta(seconds=10)
    assert event.data["due_at_after"] == row.due_at.isoformat()


def test_a_template_alone_counts_as_an_answer_but_not_as_handling(world):
    ticket = world.new()
    template = world.template("Terima kasih, laporan Anda kami terima.")
    world.act(
        world.admin,
        "answer",
        ticket,
        text=" terima kasih,  LAPORAN anda kami terima. ",
        template=template,
    )
    row = world.row(ticket)
    assert row.first_response_at is not None
    assert row.handled_at is None
    assert world.events(ticket)[-1].data["class"] == "normative"

    world.act(world.admin, "answer", ticket, text="Tim datang besok pagi.")
    later = world.row(ticket)
    assert later.first_response_at == row.first_response_at
    assert later.handled_at is not None
    assert world.events(ticket)[-1].data["class"] == "substantive"


def test_a_template_cant_be_called_substantive_nor_a_finish(world):
    ticket = world.new()
    world.template("Sudah kami kerjakan.", agency=None)
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.admin, "answer", ticket, text="Sudah kami kerjakan.", klass="substantive")
    assert [fault.field for fault in refusal.value.fields] == ["class"]
    world.act(world.operator, "assign", ticket)
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.officer, "finish", ticket, text="sudah kami kerjakan.")
    assert refusal.value.remedy == "Say what was done."


def test_another_agencys_template_is_none_of_ours(world):
    ticket = world.new()
    template = world.template("Sampah diangkut setiap hari.", agency="dlh")
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.admin, "answer", ticket, text="Besok.", template=template)
    assert [fault.field for fault in refusal.value.fields] == ["template"]
    world.act(world.admin, "answer", ticket, text="Sampah diangkut setiap hari.")
    assert world.events(ticket)[-1].data["class"] == "substantive"


def test_work_is_given_to_whoever_may_do_it_there(world):
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    for wrong in (world.operator, world.other_admin, world.head):
        with pytest.raises(InvalidInput) as refusal:
            world.act(world.admin, "give", ticket, officer=wrong.account_id)
        assert [fault.field for fault in refusal.value.fields] == ["officer"]
    world.act(world.admin, "give", ticket, officer=world.officer.account_id)
    assert world.row(ticket).officer_id == world.officer.account_id
    with pytest.raises(StepRefused, match="Budi has it already"):
        world.act(world.admin, "give", ticket, officer=world.officer.account_id)


def test_what_cant_be_done_goes_back_without_an_officer(world):
    ticket = world.new()
    world.act(world.operator, "assign", ticket)
    world.act(world.officer, "start", ticket)
    world.act(world.officer, "cannot_do", ticket, reason="Perlu alat berat")
    row = world.row(ticket)
    assert (row.status, row.officer_id) == ("assigned", None)
    assert world.events(ticket)[-1].data == {"officer": None, "reason": "Perlu alat berat"}


def test_junk_is_one_key(world):
    ticket = world.new()
    world.act(world.operator, "reject", ticket, klass="junk")
    data = world.events(ticket)[-1].data
    assert data["class"] == "junk"
    assert data["reason"] == "Ini bukan pengaduan yang dapat ditindaklanjuti."


def test_duplicates_of_a_duplicate_move_to_its_lead(world):
    lead, middle, last = world.new(), world.new(), world.new()
    world.act(world.operator, "merge", last, lead=middle)
    world.act(world.operator, "merge", middle, lead=lead)

    lead_id = world.row(lead).id
    assert world.row(middle).duplicate_of == world.row(last).duplicate_of == lead_id
    assert world.row(last).version == 3
    assert world.events(last)[-1].data == {"lead": lead, "through": middle}
    assert [event.data for event in world.events(lead)[1:]] == [{"other": middle}]

    for wrong in (middle, last, last.lower()):
        with pytest.raises((InvalidInput, StepRefused)):
            world.act(world.operator, "merge", lead, lead=wrong)
    with pytest.raises(InvalidInput, match="itself"):
        world.act(world.operator, "merge", lead, lead=lead)


def test_unmerging_brings_back_what_was_before(world):
    lead, ticket = world.new(), world.new()
    world.act(world.operator, "verify", ticket)
    world.act(world.operator, "hold", ticket, reason="Menunggu foto")
    before = world.row(ticket)
    world.act(world.operator, "merge", ticket, lead=lead)
    merged = world.row(ticket)
    assert (merged.status, merged.hold_since) == ("duplicate", None)
    world.act(world.operator, "unmerge", ticket, reason="Lubang lain")
    after = world.row(ticket)
    assert after.duplicate_of is None
    for column in ("status", "held_status", "hold_since", "due_at"):
        assert getattr(after, column) == getattr(before, column)
    assert world.events(ticket)[-1].data == {"reason": "Lubang lain", "lead": lead}


def test_a_split_off_part_lies_where_and_when_the_original_does(world):
    ticket = world.new(description="Lubang di jalan dan parit tersumbat", landmark="Dekat masjid")
    original = world.row(ticket)
    result = world.act(
        world.operator, "split", ticket, service="drain_blocked", text="Parit tersumbat"
    )
    part = world.row(result.other)
    assert (part.service_code, part.group_code) == ("drain_blocked", "drainage")
    assert (part.agency_code, part.service_area_code) == ("pupr_sda", "drainage_city")
    assert (part.status, part.version, part.split_from) == ("submitted", 1, original.id)
    assert part.description == "Parit tersumbat"
    for column in (
        "geom",
        "public_geom",
        "submitted_at",
        "kelurahan_code",
        "landmark",
        "channel",
        "public_kelurahan_code",
        "assignment_method",
        "kelurahan_set",
    ):
        assert getattr(part, column) == getattr(original, column), column
    assert part.due_at == original.submitted_at + timedelta(hours=48)  # a blocked drain's
    assert world.row(ticket).version == 2
    assert [(e.kind, e.status, e.data) for e in world.events(result.other)] == [
        ("submitted", "submitted", {}),
        ("split", None, {"other": ticket}),
    ]
    assert world.events(ticket)[-1].data == {"other": result.other}


def test_a_split_never_shows_more_exactly_than_the_original(world):
    blurred = world.new(service="noise", description="Bising dan jalan berlubang")
    before = world.row(blurred)
    assert before.shown_within_m > 0
    part = world.row(
        world.act(world.operator, "split", blurred, service="pothole", text="Berlubang").other
    )
    assert (part.public_geom, part.shown_within_m) == (before.public_geom, before.shown_within_m)
    assert part.public_kelurahan_code == before.public_kelurahan_code

    exact = world.new()
    noisy = world.row(
        world.act(world.operator, "split", exact, service="noise", text="Bising").other
    )
    assert noisy.shown_within_m == before.shown_within_m
    assert noisy.public_geom != world.row(exact).public_geom
    assert noisy.geom == world.row(exact).geom


def test_a_service_that_needs_a_place_cant_be_split_from_one_without(world):
    ticket = world.new(service="clinic_service", position=None)
    for service in ("pothole", "no_such_service"):
        with pytest.raises(InvalidInput) as refusal:
            world.act(world.operator, "split", ticket, service=service, text="Berlubang")
        assert [fault.field for fault in refusal.value.fields] == ["service"]
    assert world.row(ticket).version == 1


def test_what_is_missing_is_named(world):
    ticket = world.new()
    with pytest.raises(InvalidInput) as refusal:
        world.act(world.operator, "out_of_authority", ticket)
    assert [fault.field for fault in refusal.value.fields] == ["reason", "authority"]
