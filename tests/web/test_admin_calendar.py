"""Days off as administrators keep them, and the deadlines they leave alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.people import hire
from tests.web.admin_office import Office, asked, events, fault, today
from tests.web.forms import FORM, token


@pytest.fixture(scope="module")
def office(module_app, module_database):
    return Office(module_app, hire(module_database, "city_admin", name="Admin Kota"))


def test_days_off_are_added_changed_and_removed(office, module_database):
    off = "SELECT day, name, kind FROM geoapp.holiday WHERE day >= '2031-01-01' ORDER BY day"
    page = office.get("/holidays?year=2031").text
    assert "2031" in page
    added = office.post("/holidays", day="2031-06-09", name="HUT Kota", kind="local")
    assert added.status_code == 303
    again = office.post("/holidays", day="2031-06-09", name="HUT lagi", kind="national")
    assert again.status_code == 422
    assert "2031-06-09" in fault(again.text, "day")
    assert 'value="HUT lagi"' in again.text
    assert asked(module_database, off) == [(date(2031, 6, 9), "HUT Kota", "local")]
    moved = office.post("/holidays/2031-06-09", day="2031-06-10", name="HUT Kota", kind="local")
    assert moved.status_code == 303
    assert asked(module_database, off) == [(date(2031, 6, 10), "HUT Kota", "local")]
    assert office.post("/holidays/2031-06-10/remove").status_code == 303
    assert asked(module_database, off) == []
    assert [event.kind for event in events(module_database)][-3:] == [
        "holiday.added",
        "holiday.changed",
        "holiday.removed",
    ]
    assert office.post("/holidays/2031-06-10/remove").status_code == 404


def test_the_calendar_counts_the_promises_it_leaves_alone(office, client):
    assert "tetap memakai tenggatnya" not in office.get("/holidays?lang=id").text
    # Ten working days to resolve; three and five to verify and answer, as every service has.
    sent = FORM | {"service": "street_light_request", "csrf_token": token(client)}
    assert client.post("/report", data=sent).status_code == 303
    assert "1 aduan terbuka" in office.get("/holidays").text


def test_an_added_day_off_leaves_promised_deadlines_and_counts_for_new_ones(
    office, module_database, client
):
    due = "SELECT due_at, submitted_at FROM geoapp.complaint ORDER BY id"
    sent = FORM | {"service": "street_light_request"}
    client.post("/report", data=sent | {"csrf_token": token(client)})
    [first] = asked(module_database, due)
    # A weekday between now and the tenth working day, a week at least before its end.
    off = today(module_database) + timedelta(days=2)
    while off.weekday() > 4 or asked(
        module_database, "SELECT 1 FROM geoapp.holiday WHERE day = :off", off=off
    ):
        off += timedelta(days=1)
    answer = office.post("/holidays", day=off.isoformat(), name="Libur mendadak", kind="local")
    assert answer.status_code == 303
    client.post("/report", data=sent | {"csrf_token": token(client)})
    before, after = asked(module_database, due)
    assert before == first
    assert after[0] > before[0]
