"""Operators' entries: what is stored, in whose name, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from geoapp.domain.access import Actor
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.place import LonLat
from geoapp.errors import AlreadyEntered, Forbidden, InvalidInput, KeyReused
from geoapp.store.database import Database
from geoapp.usecases import casework, cities, entry
from geoapp.usecases.submit import Sending
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire
from tests.support import JELUTUNG, default_city

# 5 km east of the city's eastern edge (103.6811, domain.md).
MUARO_JAMBI = LonLat(103.73, -1.62)


@pytest.fixture(scope="module")
def database(cluster, jambi_template):
    name = clone(cluster, jambi_template)
    opened = Database(cluster.url("geoapp_app", name))
    yield opened
    opened.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def operator(database) -> Actor:
    return hire(database, "operator")


def enter(database, actor, sending=None, **changes):
    city = default_city(database)
    values = {
        "service": "pothole",
        "description": "Lubang besar di tengah jalan",
        "position": JELUTUNG,
        "channel": Channel.CALL_112,
    } | changes
    return entry.enter(
        database,
        city,
        cities.catalogue(database, city),
        actor,
        NewComplaint(**values),
        sending=sending,
    )


def junk(database, actor, sending=None, **values):
    city = default_city(database)
    catalogue = cities.catalogue(database, city)
    return entry.enter_junk(
        database, city, catalogue, actor, entry.JunkCall(**values), sending=sending
    )


def stored(database, ticket):
    with as_owner(database) as connection:
        return connection.execute(
            text("SELECT * FROM geoapp.complaint WHERE ticket = :ticket"), {"ticket": ticket}
        ).one()


def history(database, ticket):
    with as_owner(database) as connection:
        return connection.execute(
            text(
                "SELECT kind, status, actor, data FROM geoapp.complaint_event"
                " WHERE ticket = :ticket ORDER BY id"
            ),
            {"ticket": ticket},
        ).all()


def named(problem) -> list[str]:
    return [fault.field for fault in problem.value.fields]


def test_an_entry_is_stored_in_the_operators_name_with_its_channel(database, operator):
    told = enter(
        database, operator, channel=Channel.LETTER, source="Surat 45/2026", external_id="45"
    )
    row = stored(database, told["ticket"])
    assert (row.channel, row.source, row.external_id) == ("letter", "Surat 45/2026", "45")
    assert [(e.kind, e.actor) for e in history(database, told["ticket"])] == [
        ("submitted", f"account:{operator.account_id}")
    ]


def test_what_came_yesterday_counts_from_yesterday(database, operator):
    now = stored(database, enter(database, operator)["ticket"]).submitted_at
    came = now - timedelta(days=1)
    row = stored(database, enter(database, operator, submitted_at=came)["ticket"])
    # services.json: a pothole's target is 72 clock hours
    assert (row.submitted_at, row.due_at) == (came, came + timedelta(hours=72))


@pytest.mark.parametrize("field", ["submitted_at", "observed_at"])
@pytest.mark.parametrize(("shift", "said"), [(60, "future"), (-367 * 86400, "year")])
def test_the_future_and_more_than_a_year_back_are_refused(database, operator, field, shift, said):
    now = stored(database, enter(database, operator)["ticket"]).submitted_at
    with pytest.raises(InvalidInput) as problem:
        enter(database, operator, **{field: now + timedelta(seconds=shift)})
    assert named(problem) == [field]
    assert said in problem.value.fields[0].message


@pytest.mark.parametrize("source", [None, "Tribun Jambi", "javascript:alert(1)", "http://"])
def test_press_needs_the_link_to_what_was_written(database, operator, source):
    with pytest.raises(InvalidInput) as problem:
        enter(database, operator, channel=Channel.MEDIA, source=source)
    assert named(problem) == ["source"]
    link = "https://example.org/berita/jalan-rusak?hal=2"
    told = enter(database, operator, channel=Channel.MEDIA, source=link)
    assert stored(database, told["ticket"]).source == link


def test_a_number_is_entered_once_per_source_and_the_refusal_names_the_holder(database, operator):
    first = enter(database, operator, external_id="112-0042")
    assert stored(database, first["ticket"]).source == "call_112"
    with pytest.raises(AlreadyEntered) as problem:
        enter(database, operator, external_id="112-0042", description="Lubang yang sama lagi")
    assert [(fault.field, fault.value) for fault in problem.value.fields] == [
        ("external_id", "112-0042"),
        ("ticket", first["ticket"]),
    ]
    other = enter(database, operator, channel=Channel.COUNTER, external_id="112-0042")
    assert other["ticket"] != first["ticket"]


def test_the_same_key_stores_once_and_an_operators_keys_are_its_own(database, operator):
    sending = Sending("key-1", "a" * 64)
    first = enter(database, operator, sending, external_id="K-1")
    assert enter(database, operator, sending, external_id="K-1") == first
    with pytest.raises(KeyReused):
        enter(database, operator, replace(sending, body_sha256="b" * 64))
    colleague = hire(database, "operator")
    assert enter(database, colleague, sending)["ticket"] != first["ticket"]


def test_a_point_outside_the_city_is_kept_for_triage(database, operator):
    told = enter(database, operator, position=MUARO_JAMBI)
    assert told["assignment"]["method"] == "outside"
    assert told["kelurahan"] is None
    assert stored(database, told["ticket"]).location_kind == "point"


def test_a_kelurahan_alone_is_a_place_and_none_only_where_the_service_allows(database, operator):
    told = enter(database, operator, position=None, named_area="15.71.08.1006")
    assert stored(database, told["ticket"]).location_kind == "area"
    told = enter(database, operator, position=None, service="information")
    assert stored(database, told["ticket"]).location_kind == "none"
    with pytest.raises(InvalidInput) as problem:
        enter(database, operator, position=None)
    assert named(problem) == ["lon", "lat"]


def test_a_channel_with_a_machine_of_its_own_is_not_typed_in(database, operator):
    for channel in (Channel.WEB, Channel.IMPORT, Channel.SIMULATION):
        with pytest.raises(InvalidInput) as problem:
            enter(database, operator, channel=channel)
        assert "channel" in named(problem)


@pytest.mark.parametrize("role", ["agency_admin", "agency_head", "field_officer", "auditor"])
def test_only_operators_enter(database, role):
    agency = "dlh" if role != "auditor" else None
    outsider = hire(database, role, agency=agency)
    with pytest.raises(Forbidden):
        enter(database, outsider)
    with pytest.raises(Forbidden):
        junk(database, outsider)


def test_a_machine_needs_the_scope_intake(database, operator):
    with pytest.raises(Forbidden):
        enter(database, replace(operator, scopes=frozenset({"read", "act"})))
    assert enter(database, replace(operator, scopes=frozenset({"intake"})))["ticket"]


def test_a_junk_call_is_one_rejected_complaint_without_a_place(database, operator):
    told = junk(database, operator, words="Nama orang lain disebut")
    row = stored(database, told["ticket"])
    assert (row.channel, row.status, row.location_kind) == ("call_112", "rejected", "none")
    # services.json: "Lainnya", the catch-all of group other
    assert (row.service_code, row.description) == ("other", "Nama orang lain disebut")
    label = f"account:{operator.account_id}"
    assert [(e.kind, e.status, e.actor) for e in history(database, told["ticket"])] == [
        ("submitted", "rejected", label),
        ("status", "rejected", label),
    ]
    assert history(database, told["ticket"])[-1].data == {
        "class": "junk",
        "reason": casework.JUNK["id"],  # public: nothing of what was typed
    }


def test_a_junk_call_sent_twice_is_counted_once(database, operator):
    sending = Sending("junk-1", "c" * 64)
    first = junk(database, operator, sending, words="Hanya suara tertawa")
    assert junk(database, operator, sending, words="Hanya suara tertawa") == first
    assert len(history(database, first["ticket"])) == 2


def test_a_catalogue_without_a_catch_all_makes_the_operator_choose(database, operator):
    city = default_city(database)
    whole = cities.catalogue(database, city)
    bare = replace(whole, services={"pothole": whole.services["pothole"]})
    assert entry.junk_service(bare) is None
    with pytest.raises(InvalidInput) as problem:
        entry.enter_junk(database, city, bare, operator, entry.JunkCall())
    assert named(problem) == ["service"]
