"""/metrics: for whoever has the token, counts alone, by route."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from geoapp.app import create_app
from geoapp.settings import Settings
from geoapp.store.database import Database
from tests.servers import serve
from tests.support import eventually, send

TOKEN = "a token for the monitor"


def settings_with(home: Path, **changes: object) -> Settings:
    """Settings with a token for the metrics."""
    values = {"home": home, "tile_url": "none", "intake_limit": 0, "secret_key": "test-only" * 8}
    return Settings(**(values | {"metrics_token": TOKEN} | changes))  # type: ignore[arg-type]


def scraped(app: Flask) -> str:
    """What a monitor reads."""
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def value(text: str, name: str, *, none: float | None = None, **labels: str) -> float:
    """The sample *name* with these labels in the exposition *text*; *none* without one."""
    for line in text.splitlines():
        match = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if match:
            found = dict(re.findall(r'(\w+)="([^"]*)"', match.group(1) or ""))
            if labels.items() <= found.items():
                return float(match.group(2))
    if none is not None:
        return none
    raise AssertionError(f"no {name} {labels} in:\n{text}")


def test_without_a_token_set_there_is_no_such_page(jambi: Database, tmp_path: Path) -> None:
    client = create_app(settings_with(tmp_path, metrics_token=""), jambi).test_client()
    for sent in ("", "Bearer ", f"Bearer {TOKEN}"):
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_another_token_opens_nothing(jambi: Database, tmp_path: Path) -> None:
    client = create_app(settings_with(tmp_path), jambi).test_client()
    for sent in ("", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == 401


def test_complaints_are_counted_and_requests_by_route(jambi: Database, tmp_path: Path) -> None:
    app = create_app(settings_with(tmp_path), jambi)
    tickets = [send(jambi)["ticket"], send(jambi, confidential=True)["ticket"]]
    before = scraped(app)
    asked = {"method": "GET", "route": "/c/<ticket>", "status": "200"}
    already = value(before, "geoapp_http_requests_total", none=0, **asked)
    for ticket in tickets:
        app.test_client().get(f"/c/{ticket}")
    after = scraped(app)
    assert value(after, "geoapp_complaints_open", city="kota-jambi") == 2
    assert value(after, "geoapp_complaints_last_hour", city="kota-jambi") == 2
    assert value(after, "geoapp_complaints_overdue", city="kota-jambi") == 0
    assert value(after, "geoapp_events_unsealed", city="kota-jambi") == 2
    assert value(after, "geoapp_unsealed_age_seconds", city="kota-jambi") < 60
    assert value(after, "geoapp_database_up") == 1
    # other tests of this process were counted as well
    assert value(after, "geoapp_http_requests_total", **asked) == 2 + already
    assert not any(ticket in text for text in (before, after) for ticket in tickets)


def test_workers_add_their_counters_up(jambi: Database, tmp_path: Path) -> None:
    import urllib.request

    with serve(jambi.url, tmp_path / "server", metrics_token=TOKEN, web_workers=2) as server:

        def get(path: str) -> str:
            headers = {"Authorization": f"Bearer {TOKEN}"} if path == "/metrics" else {}
            request = urllib.request.Request(server.url + path, headers=headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(answer.read().decode())

        for _ in range(20):
            get("/about")
        asked = {"method": "GET", "route": "/about", "status": "200"}
        eventually(lambda: value(get("/metrics"), "geoapp_http_requests_total", **asked) == 20)
