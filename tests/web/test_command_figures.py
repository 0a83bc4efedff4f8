"""``/api/v1/work/{summary,shades,daily}``: who may ask, and what is named even when it is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from geoapp.domain.complaint import Channel, Status
from tests.asking import as_owner
from tests.people import hire, sign_in
from tests.work_rows import put

HERE, THERE = "15.71.08.1006", "15.71.07.1002"


@pytest.fixture
def operator(module_app, emptied):
    client = module_app.test_client()
    sign_in(client, hire(emptied, "operator"))
    return client


def ask(client, what, **query):
    answer = client.get(f"/api/v1/work/{what}", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.get_json()


def test_an_empty_city_has_every_figure_and_every_name(operator):
    told = ask(operator, "summary")
    assert {name: told[name] for name in ("total", "open", "overdue", "due_soon", "new_today")} == (
        dict.fromkeys(("total", "open", "overdue", "due_soon", "new_today"), 0)
    )
    assert told["followed_up"] == told["resolved_in_time"] == {"n": 0, "of": 0}
    assert told["median_first_response_s"] is told["before"] is None
    assert set(told["by_status"]) == {status.value for status in Status}
    assert set(told["by_channel"]) == {channel.value for channel in Channel}
    assert set(told["by_deadline"]) == {"overdue", "due_soon", "in_time", "paused", "done"}
    assert told["by_group"]["road"] == {"total": 0, "open": 0}
    assert told["by_agency"]["dlh"] == {"total": 0, "open": 0}


def test_each_field_is_counted_without_what_the_filter_says_of_it(operator, emptied):
    with as_owner(emptied) as connection:
        now = emptied.now()
        put(connection, service="pothole", status="submitted", submitted_at=now, channel="web")
        put(connection, service="pothole", status="closed", submitted_at=now - timedelta(days=9))
        put(connection, service="waste_burning", status="on_hold",
            submitted_at=now - timedelta(days=9))  # fmt: skip
    told = ask(operator, "summary", group="road", status="open")
    assert (told["total"], told["open"], told["new_today"]) == (1, 1, 1)
    assert told["by_group"]["road"] == {"total": 1, "open": 1}
    assert told["by_group"]["waste"] == {"total": 1, "open": 1}
    assert told["by_status"]["closed"] == 1
    assert told["by_status"]["on_hold"] == 0
    assert told["by_deadline"]["in_time"] == 1


def test_areas_are_all_told_and_only_what_is_known_is_offered(operator, emptied):
    with as_owner(emptied) as connection:
        for place in (HERE, HERE, THERE):
            put(connection, kelurahan=place, submitted_at=emptied.now())
    told = ask(operator, "shades", measure="per_km2")
    assert len(told["areas"]) == 68
    by_code = {area["code"]: area for area in told["areas"]}
    assert by_code[HERE]["n"] == 2
    assert by_code[HERE]["value"] == pytest.approx(2 / by_code[HERE]["of"])
    assert sum(area["of"] for area in told["areas"]) == pytest.approx(169.8, rel=0.02)
    assert len(told["steps"]) == 6
    refused = operator.get("/api/v1/work/shades?measure=per_1000")
    assert refused.status_code == 422
    assert refused.get_json()["error"]["fields"][0]["field"] == "measure"
    assert len(ask(operator, "shades", level="kecamatan")["areas"]) == 11


def test_days_without_a_complaint_are_told_too(operator, emptied):
    with as_owner(emptied) as connection:
        put(connection, submitted_at=emptied.now() - timedelta(days=3))
    days = ask(operator, "daily")["days"]
    assert [day["received"] for day in days] == [1, 0, 0, 0]
    assert [day["open_at_end"] for day in days] == [1, 1, 1, 1]
    assert ask(operator, "daily", group="water")["days"] == []
    refused = operator.get("/api/v1/work/daily?since=P400D")
    assert refused.get_json()["error"]["fields"][0]["field"] == "since"
    assert len(ask(operator, "daily", since="P399D")["days"]) == 400


@pytest.mark.parametrize("what", ["summary", "shades", "daily"])
def test_figures_are_for_those_who_read_them(module_app, emptied, what):
    client = module_app.test_client()
    assert client.get(f"/api/v1/work/{what}").status_code == 401
    sign_in(client, hire(emptied, "field_officer", kelurahan=[HERE]))
    assert client.get(f"/api/v1/work/{what}").status_code == 403
