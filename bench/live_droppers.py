"""Clients of the feed that keep dropping and coming back, for `bench.soak_live`.

Each holds a stream open for a while, cuts it wherever it happens to be, even inside a message,
and comes back with the id of the last message it had whole. Some have small buffers and stop
reading now and then. They take down every id they heard, in order.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import time
from array import array
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

HELD_S = 4.0
"""A stream is held so long on average."""
AWAY_S = 1.0
"""A client is away so long at most."""
PAUSE_S = 1.5
"""Some stop reading for so long at most."""
SMALL = 3
"""One of so many: has small buffers, too."""
QUIET_S = 25.0
"""A stream without even a heartbeat for so long is given up."""

LATE_S = 60.0
"""Whoever hasn't heard the last event so long after the end has missed it."""

SILENCE, CONTENT, RETRACTION = range(3)


@dataclass(frozen=True)
class Kind:
    """A sort of client.

    Attributes:
        name: what it is called in the table.
        path: the stream it opens.
        headers: what it sends along.
        resumes: whether it says what it heard last; True, False, or "late": the one before.
    """

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    resumes: bool | str = True


@dataclass
class Log:
    """What one client heard."""

    kind: str
    start: str = ""
    """The position it began at."""
    ids: array[int] = field(default_factory=lambda: array("q"))
    sorts: array[int] = field(default_factory=lambda: array("b"))
    """Of each id whether nothing, a complaint or its retraction was told."""
    times: array[float] = field(default_factory=lambda: array("d"))
    reloads: list[tuple[int, str]] = field(default_factory=list)
    """How many ids it had heard when it was told to fetch all anew, and from where it goes on."""
    drops: int = 0
    refused: int = 0


@dataclass
class Gathered:
    """Everything that all clients heard."""

    logs: list[Log] = field(default_factory=list)
    tickets: dict[int, str] = field(default_factory=dict)
    """By event the complaint it told of."""
    agencies: dict[tuple[str, int], str] = field(default_factory=dict)
    """By kind of client and event the agency it was told with."""
    contradictions: int = 0
    """Events that told of one complaint here and of another there."""


class Chunks:
    """Takes HTTP's chunks apart, and a stream's messages from each other."""

    def __init__(self, *, chunked: bool) -> None:
        self._chunked = chunked
        self._raw = b""
        self._text = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole with *data*."""
        self._raw += data
        if not self._chunked:
            self._text, self._raw = self._text + self._raw, b""
        while self._chunked:
            size, found, rest = self._raw.partition(b"\r\n")
            if not found or len(rest) < int(size, 16) + 2:
                break
            self._text += rest[: int(size, 16)]
            self._raw = rest[int(size, 16) + 2 :]
        *messages, self._text = self._text.split(b"\n\n")
        return messages


class Clients:
    """Many clients in one process."""

    def __init__(self, port: int, seed: int) -> None:
        self.gathered = Gathered()
        self.wanted: int | None = None
        """The last event there is, once nothing more is written."""
        self.begun: list[asyncio.Event] = []
        """By client whether it knows where it began."""
        self._give_up = 0.0
        self._port = port
        self._dice = random.Random(seed)
        self._parsed: dict[tuple[str, bytes], tuple[str, str, int, str]] = {}

    async def one(self, kind: Kind, number: int) -> None:
        """A client's life: until it has heard the last event, or gives up waiting for it."""
        log = Log(kind.name)
        self.gathered.logs.append(log)
        last = before = ""
        while self._left(kind, log) > 0:
            sent = {True: last, False: "", "late": before}[kind.resumes]
            heard: list[str] = []
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                await self._stream(kind, log, sent, number, heard)
            if heard:
                before, last = ([last, *heard])[-2:]
            log.drops += 1
            await asyncio.sleep(self._dice.uniform(0, AWAY_S))

    def end(self, wanted: int) -> None:
        """Nothing is written after the event *wanted*: whoever has heard it may go."""
        self.wanted, self._give_up = wanted, time.monotonic() + LATE_S

    def _left(self, kind: Kind, log: Log) -> float:
        """Seconds for which a client still has something to wait for."""
        if self.wanted is None:
            return QUIET_S
        # Who forgets where it was will never hear what it missed.
        if not kind.resumes or (log.ids and log.ids[-1] == self.wanted):
            return 0.0
        return self._give_up - time.monotonic()

    async def _stream(self, kind: Kind, log: Log, last: str, number: int, heard: list[str]) -> None:
        """One connection; *heard* gets the ids of its messages."""
        link = socket.socket()
        small = number % SMALL == 0
        if small:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.setblocking(False)
        await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", self._port))
        reader, writer = await asyncio.open_connection(sock=link, limit=1024 if small else 65536)
        try:
            chunked = number % 2 == 0
            lines = [f"GET {kind.path} HTTP/1.{int(chunked)}", "Host: 127.0.0.1"]
            lines += [f"{name}: {value}" for name, value in kind.headers.items()]
            lines += [f"Last-Event-ID: {last}"] if last else []
            writer.write("\r\n".join([*lines, "", ""]).encode())
            async with asyncio.timeout(QUIET_S):
                head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                log.refused += 1
                return
            await self._listen(kind, log, reader, Chunks(chunked=chunked), heard, number)
        finally:
            writer.transport.abort()

    async def _listen(
        self,
        kind: Kind,
        log: Log,
        reader: asyncio.StreamReader,
        chunks: Chunks,
        heard: list[str],
        number: int,
    ) -> None:
        until = time.monotonic() + self._dice.expovariate(1 / HELD_S)
        while True:
            left = self._left(kind, log)
            if self.wanted is None:
                left = min(left, until - time.monotonic())
            if left <= 0:
                return
            async with asyncio.timeout(min(left, QUIET_S)):
                data = await reader.read(65536)
            if not data:
                return
            for message in chunks.feed(data):
                self._take(kind, log, message, heard)
            if log.start:
                self.begun[number].set()
            if number % SMALL == 0 and self.wanted is None and self._dice.random() < 0.02:
                await asyncio.sleep(self._dice.uniform(0, PAUSE_S))

    def _take(self, kind: Kind, log: Log, message: bytes, heard: list[str]) -> None:
        known = self._parsed.get((kind.name, message))
        if known is None:
            known = self._parse(message)
            if len(self._parsed) > 20_000:
                self._parsed.clear()
            self._parsed[(kind.name, message)] = known
            self._check(kind.name, known)
        event, at, number, _ = known
        if not at:
            return
        heard.append(at)
        if event == "hello":
            log.start = log.start or at
        elif event == "reload":
            log.reloads.append((len(log.ids), at))
            log.start = log.start or at
        else:
            log.ids.append(number)
            log.sorts.append({"complaint": CONTENT, "retraction": RETRACTION}.get(event, SILENCE))
            log.times.append(time.time())

    def _check(self, kind: str, known: tuple[str, str, int, str]) -> None:
        event, _, number, told = known
        if event not in {"complaint", "retraction"}:
            return
        ticket, _, agency = told.partition(" ")
        self.gathered.contradictions += self.gathered.tickets.setdefault(number, ticket) != ticket
        if agency:
            self.gathered.agencies[kind, number] = agency

    @staticmethod
    def _parse(message: bytes) -> tuple[str, str, int, str]:
        """A message's event, id, number of the event, and ticket with agency."""
        fields = dict(line.split(": ", 1) for line in message.decode().split("\n") if ": " in line)
        event, at = fields.get("event", ""), fields.get("id", "")
        told = json.loads(fields.get("data", "{}"))
        about = told.get("complaint", told)
        agency = (about.get("agency") or {}).get("code", "") if event == "complaint" else ""
        ticket = f"{about.get('ticket', '')} {agency}".strip()
        return event, at, int(at.rsplit(":", 1)[-1] or 0) if at else 0, ticket


def listen(port: int, kinds: list[tuple[Kind, int]], seed: int, pipe: Connection) -> None:
    """Run so many clients of each kind; the last event's id comes over *pipe*, `Gathered` goes."""
    asyncio.run(_listen(port, kinds, seed, pipe))


async def _listen(port: int, kinds: list[tuple[Kind, int]], seed: int, pipe: Connection) -> None:
    clients = Clients(port, seed)
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def hear() -> None:
        asyncio.get_running_loop().remove_reader(pipe.fileno())
        told.set_result(pipe.recv())

    asyncio.get_running_loop().add_reader(pipe.fileno(), hear)
    everybody = [kind for kind, many in kinds for _ in range(many)]
    clients.begun = [asyncio.Event() for _ in everybody]
    lives = [
        asyncio.create_task(clients.one(kind, number)) for number, kind in enumerate(everybody)
    ]
    await asyncio.gather(*(begun.wait() for begun in clients.begun))
    pipe.send("all have begun")
    clients.end(await told)
    await asyncio.gather(*lives)
    pipe.send(clients.gathered)
