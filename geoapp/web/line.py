"""The connection under a stream, for messages that go out past the server's own writing."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

SEND_BUFFER = 128 * 1024
"""Bytes the kernel keeps for somebody who doesn't read; unlimited it would be megabytes each."""


class Line:
    """A connection that gunicorn answers a stream on.

    Its greenlet sleeps between messages. A message to thousands is written to their sockets
    one after the other (`send`) instead of waking thousands of greenlets.
    """

    def __init__(self, link: socket.socket | None, *, chunked: bool) -> None:
        self._link = link
        self._chunked = chunked
        self._unsent = b""
        if link is not None:
            with suppress(OSError):
                link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Line:
        """The connection of a request; one that can't be written to when it isn't known how."""
        link, protocol = environ.get("gunicorn.socket"), environ.get("SERVER_PROTOCOL")
        if isinstance(link, ssl.SSLSocket) or protocol not in {"HTTP/1.0", "HTTP/1.1"}:
            link = None
        # gunicorn answers in chunks whatever has no length, unless it's asked in HTTP/1.0.
        return cls(link, chunked=protocol == "HTTP/1.1")

    @property
    def open(self) -> bool:
        """Whether messages can go past the server."""
        return self._link is not None

    def framed(self, message: bytes) -> bytes:
        """*message* as it goes over the line."""
        return b"%X\r\n%b\r\n" % (len(message), message) if self._chunked else message

    @property
    def form(self) -> bool:
        """Lines of the same form take the same bytes."""
        return self._chunked

    def send(self, framed: bytes) -> bool:
        """Write at once what goes at once; False when a part is left for `finish`.

        Raises:
            OSError: nobody is there any more.
        """
        assert self._link is not None
        assert not self._unsent
        try:
            # Under gevent sockets never block; its own send() would wait.
            sent = os.write(self._link.fileno(), framed)
        except BlockingIOError:
            sent = 0
        self._unsent = framed[sent:]
        return not self._unsent

    def finish(self) -> bool:
        """Write what `send` left, however long that takes; whether there was something."""
        if not self._unsent or self._link is None:
            return False
        self._link.sendall(self._unsent)
        self._unsent = b""
        return True

    def hang_up(self) -> None:
        """End a write that nobody reads; without it the connection would be held for ever."""
        if self._link is not None:
            with suppress(OSError):
                self._link.shutdown(socket.SHUT_RDWR)
