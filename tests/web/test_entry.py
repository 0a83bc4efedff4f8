"""POST /api/v1/work/complaints: who may, what is refused by which field, and the page."""

from __future__ import annotations

from typing import Any

import pytest

from geoapp.usecases import cities
from tests.asking import rows
from tests.people import csrf_token, hire, sign_in
from tests.support import JELUTUNG
from tests.web.doors import bearing, machine

ENTRIES = "/api/v1/work/complaints"
JUNK = f"{ENTRIES}/junk"
VALID = {
    "channel": "call_112",
    "service": "pothole",
    "lon": JELUTUNG.lon,
    "lat": JELUTUNG.lat,
    "description": "Lubang besar di tengah jalan",
}


@pytest.fixture(scope="module")
def operator(module_database):
    return hire(module_database, "operator")


@pytest.fixture
def desk(client, operator):
    """Sends as the operator whose browser it is."""
    sign_in(client, operator)
    token = csrf_token(client, "/entry")

    def send(path: str = ENTRIES, key: str | None = None, **changes: Any) -> Any:
        body = VALID | changes if path == ENTRIES else changes
        headers = {"X-CSRFToken": token} | ({"Idempotency-Key": key} if key else {})
        return client.post(
            path, json={k: v for k, v in body.items() if v is not None}, headers=headers
        )

    return send


def fields(answer) -> list[str]:
    return [fault["field"] for fault in answer.json["error"]["fields"]]


def test_an_entry_answers_with_ticket_agency_and_the_case(desk):
    answer = desk()
    assert answer.status_code == 201
    told = answer.json
    assert told["agency"] == {"code": "pupr_bina_marga", "name": "Dinas PUPR, Bina Marga"}
    assert told["links"]["page"] == f"/case/{told['ticket']}"
    assert answer.headers["Location"] == f"{ENTRIES}/{told['ticket']}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_key_of_an_entry_lets_its_reporter_reply(desk, client):
    told = desk(channel="counter").json
    reply = {"key": told["follow_key"], "text": "Masih berlubang", "solved": False}
    path = f"/api/v1/complaints/{told['ticket']}/replies"
    assert client.post(path, json=reply | {"key": "A" * 16}).status_code >= 400
    assert client.post(path, json=reply).status_code < 300
    assert desk(JUNK).json["follow_key"] is None


def test_a_machine_with_the_scope_intake_enters_its_calls_once(
    module_app, module_database, emptied
):
    issued = machine(module_database, cities.every(module_database)[0], "intake")
    call = VALID | {"external_id": "112-0042"}

    def ring() -> Any:
        program = module_app.test_client()
        return program.post(ENTRIES, json=call, headers=bearing(issued.key))

    first, again = ring(), ring()
    assert first.status_code == 201
    assert again.status_code == 422
    assert again.json["error"]["fields"][1]["value"] == first.json["ticket"]
    assert rows(emptied)["complaint"] == 1


def test_the_same_key_stores_once(desk, emptied):
    first = desk(key="a-b-c")
    assert desk(key="a-b-c").json["ticket"] == first.json["ticket"]
    assert rows(emptied)["complaint"] == 1
    assert fields(desk(key="a-b-c", landmark="Pasar")) == ["Idempotency-Key"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"channel": None}, ["channel"]),
        ({"channel": "web"}, ["channel"]),
        ({"channel": "media"}, ["source"]),
        ({"channel": "media", "source": "Koran"}, ["source"]),
        ({"source": "\u202e"}, ["source"]),
        ({"external_id": "x" * 101}, ["external_id"]),
        ({"external_id": "1\n2", "source": "a\x07"}, ["source"]),
        ({"submitted_at": "2999-01-01T00:00:00Z"}, ["submitted_at"]),
        ({"submitted_at": "1999-01-01T00:00:00Z"}, ["submitted_at"]),
        ({"submitted_at": "2026-01-01T00:00:00"}, ["submitted_at"]),
        ({"service": "no_such"}, ["service"]),
        ({"description": "pendek"}, ["description"]),
        ({"lon": None, "lat": None}, ["lon", "lat"]),
        ({"lat": None}, ["lat"]),
        ({"officer": 1}, ["officer"]),
    ],
)
def test_every_fault_names_its_field_and_stores_nothing(desk, emptied, changes, named):
    answer = desk(**changes)
    assert (answer.status_code, fields(answer)) == (422, named)
    assert rows(emptied)["complaint"] == 0


def test_a_number_entered_before_names_the_complaint_that_has_it(desk):
    first = desk(channel="letter", source="Surat camat", external_id="45").json["ticket"]
    again = desk(channel="letter", source="Surat camat", external_id="45")
    assert again.status_code == 422
    assert again.json["error"]["code"] == "already_entered"
    assert again.json["error"]["fields"][1] == {
        "field": "ticket", "message": "has this number", "value": first,
    }  # fmt: skip


def test_a_junk_call_needs_nothing_and_the_public_reads_none_of_its_words(desk, client):
    told = desk(JUNK, words="Nama tetangga disebut-sebut").json
    assert told["status"] == "rejected"
    public = client.get(f"/api/v1/complaints/{told['ticket']}")
    assert "tetangga" not in public.get_data(as_text=True)
    assert "tetangga" not in client.get(f"/c/{told['ticket']}").text
    assert "tetangga" not in client.get("/api/v1/complaints?status=all").text
    assert client.get("/api/v1/summary?status=all").json["by_status"]["rejected"] == 1


def test_outside_the_city_is_kept_and_said(desk):
    told = desk(lon=103.73, lat=-1.62)
    assert (told.status_code, told.json["assignment"]["method"]) == (201, "outside")


@pytest.mark.parametrize("path", [ENTRIES, JUNK])
def test_visitors_and_other_staff_enter_nothing(client, module_database, emptied, path):
    sent = client.post(path, json=VALID if path == ENTRIES else {})
    assert sent.status_code in {400, 401, 422}  # no session, or no form token
    sign_in(client, hire(module_database, "agency_admin", agency="dlh"))
    headers = {"X-CSRFToken": csrf_token(client, "/agency")}
    answer = client.post(path, json=VALID if path == ENTRIES else {}, headers=headers)
    assert answer.status_code == 403
    assert rows(emptied)["complaint"] == 0


def test_a_session_without_the_form_token_enters_nothing(client, operator, emptied):
    sign_in(client, operator)
    assert client.post(ENTRIES, json=VALID).status_code in {400, 422}
    assert rows(emptied)["complaint"] == 0


def test_the_page_is_for_operators_and_carries_its_texts(client, operator, module_database):
    sign_in(client, operator)
    page = client.get("/entry").text
    assert '"junk_service": "other"' in page
    assert '"entry_saved"' in page
    sign_in(client, hire(module_database, "field_officer", agency="dlh"))
    assert client.get("/entry").status_code == 403
    field = client.get("/field")
    assert field.status_code == 200
    assert '"field_jobs"' in field.text
    assert '"entry_saved"' not in field.text
