"""Rules that don't fit: what people re-route the same way again and again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from geoapp.domain.place import LonLat
from geoapp.store.database import Role
from geoapp.usecases import misfits
from tests.asking import as_owner
from tests.casework import World
from tests.people import sign_in
from tests.support import JELUTUNG

_OLDER = text("UPDATE geoapp.assignment SET decided_at = decided_at - interval '181 days'")


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


@pytest.fixture(scope="module")
def elsewhere(module_database):
    """The labels of kelurahan other than Jelutung."""
    with module_database.transaction(Role.VISITOR, "15.71") as connection:
        rows = connection.execute(
            text(
                "SELECT code, ST_X(label) AS lon, ST_Y(label) AS lat FROM geoapp.area"
                " WHERE code <> '15.71.08.1006' ORDER BY code LIMIT 4"
            )
        )
        return [(row.code, LonLat(row.lon, row.lat)) for row in rows]


def rerouted(staff, to="dlh", position=JELUTUNG, reason="Bukan jalan kota", **more):
    ticket = staff.new(position=position, **more)
    staff.act(staff.operator, "assign", ticket, agency=to, reason=reason)
    return ticket


def found(staff):
    return misfits.of_city(staff.database, staff.city, staff.city_admin)


def test_three_of_a_kind_are_told_with_examples_and_two_are_not(emptied, staff):
    tickets = [rerouted(staff, reason=f"Alasan {n}") for n in range(2)]
    assert found(staff) == []
    tickets.append(rerouted(staff, reason="Alasan 2"))
    rerouted(staff, to="satpol_pp")  # another way
    [one] = found(staff)
    assert (one.service_code, one.from_agency, one.to_agency) == (
        "pothole", "pupr_bina_marga", "dlh",
    )  # fmt: skip
    assert (one.kelurahan.name, one.by_rule, one.count) == ("Jelutung", False, 3)
    assert [example.ticket for example in one.examples] == tickets[::-1]
    assert [example.reason for example in one.examples] == ["Alasan 2", "Alasan 1", "Alasan 0"]
    assert one.first_at <= one.last_at


def test_what_is_spread_over_kelurahan_is_told_of_its_rule(emptied, staff, elsewhere):
    for _code, position in elsewhere[:3]:
        rerouted(staff, position=position)
    [one] = found(staff)
    assert (one.by_rule, one.rule.name, one.kelurahan, one.count) == (True, "Jalan kota", None, 3)
    assert set(one.kelurahan_codes) == {code for code, _ in elsewhere[:3]}


def test_what_was_given_back_does_not_count(emptied, staff):
    tickets = [rerouted(staff) for _ in range(3)]
    assert len(found(staff)) == 1
    for ticket in tickets:
        staff.act(
            staff.operator, "hand_over", ticket, agency="pupr_bina_marga", reason="Ternyata benar"
        )
    assert found(staff) == []


def test_given_on_to_a_third_agency_it_counts_for_where_it_went(emptied, staff):
    for ticket in [rerouted(staff) for _ in range(3)]:
        staff.act(staff.operator, "hand_over", ticket, agency="satpol_pp", reason="Parkir liar")
    [one] = found(staff)
    assert (one.from_agency, one.to_agency) == ("pupr_bina_marga", "satpol_pp")


def test_what_is_older_than_half_a_year_does_not_count(emptied, staff):
    assert timedelta(days=180) == misfits.WITHIN
    for _ in range(3):
        rerouted(staff)
    with as_owner(staff.database) as owner:
        owner.execute(text("ALTER TABLE geoapp.assignment DISABLE TRIGGER USER"))
        owner.execute(_OLDER)
        owner.execute(text("ALTER TABLE geoapp.assignment ENABLE TRIGGER USER"))
    assert found(staff) == []


def test_the_page_leads_to_a_rule_filled_in(module_app, emptied, staff):
    for _ in range(3):
        rerouted(staff, reason="<b>Bukan</b> jalan kota")
    client = module_app.test_client()
    sign_in(client, staff.city_admin)
    page = client.get("/admin/misfits?lang=id")
    assert page.status_code == 200
    assert "Aturan yang tidak cocok" in page.text
    assert "&lt;b&gt;Bukan" in page.text
    way = "/admin/service-areas/new?service=pothole&amp;agency=dlh&amp;kelurahan=15.71.08.1006"
    assert way in page.text
    form = client.get(way.replace("&amp;", "&")).text
    assert 'value="15.71.08.1006" checked' in form
    assert 'value="dlh" selected' in form
    told = client.get("/api/v1/work/misfits").json
    assert told["within_days"] == 180
    assert told["misfits"][0]["count"] == 3
    assert told["misfits"][0]["kelurahan"] == {"code": "15.71.08.1006", "name": "Jelutung"}


@pytest.mark.parametrize("path", ["/admin/misfits", "/api/v1/work/misfits"])
def test_only_administrators_are_told(module_app, emptied, staff, path):
    client = module_app.test_client()
    sign_in(client, staff.operator)
    assert client.get(path).status_code == 403
