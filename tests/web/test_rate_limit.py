"""The limit on submissions: shared by all workers, told, and of the true sender."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any

import pytest

from geoapp.app import create_app
from geoapp.settings import Settings
from tests.asking import body, rows
from tests.servers import serve
from tests.web.forms import FORM, token

COMPLAINTS = "/api/v1/complaints"


def limited(database: Any, home: Any, **changes: Any) -> Any:
    settings: dict[str, Any] = {"intake_limit": 2, "intake_window_s": 86_400} | changes
    return create_app(
        Settings(home=home, tile_url="none", secret_key="test-only" * 8, **settings), database
    )


@pytest.mark.long
def test_twenty_at_once_over_two_workers_are_five_accepted(emptied, tmp_path):
    with serve(
        emptied.url, tmp_path / "server", intake_limit=5, intake_window_s=86_400, web_workers=2
    ) as server:
        assert len(server.workers()) == 2
        start, told = threading.Barrier(20), []

        def post() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            start.wait()
            connection.request(
                "POST", COMPLAINTS, json.dumps(body()), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            told.append((answer.status, answer.headers["Retry-After"], json.load(answer)))
            connection.close()

        threads = [threading.Thread(target=post) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(status for status, _, _ in told) == [201] * 5 + [429] * 15
    for status, wait, answer in told:
        if status == 429:
            assert 1 <= int(wait) <= 86_400
            assert answer["error"]["code"] == "rate_limited"
            assert answer["error"]["fields"] == []
    assert rows(emptied)["complaint"] == 5


def test_the_form_and_the_api_share_one_limit(emptied, tmp_path):
    client = limited(emptied, tmp_path).test_client()
    form = FORM | {"csrf_token": token(client)}
    assert client.post(COMPLAINTS, json=body()).status_code == 201
    assert client.post("/report", data=form).status_code == 303
    assert client.post(COMPLAINTS, json=body()).status_code == 429
    assert client.post("/report", data=form).status_code == 429
    assert rows(emptied)["complaint"] == 2


def test_every_sender_has_a_limit_of_their_own(emptied, tmp_path):
    client = limited(emptied, tmp_path).test_client()
    for address in ("192.0.2.1", "192.0.2.2"):
        sender = {"REMOTE_ADDR": address}
        told = [
            client.post(COMPLAINTS, json=body(), environ_base=sender).status_code for _ in range(3)
        ]
        assert told == [201, 201, 429]


@pytest.mark.parametrize(("trusted", "told"), [(0, [201, 201, 429]), (1, [201, 201, 201])])
def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only(
    emptied, tmp_path, trusted, told
):
    client = limited(emptied, tmp_path, trusted_proxies=trusted).test_client()
    assert [
        client.post(
            COMPLAINTS, json=body(), headers={"X-Forwarded-For": f"198.51.100.{number}"}
        ).status_code
        for number in range(3)
    ] == told


def test_behind_one_proxy_the_sender_cannot_prepend_an_address(emptied, tmp_path):
    client = limited(emptied, tmp_path, trusted_proxies=1).test_client()
    # the proxy appends the true address to whatever the sender wrote
    told = [
        client.post(
            COMPLAINTS,
            json=body(),
            headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"},
        ).status_code
        for number in range(3)
    ]
    assert told == [201, 201, 429]


def test_the_senders_address_is_not_stored(emptied, tmp_path):
    from sqlalchemy import text

    from tests.asking import as_owner

    client = limited(emptied, tmp_path).test_client()
    client.post(COMPLAINTS, json=body(), environ_base={"REMOTE_ADDR": "192.0.2.77"})
    with as_owner(emptied) as connection:
        kept = connection.execute(text("SELECT sender FROM geoapp.rate_window")).scalar_one()
        whole = connection.execute(
            text("SELECT string_agg(to_jsonb(c)::text, '') FROM geoapp.complaint AS c")
        ).scalar_one()
    assert len(kept) == 32
    assert "192.0.2" not in kept + whole


def test_a_retry_with_a_known_key_costs_nothing_and_is_answered_even_at_the_limit(
    emptied, tmp_path
):
    client = limited(emptied, tmp_path).test_client()

    def post(key: str, **changes: Any) -> Any:
        headers = {"Idempotency-Key": key}
        return client.post(COMPLAINTS, json=body(**changes), headers=headers)

    first = post("one")
    assert first.status_code == 201
    assert [post("one").json["ticket"] for _ in range(5)] == [first.json["ticket"]] * 5
    assert post("two").status_code == 201
    assert post("one").json == first.json
    # A known key with another body, like a new one, is another attempt.
    assert post("one", description="Lubang lain di tempat lain").status_code == 429
    assert post("three").status_code == 429
    assert rows(emptied)["complaint"] == 2


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        # RFC 6177: a subscriber has a /64 at least
        (["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:1::3"], [201, 201, 429]),
        (["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1"], [201, 201, 201]),
        # RFC 4291: the same host, as a socket for both protocols names it
        (["192.0.2.9", "::ffff:192.0.2.9", "::ffff:c000:209"], [201, 201, 429]),
        (["::ffff:192.0.2.9", "::ffff:192.0.2.10", "192.0.2.11"], [201, 201, 201]),
    ],
)
def test_a_sender_is_an_ipv4_address_or_a_network_of_ipv6(emptied, tmp_path, addresses, told):
    client = limited(emptied, tmp_path).test_client()
    assert [
        client.post(COMPLAINTS, json=body(), environ_base={"REMOTE_ADDR": address}).status_code
        for address in addresses
    ] == told


def test_marks_are_counted_by_themselves_and_who_has_one_draws_none(emptied, tmp_path):
    app = limited(emptied, tmp_path)  # two reports, so twenty marks

    def ask(browser: Any, address: str = "192.0.2.77") -> Any:
        return browser.post("/api/v1/mark", json={}, environ_base={"REMOTE_ADDR": address})

    first = app.test_client()
    assert [ask(first).status_code for _ in range(30)] == [204] * 30
    told = [ask(app.test_client()) for _ in range(21)]
    assert [answer.status_code for answer in told] == [204] * 19 + [429] * 2
    assert told[-1].json["error"]["code"] == "rate_limited"
    assert "Set-Cookie" not in told[-1].headers
    assert ask(first).status_code == 204
    assert ask(app.test_client(), "192.0.2.78").status_code == 204
    sent = app.test_client().post(
        COMPLAINTS, json=body(), environ_base={"REMOTE_ADDR": "192.0.2.77"}
    )
    assert sent.status_code == 201  # reports have a window of their own
