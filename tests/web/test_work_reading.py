"""What staff reads over HTTP: the list and its orders, one case, tiles, texts, officers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from geoapp.store.database import Database
from tests.asking import as_owner
from tests.complaint_rows import event as happens
from tests.people import csrf_token, hire, sign_in
from tests.support import JELUTUNG, send
from tests.work_rows import put

LIST = "/api/v1/work/complaints"
HOUR = timedelta(hours=1)


@pytest.fixture
def staff(client, emptied):
    """Signs the client in with a role."""

    def enter(role: str = "operator", **grant: Any) -> FlaskClient:
        sign_in(client, hire(emptied, role, **grant))
        return client

    return enter


def tickets(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.get_json()
    return [feature["id"] for feature in answer.get_json()["features"]]


def store(database: Database, *rows: dict[str, Any]) -> list[str]:
    with as_owner(database) as connection:
        return [put(connection, **row)["ticket"] for row in rows]


def test_the_queue_goes_by_deadline_with_the_paused_and_the_done_last(staff, emptied):
    now = emptied.now()
    done, later, held, soon, late = store(
        emptied,
        {"status": "closed", "submitted_at": now - 99 * HOUR, "due_at": now - 90 * HOUR},
        {"status": "assigned", "submitted_at": now, "due_at": now + 40 * HOUR},
        {"status": "on_hold", "submitted_at": now, "due_at": now - 50 * HOUR, "hold_since": now},
        {"status": "in_progress", "submitted_at": now, "due_at": now + 2 * HOUR},
        {"status": "reopened", "submitted_at": now, "due_at": now - HOUR},
    )
    client = staff()
    assert tickets(client) == [late, soon, later, held, done]
    states = {
        feature["id"]: feature["properties"]["deadline"]["state"]
        for feature in client.get(LIST).get_json()["features"]
    }
    assert states == {
        late: "overdue", soon: "due_soon", later: "in_time", held: "paused", done: "done",
    }  # fmt: skip
    assert tickets(client, "deadline=overdue") == [late]
    assert tickets(client, "deadline=due_soon,paused") == [soon, held]
    assert tickets(client, "deadline=in_time") == [later]


def test_late_duties_can_be_asked_for_and_on_hold_nothing_is_late(staff, emptied):
    now = emptied.now()
    base = {"submitted_at": now - 99 * HOUR, "due_at": now + 40 * HOUR}
    past = {"verify_due_at": now - 3 * HOUR, "answer_due_at": now - HOUR}
    unlooked, unanswered, told, _held, _new, overdue, _done = store(
        emptied,
        {**base, **past, "status": "submitted"},
        {**base, **past, "status": "verified", "verified_at": now - 2 * HOUR},
        {**base, **past, "status": "submitted", "first_response_at": now - 2 * HOUR},
        {**base, **past, "status": "on_hold", "hold_since": now},
        {**base, "status": "submitted", "verify_due_at": now + HOUR, "answer_due_at": now + HOUR},
        {"status": "assigned", "submitted_at": now - 99 * HOUR, "due_at": now - HOUR},
        {**base, **past, "status": "resolved"},
    )
    client = staff()
    assert set(tickets(client, "late=verify")) == {unlooked, told}
    assert set(tickets(client, "late=answer")) == {unlooked, unanswered}
    assert set(tickets(client, "late=resolve")) == {overdue}
    assert set(tickets(client, "late=resolve,verify")) == {unlooked, told, overdue}
    assert tickets(client, "late=verify&status=verified") == []


def pages(client: FlaskClient, query: str, meanwhile: Any = lambda: None) -> list[str]:
    """All tickets of a list read two by two; *meanwhile* runs after the first page."""
    address: str | None = f"{LIST}?limit=2&{query}"
    found: list[str] = []
    while address:
        body = client.get(address).get_json()
        found += [feature["id"] for feature in body["features"]]
        address = next((link["href"] for link in body["links"]), None)
        if len(found) == 2:
            meanwhile()
    return found


@pytest.mark.parametrize("sort", ["due", "newest", "near"])
def test_pages_stay_whole_while_others_are_stored(staff, emptied, sort):
    """Two rows of the same moment and place as a page's last one come before and after it."""
    moment = emptied.now() - 10 * HOUR
    same = {"submitted_at": moment, "due_at": moment, "status": "assigned"}
    first = store(emptied, *({**same, "lon": 103.61} for _ in range(7)))
    client = staff()
    query = f"sort={sort}&near=103.6,-1.61"

    def meanwhile() -> None:
        early = {**same, "due_at": moment - HOUR, "submitted_at": moment + HOUR, "lon": 103.6001}
        store(emptied, early)

    found = pages(client, query, meanwhile)
    assert sorted(found) == sorted(first)
    assert len(found) == len(set(found))


def test_near_goes_by_metres_and_ends_with_those_without_a_point(staff, emptied):
    """One ten-thousandth of a degree of longitude is 11.13 m here (111,320 m x cos 1.61)."""
    far, near, nowhere = store(
        emptied, {"lon": 103.62}, {"lon": 103.6101}, {"lon": None, "kelurahan": "15.71.08.1006"}
    )
    client = staff()
    answer = client.get(f"{LIST}?sort=near&near=103.61,-1.61").get_json()
    told = [(feature["id"], feature["properties"]["distance_m"]) for feature in answer["features"]]
    assert [ticket for ticket, _ in told] == [near, far, nowhere]
    assert told[0][1] == pytest.approx(11.13, abs=0.02)
    assert told[1][1] == pytest.approx(1112.8, abs=1)
    assert told[2][1] is None
    assert tickets(client, "near=103.61,-1.61&within_m=12") == [near]
    assert tickets(client, "near=103.61,-1.61&within_m=11") == []
    assert client.get(f"{LIST}?sort=near").status_code == 422


def test_a_drawn_polygon_takes_what_it_covers(staff, emptied):
    """A triangle: its box holds a point that the triangle doesn't; closed or not is the same."""
    inside, _in_box, edge = store(
        emptied,
        {"lon": 103.611, "lat": -1.619},
        {"lon": 103.611, "lat": -1.611},
        {"lon": 103.615, "lat": -1.62},
    )
    triangle = "103.61,-1.62,103.62,-1.62,103.62,-1.61"
    client = staff()
    assert set(tickets(client, f"polygon={triangle}")) == {inside, edge}
    assert set(tickets(client, f"polygon={triangle},103.61,-1.62")) == {inside, edge}


@pytest.mark.parametrize(
    "query",
    [
        "polygon=103.6,-1.6,103.7,-1.7",
        "polygon=103.6,-1.6,103.7,-1.7,103.6",
        "polygon=103.60,-1.60,103.61,-1.61,103.61,-1.60,103.60,-1.61",  # a bow tie
        "polygon=" + ",".join(f"103.{n},-1.{n}" for n in range(100, 301)),  # a line of 201
        "polygon=nan,1,2,3,4,5",
        "near=103.6",
        "near=1e5,2",
        "within_m=100",
        "near=103.6,-1.6&within_m=0",
        "deadline=yesterday",
        "late=yesterday",
        "officer=everybody",
        "channel=pigeon",
        "sort=price",
        "cursor=abc",
        "limit=1001",
        "unknown=1",
    ],
)
def test_what_cannot_be_read_is_refused_naming_the_field(staff, query):
    answer = staff().get(f"{LIST}?{query}")
    assert answer.status_code == 422
    named = {field["field"] for field in answer.get_json()["error"]["fields"]}
    assert named & {part.partition("=")[0] for part in query.split("&")}


def test_a_cursor_of_another_order_is_refused(staff, emptied):
    store(emptied, {}, {}, {})
    client = staff()
    following = client.get(f"{LIST}?limit=1&sort=newest").get_json()["links"][0]["href"]
    assert client.get(following).status_code == 200
    assert client.get(following.replace("sort=newest", "sort=due")).status_code == 422


def test_the_filters_of_staff_narrow(staff, emptied):
    me = hire(emptied, "operator")
    mine, other, called = store(
        emptied,
        {"officer_id": me.account_id},
        {"officer_id": hire(emptied, "field_officer", agency="dlh").account_id},
        {"channel": "call_112"},
    )
    client = staff()
    sign_in(client, me)
    assert tickets(client, "officer=me") == [mine]
    assert tickets(client, "officer=none") == [called]
    assert set(tickets(client, f"officer={me.account_id}")) == {mine}
    assert tickets(client, "channel=call_112") == [called]
    assert set(tickets(client, "channel=import")) == {mine, other}
    assert tickets(client, "service_area=roads_city") == []


def test_positions_are_the_true_ones_and_words_are_whole(staff, emptied):
    store(emptied, {"lon": 103.61, "true_lon": 103.6123, "true_lat": -1.6088, "status": "rejected",
                    "shown_within_m": 200, "landmark": "Pagar hijau", "confidential": True})  # fmt: skip
    feature = staff().get(LIST).get_json()["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [103.6123, -1.6088]}
    told = feature["properties"]
    assert told["description"].startswith("Lubang")
    assert (told["landmark"], told["confidential"]) == ("Pagar hijau", True)


def test_the_case_tells_everything_in_one_question(staff, emptied):
    ticket = send(emptied, position=JELUTUNG, accuracy_m=120.0)["ticket"]
    officer = hire(emptied, "field_officer", agency="pupr_bina_marga", name="Sari")
    label = f"account:{officer.account_id}"
    held = datetime.fromisoformat("2026-03-02T03:00:00+00:00")
    with as_owner(emptied) as connection:
        row = {
            "id": connection.execute(text("SELECT id FROM geoapp.complaint")).scalar_one(),
            "ticket": ticket,
        }
        for kind, status, hours in (("status", "on_hold", 0), ("note", None, 1),
                                    ("status", "assigned", 5)):  # fmt: skip
            happens(connection, row, kind, status, at=held + hours * HOUR)
        connection.execute(
            text(
                'UPDATE geoapp.complaint_event SET actor = :actor, data = \'{"text": "wet"}\''
                " WHERE kind = 'note'"
            ),
            {"actor": label},
        )
        duplicate = put(connection, status="duplicate", duplicate_of=row["id"])["ticket"]
        part = put(connection, split_from=row["id"])["ticket"]
    client = staff()
    asked: list[str] = []
    listen = lambda _c, _cur, statement, *_: asked.append(statement)  # noqa: E731
    event.listen(emptied.engine, "before_cursor_execute", listen)
    case = client.get(f"{LIST}/{ticket}").get_json()
    event.remove(emptied.engine, "before_cursor_execute", listen)
    # One for the case; the rest finds out who asks, in which city.
    assert len([one for one in asked if "complaint_event" in one]) == 1
    assert len([one for one in asked if "geoapp.complaint" in one]) == 1
    note = next(entry for entry in case["timeline"] if entry["kind"] == "note")
    assert note["actor"] == {"label": label, "name": "Sari", "role": "field_officer"}
    assert note["data"] == {"text": "wet"}
    assert case["deadlines"]["pauses"] == [
        {"from": held.isoformat(), "to": (held + 5 * HOUR).isoformat()}
    ]
    decision = case["decision"]
    # 78 m from the edge (tests.support), less than the 120 m the position may be off
    assert decision["edge_distance_m"] == pytest.approx(77.9, abs=0.5)
    assert (decision["accuracy_m"], decision["near_edge"]) == (120.0, True)
    assert (decision["method"], decision["kelurahan"]["name"]) == ("covers", "Jelutung")
    assert decision["set"]["approximate"] is True
    assert [one["ticket"] for one in case["duplicates"]] == [duplicate]
    assert [one["ticket"] for one in case["splits"]] == [part]
    steps = {action["step"]: action for action in case["actions"]}
    assert steps["assign"]["primary"] is True
    assert steps["reject"]["needs"] == ["reason"]
    assert "start" not in steps
    for other in (duplicate, part):
        told = client.get(f"{LIST}/{other}").get_json()
        assert ticket in {told["duplicate_of"], told["split_from"]}


@pytest.mark.parametrize("role", ["city_admin", "auditor"])
def test_who_only_looks_is_offered_nothing(staff, emptied, role):
    (ticket,) = store(emptied, {})
    assert staff(role).get(f"{LIST}/{ticket}").get_json()["actions"] == []


def test_the_polygon_that_won_is_drawn(staff, emptied):
    ticket = send(emptied, position=JELUTUNG)["ticket"]
    features = staff().get(f"{LIST}/{ticket}/area").get_json()["features"]
    assert [
        (one["properties"]["role"], one["properties"]["name"], one["geometry"]["type"])
        for one in features
    ] == [("won", "Jelutung", "MultiPolygon")]


def test_the_tile_of_staff_has_the_true_positions_and_the_filters(staff, emptied):
    """Tile 14/12907/8265 ends in the west at 103.6011 (12907 / 16384 x 360 - 180)."""
    kept, _ = store(
        emptied,
        {
            "lon": 103.59,
            "lat": -1.61,
            "true_lon": 103.6108,
            "true_lat": -1.61,
            "confidential": True,
        },
        {"lon": 103.6108, "lat": -1.61, "true_lon": 103.59, "true_lat": -1.61},
    )
    client = staff()
    answer = client.get("/tiles/work/14/12907/8265.mvt")
    points = mapbox_vector_tile.decode(answer.data)["points"]["features"]
    assert [point["properties"]["ticket"] for point in points] == [kept]
    assert client.get("/tiles/work/14/12907/8265.mvt?officer=me").status_code == 204
    assert client.get("/tiles/work/99/1/1.mvt").status_code == 422
    assert "private" in answer.headers["Cache-Control"]


def test_answers_of_staff_are_kept_by_nobody(staff, emptied):
    (ticket,) = store(emptied, {})
    client = staff()
    for address in (LIST, f"{LIST}/{ticket}", "/api/v1/work/me"):
        assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_texts_are_worded_by_the_agencys_own(staff, emptied):
    client = staff("agency_admin", agency="dlh")
    token = {"X-CSRFToken": csrf_token(client, "/account")}
    address = "/api/v1/work/templates"
    new = {"agency": "dlh", "name": "Terima kasih", "body": "Kami akan datang."}
    made = client.post(address, json=new, headers=token)
    assert made.status_code == 201
    number = made.get_json()["id"]
    changed = client.post(f"{address}/{number}", json={"body": "Besok."}, headers=token)
    assert changed.get_json() == {"id": number, **new, "body": "Besok."}
    for agency in ("pupr_sda", None):
        answer = client.post(address, json=new | {"agency": agency}, headers=token)
        assert answer.status_code == 403
    client = staff("agency_admin", agency="pupr_sda")
    token = {"X-CSRFToken": csrf_token(client, "/account")}
    assert client.post(f"{address}/{number}/retire", headers=token).status_code == 403
    client = staff("operator")
    token = {"X-CSRFToken": csrf_token(client, "/account")}
    common = client.post(address, json=new | {"agency": None}, headers=token)
    assert common.status_code == 201
    assert client.post(address, json=new | {"agency": "x"}, headers=token).status_code == 422
    names = {one["id"] for one in client.get(f"{address}?agency=dlh").get_json()["templates"]}
    assert names == {number, common.get_json()["id"]}
    assert client.post(f"{address}/{number}/retire", headers=token).status_code == 200
    assert client.post(f"{address}/{number}/retire", headers=token).status_code == 404
    left = {one["id"] for one in client.get(address).get_json()["templates"]}
    assert number not in left
    with as_owner(emptied) as connection:
        connection.execute(text("DELETE FROM geoapp.answer_template"))


def test_officers_are_those_who_work_for_the_agency(staff, emptied):
    sari = hire(emptied, "field_officer", agency="dishub", kelurahan=["15.71.08.1006"], name="Sari")
    hire(emptied, "field_officer", agency="bpbd", name="Elsewhere")
    hire(emptied, "agency_head", agency="dishub", name="Head")
    found = staff().get("/api/v1/work/officers?agency=dishub").get_json()
    assert found == [
        {
            "id": sari.account_id,
            "name": "Sari",
            "areas": {"kelurahan": ["15.71.08.1006"], "kecamatan": [], "service_areas": []},
        }
    ]


def test_me_is_who_asks(staff):
    told = staff("field_officer", agency="dlh", kelurahan=["15.71.08.1006"]).get("/api/v1/work/me")
    body = told.get_json()
    assert body["roles"] == ["field_officer"]
    assert body["grants"][0]["kelurahan"] == ["15.71.08.1006"]
    assert set(body["permissions"]) == {"read", "work", "note"}
