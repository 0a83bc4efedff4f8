"""Photos that staff adds to a step: beside its words, as public as those, given once."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.store.database import Database, Role
from geoapp.store.statements import statement
from tests.asking import as_owner
from tests.people import csrf_token, hire, sign_in
from tests.sender_world import Sender, jpeg, upload
from tests.web.photo_sending import change

AGENCY = "pupr_bina_marga"


class Desk:
    """Somebody of the staff at a browser."""

    def __init__(self, app: Flask, database: Database, role: str, **where: Any) -> None:
        self.client = app.test_client()
        self.actor = hire(database, role, **where)
        sign_in(self.client, self.actor)
        self.token = {"X-CSRFToken": csrf_token(self.client, "/account")}

    def case(self, ticket: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(f"/api/v1/work/complaints/{ticket}").get_json()
        return told

    def step(self, ticket: str, step: str, *, version: int = 0, **fields: Any) -> TestResponse:
        body = {"step": step, "version": version or self.case(ticket)["version"]} | fields
        return self.client.post(
            f"/api/v1/work/complaints/{ticket}/steps", json=body, headers=self.token
        )


@pytest.fixture
def sender(client: FlaskClient, emptied: Database) -> Sender:
    """Whoever sent a complaint with one photo, which the agency has."""
    with as_owner(emptied) as connection:
        connection.execute(text("TRUNCATE geoapp.photo"))
    found = Sender.of(client, photos=[upload(client, jpeg("peru"))])
    change(emptied, found.ticket, "status = 'in_progress', assigned_at = now()")
    return found


@pytest.fixture
def admin(module_app: Flask, emptied: Database) -> Desk:
    return Desk(module_app, emptied, "agency_admin", agency=AGENCY)


@pytest.fixture
def officer(module_app: Flask, emptied: Database) -> Desk:
    return Desk(module_app, emptied, "field_officer", agency=AGENCY)


def timeline(sender: Sender) -> list[dict[str, Any]]:
    found = sender.client.get(f"/api/v1/complaints/{sender.ticket}").get_json()["properties"]
    entries: list[dict[str, Any]] = found["timeline"]
    return entries


def status_of(sender: Sender, photo: str) -> int:
    """What everybody gets for it."""
    return sender.client.get(f"/photos/{photo}/large.jpg").status_code


def test_a_finished_job_shows_its_photos_beside_the_answer_everywhere(sender, officer):
    before, after = upload(sender.client, jpeg("gray")), upload(sender.client, jpeg("black"))
    done = officer.step(sender.ticket, "finish", text="Ditambal.", photos=[before, after])
    assert done.status_code == 200, done.text

    public = sender.client.get(f"/api/v1/complaints/{sender.ticket}").get_json()["properties"]
    assert len(public["photos"]) == 1, "the report keeps its own"
    told = [(one["kind"], [photo["id"] for photo in one["photos"]]) for one in public["timeline"]]
    assert ("answer", [before, after]) in told
    assert sum(len(photos) for _, photos in told) == 2
    large = next(one for one in public["timeline"] if one["photos"])["photos"][0]["large"]
    assert sender.client.get(large).status_code == 200
    page = sender.client.get(f"/c/{sender.ticket}").text
    history = page.partition('id="ticket-history"')[2]
    assert f"/photos/{before}/small.jpg" in history
    assert f"/photos/{after}/small.jpg" in history
    listed = sender.client.get("/api/v1/complaints").get_json()["features"][0]["properties"]
    assert listed["photos"] == public["photos"]

    case = officer.case(sender.ticket)
    answer = next(one for one in case["timeline"] if one["kind"] == "answer")
    given = [(one["id"], one["private"]) for one in case["photos"] if one["event_id"]]
    assert given == [(before, False), (after, False)]
    assert {one["event_id"] for one in case["photos"][1:]} == {answer["id"]}
    mine = sender.ask("mine").get_json()
    assert [p["id"] for e in mine["history"] for p in e["photos"]] == [before, after]
    assert len(mine["photos"]) == 1


def test_photos_of_a_note_are_for_staff_alone(sender, admin):
    photo = upload(sender.client, jpeg("red"))
    assert admin.step(sender.ticket, "note", text="Lihat.", photos=[photo]).status_code == 200
    case = admin.case(sender.ticket)
    [shown] = [one for one in case["photos"] if one["id"] == photo]
    note = next(one for one in case["timeline"] if one["kind"] == "note")
    assert (shown["private"], shown["event_id"]) == (True, note["id"])
    assert admin.client.get(shown["large"]).status_code == 200
    page = admin.client.get(f"/case/{sender.ticket}").text
    assert photo in page.partition('id="history-title"')[2]
    # neither everybody, nor the sender with the key, in any form
    assert status_of(sender, photo) == 404
    assert sender.photo(photo).status_code == 404
    assert photo not in json.dumps(timeline(sender))
    assert photo not in sender.client.get(f"/c/{sender.ticket}").text
    assert photo not in sender.ask("mine").text
    assert len(sender.ask("mine").get_json()["photos"]) == 1
    packed = zipfile.ZipFile(io.BytesIO(sender.ask("export").data))
    assert len([name for name in packed.namelist() if name.endswith(".jpg")]) == 1


def test_photos_of_what_cannot_be_done_are_internal(sender, officer):
    photo = upload(sender.client, jpeg("red"))
    answer = officer.step(sender.ticket, "cannot_do", reason="Terkunci.", photos=[photo])
    assert answer.status_code == 200, answer.text
    case = officer.case(sender.ticket)
    [shown] = [one for one in case["photos"] if one["id"] == photo]
    event = next(one for one in case["timeline"] if one["data"].get("reason") == "Terkunci.")
    assert (shown["private"], shown["event_id"]) == (True, event["id"])
    assert status_of(sender, photo) == 404


def test_photos_of_an_answer_follow_the_complaint_and_can_be_hidden(sender, admin, emptied):
    photo = upload(sender.client, jpeg("green"))
    assert admin.step(sender.ticket, "answer", text="Senin.", photos=[photo]).status_code == 200
    assert status_of(sender, photo) == 200
    change(emptied, sender.ticket, "confidential = true")
    assert status_of(sender, photo) == 404
    assert sender.photo(photo).status_code == 200, "its sender reads the answer, too"
    change(emptied, sender.ticket, "confidential = false")
    hidden = admin.client.post(
        f"/api/v1/work/photos/{photo}/hide", json={"reason": "wajah"}, headers=admin.token
    )
    assert hidden.status_code == 200, hidden.text
    assert status_of(sender, photo) == 404
    assert all(one["photos"] == [] for one in timeline(sender))
    assert sender.photo(photo).status_code == 404


def test_a_step_sent_again_gives_its_photos_once(sender, officer):
    photo = upload(sender.client, jpeg("gray"))
    version = officer.case(sender.ticket)["version"]
    body = {"version": version, "text": "Ditambal.", "photos": [photo]}
    assert officer.step(sender.ticket, "finish", **body).status_code == 200
    again = officer.step(sender.ticket, "finish", **body)
    assert (again.status_code, again.get_json()["error"]["code"]) == (409, "changed_meanwhile")
    assert [len(one["photos"]) for one in timeline(sender) if one["kind"] == "answer"] == [1]
    # nor can another step take it away
    version = officer.case(sender.ticket)["version"]
    other = officer.step(sender.ticket, "note", version=version, text="Lagi.", photos=[photo])
    assert other.status_code == 422
    assert other.get_json()["error"]["fields"][0]["field"] == "photos"
    assert officer.case(sender.ticket)["version"] == version, "nothing of it is stored"


def test_all_photos_or_nothing_is_stored(sender, admin):
    ready, version = upload(sender.client, jpeg("gray")), admin.case(sender.ticket)["version"]
    for photos in ([ready, str(uuid4())], [ready, ready], [str(uuid4()) for _ in range(6)], ["x"]):
        answer = admin.step(sender.ticket, "answer", version=version, text="Ya.", photos=photos)
        assert answer.status_code == 422, photos
        assert answer.get_json()["error"]["fields"][0]["field"].startswith("photos")
    assert admin.case(sender.ticket)["version"] == version
    assert [one["kind"] for one in timeline(sender)] == ["submitted"]
    good = admin.step(sender.ticket, "answer", version=version, text="Ya.", photos=[ready])
    assert good.status_code == 200, "what was refused is still to be had"


def test_a_step_that_says_nothing_takes_no_photos(sender, admin, emptied):
    change(emptied, sender.ticket, "status = 'assigned'")
    photo = upload(sender.client, jpeg("gray"))
    refused = admin.step(sender.ticket, "start", photos=[photo])
    assert refused.status_code == 422
    assert refused.get_json()["error"]["fields"][0]["field"] == "photos"
    actions = {one["step"]: one["optional"] for one in admin.case(sender.ticket)["actions"]}
    taking = {step for step, optional in actions.items() if "photos" in optional}
    assert taking == {"finish", "cannot_do", "answer", "note"}
    many = admin.client.post(
        "/api/v1/work/steps",
        json={"step": "note", "text": "x", "photos": [photo],
              "complaints": [{"ticket": sender.ticket, "version": 1}]},
        headers=admin.token,
    )  # fmt: skip
    assert many.status_code == 422, "a photo belongs to one complaint"


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        ("auditor", {}, 403),
        ("agency_head", {"agency": AGENCY}, 403),
        ("agency_admin", {"agency": "dlh"}, 404),
        ("field_officer", {"agency": AGENCY, "kelurahan": ["15.71.07.1002"]}, 404),
        ("field_officer", {"agency": AGENCY}, 200),
        ("operator", {}, 200),
    ],
)
def test_who_may_add_a_photo(sender, module_app, emptied, admin, role, where, status):
    photo = upload(sender.client, jpeg("gray"))
    version = admin.case(sender.ticket)["version"]
    asker = Desk(module_app, emptied, role, **where)
    answer = asker.step(sender.ticket, "note", version=version, text="Catatan.", photos=[photo])
    assert answer.status_code == status, answer.text
    given = [one["id"] for one in admin.case(sender.ticket)["photos"]]
    assert (photo in given) == (status == 200)


def test_the_database_gives_photos_only_to_what_the_account_has_just_written(
    sender, admin, officer, emptied
):
    """Neither to an older entry, nor to somebody else's, nor to none: whatever the caller says."""
    photo = upload(sender.client, jpeg("gray"))
    assert admin.step(sender.ticket, "answer", text="Ya.").status_code == 200
    entries = admin.case(sender.ticket)["timeline"]
    for event in (entries[-1]["id"], entries[0]["id"], 2**40):
        for desk in (admin, officer):
            with emptied.transaction(
                Role.STAFF, desk.actor.city_code, account=desk.actor.account_id
            ) as connection:
                given = connection.execute(
                    statement("store", "photo_attach_step"),
                    {"city_code": desk.actor.city_code, "ticket": sender.ticket,
                     "event_id": event, "ids": [photo]},
                ).scalar_one()  # fmt: skip
                assert given == 0


def test_erasing_the_report_takes_the_photos_of_steps_with_it(sender, admin):
    public, internal = (upload(sender.client, jpeg(colour)) for colour in ("blue", "pink"))
    assert admin.step(sender.ticket, "answer", text="Ya.", photos=[public]).status_code == 200
    assert admin.step(sender.ticket, "note", text="Ini.", photos=[internal]).status_code == 200
    assert sender.ask("erasure", ticket=sender.ticket).status_code < 300
    assert status_of(sender, public) == 404
    assert admin.case(sender.ticket)["photos"] == []
    for photo in (public, internal):
        asked = admin.client.get(f"/api/v1/work/photos/{photo}/large.jpg")
        assert asked.status_code == 404
