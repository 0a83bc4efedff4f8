"""The least there can be between the feed and its clients: what `bench.live` compares with.

One asyncio process: hears the bell, waits out the same coalescing interval, reads the same
rows, makes one text of them and writes it to every socket. No HTTP beyond the first line, no
roles of clients, no resuming, nobody who is slow.

    python -m bench.raw_fanout PORT INTERVAL_S
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import ClassVar

from geoapp.store import feed
from geoapp.store.database import Database, Role

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    b"event: hello\ndata: {}\n\n"
)


class Client(asyncio.Protocol):
    """A socket that gets everything."""

    everybody: ClassVar[set[asyncio.Transport]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, whatever was asked."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(HEAD)
        self.everybody.add(transport)

    def connection_lost(self, _problem: Exception | None) -> None:
        """Forget."""
        self.everybody.discard(self.transport)


async def fan_out(port: int, interval_s: float) -> None:
    """Serve until killed."""
    database = Database(os.environ["RAW_DATABASE"])
    with database.transaction(Role.LISTENER) as connection:
        position = feed.position(connection)
    epoch, cursor = position.epoch, position.cursor
    bell = database.raw_connection()
    bell.cursor().execute(feed.LISTEN)
    loop = asyncio.get_running_loop()
    await loop.create_server(Client, "127.0.0.1", port, backlog=2048)
    rung = asyncio.Event()

    def hear() -> None:
        bell.poll()
        bell.notifies.clear()
        rung.set()

    loop.add_reader(bell.fileno(), hear)
    while True:
        await rung.wait()
        await asyncio.sleep(interval_s)
        rung.clear()
        with database.transaction(Role.LISTENER) as connection:
            page = feed.after(connection, cursor)
        if not page:
            continue
        cursor = page[-1].cursor
        text = "".join(
            f"id: {epoch}:{event.cursor.xid}:{event.cursor.id}\nevent: complaint\ndata: "
            + json.dumps(
                {name: getattr(event, name) for name in event.__slots__ if name != "cursor"},
                default=str,
            )
            + "\n\n"
            for event in page
        ).encode()
        for transport in Client.everybody:
            transport.write(text)


if __name__ == "__main__":
    asyncio.run(fan_out(int(sys.argv[1]), float(sys.argv[2])))
