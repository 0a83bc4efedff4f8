"""A client of the live feed, for tests with real servers."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.servers import Server


class Feed:
    """A client of /live, or of *path*, that reads event by event."""

    def __init__(
        self,
        server: Server,
        last: str | None = None,
        query: str = "",
        *,
        path: str = "/live",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        sent = {"Accept": "text/event-stream"} | dict(headers or {})
        if last is not None:
            sent["Last-Event-ID"] = last
        self.connection.request("GET", f"{path}{query}", headers=sent)
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()

    def next(self) -> dict[str, str]:
        """The next message: its fields; a comment as ``{"comment": …}``."""
        fields: dict[str, str] = {}
        while True:
            raw = self.answer.readline()
            if not raw:
                raise EOFError("the stream ended")
            line = raw.decode().rstrip("\n")
            if not line:
                return fields
            if line.startswith(":"):
                fields["comment"] = line[1:].strip()
                continue
            name, _, value = line.partition(": ")
            fields[name] = value

    def until(self, name: str) -> dict[str, Any]:
        """The next event called *name*; other messages are passed over."""
        while True:
            message = self.next()
            if message.get("event") == name:
                return message | {"json": json.loads(message["data"])}

    def until_told_of(self, ticket: str) -> dict[str, Any]:
        """The first event about *ticket*; others are passed over.

        A new client begins where its web process has read to: it may hear again what another
        process told an earlier test.
        """
        while True:
            heard = self.until("complaint")
            if heard["json"]["complaint"]["ticket"] == ticket:
                return heard

    def close(self) -> None:
        self.connection.close()


@contextmanager
def following(
    server: Server, last: str | None = None, query: str = "", **how: Any
) -> Iterator[Feed]:
    """A connected `Feed`, closed at the end."""
    feed = Feed(server, last, query, **how)
    try:
        yield feed
    finally:
        feed.close()
