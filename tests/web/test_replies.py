"""A reply that is sent again because its answer was lost is one reply."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from typing import Any

from sqlalchemy import text

from tests.asking import as_owner, body
from tests.sender_world import Sender, jpeg, upload
from tests.servers import serve

REPLIES = text("SELECT count(*) FROM geoapp.complaint_event WHERE kind = 'reply'")


def stored(database: Any) -> int:
    """How many replies the sealed history holds."""
    with as_owner(database) as connection:
        return int(connection.execute(REPLIES).scalar_one())


def say(sender: Sender, key: str | None, **fields: Any) -> Any:
    """A reply, with an Idempotency-Key."""
    return sender.client.post(
        f"/api/v1/complaints/{sender.ticket}/replies",
        json={"key": sender.key} | fields,
        headers={"Idempotency-Key": key} if key else {},
    )


def test_the_same_reply_twice_is_one_and_has_one_answer(client, emptied):
    sender = Sender.of(client)
    photo = upload(client, jpeg("navy"))
    first = say(sender, "one", text="Sisi kiri belum", photos=[photo])
    assert first.status_code == 201
    again = say(sender, "one", text="Sisi kiri belum", photos=[photo])
    assert (again.status_code, again.json) == (201, first.json)
    assert stored(emptied) == 1
    mine = sender.ask("mine").json
    assert [len(entry["photos"]) for entry in mine["history"] if entry["kind"] == "reply"] == [1]


def test_the_first_answer_stands_whatever_came_after(client, emptied):
    sender = Sender.of(client)
    told = say(sender, "one", text="Dekat masjid").json
    with as_owner(emptied) as connection:
        connection.execute(
            text("UPDATE geoapp.complaint SET status = 'rejected' WHERE ticket = :ticket"),
            {"ticket": sender.ticket},
        )
    assert say(sender, "one", text="Dekat masjid").json == told
    assert say(sender, "two", text="Dekat masjid").status_code == 409


def test_a_key_used_for_another_reply_is_refused(client, emptied):
    sender = Sender.of(client)
    assert say(sender, "one", text="Sisi kiri belum").status_code == 201
    other = say(sender, "one", text="Sisi kanan juga")
    assert (other.status_code, other.json["error"]["code"]) == (422, "idempotency_key_reused")
    assert other.json["error"]["fields"] == [
        {"field": "Idempotency-Key", "message": "was used before", "value": "one"}
    ]
    assert stored(emptied) == 1
    assert say(sender, "a b", text="Kunci buruk").status_code == 422
    assert say(sender, None, text="Sisi kiri belum").status_code == 201  # without one: another
    assert stored(emptied) == 2


def test_a_key_of_a_complaint_answers_no_reply_and_gives_nothing_away(client, emptied):
    sent = client.post("/api/v1/complaints", json=body(), headers={"Idempotency-Key": "one"}).json
    sender = Sender(client, sent["ticket"], sent["follow_key"])
    told = say(sender, "one", text="Sisi kiri belum")
    assert (told.status_code, set(told.json)) == (201, {"ticket", "status", "changed"})
    again = client.post("/api/v1/complaints", json=body(), headers={"Idempotency-Key": "one"})
    assert again.json == sent
    stranger = Sender(client, sent["ticket"], "A" * 16)
    assert say(stranger, "one", text="Sisi kiri belum").status_code == 403
    other = Sender(client, Sender.of(client).ticket, sender.key)
    assert say(other, "one", text="Sisi kiri belum").status_code == 403


def test_one_reply_sent_at_the_same_moment_is_stored_once(emptied, tmp_path):
    with serve(emptied.url, tmp_path / "server") as server:

        def post(path: str, value: Any, key: str) -> tuple[int, Any]:
            request = urllib.request.Request(
                server.url + path,
                json.dumps(value).encode(),
                {"Content-Type": "application/json", "Idempotency-Key": key},
            )
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as problem:
                return problem.code, json.load(problem)

        sent = post("/api/v1/complaints", body(), "complaint")[1]
        path = f"/api/v1/complaints/{sent['ticket']}/replies"
        for round_ in range(3):
            start, told = threading.Barrier(6), []

            def reply(
                start: threading.Barrier = start, told: list[Any] = told, key: str = f"r-{round_}"
            ) -> None:
                start.wait()
                told.append(post(path, {"key": sent["follow_key"], "text": f"Belum {key}"}, key))

            threads = [threading.Thread(target=reply) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert told == [told[0]] * 6
            assert told[0][0] == 201
    assert stored(emptied) == 3
