from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from tests.asking import as_owner, body
from tests.casework import World
from tests.people import csrf_token, sign_in
from tests.support import send


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


@pytest.fixture
def desk(client, staff):
    """A browser in which the operator is signed in, with what its scripts send along."""
    sign_in(client, staff.operator)
    client.token = csrf_token(client, "/account")
    return client


def post(client, address, value):
    headers = {"X-CSRFToken": client.token} if hasattr(client, "token") else {}
    return client.post(address, json=value, headers=headers)


def step(client, ticket, **fields):
    return post(client, f"/api/v1/work/complaints/{ticket}/steps", fields)


def test_a_step_is_taken_and_tells_how_the_complaint_stands(desk, staff):
    ticket = staff.new()
    answer = step(desk, ticket, step="hold", version=1, reason="Menunggu foto")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "ticket": ticket,
        "version": 2,
        "status": "on_hold",
        "event_ids": [staff.events(ticket)[-1].id],
        "other": None,
    }


def test_refusals_have_their_status_words_and_remedy(desk, staff):
    ticket = staff.new()
    for fields, status, code in [
        ({"step": "close", "version": 1}, 409, "step_refused"),
        ({"step": "note", "version": 7, "text": "x"}, 409, "changed_meanwhile"),
        ({"step": "take", "version": 1}, 403, "forbidden"),
        ({"step": "hold", "version": 1}, 422, "invalid_field"),
        ({"step": "fly", "version": 1}, 422, "invalid_field"),
        ({"step": "note", "version": 1, "text": "\u202e"}, 422, "invalid_field"),
        ({"step": "note", "version": 1, "text": "x", "colour": "red"}, 422, "invalid_field"),
        (
            {"step": "reject", "version": 1, "reason": "x", "class": "normative"},
            422,
            "invalid_field",
        ),
    ]:
        answer = step(desk, ticket, **fields)
        assert (answer.status_code, answer.json["error"]["code"]) == (status, code), fields
        assert answer.json["error"]["message"]
        assert answer.json["error"]["remedy"]
    assert staff.row(ticket).version == 1
    assert step(desk, "JBI-9999-9999", step="verify", version=1).status_code == 404


def test_visitors_take_no_steps(client, staff):
    ticket = staff.new()
    assert step(client, ticket, step="verify", version=1).status_code in {400, 401}
    sign_in(client, staff.auditor)
    client.token = csrf_token(client, "/account")
    assert step(client, ticket, step="verify", version=1).status_code == 403
    assert staff.row(ticket).version == 1


def test_without_the_forms_token_a_session_moves_nothing(client, staff):
    ticket = staff.new()
    sign_in(client, staff.operator)
    answer = step(client, ticket, step="verify", version=1)
    assert answer.status_code in {400, 403, 422}
    assert staff.row(ticket).version == 1


def test_many_at_once_each_for_itself(desk, staff):
    fine, moved, closed = staff.new(), staff.new(), staff.new()
    staff.act(staff.operator, "note", moved, text="Sudah saya lihat")
    staff.act(staff.operator, "reject", closed, reason="Bukan aduan")
    answer = post(
        desk,
        "/api/v1/work/steps",
        {
            "step": "assign",
            "complaints": [
                {"ticket": fine, "version": 1},
                {"ticket": moved, "version": 1},
                {"ticket": closed, "version": 2},
                {"ticket": "JBI-9999-9999", "version": 1},
            ],
        },
    )
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [one["ok"] for one in results] == [True, False, False, False]
    assert (results[0]["status"], results[0]["version"]) == ("assigned", 2)
    assert [one["error"]["code"] for one in results[1:]] == [
        "changed_meanwhile",
        "step_refused",
        "not_found",
    ]
    assert "Olivia wrote a note" in results[1]["error"]["message"]


def test_at_most_two_hundred_at_once_and_none_twice(desk, staff):
    ticket = staff.new()
    many = [{"ticket": f"JBI-{n}", "version": 1} for n in range(201)]
    twice = [{"ticket": ticket, "version": 1}, {"ticket": ticket.lower(), "version": 2}]
    for complaints in (many, twice, []):
        answer = post(desk, "/api/v1/work/steps", {"step": "verify", "complaints": complaints})
        assert answer.status_code == 422
    assert staff.row(ticket).version == 1


def test_the_sender_gets_a_key_that_is_kept_nowhere(client, staff):
    answer = client.post(
        "/api/v1/complaints", json=body(), headers={"Idempotency-Key": "once"}
    ).json
    assert answer["links"]["follow"] == f"/c/{answer['ticket']}#kunci={answer['follow_key']}"
    again = client.post("/api/v1/complaints", json=body(), headers={"Idempotency-Key": "once"}).json
    assert again == answer
    with as_owner(staff.database) as connection:
        kept = connection.execute(text("SELECT answer FROM geoapp.intake_key")).scalar_one()
    assert answer["follow_key"] not in json.dumps(kept)


def test_the_sender_replies_with_the_key(client, staff):
    sent = client.post("/api/v1/complaints", json=body()).json
    ticket = sent["ticket"]
    staff.act(staff.operator, "assign", ticket)
    staff.act(staff.officer, "finish", ticket, text="Sudah ditambal.")
    address = f"/api/v1/complaints/{ticket.lower()}/replies"

    wrong = client.post(address, json={"key": "A" * 16, "text": "Belum"})
    assert (wrong.status_code, wrong.json["error"]["code"]) == (403, "forbidden")
    empty = client.post(address, json={"key": sent["follow_key"], "text": "  "})
    assert (empty.status_code, empty.json["error"]["fields"][0]["field"]) == (422, "text")

    told = client.post(address, json={"key": sent["follow_key"], "text": "Belum ditambal"})
    assert told.status_code == 201
    assert told.json == {"ticket": ticket, "status": "reopened", "changed": True}


INTERNAL = ["Catatan dalam", "Alasan dalam", "Balasan pelapor", "Perlu alat berat"]


def test_the_public_side_has_the_public_words_and_no_others(client, staff):
    sent = client.post("/api/v1/complaints", json=body()).json
    ticket = sent["ticket"]
    act = staff.act
    act(staff.operator, "note", ticket, text="Catatan dalam")
    act(staff.operator, "assign", ticket, agency="dlh", reason="Alasan dalam satu")
    act(staff.other_admin, "hand_over", ticket, agency="pupr_bina_marga", reason="Alasan dalam dua")
    act(staff.officer, "start", ticket)
    act(staff.officer, "cannot_do", ticket, reason="Perlu alat berat")
    act(staff.operator, "hold", ticket, reason="Menunggu aspal")
    act(staff.operator, "resume", ticket)
    act(staff.admin, "answer", ticket, text="Tim datang <b>besok</b>.")
    client.post(
        f"/api/v1/complaints/{ticket}/replies",
        json={"key": sent["follow_key"], "text": "Balasan pelapor"},
    )
    api = client.get(f"/api/v1/complaints/{ticket}")
    page = client.get(f"/c/{ticket}")
    listed = client.get("/api/v1/complaints")
    for answer in (api, page, listed):
        assert answer.status_code == 200
        for words in [*INTERNAL, "Budi", "Olivia", "account:", staff.officer.name]:
            assert words not in answer.text, words
    timeline = api.json["properties"]["timeline"]
    assert [entry["words"] for entry in timeline if entry["words"]] == [
        "Menunggu aspal",
        "Tim datang <b>besok</b>.",
    ]
    assert {entry["kind"] for entry in timeline} == {"submitted", "status", "assignment", "answer"}
    assert "Tim datang &lt;b&gt;besok&lt;/b&gt;." in page.text
    assert "Menunggu aspal" in page.text


def test_words_of_a_confidential_complaint_stay_inside(client, staff):
    ticket = send(staff.database, confidential=True)["ticket"]
    staff.act(staff.admin, "answer", ticket, text="Kami sudah bicara dengan Anda.")
    staff.act(staff.operator, "reject", ticket, reason="Alasan yang publik")
    assert client.get(f"/api/v1/complaints/{ticket}").status_code == 404
    page = client.get(f"/c/{ticket}").text
    assert "Kami sudah bicara" not in page
    assert "Alasan yang publik" not in page


def test_a_merge_is_a_new_status_in_public(client, staff):
    lead, ticket = staff.new(), staff.new()
    staff.act(staff.operator, "merge", ticket, lead=lead)
    timeline = client.get(f"/api/v1/complaints/{ticket}").json["properties"]["timeline"]
    assert (timeline[-1]["kind"], timeline[-1]["status"]) == ("status", "duplicate")
    assert len(client.get(f"/api/v1/complaints/{lead}").json["properties"]["timeline"]) == 1


def test_only_the_public_side_of_a_step_reaches_the_feed(staff, emptied):
    from geoapp.domain.events import Cursor
    from geoapp.store import feed
    from geoapp.store.database import Role

    lead, ticket = staff.new(), staff.new()
    with emptied.transaction(Role.LISTENER) as connection:
        start = feed.position(connection).cursor
    act = staff.act
    act(staff.operator, "note", ticket, text="x")
    act(staff.operator, "assign", ticket)
    act(staff.officer, "take", ticket)
    act(staff.operator, "hold", ticket, reason="x")
    act(staff.operator, "resume", ticket)
    act(staff.operator, "confidential", ticket, reason="x")
    with emptied.transaction(Role.LISTENER) as connection:
        hidden = [(e.kind, e.visible) for e in feed.after(connection, start)]
    assert {visible for _, visible in hidden} == {False}
    assert [kind for kind, _ in hidden].count("retraction") == 1
    act(staff.operator, "public", ticket, reason="x")
    act(staff.operator, "merge", ticket, lead=lead)
    with emptied.transaction(Role.LISTENER) as connection:
        heard = [
            (e.ticket, e.kind)
            for e in feed.after(connection, Cursor(start.xid, start.id))
            if e.visible
        ]
    told = [kind for who, kind in heard if who == ticket]
    # assigned, on hold, resumed, private, public again, merged; never who works on it
    assert told == ["status"] * 6
    assert lead not in {who for who, _ in heard}


def test_who_reports_at_the_counter_gets_the_key_too(desk, staff):
    entered = post(desk, "/api/v1/work/complaints", body(channel="counter"))
    assert entered.status_code == 201
    key, ticket = entered.json["follow_key"], entered.json["ticket"]
    address = f"/api/v1/complaints/{ticket}/replies"
    assert desk.post(address, json={"key": key, "text": "Dekat masjid"}).status_code == 201
    junk = post(desk, "/api/v1/work/complaints/junk", {"channel": "call_112"})
    assert (junk.status_code, junk.json["follow_key"]) == (201, None)


def test_everybody_is_told_what_a_complaint_was_merged_into(client, staff):
    lead, ticket, hidden = staff.new(), staff.new(), staff.new()
    staff.act(staff.operator, "merge", ticket, lead=lead)
    timeline = client.get(f"/api/v1/complaints/{ticket}").json["properties"]["timeline"]
    assert [(entry["status"], entry["lead"]) for entry in timeline if entry["status"]] == [
        ("submitted", None),
        ("duplicate", lead),
    ]
    page = client.get(f"/c/{ticket}?lang=id").text
    assert f'Digabung dengan <a class="nowrap" href="/c/{lead}">{lead}</a>' in page
    assert ticket not in client.get(f"/c/{lead}").text

    staff.act(staff.operator, "merge", hidden, lead=lead)
    staff.act(staff.operator, "confidential", hidden, reason="Minta dirahasiakan")
    assert lead not in client.get(f"/c/{hidden}").text
    staff.act(staff.operator, "confidential", lead, reason="Minta dirahasiakan")
    for address in (f"/c/{ticket}", f"/api/v1/complaints/{ticket}"):
        assert lead not in client.get(address).text
