"""/live over real sockets: resumed, heartbeats, silent about what is confidential."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
import urllib.request
from contextlib import suppress
from typing import Any

import pytest

from tests.asking import body
from tests.feeds import following
from tests.servers import Server, serve
from tests.support import eventually


def submit(server: Server, **changes: Any) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(
        "POST", "/api/v1/complaints", json.dumps(body(**changes)),
        {"Content-Type": "application/json"},
    )  # fmt: skip
    answer = connection.getresponse()
    told: dict[str, Any] = json.load(answer)
    assert answer.status == 201, told
    connection.close()
    return told


@pytest.fixture(scope="module")
def server(module_database, tmp_path_factory):
    with serve(module_database.url, tmp_path_factory.mktemp("server")) as running:
        yield running


def test_a_new_complaint_arrives_with_all_the_map_needs(server):
    with following(server) as feed:
        hello = feed.until("hello")
        assert hello["json"]["epoch"]
        sent = submit(server)
        heard = feed.until_told_of(sent["ticket"])
    assert heard["json"]["kind"] == "submitted"
    complaint = heard["json"]["complaint"]
    assert set(complaint) == {
        "ticket", "service", "group", "status", "lon", "lat", "submitted_at", "due_at",
        "kelurahan", "agency", "location_kind", "simulated", "supporters",
    }  # fmt: skip
    assert complaint["ticket"] == sent["ticket"]
    assert (complaint["lon"], complaint["lat"]) == (103.6105, -1.6125)  # potholes aren't blurred
    assert complaint["kelurahan"] == sent["kelurahan"]
    assert complaint["agency"] == sent["agency"]
    epoch, xid, number = heard["id"].rsplit(":", 2)
    assert epoch == hello["json"]["epoch"]
    assert xid.isdigit()
    assert number.isdigit()


def test_a_client_that_comes_back_hears_what_it_missed_once_and_in_order(server):
    with following(server) as feed:
        feed.until("hello")
        last = feed.until_told_of(submit(server)["ticket"])["id"]
    missed = [submit(server)["ticket"] for _ in range(5)]
    with following(server, last) as feed:
        feed.until("hello")
        heard = [feed.until("complaint")["json"]["complaint"]["ticket"] for _ in range(5)]
        new = submit(server)["ticket"]
        heard.append(feed.until("complaint")["json"]["complaint"]["ticket"])
    assert heard == [*missed, new]


def test_a_page_hears_what_happened_between_its_making_and_its_first_connection(server):
    with urllib.request.urlopen(f"{server.url}/", timeout=20) as answer:
        page = answer.read().decode()
    config = re.search(r'id="geoapp-config"[^>]*>(.*?)</script>', page, re.DOTALL)
    live = json.loads(config[1])["live"]
    ticket = submit(server)["ticket"]
    with following(server, query=f"?last_event_id={live['last_event_id']}") as feed:
        hello = feed.until("hello")
        feed.until_told_of(ticket)
    assert live["boundaries"] == hello["json"]["boundaries"] != ""


@pytest.mark.parametrize("last", ["00000000-0000-0000-0000-000000000000:1:1", "x", "1:2:3"])
def test_another_life_of_the_database_makes_the_client_reload(server, last):
    with following(server, last) as feed:
        assert feed.next()["event"] == "hello"
        reload = feed.next()
        assert reload["event"] == "reload"
        # what it goes on with is a position of this life
        ticket = submit(server)["ticket"]
        feed.until_told_of(ticket)
    with following(server, reload["id"]) as feed:
        feed.until_told_of(ticket)


def test_a_confidential_complaint_moves_the_cursor_and_tells_nothing(server):
    with following(server) as feed:
        feed.until("hello")
        feed.until_told_of(submit(server)["ticket"])  # nothing of earlier tests comes after it
        secret = submit(server, confidential=True, description="Rahasia tentang tetangga")
        public = submit(server)
        heard = []
        while not heard or heard[-1].get("event") != "complaint":
            heard.append(feed.next())
    assert public["ticket"] in heard[-1]["data"]
    assert all(set(message) <= {"id", "comment"} for message in heard[:-1])
    assert secret["ticket"] not in json.dumps(heard)
    assert "Rahasia" not in json.dumps(heard)


@pytest.mark.long
def test_a_silent_feed_is_kept_open_by_comments(server):
    with following(server) as feed:
        feed.until("hello")
        # Another worker may be a moment behind: what was sent before still comes through it.
        feed.until_told_of(submit(server)["ticket"])
        begun = time.monotonic()
        message = feed.next()
        waited = time.monotonic() - begun
    assert set(message) == {"comment"}
    assert 10 < waited < 19  # every 15 s; proxies commonly give up after 30 or 60


def test_two_hundred_silent_clients_do_not_hinder_anybody(server):
    feeds = []
    try:
        for _ in range(200):
            link = socket.create_connection(("127.0.0.1", server.port), timeout=20)
            link.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")  # and never reads
            feeds.append(link)
        eventually(server.healthy, what="health with 200 clients")
        with following(server) as feed:
            feed.until("hello")
            feed.until_told_of(submit(server)["ticket"])

        def told() -> int:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request("GET", "/health")
            state = json.load(connection.getresponse())
            connection.close()
            assert state["status"] == "ok"
            return int(state["feed"]["clients_of_this_worker"])

        # of two workers one answers; each has a share of the 200
        eventually(lambda: told() > 0)
    finally:
        for link in feeds:
            with suppress(OSError):
                link.close()


def test_the_feed_may_not_be_kept_by_anybody_on_the_way(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", "/live")
    headers = connection.getresponse().headers
    connection.close()
    assert headers["Content-Type"].startswith("text/event-stream")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"
