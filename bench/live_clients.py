"""Thousands of clients of an event stream in one process, for `bench.live`.

They take down when which message came and nothing else, so that they cost the machine as
little as can be: one epoll loop, and texts that came before are known again by their bytes.
"""

from __future__ import annotations

import re
import select
import socket
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

REQUEST = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
TOLD = re.compile(rb"^id: [^:\n]+:\d+:(\d+)\nevent: complaint\n", re.MULTILINE)
AT_ONCE = 100
"""So many connect at the same time."""


@dataclass
class Heard:
    """What all clients heard: by batch, the events in it and when each client had it whole."""

    batches: list[tuple[tuple[int, ...], list[float]]] = field(default_factory=list)
    lost_links: int = 0


class Listeners:
    """Clients of one stream; `heard` is what they heard."""

    def __init__(self, port: int, path: str) -> None:
        self.heard = Heard()
        self.poll = select.epoll()
        self.greeted: set[int] = set()
        self._address = ("127.0.0.1", port)
        self._request = REQUEST % path.encode()
        self._links: dict[int, socket.socket] = {}
        self._pieces: dict[int, bytes] = {}
        self._known: dict[bytes, list[float]] = {}

    def connect(self, clients: int) -> None:
        """Some more, until they are *clients*; no more than `AT_ONCE` wait for their greeting."""
        waiting = len(self._links) - len(self.greeted)
        for _ in range(min(AT_ONCE - waiting, clients - len(self._links))):
            link = socket.create_connection(self._address, timeout=60)
            link.sendall(self._request)
            link.setblocking(False)
            self._links[link.fileno()] = link
            self.poll.register(link, select.EPOLLIN)

    def take(self, number: int) -> None:
        """What came over the link with the file descriptor *number*."""
        try:
            data = self._links[number].recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        came = time.time()
        if not data:
            self.poll.unregister(number)
            self._links.pop(number).close()
            self.heard.lost_links += 1
            return
        data = self._pieces.pop(number, b"") + data
        # Chunked or not, a message ends with an empty line.
        whole = data.endswith((b"\n\n\r\n", b"\n\n"))
        if whole and (number in self.greeted or b"event: hello" in data):
            self.greeted.add(number)
            times = self._known.get(data)
            if times is None:
                times = self._known[data] = []
                self.heard.batches.append((tuple(map(int, TOLD.findall(data))), times))
            times.append(came)
        else:
            self._pieces[number] = data

    def close(self) -> None:
        """Hang up."""
        for link in self._links.values():
            link.close()


def listen(port: int, path: str, clients: int, pipe: Connection) -> None:
    """Connect *clients*, say so on *pipe*, listen until something comes over it, give `Heard`."""
    here, said = Listeners(port, path), False
    stop = pipe.fileno()
    here.poll.register(stop, select.EPOLLIN)
    while True:
        if not said:
            here.connect(clients)
            said = len(here.greeted) == clients
            if said:
                pipe.send("all are listening")
        ready = [number for number, _ in here.poll.poll(1.0)]
        if stop in ready:
            break
        for number in ready:
            here.take(number)
    here.close()
    pipe.send(here.heard)
