"""Fixtures of the journeys: a real server on a real database, a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geoapp.embedded import Cluster
from geoapp.store.database import Database
from tests.databases import clone, drop
from tests.servers import Server, serve

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True}
LAPTOP = {"viewport": {"width": 1440, "height": 900}}
# Lets a page draw so many frames.
FRAMES = """(number) => new Promise((done) => {
    const count = () => (number-- > 0 ? requestAnimationFrame(count) : done());
    count();
})"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("missing tool: chromium")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """One Chromium for all journeys; each opens contexts of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def city_server(jambi: Database, tmp_path: Path) -> Iterator[Server]:
    """A server of its own with the default city and no complaints."""
    with serve(jambi.url, tmp_path / "server") as server:
        yield server


@pytest.fixture(scope="session")
def shown_server(
    cluster: Cluster, jambi_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One server for all journeys that only look: the default city, no complaints."""
    name = clone(cluster, jambi_template)
    with serve(cluster.url("geoapp_app", name), tmp_path_factory.mktemp("shown")) as server:
        yield server
    drop(cluster, name)


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, page: Any) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )

    def foreign(self, server: Server) -> list[str]:
        """Requests to anywhere but our server."""
        ours = (server.url, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(ours)]
