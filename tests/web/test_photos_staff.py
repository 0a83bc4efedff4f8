"""Photos as staff sees them, and taken from public sight."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.store.database import Database
from tests.asking import as_owner
from tests.people import csrf_token, hire, sign_in
from tests.web.photo_sending import complaint_with, sent, set_photos


@pytest.fixture(autouse=True)
def without_photos(client: FlaskClient, emptied: Database) -> None:
    with as_owner(emptied) as connection:
        connection.execute(text("TRUNCATE geoapp.photo"))


def signed_in(app: Flask, database: Database, role: str, **where: Any) -> tuple[Any, Any]:
    client = app.test_client()
    actor = hire(database, role, **where)
    sign_in(client, actor)
    return client, actor


def test_staff_sees_private_and_hidden_photos_of_what_it_sees(client, emptied, module_app):
    photo = sent(client)
    ticket = complaint_with(client, photo, confidential=True)
    set_photos(emptied, "private = true")
    operator, _ = signed_in(module_app, emptied, "operator")
    told = operator.get(f"/api/v1/work/complaints/{ticket}").get_json()["photos"]
    assert [(one["id"], one["private"], one["hidden"]) for one in told] == [(photo, True, False)]
    listed = operator.get("/api/v1/work/complaints").get_json()["features"]
    assert listed[0]["properties"]["photos"] == told
    shown = operator.get(told[0]["large"])
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    elsewhere, _ = signed_in(
        module_app, emptied, "field_officer", agency="dlh", kelurahan=["15.71.07.1002"]
    )
    assert elsewhere.get(told[0]["large"]).status_code == 404
    assert client.get(told[0]["large"]).status_code == 401
    assert client.get(f"/photos/{photo}/large.jpg").status_code == 404


def test_a_photo_is_hidden_with_a_reason_and_shown_again(client, emptied, module_app):
    photo = sent(client)
    ticket = complaint_with(client, photo)
    operator, actor = signed_in(module_app, emptied, "operator")
    token = {"X-CSRFToken": csrf_token(operator, "/account")}
    where = f"/api/v1/work/photos/{photo}/hide"
    assert operator.post(where, json={"reason": "a face"}).status_code in {400, 403}  # no token
    hidden = operator.post(where, json={"reason": "Wajah anak terlihat"}, headers=token)
    assert (hidden.status_code, hidden.get_json()) == (200, {"ticket": ticket, "hidden": True})
    assert client.get(f"/photos/{photo}/large.jpg").status_code == 404
    told = operator.get(f"/api/v1/work/complaints/{ticket}").get_json()
    assert told["photos"][0]["hidden"] is True
    event = told["timeline"][-1]
    assert (event["kind"], event["actor"]["label"]) == ("photo", actor.label)
    assert event["data"] == {"photo": photo, "hidden": True, "reason": "Wajah anak terlihat"}
    assert operator.get(told["photos"][0]["large"]).status_code == 200
    assert operator.post(where, json={"reason": "x"}, headers=token).status_code == 409
    assert operator.post(where, json={}, headers=token).status_code == 422
    again = operator.post(
        where, json={"reason": "Sudah diburamkan", "hidden": False}, headers=token
    )
    assert again.status_code == 200
    assert client.get(f"/photos/{photo}/large.jpg").status_code == 200
    public = client.get(f"/api/v1/complaints/{ticket}").get_data(as_text=True)
    assert "Wajah anak" not in public


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        ("auditor", {}, 403),
        ("agency_head", {"agency": "pupr_bina_marga"}, 403),
        ("field_officer", {"agency": "pupr_bina_marga"}, 403),
        ("agency_admin", {"agency": "dlh"}, 404),
        ("agency_admin", {"agency": "pupr_bina_marga"}, 200),
    ],
)
def test_who_may_hide_a_photo(client, emptied, module_app, role, where, status):
    photo = sent(client)
    complaint_with(client, photo)
    asker, _ = signed_in(module_app, emptied, role, **where)
    answer = asker.post(
        f"/api/v1/work/photos/{photo}/hide",
        json={"reason": "a face"},
        headers={"X-CSRFToken": csrf_token(asker, "/account")},
    )
    assert answer.status_code == status
    assert client.get(f"/photos/{photo}/large.jpg").status_code == (404 if status == 200 else 200)
