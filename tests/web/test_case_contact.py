"""The reporter on a case's page: as much as the viewer may know, and the contact on the record."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text

from tests.asking import as_owner, body
from tests.people import csrf_token, hire, sign_in

GIVEN = {"name": "Siti Rahma", "email": "siti.rahma@example.co.id", "phone": "0812-3456-7890"}
PLAIN = ("Siti Rahma", "siti.rahma", "81234567890", "812-3456")


def report(client, **changes):
    answer = client.post("/api/v1/complaints", json=body(**({"contact": GIVEN} | changes)))
    assert answer.status_code == 201
    return answer.json["ticket"]


def desk(module_app, database, role, **limits):
    client = module_app.test_client()
    actor = hire(database, role, **limits)
    sign_in(client, actor)
    return client, actor


def ask(client, ticket, purpose="Menanyakan letaknya", **headers):
    return client.post(
        f"/api/v1/work/complaints/{ticket}/contact",
        json={"purpose": purpose},
        headers={"X-CSRFToken": csrf_token(client, "/account")} | headers,
    )


def accesses(database):
    with as_owner(database) as connection:
        return connection.execute(text("SELECT actor, purpose FROM geoapp.contact_access")).all()


def shows_nothing(answer):
    return [word for word in PLAIN if word in answer.text] == []


def test_an_operator_asks_says_why_and_is_written_down(client, module_app, emptied):
    ticket = report(client, anonymous=True)
    operator, actor = desk(module_app, emptied, "operator")
    page = operator.get(f"/case/{ticket}")
    assert "data-contact-show" in page.text
    assert "Selain operator, tidak ada yang dapat membuka kontaknya" in page.text
    assert shows_nothing(page)
    assert accesses(emptied) == []
    told = ask(operator, ticket)
    assert told.status_code == 200
    assert told.headers["Cache-Control"] == "no-store"
    assert {name: told.json[name] for name in ("name", "email", "phone", "language")} == {
        "name": "Siti Rahma",
        "email": "siti.rahma@example.co.id",
        "phone": "+6281234567890",
        "language": "id",
    }
    assert accesses(emptied) == [(actor.label, "Menanyakan letaknya")]


@pytest.mark.parametrize("role", ["agency_admin", "agency_head", "field_officer"])
def test_an_agency_sees_an_anonymous_reporter_and_no_button(client, module_app, emptied, role):
    ticket = report(client, anonymous=True)
    agency, _ = desk(module_app, emptied, role, agency="pupr_bina_marga")
    page = agency.get(f"/case/{ticket}")
    assert "Pelapor anonim" in page.text
    assert "data-contact" not in page.text
    assert "Ditinggalkan" not in page.text
    assert shows_nothing(page)
    assert ask(agency, ticket).status_code == 403
    # Nor does it learn whether anything was left.
    bare = report(client, anonymous=True, contact=None)
    assert ask(agency, bare).json == ask(agency, ticket).json
    assert accesses(emptied) == []


@pytest.mark.parametrize("role", ["city_admin", "auditor", "agency_head"])
@pytest.mark.parametrize("anonymous", [True, False])
def test_who_only_looks_at_the_work_is_shown_no_contact(
    client, module_app, emptied, role, anonymous
):
    ticket = report(client, anonymous=anonymous)
    limits = {"agency": "pupr_bina_marga"} if role == "agency_head" else {}
    desk_of, _ = desk(module_app, emptied, role, **limits)
    page = desk_of.get(f"/case/{ticket}")
    assert page.status_code == 200
    assert "data-contact" not in page.text
    assert ("Kontak hanya ditampilkan kepada yang menangani" in page.text) != anonymous
    assert shows_nothing(page)
    assert ask(desk_of, ticket).status_code == 403
    assert accesses(emptied) == []


def test_an_agency_is_shown_the_contact_of_whoever_did_not_hide(client, module_app, emptied):
    ticket = report(client, confidential=True)
    agency, actor = desk(module_app, emptied, "agency_admin", agency="pupr_bina_marga")
    page = agency.get(f"/case/{ticket}")
    assert "Rahasia: isi, foto, dan letak disembunyikan dari publik" in page.text
    assert shows_nothing(page)
    assert ask(agency, ticket).json["phone"] == "+6281234567890"
    assert accesses(emptied) == [(actor.label, "Menanyakan letaknya")]
    other, _ = desk(module_app, emptied, "agency_admin", agency="dlh")
    assert ask(other, ticket).status_code == 404
    assert len(accesses(emptied)) == 1


def test_without_a_contact_there_is_nothing_to_ask_for(client, module_app, emptied):
    ticket = report(client, contact=None)
    operator, _ = desk(module_app, emptied, "operator")
    page = operator.get(f"/case/{ticket}")
    assert "Pelapor tidak meninggalkan kontak." in page.text
    assert "data-contact-show" not in page.text
    assert ask(operator, ticket).status_code == 404


@pytest.mark.parametrize("purpose", ["", "ab", " " * 10, "x" * 201, "a\u0007bc", 7, None])
def test_a_purpose_must_be_said(client, module_app, emptied, purpose):
    ticket = report(client)
    operator, _ = desk(module_app, emptied, "operator")
    assert ask(operator, ticket, purpose).status_code == 422
    assert accesses(emptied) == []


def test_a_form_of_another_site_gets_nothing(client, module_app, emptied):
    ticket = report(client)
    operator, _ = desk(module_app, emptied, "operator")
    assert ask(operator, ticket, **{"X-CSRFToken": ""}).status_code == 400
    assert accesses(emptied) == []


def test_a_damaged_contact_is_an_error_that_says_nothing_of_it(client, module_app, emptied, caplog):
    ticket = report(client)
    with as_owner(emptied) as connection:
        connection.execute(
            text(
                "UPDATE geoapp.contact SET email_sealed ="
                " set_byte(email_sealed, 20, 255 - get_byte(email_sealed, 20))"
            )
        )
    operator, _ = desk(module_app, emptied, "operator")
    answer = ask(operator, ticket)
    assert answer.status_code == 500
    assert "was changed" in caplog.text
    for said in (answer.text, caplog.text):
        assert [word for word in PLAIN if word in said] == []
    assert accesses(emptied) == []


def test_no_log_line_names_a_contact(client, module_app, emptied, caplog):
    caplog.set_level(logging.DEBUG)
    ticket = report(client)
    operator, _ = desk(module_app, emptied, "operator")
    ask(operator, ticket)
    client.post("/api/v1/complaints", json=body(contact=GIVEN | {"phone": "812-3456"}))
    client.post(f"/api/v1/complaints/{ticket}/contact", json={"email": "siti.rahma@x"})
    assert [word for word in PLAIN if word in caplog.text] == []


def test_what_citizens_think_stands_on_the_case(client, module_app, emptied):
    ticket = report(client)
    with as_owner(emptied) as connection:
        for statement in (
            (
                "INSERT INTO geoapp.rating (city_code, complaint_id, stars, words)"
                " SELECT city_code, id, 2, 'Berlubang <b>lagi</b>' FROM geoapp.complaint"
            ),
            "UPDATE geoapp.complaint SET supporters = 1234, escalated_at = now()",
            (
                "INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, actor, data)"
                " SELECT city_code, id, ticket, kind, 'citizen', '{\"stars\": 2}'"
                " FROM geoapp.complaint, unnest(ARRAY['support', 'rating', 'escalated']) AS kind"
            ),
        ):
            connection.execute(text(statement))
    operator, _ = desk(module_app, emptied, "operator")
    page = operator.get(f"/case/{ticket}").text
    for words in ("Didukung 1.234 warga", "Dinilai 2 dari 5 oleh pelapor",
                  "Berlubang &lt;b&gt;lagi&lt;/b&gt;", "Dibawa ke Ombudsman"):  # fmt: skip
        assert words in page
    history = page[page.index('id="history-title"') :]
    assert history.count("<li") == 3, "submitted, rating, escalated; a supporter is a number"


def test_an_operator_enters_how_a_caller_is_reached(client, module_app, emptied):
    operator, _ = desk(module_app, emptied, "operator")
    sent = body(channel="call_112", contact=GIVEN, anonymous=True)
    headers = {"X-CSRFToken": csrf_token(operator, "/account"), "Idempotency-Key": "k"}
    first, again = (
        operator.post("/api/v1/work/complaints", json=sent, headers=headers) for _ in range(2)
    )
    assert first.status_code == 201
    assert first.json == again.json
    assert first.json["notices"] is False
    assert ask(operator, first.json["ticket"]).json["name"] == "Siti Rahma"
    with as_owner(emptied) as connection:
        assert connection.execute(text("SELECT count(*) FROM geoapp.contact")).scalar() == 1
    refused = operator.post(
        "/api/v1/work/complaints", json=sent | {"contact": {"phone": "812-3456"}}, headers=headers
    )
    assert refused.status_code == 422
    assert shows_nothing(refused)
