"""Agencies, services and days off as administrators keep them, and who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from geoapp.store.database import Role
from tests.people import hire
from tests.web.admin_office import HTML, Office, asked, events, fault, today
from tests.web.forms import FORM, token

SCRIPT = '<script>alert("x")</script>'

AGENCY = {
    "name": "Dinas Pemakaman",
    "name_en": "Cemetery Office",
    "short_name": "Dinas Makam",
    "unit": "",
    "in_city": "1",
}
SERVICE = {
    "name": "Lampu jalan padam",
    "name_en": "Street light out",
    "agency_code": "perkim_lpju",
    "clock": "hours",
    "target": "36",
    "verify_clock": "working_days",
    "verify_target": "3",
    "answer_clock": "working_days",
    "answer_target": "5",
    "blur_m": "0",
    "duplicate_radius_m": "25",
    "needs_place": "1",
}


@pytest.fixture(scope="module")
def office(module_app, module_database):
    return Office(module_app, hire(module_database, "city_admin", name="Admin Kota"))


def versions(database, table, key, code):
    return asked(
        database,
        f"SELECT valid_from, valid_to, name, {'target' if key == 'service_code' else 'short_name'}"
        f" FROM geoapp.{table} WHERE city_code = '15.71' AND {key} = :code ORDER BY valid_from",
        code=code,
    )


PAGES = (
    "",
    "/people",
    "/people/invite",
    "/machines",
    "/machines/new",
    "/agencies",
    "/agencies/new",
    "/agencies/dlh",
    "/services",
    "/services/new",
    "/services/pothole",
    "/holidays",
    "/holidays/2026-12-25",
    "/log",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_made_in_both_languages_and_never_kept(office, path):
    answer = office.get(path + "?lang=id")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Hari libur" in answer.text
    assert "Days off" in office.get(path + "?lang=en").text
    office.get("?lang=id")


ROLES = {
    "operator": {},
    "agency_admin": {"agency": "dlh"},
    "agency_head": {"agency": "dlh"},
    "field_officer": {"agency": "dlh"},
    "auditor": {},
}


def addresses(app):
    """Every address below /admin with its method, its variables filled in."""
    fill = {"code": "dlh", "day": "2026-12-25", "what": "off"}
    fill |= {"account": 1, "grant": 1, "key": 1, "number": 1}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin"):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                values = {name: fill[name] for name in rule.arguments}
                yield method, adapter.build(rule.endpoint, values, method=method)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_but_the_city_admin_gets_in(module_app, module_database, role):
    other = Office(module_app, hire(module_database, role, **ROLES[role]))
    before = len(events(module_database))
    sent = {"csrf_token": other.token()}
    answers = {
        (method, path): other.client.open(
            path,
            method=method,
            data=sent if method == "POST" else None,
            headers=HTML,
        ).status_code
        for method, path in addresses(module_app)
    }
    open_to_all_auditors = {("GET", "/admin/log")} if role == "auditor" else set()
    assert len(answers) > 25
    assert {address for address, status in answers.items() if status != 403} == open_to_all_auditors
    assert len(events(module_database)) == before


def test_a_visitor_is_asked_to_sign_in(module_app):
    for method, path in addresses(module_app):
        if method == "GET":
            answer = module_app.test_client().get(path, headers=HTML)
            assert answer.status_code == 401 or "/login" in answer.headers.get("Location", "")


def test_a_form_without_its_token_stores_nothing(office, module_database):
    before = len(events(module_database))
    answer = office.client.post(
        "/admin/agencies/new", data=AGENCY | {"valid_from": "2090-01-01"}, headers=HTML
    )
    assert answer.status_code in {400, 403, 422}
    assert len(events(module_database)) == before


def test_an_agency_is_renamed_from_a_day_and_what_it_was_stays(office, module_database):
    day = today(module_database)
    later = day + timedelta(days=30)
    added = office.post("/agencies/new", **AGENCY, valid_from=day.isoformat())
    assert added.status_code == 303
    assert added.headers["Location"].endswith("/admin/agencies/cemetery_office")
    renamed = AGENCY | {"short_name": "Dinas Taman Makam"}
    assert (
        office.post(
            "/agencies/cemetery_office", **renamed, valid_from=later.isoformat()
        ).status_code
        == 303
    )
    assert versions(module_database, "agency_version", "agency_code", "cemetery_office") == [
        (day, later, "Dinas Pemakaman", "Dinas Makam"),
        (later, None, "Dinas Pemakaman", "Dinas Taman Makam"),
    ]
    told = [(event.kind, event.actor) for event in events(module_database)][-2:]
    assert told == [
        ("agency.added", office.actor.label),
        ("agency.changed", office.actor.label),
    ]
    assert events(module_database)[-1].data["changes"] == {
        "short_name": ["Dinas Makam", "Dinas Taman Makam"]
    }
    page = office.get("/agencies/cemetery_office").text
    assert "Dinas Makam" in page
    assert "Dinas Taman Makam" in page


def test_a_version_may_not_run_into_one_that_is_planned(office, module_database):
    day = today(module_database)
    code = "overlap_office"
    planned = day + timedelta(days=20)
    office.post("/agencies/new", **AGENCY | {"code": code}, valid_from=day.isoformat())
    office.post(f"/agencies/{code}", **AGENCY, valid_from=planned.isoformat())
    before = versions(module_database, "agency_version", "agency_code", code)
    between = {"valid_from": (day + timedelta(days=10)).isoformat(), "short_name": "Yang Diketik"}
    answer = office.post(f"/agencies/{code}", **AGENCY | between)
    assert answer.status_code == 422
    assert planned.isoformat() in fault(answer.text, "last_day")
    assert 'value="Yang Diketik"' in answer.text
    assert versions(module_database, "agency_version", "agency_code", code) == before
    until = {"last_day": (planned - timedelta(days=1)).isoformat()}
    assert office.post(f"/agencies/{code}", **AGENCY | between | until).status_code == 303
    assert [
        row[:2] for row in versions(module_database, "agency_version", "agency_code", code)
    ] == [
        (day, day + timedelta(days=10)),
        (day + timedelta(days=10), planned),
        (planned, None),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"valid_from": "31 Desember"}, "valid_from"),
        ({"valid_from": "9999-12-31"}, "valid_from"),
        ({"valid_from": "2090-02-01", "last_day": "2090-01-01"}, "last_day"),
        ({"target": "0"}, "target"),
        ({"target": "1e3"}, "target"),
        ({"target": "٣"}, "target"),
        ({"target": "367", "clock": "working_days"}, "target"),
        ({"clock": "moons"}, "clock"),
        ({"agency_code": "nobody"}, "agency_code"),
        ({"blur_m": "5001"}, "blur_m"),
        ({"duplicate_radius_m": "-1"}, "duplicate_radius_m"),
        ({"name": "   "}, "name"),
        ({"name": "\u200b\u200b"}, "name"),
        ({"name": "Lam\x00pu"}, "name"),
        ({"name_en": "x" * 201}, "name_en"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    office, module_database, wrong, field
):
    before = versions(module_database, "service_version", "service_code", "street_light_out")
    logged = len(events(module_database))
    sent = SERVICE | {"valid_from": "2090-01-01", "name_en": "What was typed"} | wrong
    answer = office.post("/services/street_light_out", **sent)
    assert answer.status_code == 422
    assert fault(answer.text, field)
    if field != "name_en":
        assert 'value="What was typed"' in answer.text
    assert (
        versions(module_database, "service_version", "service_code", "street_light_out") == before
    )
    assert len(events(module_database)) == logged


def test_a_new_target_holds_for_later_complaints_and_shows_at_once(office, module_database, client):
    sent = FORM | {"service": "street_light_row_out"}
    first = client.post("/report", data=sent | {"csrf_token": token(client)})
    assert first.status_code == 303
    promised = "SELECT ticket, due_at - submitted_at AS span FROM geoapp.complaint ORDER BY id"
    before = asked(module_database, promised)
    assert before[0][1] == timedelta(hours=48)
    day = today(module_database).isoformat()
    assert client.get("/api/v1/services").json is not None  # remembered by this process
    changed = SERVICE | {"name": "Lampu satu ruas padam", "target": "36", "valid_from": day}
    assert office.post("/services/street_light_row_out", **changed).status_code == 303
    told = client.get("/api/v1/services").json["services"]
    assert next(one["target"] for one in told if one["code"] == "street_light_row_out") == 36
    client.post("/report", data=sent | {"csrf_token": token(client)})
    after = asked(module_database, promised)
    assert after[0] == before[0]
    assert after[1][1] == timedelta(hours=36)


def test_an_agency_that_services_name_cannot_end(office, module_database):
    before = versions(module_database, "agency_version", "agency_code", "dishub")
    sent = AGENCY | {"valid_from": "2090-01-01", "last_day": "2090-12-31"}
    answer = office.post("/agencies/dishub", **sent)
    assert answer.status_code == 422
    assert "parking_illegal" in fault(answer.text, "last_day")
    assert versions(module_database, "agency_version", "agency_code", "dishub") == before


def test_a_service_needs_an_agency_that_is_there(office, module_database):
    day = today(module_database)
    new = AGENCY | {"code": "later_office", "valid_from": (day + timedelta(days=9)).isoformat()}
    assert office.post("/agencies/new", **new).status_code == 303
    sent = SERVICE | {"agency_code": "later_office", "valid_from": day.isoformat()}
    answer = office.post("/services/traffic_light_out", **sent)
    assert answer.status_code == 422
    assert fault(answer.text, "agency_code")


def test_a_new_service_can_be_reported(office, module_database, client):
    sent = SERVICE | {
        "group": "street_light",
        "name": "Lampu taman padam",
        "name_en": "Park light out",
        "valid_from": today(module_database).isoformat(),
    }
    assert office.post("/services/new", **sent).status_code == 303
    codes = [one["code"] for one in client.get("/api/v1/services").json["services"]]
    assert codes[-1] == "park_light_out"
    assert events(module_database)[-1].kind == "service.added"
    again = office.post("/services/new", **sent)
    assert again.status_code == 422
    assert "park_light_out" in fault(again.text, "code")


@pytest.mark.parametrize("code", ["Besar", "1st", "a", "drop table", "ünder", "x" * 41])
def test_codes_are_plain(office, code):
    answer = office.post("/agencies/new", **AGENCY, code=code, valid_from="2090-01-01")
    assert answer.status_code == 422
    assert fault(answer.text, "code")


@pytest.mark.parametrize("path", ["/holidays/tomorrow", "/holidays/2031-02-30", "/agencies/nobody"])
def test_what_is_not_there_is_not_found(office, path):
    assert office.get(path).status_code == 404


def test_names_are_shown_as_they_are_and_never_run(office, module_database):
    hostile = AGENCY | {
        "code": "hostile",
        "name": SCRIPT,
        "short_name": "</a><img src=x onerror=alert(1)>",
        "unit": "${alert(1)} {{ 7 * 7 }}",
        "valid_from": today(module_database).isoformat(),
    }
    assert office.post("/agencies/new", **hostile).status_code == 303
    office.post("/holidays", day="2032-01-05", name=SCRIPT, kind="local")
    for path in (
        "",
        "/agencies",
        "/agencies/hostile",
        "/holidays?year=2032",
        "/log",
        "/services/new",
    ):
        page = office.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    page = office.get("/agencies/hostile").text
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_the_log_tells_who_changed_what_from_what_to_what(office, module_database):
    day = today(module_database)
    office.post("/agencies/new", **AGENCY | {"code": "logged_office"}, valid_from=day.isoformat())
    office.post(
        "/agencies/logged_office",
        **AGENCY | {"short_name": "Makam Baru"},
        valid_from=day.isoformat(),
    )
    page = office.get("/log").text
    newest = page[page.index('<ol class="o-log">') :].split("<li><time")[1]
    assert "Admin Kota" in newest
    assert "<del>Dinas Makam</del> → <ins>Makam Baru</ins>" in newest


def test_the_log_has_pages(office, module_database):
    with module_database.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.admin_event (city_code, actor, kind, subject)"
                " SELECT '15.71', 'system', 'old.entry', 'entry ' || n"
                " FROM generate_series(1, 120) AS n"
            )
        )
    first = office.get("/log").text
    assert first.count("<li><time") == 50
    older = first[first.index("/admin/log?before=") :].split('"')[0].removeprefix("/admin")
    second = office.get(older).text
    assert second.count("<li><time") == 50
    assert "entry 71<" in first
    assert "entry 70<" in second
    assert "entry 71<" not in second
