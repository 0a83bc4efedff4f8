from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from geoapp.usecases import replies
from tests.asking import as_owner
from tests.casework import World
from tests.sender_world import Sender, jpeg, upload

NOW = datetime.now(UTC)
OTHERS_KEY = "A" * 16
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


def test_the_sender_sees_what_was_sent_and_answered_and_nothing_of_the_staff(client, staff):
    sender = Sender.of(client, confidential=True, landmark="Dekat SMPN 7")
    act = staff.act
    act(staff.operator, "note", sender.ticket, text="Catatan dalam")
    act(staff.operator, "assign", sender.ticket, agency="dlh", reason="Alasan dalam")
    act(staff.other_admin, "answer", sender.ticket, text="Kami datang besok.")
    assert sender.ask("replies", text="Terima kasih").status_code == 201
    answer = sender.ask("mine")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    told = answer.json
    assert (told["description"], told["landmark"]) == (
        "Lubang besar di tengah jalan",
        "Dekat SMPN 7",
    )
    assert told["position"] == {"lon": 103.6105, "lat": -1.6125}
    assert [(one["kind"], one["words"], one["own"]) for one in told["history"]] == [
        ("submitted", None, True),
        ("status", None, False),
        ("assignment", None, False),
        ("answer", "Kami datang besok.", False),
        ("reply", "Terima kasih", True),
    ]
    for words in ("Catatan dalam", "Alasan dalam", "Olivia", "Dewi", "account:"):
        assert words not in answer.text


def test_without_its_key_nobody_sees_says_or_fetches_anything(client, staff):
    sender = Sender.of(client, confidential=True)
    another = Sender.of(client)
    for key in (OTHERS_KEY, another.key, " "):
        for what, more in (
            ("mine", {}),
            ("rating", {"stars": 5}),
            ("escalation", {}),
            ("dossier", {}),
            ("replies", {"text": "Halo"}),
        ):
            answer = sender.ask(what, key=key, **more)
            assert (answer.status_code, answer.json["error"]["code"]) == (403, "forbidden")
            assert "Lubang" not in answer.text
    assert len(staff.events(sender.ticket)) == 1


def test_the_key_of_a_made_up_ticket_opens_nothing(client, module_app):
    for ticket in ("JBI-9999-9999", "JBI-4HK9-7QXC", "x" * 60):
        key = replies.follow_key(module_app.config["SECRET_KEY"], "15.71", ticket.upper())
        answer = client.post(f"/api/v1/complaints/{ticket}/mine", json={"key": key})
        assert answer.status_code == 404


def test_a_closed_complaint_is_rated_and_rated_again(client, staff):
    sender = Sender.of(client)
    staff.act(staff.operator, "assign", sender.ticket)
    assert sender.ask("rating", stars=4).status_code == 409
    staff.act(staff.officer, "finish", sender.ticket, text="Sudah.")
    assert sender.ask("rating", stars=4).status_code == 409  # resolved isn't closed
    assert sender.ask("replies", solved=True).json["status"] == "closed"
    for stars in (0, 6, "5", 4.5, True, None):
        assert sender.ask("rating", stars=stars).status_code == 422
    assert sender.ask("rating", stars=2, words="Lama\u0000").status_code == 422
    assert sender.ask("rating", stars=2, words="Lama sekali").status_code == 200
    assert sender.ask("rating", stars=4, words="  ").status_code == 200
    told = sender.ask("mine").json
    assert (told["rating"]["stars"], told["rating"]["words"]) == (4, "")
    assert [one.data for one in staff.events(sender.ticket) if one.kind == "rating"] == [
        {"stars": 2},
        {"stars": 4},
    ]
    for public in (f"/api/v1/complaints/{sender.ticket}", f"/c/{sender.ticket}"):
        page = client.get(public)
        assert "Lama sekali" not in page.text
        assert '"rating"' not in page.text


def test_a_rating_is_late_after_thirty_days(client, staff):
    sender = Sender.of(client)
    for closed, status in ((NOW - 31 * DAY, 409), (NOW - 29 * DAY, 200)):
        staff.set(sender.ticket, "status = 'closed', resolved_at = :at, closed_at = :at", at=closed)
        assert sender.ask("mine").json["may"]["rate"] == (status == 200)
        assert sender.ask("rating", stars=1).status_code == status


PAST, FUTURE = NOW - 5 * DAY, NOW + 5 * DAY
BROKEN = {
    # status, due_at, resolved_at, hold_since: may it be taken to the Ombudsman
    ("in_progress", FUTURE, None, None): False,
    ("in_progress", PAST, None, None): True,
    ("submitted", PAST, None, None): True,
    ("reopened", PAST, None, None): True,
    ("on_hold", PAST, None, PAST - DAY): False,  # the clock stood still before
    ("on_hold", PAST, None, PAST + DAY): True,
    ("resolved", PAST, PAST - DAY, None): False,
    ("resolved", PAST, PAST + DAY, None): True,
    ("closed", PAST, PAST - DAY, None): False,
    ("closed", PAST, PAST + DAY, None): True,
    ("rejected", PAST, None, None): False,
    ("out_of_authority", PAST, None, None): False,
    ("duplicate", PAST, None, None): False,
    ("in_progress", NOW - 740 * DAY, None, None): False,  # UU 37/2008, article 24: two years
}


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case[0]}-{case[1]:%m%d}")
def test_the_ombudsman_is_offered_once_the_promise_is_broken(client, staff, case):
    status, due, resolved, held = case
    sender = Sender.of(client, confidential=True)
    staff.set(
        sender.ticket,
        "status = :status, due_at = :due, resolved_at = :resolved, hold_since = :held",
        status=status,
        due=due,
        resolved=resolved,
        held=held,
    )
    assert sender.ask("mine").json["may"]["escalate"] is BROKEN[case]
    first = sender.ask("escalation")
    assert first.status_code == (200 if BROKEN[case] else 409)
    kinds = [one.kind for one in staff.events(sender.ticket)]
    assert kinds.count("escalated") == BROKEN[case]
    if BROKEN[case]:
        again = sender.ask("escalation")
        assert again.json == first.json  # the first time stands
        assert [one.kind for one in staff.events(sender.ticket)] == kinds
        told = sender.ask("mine").json
        assert told["escalated_at"] is not None
        assert told["may"]["escalate"] is False


def test_where_a_city_names_no_ombudsman_nobody_is_offered(client, staff, module_app):
    sender = Sender.of(client)
    staff.set(sender.ticket, "due_at = :due", due=PAST)
    with as_owner(staff.database) as connection:
        kept = connection.execute(text("SELECT ombudsman FROM geoapp.city")).scalar_one()
        connection.execute(text("UPDATE geoapp.city SET ombudsman = '{}'"))
    here = module_app.extensions["geoapp"]
    here._cities.forget()
    try:
        assert sender.ask("mine").json["may"]["escalate"] is False
        assert sender.ask("escalation").status_code == 409
        assert "ticket-escalation" not in client.get(f"/c/{sender.ticket}").text
    finally:
        with as_owner(staff.database) as connection:
            connection.execute(
                text("UPDATE geoapp.city SET ombudsman = cast(:kept AS jsonb)"),
                {"kept": json.dumps(kept)},
            )
        here._cities.forget()
    assert "137" in client.get(f"/c/{sender.ticket}").text


def test_photos_of_a_reply_are_for_the_sender_and_the_staff(client, staff):
    sender, another = Sender.of(client), Sender.of(client)
    name = upload(client, jpeg())
    assert sender.ask("replies", text="Lihat", photos=[name]).status_code == 201
    reply = next(one for one in staff.events(sender.ticket) if one.kind == "reply")
    with as_owner(staff.database) as connection:
        kept = connection.execute(
            text("SELECT event_id, private, found FROM geoapp.photo WHERE id = :id"), {"id": name}
        ).one()
    assert (kept.event_id, kept.private, kept.found) == (reply.id, True, None)

    told = sender.ask("mine").json
    assert [photo["id"] for photo in told["history"][-1]["photos"]] == [name]
    shown = sender.photo(name)
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert shown.data[:2] == b"\xff\xd8"
    for key in ("", OTHERS_KEY, another.key):
        assert sender.photo(name, key=key).status_code == 403
    # The other sender's own key opens the other complaint, and this photo isn't there.
    assert another.photo(name).status_code == 404
    assert sender.photo(name, "huge").status_code == 404
    assert sender.photo("../../secret").status_code == 404
    assert client.get(f"/photos/{name}/small.jpg").status_code == 404
    public = client.get(f"/api/v1/complaints/{sender.ticket}")
    assert name not in public.text
    assert name not in client.get(f"/c/{sender.ticket}").text


def test_a_hidden_photo_is_hidden_from_its_sender_too(client, staff):
    name = upload(client, jpeg("navy"))
    sender = Sender.of(client, photos=[name])
    assert sender.photo(name, "large").status_code == 200
    with as_owner(staff.database) as connection:
        connection.execute(
            text("UPDATE geoapp.photo SET hidden_at = now(), hidden_by = 'x' WHERE id = :id"),
            {"id": name},
        )
    assert sender.photo(name).status_code == 404
    assert sender.ask("mine").json["photos"] == []


def test_a_reply_whose_photos_dont_fit_is_not_stored(client, staff):
    sender, another = Sender.of(client), Sender.of(client)
    taken = upload(client, jpeg("olive"))
    assert another.ask("replies", text="Punya saya", photos=[taken]).status_code == 201
    for photos in ([taken], ["6f1e1c52-0000-4000-8000-000000000000"], ["x"], [taken] * 6):
        answer = sender.ask("replies", text="Ini", photos=photos)
        assert (answer.status_code, answer.json["error"]["fields"][0]["field"][:6]) == (
            422,
            "photos",
        )
    assert [one.kind for one in staff.events(sender.ticket)] == ["submitted"]
    # A photo says enough by itself.
    fresh = upload(client, jpeg("teal"))
    assert sender.ask("replies", photos=[fresh]).status_code == 201


def test_a_dispute_with_a_photo_reopens(client, staff):
    sender = Sender.of(client)
    staff.act(staff.operator, "assign", sender.ticket)
    staff.act(staff.officer, "finish", sender.ticket, text="Sudah.")
    told = sender.ask("mine").json["may"]
    assert told["reply"] is True
    assert told["dispute_until"] > NOW.isoformat()
    answer = sender.ask("replies", text="Belum", photos=[upload(client, jpeg("gray"))])
    assert answer.json == {"ticket": sender.ticket, "status": "reopened", "changed": True}
    assert [one.kind for one in staff.events(sender.ticket)][-2:] == ["reply", "status"]
