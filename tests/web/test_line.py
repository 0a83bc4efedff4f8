"""Writing a stream's messages past the server: whole, in order, never waiting for anybody."""

from __future__ import annotations

import socket
import threading

import pytest

from geoapp.usecases.feed_client import Batch, Client
from geoapp.web.line import Line


@pytest.fixture
def ends():
    here, there = socket.socketpair()
    here.setblocking(False)  # as gevent keeps them
    yield here, there
    here.close()
    there.close()


def drained(link: socket.socket, wanted: int) -> bytes:
    told = b""
    while len(told) < wanted:
        told += link.recv(65536)
    return told


def test_a_message_goes_as_a_chunk_of_the_answer_or_as_it_is(ends):
    here, there = ends
    for protocol, expected in (("HTTP/1.1", b"7\r\nid: 1\n\n\r\n"), ("HTTP/1.0", b"id: 1\n\n")):
        line = Line.of({"gunicorn.socket": here, "SERVER_PROTOCOL": protocol})
        assert line.open
        assert line.send(line.framed(b"id: 1\n\n"))
        assert there.recv(100) == expected


@pytest.mark.parametrize(
    "environ", [{}, {"SERVER_PROTOCOL": "HTTP/1.1"}, {"SERVER_PROTOCOL": "HTTP/2"}]
)
def test_a_connection_that_is_not_known_well_is_left_to_the_server(environ):
    assert not Line.of(environ).open


def test_what_does_not_go_at_once_is_kept_and_finished_in_order(ends):
    here, there = ends
    line = Line(here, chunked=False)
    message = bytes(range(256)) * 8192  # 2 MB: no buffer between two sockets takes it
    assert not line.send(message)  # and didn't wait
    here.setblocking(True)
    received = []

    def read() -> None:
        received.append(drained(there, len(message)))

    reader = threading.Thread(target=read)
    reader.start()
    assert line.finish()
    reader.join()
    assert received == [message]
    assert not line.finish()  # nothing is left


def test_who_is_gone_is_noticed(ends):
    here, there = ends
    line = Line(here, chunked=False)
    there.close()
    with pytest.raises(OSError, match="Broken pipe"):
        line.send(b"id: 1\n\n")


def test_a_client_is_told_directly_only_while_it_waits_with_nothing_before():
    told = []
    client = Client("15.71", direct=lambda batch: told.append(batch) or True)
    first, second = Batch("e", ()), Batch("e", ())
    assert client.give(first)  # it doesn't wait yet
    assert told == []
    assert client.next(5) is first
    client._idle = True  # as another greenlet leaves it while it waits
    assert client.give(second)
    assert told == [second]


def test_a_client_whose_line_is_gone_is_not_given_anything_more():
    def gone(_batch: Batch) -> bool:
        raise BrokenPipeError

    client = Client("15.71", direct=gone)
    client._idle = True
    assert not client.give(Batch("e", ()))
