"""Fetches a file from an address that somebody typed, without becoming their arm.

A server that fetches what it is told reaches what only it can reach: the database beside it,
the cloud's metadata, the printers of the town hall. So a host is resolved first, every
address it has must be public, and the connection goes to the very address that was checked
(a name may answer otherwise a second later). Redirects start over. No proxy, cookie or
credential of the environment is used, and size and time are bounded.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import geoapp
from geoapp.errors import BoundaryFileError

REDIRECTS = 5
SECONDS = 120.0
_QUIET_S = 15.0
"""Longest silence of a server."""
_CHUNK = 64 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})
# Of IANA's registry, what the Python at hand may not know yet.
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")

Resolve = Callable[..., list[tuple[Any, ...]]]
Progress = Callable[[int, int | None], None]


def fetch(
    url: str,
    folder: Path,
    *,
    max_bytes: int,
    seconds: float = SECONDS,
    private_hosts: bool = False,
    progress: Progress = lambda _done, _all: None,
    resolve: Resolve = socket.getaddrinfo,
    tls: ssl.SSLContext | None = None,
) -> Path:
    """Download *url* into *folder*; the path of the file, named as in the address.

    Args:
        max_bytes: Of the file; what the server says of its length isn't believed.
        seconds: For all of it, redirects included.
        private_hosts: Reach hosts that aren't public too.
        progress: Told how many bytes have come, of how many (None: the server doesn't say).
        resolve, tls: For tests.

    Raises:
        BoundaryFileError: the address isn't allowed or gives no file; nothing stays in
            *folder*. Its field is ``url``.
    """
    ends = time.monotonic() + seconds
    came_from: SplitResult | None = None
    for _ in range(REDIRECTS + 1):
        parts = _allowed(url, came_from)
        with _opened(parts, ends, private_hosts, resolve, tls) as response:
            location = response.getheader("Location")
            if response.status in _MOVED and location:
                came_from, url = parts, urljoin(url, location)
                continue
            if response.status != http.HTTPStatus.OK:
                raise _unfit(
                    f"{parts.hostname} answers {response.status} {response.reason[:60]}.",
                    "Check the address in a browser that isn't signed in anywhere.",
                )
            return _saved(response, parts, folder, max_bytes, progress)
    raise _unfit(f"The address redirects more than {REDIRECTS} times.", "Give the last one.")


def is_public(address: str) -> bool:
    """Whether anybody on the internet could reach *address* (IPv4 or IPv6 as text) as well.

    False for private, loopback, link-local, multicast, reserved and unspecified ones, and
    for IPv6 ones that stand for such an IPv4 address (mapped, NAT64, 6to4).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            within = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if within is not None:
            return is_public(str(within))
        if ip in _NAT64_LOCAL or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip in _PROTOCOLS)


def _allowed(url: str, came_from: SplitResult | None) -> SplitResult:
    """The parts of *url*, if it is one that may be asked for at all."""
    shown = url[:120]
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise _unfit(f"{shown!r} is no address: {error}.", "Write https://…") from error
    if parts.scheme not in ("http", "https") or not host:
        raise _unfit(f"{shown!r} is no web address.", "Write https://… or http://…")
    if re.search(r"[\x00-\x20\x7f]", url):
        raise _unfit(f"{shown!r} has blanks or control characters in it.", "Write %20 for a blank.")
    if parts.username is not None or parts.password is not None:
        raise _unfit(
            f"The address of {host} has a name or password in it, which would be kept in logs.",
            "Download the file yourself and upload it.",
        )
    if came_from is not None and came_from.scheme == "https" and parts.scheme == "http":
        raise _unfit(
            f"{came_from.hostname} redirects from https to http, to {host}.",
            "Download the file yourself and upload it.",
        )
    return parts


def _addresses(
    host: str, port: int, private_hosts: bool, resolve: Resolve
) -> list[tuple[Any, ...]]:
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _unfit(f"The host {host!r} isn't known.", "Check the address.") from error
    for entry in found:
        address = str(entry[4][0])
        if not (private_hosts or is_public(address)):
            raise _unfit(
                f"The host {host!r} is {address}, which isn't a public address.",
                "Upload the file instead; or have whoever runs this server set "
                "GEOAPP_IMPORT_PRIVATE_HOSTS=1.",
            )
    return found


@contextmanager
def _opened(
    parts: SplitResult,
    ends: float,
    private_hosts: bool,
    resolve: Resolve,
    tls: ssl.SSLContext | None,
) -> Iterator[http.client.HTTPResponse]:
    """The answer to a GET, asked of a checked address."""
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = _addresses(host, port, private_hosts, resolve)
    try:
        sock = _connected(addresses, ends)
        try:
            if parts.scheme == "https":
                context = tls or ssl.create_default_context()
                sock = context.wrap_socket(sock, server_hostname=host)
            connection = http.client.HTTPConnection(host, port)
            connection.sock = _Bounded(sock, ends)
            connection.request("GET", _target(parts), headers=_headers())
            yield connection.getresponse()
        finally:
            sock.close()
    except TimeoutError as error:
        raise _unfit(
            f"{host} is too slow: nothing more came in time.",
            "Try again later, or download the file yourself and upload it.",
        ) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise _unfit(
            f"{host} can't be asked: {type(error).__name__} {str(error)[:120]}".rstrip() + ".",
            "Check the address; or download the file yourself and upload it.",
        ) from error


def _connected(addresses: list[tuple[Any, ...]], ends: float) -> socket.socket:
    """A connection to the first of the checked *addresses* that takes one."""
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(ends))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


class _Bounded:
    """A socket for ``http.client`` whose every wait ends in time.

    A time limit for each wait alone doesn't do: a byte now and then would keep it open for
    ever, in the headers too, where nobody counts.
    """

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._sock, self._ends = sock, ends

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._ends))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Raw(self._sock, self._ends))

    def close(self) -> None:
        """Left to whoever opened it: the answer is read after http.client is done."""


class _Raw(io.RawIOBase):
    def __init__(self, sock: socket.socket, ends: float) -> None:
        super().__init__()
        self._sock, self._ends = sock, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._ends))
        return self._sock.recv_into(buffer)


def _left(ends: float) -> float:
    """Seconds to wait for the next bytes."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, _QUIET_S)


def _target(parts: SplitResult) -> str:
    """Path and query as they go over the wire."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return path + (f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else "")


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"geoapp/{geoapp.__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _saved(
    response: http.client.HTTPResponse,
    parts: SplitResult,
    folder: Path,
    max_bytes: int,
    progress: Progress,
) -> Path:
    if (response.getheader("Content-Type") or "").lower().startswith("text/html"):
        raise _unfit(
            f"{parts.hostname} gives a web page, not a file.",
            "Give the address behind the page's download button; if one must sign in for it, "
            "download the file yourself and upload it.",
        )
    length = response.length  # None when the server doesn't say
    if length is not None and length > max_bytes:
        raise _too_large(max_bytes)
    path = folder / _name(parts)
    try:
        done = _copied(response, path, max_bytes, progress)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if length is not None and done < length:
        path.unlink()
        raise _unfit(
            f"{parts.hostname} broke off after {done:,} of {length:,} bytes.", "Try again."
        )
    return path


def _copied(
    response: http.client.HTTPResponse, path: Path, max_bytes: int, progress: Progress
) -> int:
    """Write the body to *path*; how many bytes came."""
    done, length = 0, response.length
    with path.open("wb") as file:
        while chunk := response.read1(_CHUNK):
            done += len(chunk)
            if done > max_bytes:
                raise _too_large(max_bytes)
            file.write(chunk)
            progress(done, length)
    return done


def _name(parts: SplitResult) -> str:
    """A harmless file name out of the address."""
    last = unquote(parts.path).rstrip("/").rpartition("/")[2]
    return re.sub(r"[^\w.-]+", "_", last)[-100:].lstrip(".") or "download"


def _too_large(max_bytes: int) -> BoundaryFileError:
    return _unfit(
        f"The file has more than {max_bytes / 1024 / 1024:,.0f} MB.",
        "Cut it to the city; or have whoever runs this server raise GEOAPP_IMPORT_MAX_MB.",
    )


def _unfit(message: str, remedy: str) -> BoundaryFileError:
    return BoundaryFileError(message, remedy, "url")
