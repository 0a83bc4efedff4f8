"""A real server with its staff signed in, for journeys of their pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError

from geoapp.app import create_app
from geoapp.domain.access import Actor
from geoapp.embedded import Cluster
from geoapp.settings import Settings
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop
from tests.journeys.conftest import Watch
from tests.people import sign_in
from tests.servers import Server, serve


@dataclass
class Staffed:
    """A server, its people, and the pages that are open."""

    world: World
    server: Server
    app: Flask
    browser: Any
    opened: list[tuple[Any, Watch]] = field(default_factory=list)

    def page(self, actor: Actor, path: str, **look: Any) -> Any:
        """A page of *actor* at *path*, in a browser context of its own."""
        context = self.browser.new_context(**look, locale="id-ID", timezone_id="Asia/Jakarta")
        context.add_cookies(self.cookies(actor))
        page = context.new_page()
        self.opened.append((context, Watch(page)))
        page.goto(self.server.url + path)
        return page

    def listening_page(self, actor: Actor, path: str, **look: Any) -> Any:
        """Like `page`, for one that hears of everything from now on."""
        page = self.page(actor, "/about", **look)
        with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/live")):
            page.goto(self.server.url + path)
        return page

    def cookies(self, actor: Actor) -> list[dict[str, str]]:
        """A new session of *actor*, as a browser context takes it."""
        client = self.app.test_client()
        sign_in(client, actor)
        cookie = client.get_cookie("session")
        assert cookie is not None
        return [{"name": "session", "value": cookie.value, "url": self.server.url}]

    def close_pages(self, expected: tuple[str, ...] = ()) -> None:
        """Close every page; none may have met an error but *expected* or asked anybody else."""
        try:
            for _, watch in self.opened:
                faults = [e for e in watch.errors if not any(part in e for part in expected)]
                assert faults == [], faults
                assert watch.foreign(self.server) == []
        finally:
            for context, _ in self.opened:
                context.close()
            self.opened.clear()


@contextmanager
def staffed(cluster: Cluster, template: str, home: Path, browser: Any) -> Iterator[Staffed]:
    """A server with the default city and somebody of every sort."""
    name = clone(cluster, template)
    database = Database(cluster.url("geoapp_app", name))
    app = create_app(
        Settings(home=home, tile_url="none", intake_limit=0, secret_key="test-only" * 8), database
    )
    world = World.build(database)
    with serve(database.url, home / "server") as server:
        yield Staffed(world, server, app, browser)
    app.extensions["geoapp"].hub.close()
    database.dispose()
    drop(cluster, name)


def empty(office: Staffed) -> None:
    """Without complaints; a request of the page before may still be under way and cross it."""
    for left in (2, 1, 0):
        try:
            with as_owner(office.world.database) as connection:
                connection.execute(EMPTY)
            break
        except OperationalError:
            if not left:
                raise
