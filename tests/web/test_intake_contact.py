"""A contact comes with a complaint, or later; what is stored, answered and never repeated."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging

import pytest
from sqlalchemy import text

from tests.asking import as_owner, body, rows

COMPLAINTS = "/api/v1/complaints"
GIVEN = {"name": "  Siti   Rahma ", "email": "Siti.Rahma@Contoh.CO.ID", "phone": "0812-3456 7890"}
# By hand: the domain in lower case, +62 for the 0.
NORMAL = ("Siti Rahma", "Siti.Rahma@contoh.co.id", "+6281234567890")


def send(client, key=None, **changes):
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(COMPLAINTS, json=body(**changes), headers=headers)


def contacts(database):
    with as_owner(database) as connection:
        return connection.execute(text("SELECT * FROM geoapp.contact ORDER BY id")).all()


def opened(client, row):
    vault = client.application.extensions["geoapp"].vault
    sealed = (row.name_sealed, row.email_sealed, row.phone_sealed)
    return tuple(one and vault.open("15.71", one) for one in sealed)


def faults(answer):
    return {fault["field"]: fault for fault in answer.json["error"]["fields"]}


def change(client, told, **values):
    return client.post(
        f"{COMPLAINTS}/{told['ticket']}/contact", json={"key": told["follow_key"]} | values
    )


def test_a_contact_is_kept_sealed_in_the_transaction_of_its_complaint(client, emptied):
    answer = send(client, contact=GIVEN, anonymous=True)
    assert answer.status_code == 201
    [row] = contacts(emptied)
    assert opened(client, row) == NORMAL
    assert (row.role, row.language) == ("reporter", "id")
    with as_owner(emptied) as connection:
        found = connection.execute(
            text(
                "SELECT c.xmin::text = k.xmin::text FROM geoapp.complaint AS c"
                " JOIN geoapp.contact AS k ON k.complaint_id = c.id"
            )
        ).scalar_one()
    assert found, "another transaction stored the contact"
    plain = " ".join(NORMAL).encode()
    assert not any(word.encode() in bytes(row.email_sealed) for word in NORMAL)
    assert plain not in answer.data
    for word in ("siti", "contoh", "81234"):
        assert word not in answer.text.lower()


def test_the_same_key_and_body_keep_a_contact_once_and_answer_alike(client, emptied):
    first, again = (send(client, "one", contact=GIVEN) for _ in range(2))
    assert first.json == again.json
    assert len(contacts(emptied)) == 1
    assert rows(emptied)["complaint"] == 1
    other = send(client, "one", contact=GIVEN | {"phone": "08129999999"})
    assert other.status_code == 422
    assert other.json["error"]["code"] == "idempotency_key_reused"


def test_what_is_remembered_of_a_body_can_not_be_found_by_trying(client, emptied):
    sent = json.dumps(body(contact=GIVEN)).encode()
    client.post(
        COMPLAINTS, data=sent, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    with as_owner(emptied) as connection:
        kept = connection.execute(text("SELECT body_sha256 FROM geoapp.intake_key")).scalar_one()
    assert kept != hashlib.sha256(sent).hexdigest()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "siti.example.org"),
        ("email", "siti@@example.org"),
        ("email", "siti@localhost"),
        ("email", "si ti@example.org"),
        ("email", "siti@example.org\r\nBcc: x@example.org"),
        ("email", "x" * 65 + "@example.org"),
        ("email", "<siti@example.org>"),
        ("phone", "0812-CALL-ME"),
        ("phone", "0812"),
        ("phone", "+62812345678901234"),
        ("phone", 81234567890),
        ("name", "S" * 101),
        ("name", "Si\u202eti"),
        ("telegram", "@siti-rahma"),
    ],
)
def test_a_refused_contact_is_named_by_its_field_without_being_repeated(
    client, emptied, caplog, field, value
):
    caplog.set_level(logging.DEBUG)
    answer = send(client, contact={field: value})
    assert answer.status_code == 422
    assert faults(answer)[f"contact.{field}"]["value"] is None
    secret = str(value).split("\r")[0].strip("<>")
    assert secret not in answer.json["error"]["message"]
    assert secret not in answer.text
    assert secret not in caplog.text
    assert rows(emptied)["complaint"] == 0


def test_an_empty_contact_is_none(client, emptied):
    assert send(client, contact={"name": " ", "email": "", "phone": None}).status_code == 201
    assert send(client, contact=None).status_code == 201
    assert contacts(emptied) == []


def test_photos_that_are_not_there_leave_nothing(client, emptied):
    missing = ["00000000-0000-4000-8000-000000000001"]
    answer = send(client, "k", photos=missing, contact=GIVEN)
    assert answer.status_code == 422
    assert "photos" in faults(answer)
    assert rows(emptied) == dict.fromkeys(rows(emptied), 0)
    assert contacts(emptied) == []
    assert send(client, photos=missing * 2).status_code == 422
    assert send(client, photos=[f"{missing[0][:-1]}{n}" for n in range(6)]).status_code == 422


def test_the_sender_changes_a_contact_with_the_key_and_sees_it_masked(client, emptied):
    told = send(client, contact=GIVEN).json
    answer = change(client, told, phone="+62 21 555 0199")
    assert answer.status_code == 200
    assert answer.json == {
        "ticket": told["ticket"], "role": "reporter", "name": "Siti Rahma",
        "email": "S•••@c•••.id", "phone": "+62•••199", "notices": False,
    }  # fmt: skip
    [row] = contacts(emptied)
    assert opened(client, row) == ("Siti Rahma", NORMAL[1], "+62215550199")
    assert change(client, told, email="", phone=None, name="").status_code == 200
    [row] = contacts(emptied)
    assert opened(client, row) == (None, None, None)


def test_another_key_changes_nothing(client, emptied):
    told = send(client, contact=GIVEN).json
    answer = change(client, told | {"follow_key": "A" * 16}, email="thief@example.org")
    assert answer.status_code == 403
    assert "thief" not in answer.text
    [row] = contacts(emptied)
    assert opened(client, row) == NORMAL


def test_whoever_follows_gives_an_address_alone_and_is_not_kept_twice(client, emptied):
    told = send(client, contact=GIVEN).json
    address = f"{COMPLAINTS}/{told['ticket']}/contact"
    first = client.post(address, json={"email": "budi@example.org"})
    again = client.post(address, json={"email": "Budi@EXAMPLE.org"})
    reporters = client.post(address, json={"email": NORMAL[1]})
    # Nobody learns from the answer whether an address is known.
    assert first.status_code == again.status_code == reporters.status_code == 200
    assert first.json == again.json == reporters.json
    assert [row.role for row in contacts(emptied)] == ["reporter", "follower"]
    with as_owner(emptied) as connection:
        events = connection.execute(
            text("SELECT data FROM geoapp.complaint_event WHERE kind = 'contact'")
        ).scalars().all()  # fmt: skip
    assert events == [{"role": "follower", "new_address": True}]
    for refused in ({"email": ""}, {"phone": "08123456789"}, {"email": "a@b.id", "name": "A"}):
        assert client.post(address, json=refused).status_code == 422


def test_a_confidential_complaint_is_followed_by_nobody(client, emptied):
    told = send(client, confidential=True).json
    address = f"{COMPLAINTS}/{told['ticket']}/contact"
    assert client.post(address, json={"email": "budi@example.org"}).status_code == 404
    missing = client.post(f"{COMPLAINTS}/JBI-AAAA-AAAA/contact", json={"email": "budi@example.org"})
    assert missing.status_code == 404
    assert change(client, told, email="budi@example.org").status_code == 200


def test_a_follower_who_turns_out_to_be_the_reporter_is_told_once(client, emptied):
    told = send(client).json
    address = f"{COMPLAINTS}/{told['ticket']}/contact"
    client.post(address, json={"email": "budi@example.org"})
    assert change(client, told, email="budi@example.org").status_code == 200
    reachable = [row.role for row in contacts(emptied) if row.email_digest is not None]
    assert reachable == ["reporter"]


def test_notices_are_promised_only_where_mail_is_sent_and_wanted(client, emptied, monkeypatch):
    here = client.application.extensions["geoapp"]
    assert send(client, contact=GIVEN).json["notices"] is False
    monkeypatch.setattr(
        here,
        "settings",
        dataclasses.replace(
            here.settings,
            smtp_url="smtp://localhost:25",
            mail_from="Aduan <aduan@example.org>",
            public_url="https://aduan.example.org",
        ),
    )
    assert send(client, contact=GIVEN).json["notices"] is True
    assert send(client, contact={"phone": "081234567890"}).json["notices"] is False
    assert send(client).json["notices"] is False
    with as_owner(emptied) as connection:
        connection.execute(
            text("INSERT INTO geoapp.mail_refusal (city_code, email_digest) VALUES ('15.71', :d)"),
            {"d": here.vault.digest("15.71", NORMAL[1])},
        )
    assert send(client, contact=GIVEN).json["notices"] is False
