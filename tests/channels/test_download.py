"""What a server fetches for somebody comes from a public address, is bounded, and is whole."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geoapp.channels.download import fetch, is_public
from geoapp.errors import BoundaryFileError

Answer = Callable[[str, socket.socket], None]
Serve = Callable[..., int]
MB = 1024 * 1024


def reply(
    body: bytes = b"", status: str = "200 OK", headers: str = "", length: int | None = None
) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {size}\r\n\r\n".encode() + body


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server on 127.0.0.1 that answers each path by a function; its port."""
    listeners: list[socket.socket] = []

    def start(answer: Answer, tls: ssl.SSLContext | None = None) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                try:
                    with tls.wrap_socket(client, server_side=True) if tls else client as asked:
                        request = b""
                        while b"\r\n\r\n" not in request:
                            if not (more := asked.recv(4096)):
                                break
                            request += more
                        answer(request.decode("latin-1"), asked)
                except OSError:
                    pass  # whoever asked has had enough

        threading.Thread(target=run, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def get(url: str, folder: Path, **wishes: Any) -> Path:
    wishes = {"max_bytes": MB, "private_hosts": True, "seconds": 20.0, **wishes}
    return fetch(url, folder, **wishes)


def refused(url: str, folder: Path, said: str, **wishes: Any) -> None:
    with pytest.raises(BoundaryFileError, match=said) as caught:
        get(url, folder, **wishes)
    assert [problem.field for problem in caught.value.fields] == ["url"]
    assert caught.value.remedy
    assert list(folder.iterdir()) == []


def answering(**addresses: str) -> Callable[..., list[Any]]:
    """A resolver that knows only these names (dots as underscores)."""
    known = {name.replace("_", "."): address for name, address in addresses.items()}

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        if host not in known:
            raise socket.gaierror(-2, "Name or service not known")
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in known[host].split(",")
        ]  # fmt: skip

    return resolve


@pytest.mark.parametrize(
    ("address", "public"),
    [
        # IANA's special-purpose registries; the public ones are those of well-known servers.
        ("1.1.1.1", True),
        ("193.0.6.139", True),
        ("2001:67c:2e8:22::c100:68b", True),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("172.32.0.1", True),
        ("192.0.0.8", False),
        ("192.0.2.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("203.0.113.9", False),
        ("224.0.0.1", False),
        ("239.255.255.250", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("::ffff:1.1.1.1", True),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::101:101", True),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::1", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("fc00::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_an_address_is_public_only_if_anybody_could_reach_it(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_loopback_is_refused_however_it_is_written(host: str, tmp_path: Path, serve: Serve) -> None:
    asked: list[str] = []
    port = serve(lambda request, _client: asked.append(request))
    said = "isn't a public address|isn't known"
    refused(f"http://{host}:{port}/areas.geojson", tmp_path, said, private_hosts=False)
    assert asked == []


def test_a_name_that_resolves_to_loopback_is_refused(tmp_path: Path, serve: Serve) -> None:
    asked: list[str] = []
    port = serve(lambda request, _client: asked.append(request))
    for addresses in ("127.0.0.1", "1.1.1.1,127.0.0.1", "::ffff:10.0.0.1"):
        refused(
            f"http://data.example:{port}/a.zip",
            tmp_path,
            "'data.example' is .*, which isn't a public address",
            private_hosts=False,
            resolve=answering(data_example=addresses),
        )
    assert asked == []


def test_the_connection_goes_to_the_address_that_was_checked(tmp_path: Path, serve: Serve) -> None:
    asked: list[str] = []

    def answer(request: str, client: socket.socket) -> None:
        asked.append(request)
        client.sendall(reply(b"areas"))

    port = serve(answer)
    times = []

    def changing(host: str, port: int, **_: Any) -> list[Any]:
        """First our server, then nowhere: as a name does that turns to loopback when asked again."""
        times.append(host)
        address = "127.0.0.1" if len(times) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    path = get(f"http://data.example:{port}/a%20b.zip?x=1#part", tmp_path, resolve=changing)
    assert path.read_bytes() == b"areas"
    assert path.name == "a_b.zip"
    assert times == ["data.example"]
    assert asked[0].startswith("GET /a%20b.zip?x=1 HTTP/1.1\r\n")
    assert f"\r\nHost: data.example:{port}\r\n" in asked[0]
    assert "cookie" not in asked[0].lower()
    assert "authorization" not in asked[0].lower()


def test_a_redirect_is_checked_like_the_first_address(tmp_path: Path, serve: Serve) -> None:
    asked: list[str] = []
    inside = serve(lambda request, _client: asked.append(request))
    places = iter(
        (
            f"http://secret.example:{inside}/",
            f"http://127.0.0.1:{inside}/",
            "file:///etc/passwd",
            "gopher://public.example/",
            "http://name:word@public.example/",
            "//secret.example/",
        )
    )

    def redirect(_request: str, client: socket.socket) -> None:
        client.sendall(reply(status="302 Found", headers=f"Location: {next(places)}\r\n"))

    port = serve(redirect)

    def resolve(host: str, number: int, **_: Any) -> list[Any]:
        # The public server of this test is the one on loopback that redirects.
        address = "127.0.0.1" if host == "public.example" else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, number))]

    import geoapp.channels.download as module

    with pytest.MonkeyPatch.context() as patch:
        known = module.is_public
        first = [True]

        def public(address: str) -> bool:
            """The redirecting server counts as public, once for each address that is asked for."""
            was, first[0] = first[0], False
            return was or known(address)

        patch.setattr(module, "is_public", public)
        for said in (
            "'secret.example' is 10.0.0.1, which isn't a public address",
            "'127.0.0.1' is 10.0.0.1, which isn't a public address",
            "is no web address",
            "is no web address",
            "has a name or password in it",
            "isn't a public address",
        ):
            first[0] = True
            refused(
                f"http://public.example:{port}/a",
                tmp_path,
                said,
                private_hosts=False,
                resolve=resolve,
            )
    assert asked == []


def test_redirects_are_followed_five_times(tmp_path: Path, serve: Serve) -> None:
    def answer(request: str, client: socket.socket) -> None:
        left = int(request.split()[1].strip("/"))
        found = reply(status="307 Temporary Redirect", headers=f"Location: /{left - 1}\r\n")
        client.sendall(found if left else reply(b"areas"))

    port = serve(answer)
    assert get(f"http://127.0.0.1:{port}/5", tmp_path).read_bytes() == b"areas"
    (tmp_path / "0").unlink()
    refused(f"http://127.0.0.1:{port}/6", tmp_path, "redirects more than 5 times")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://data.example/a.zip", "is no web address"),
        ("file:///etc/passwd", "is no web address"),
        ("data.example/a.zip", "is no web address"),
        ("http:///a.zip", "is no web address"),
        ("http://data.example:99999/", "is no address"),
        ("http://[::1/", "is no address"),
        ("http://name:word@data.example/", "has a name or password in it"),
        ("http://data.example/a\r\nHost: other", "control characters"),
        ("http://unheard-of.example/", "isn't known"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str, said: str, tmp_path: Path) -> None:
    refused(url, tmp_path, said, resolve=answering())


def test_more_than_the_limit_is_not_taken(tmp_path: Path, serve: Serve) -> None:
    sent = [0]

    def endless(request: str, client: socket.socket) -> None:
        if "/said" in request:
            client.sendall(reply(b"x", length=10 * MB))
            return
        chunked = "Transfer-Encoding: chunked\r\n" if "/chunked" in request else ""
        client.sendall(f"HTTP/1.1 200 OK\r\n{chunked}\r\n".encode())
        piece = b"10000\r\n" + bytes(0x10000) + b"\r\n" if chunked else bytes(0x10000)
        while True:
            client.sendall(piece)
            sent[0] += 0x10000

    port = serve(endless)
    for path in ("said", "open", "chunked"):
        refused(f"http://127.0.0.1:{port}/{path}", tmp_path, "more than 1 MB")
    assert sent[0] < 30 * MB  # what the sockets held, not the endless rest


def test_a_slow_server_is_given_up(tmp_path: Path, serve: Serve) -> None:
    done = threading.Event()

    def drip(request: str, client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n")
        if "/head" not in request:
            client.sendall(b"\r\n")
        while not done.wait(0.05):
            client.sendall(b"X: y\r\n" if "/head" in request else b"x")

    port = serve(drip)
    for path in ("body", "head"):
        began = time.monotonic()
        refused(f"http://127.0.0.1:{port}/{path}", tmp_path, "is too slow", seconds=0.6)
        assert time.monotonic() - began < 10
    done.set()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(status="404 Not Found"), "answers 404 Not Found"),
        (reply(status="500 Oops"), "answers 500"),
        (reply(b"<html>", headers="Content-Type: text/html; charset=utf-8\r\n"), "a web page"),
        (reply(b"half", length=8), "broke off after 4 of 8 bytes"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "can't be asked"),
        (b"", "can't be asked"),
    ],
    ids=["404", "500", "html", "cut", "ssh", "silence"],
)
def test_what_gives_no_file_says_so(answer: bytes, said: str, tmp_path: Path, serve: Serve) -> None:
    port = serve(lambda _request, client: client.sendall(answer))
    refused(f"http://127.0.0.1:{port}/a.zip", tmp_path, said)


def test_a_closed_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused(f"http://127.0.0.1:{port}/", tmp_path, "ConnectionRefusedError")


def test_proxies_of_the_environment_are_not_used(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    proxy = serve(lambda request, _client: asked.append(request))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
    port = serve(lambda _request, client: client.sendall(reply(b"areas")))
    assert get(f"http://127.0.0.1:{port}/a", tmp_path).read_bytes() == b"areas"
    assert asked == []


def test_tls_is_checked_by_the_hosts_name(tmp_path: Path, serve: Serve) -> None:
    certificate = tmp_path / "c" / "cert.pem"
    certificate.parent.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=data.example",
         "-addext", "subjectAltName=DNS:data.example",
         "-keyout", str(certificate), "-out", str(certificate.with_suffix(".crt"))],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate.with_suffix(".crt"), certificate)
    trusting = ssl.create_default_context(cafile=str(certificate.with_suffix(".crt")))
    insecure: list[str] = []
    plain = serve(lambda request, _client: insecure.append(request))

    def answer(request: str, client: socket.socket) -> None:
        down = reply(status="301 Moved", headers=f"Location: http://data.example:{plain}/\r\n")
        client.sendall(down if "/down" in request else reply(b"areas"))

    port = serve(answer, ours)
    resolve = answering(data_example="127.0.0.1", other_example="127.0.0.1")
    folder = tmp_path / "files"
    folder.mkdir()
    wishes = {"resolve": resolve, "tls": trusting}
    path = get(f"https://data.example:{port}/a", folder, **wishes)
    assert path.read_bytes() == b"areas"
    path.unlink()
    refused(f"https://other.example:{port}/a", folder, "SSLCertVerificationError", **wishes)
    refused(f"https://data.example:{port}/a", folder, "SSLCertVerification", resolve=resolve)
    refused(f"https://data.example:{port}/down", folder, "from https to http", **wishes)
    assert insecure == []


def test_progress_is_told(tmp_path: Path, serve: Serve) -> None:
    port = serve(lambda _request, client: client.sendall(reply(bytes(200_000))))
    told: list[tuple[int, int | None]] = []
    get(f"http://127.0.0.1:{port}/", tmp_path, progress=lambda *how: told.append(how))
    assert told[-1] == (200_000, 200_000)
    assert [path.name for path in tmp_path.iterdir()] == ["download"]
