"""The shipped nginx configuration in front of a real server: feeds, senders, addresses.

The file is used as it stands but for ports, certificate and log, which belong to a machine.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import urllib3

from geoapp.embedded import Cluster
from tests.databases import clone, drop
from tests.servers import Server, free_port, serve
from tests.support import JELUTUNG, eventually

ROOT = Path(__file__).resolve().parents[2]
NAME = "pengaduan.example.go.id"
LIMIT = 3

MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {site};
}}
"""


@dataclass
class Proxied:
    """A server and the proxy before it."""

    server: Server
    https: int
    http: int
    certificate: Path
    folder: Path

    def session(self, address: str = "127.0.0.1") -> requests.Session:
        """A client that comes from *address* (all of 127/8 is this machine)."""
        session = requests.Session()
        session.trust_env = False  # else REQUESTS_CA_BUNDLE wins over the next line
        session.verify = False  # the name in the certificate isn't where it listens
        session.headers["Host"] = NAME
        session.mount("https://", _From(address))
        return session

    @property
    def url(self) -> str:
        """Address of the TLS side."""
        return f"https://127.0.0.1:{self.https}"


class _From(requests.adapters.HTTPAdapter):
    """Connects from a given address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        kwargs["source_address"] = (self._address, 0)
        super().init_poolmanager(*args, **kwargs)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def nginx() -> str:
    """Path of nginx."""
    own = Path(sys.prefix) / "tools" / "usr" / "sbin"
    found = shutil.which("nginx", path=f"{own}:/usr/sbin:/usr/local/sbin:/usr/bin")
    if not found:
        pytest.skip("missing tool: nginx")
    return found


def localised(text: str, folder: Path, *, upstream: int, https: int, http: int) -> str:
    """The shipped file with this machine's ports and paths."""
    for pattern, instead in (
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{upstream};"),
        (r"listen \[::\]:\d+[^;]*;", ""),
        (r"listen 80;", f"listen 127.0.0.1:{http};"),
        (r"listen 443 ssl", f"listen 127.0.0.1:{https} ssl"),
        (r"/etc/letsencrypt/live/[^;]*/fullchain\.pem", f"{folder}/cert.pem"),
        (r"/etc/letsencrypt/live/[^;]*/privkey\.pem", f"{folder}/key.pem"),
        (r"/var/log/nginx/geoapp-error\.log", f"{folder}/geoapp-error.log"),
    ):
        text, hits = re.subn(pattern, instead, text)
        assert hits, f"nginx.conf has no {pattern}"
    return text


@pytest.fixture(scope="module")
def proxied(
    cluster: Cluster, jambi_template: str, tmp_path_factory: pytest.TempPathFactory, nginx: str
) -> Iterator[Proxied]:
    """nginx as shipped, before a server that believes one proxy."""
    urllib3.disable_warnings()
    folder = tmp_path_factory.mktemp("nginx")
    name = clone(cluster, jambi_template)
    # nginx's workers may run as another user, who must get through to the folder
    for place in (folder, *folder.parents):
        if place.stat().st_mode & 0o001:
            break
        place.chmod(place.stat().st_mode | 0o011)
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME}"
        " -keyout key.pem -out cert.pem".split(),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    with serve(
        cluster.url("geoapp_app", name),
        tmp_path_factory.mktemp("server"),
        trusted_proxies=1,
        intake_limit=LIMIT,
        metrics_token="t" * 20,
    ) as server:
        https, http = free_port(), free_port()
        text = (ROOT / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        site = folder / "site.conf"
        site.write_text(localised(text, folder, upstream=server.port, https=https, http=http))
        main = folder / "nginx.conf"
        main.write_text(MAIN.format(folder=folder, site=site))
        process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(main)])
        running = Proxied(server, https, http, folder / "cert.pem", folder)

        def answers() -> bool:
            assert process.poll() is None, (folder / "error.log").read_text()
            try:
                return running.session().get(running.url + "/health", timeout=5).ok
            except requests.ConnectionError:
                return False

        try:
            eventually(answers, within_s=20, what="nginx answers")
            yield running
        finally:
            process.terminate()
            process.wait(timeout=10)
    drop(cluster, name)


def complain(session: requests.Session, url: str, **headers: str) -> requests.Response:
    """Send one complaint."""
    body = {
        "service": "pothole",
        "lon": JELUTUNG.lon,
        "lat": JELUTUNG.lat,
        "description": "Lubang besar di tengah jalan",
    }
    return session.post(f"{url}/api/v1/complaints", json=body, headers=headers, timeout=20)


def test_an_event_comes_through_the_proxy_at_once(proxied: Proxied) -> None:
    reader, writer = proxied.session(), proxied.session()
    with reader.get(proxied.url + "/live", stream=True, timeout=20) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
        assert any(line == "event: hello" for line in lines)
        ticket = complain(writer, proxied.url).json()["ticket"]
        acknowledged = time.monotonic()
        told = next(
            json.loads(line.removeprefix("data: "))["complaint"]["ticket"]
            for line in lines
            if line.startswith("data: ") and "complaint" in line
        )
        # A proxy that buffers holds it until the next heartbeats have filled 4 kB: minutes.
        assert (told, time.monotonic() - acknowledged < 5) == (ticket, True)


def test_senders_are_told_apart_behind_the_proxy_and_none_can_pretend(proxied: Proxied) -> None:
    one, other = proxied.session("127.0.0.4"), proxied.session("127.0.0.5")
    statuses = [
        complain(one, proxied.url, **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(LIMIT + 1)
    ]
    assert statuses == [201] * LIMIT + [429]
    assert complain(other, proxied.url).status_code == 201


def test_addresses_are_made_for_the_outside(proxied: Proxied) -> None:
    told = complain(proxied.session("127.0.0.6"), proxied.url).json()
    assert told["links"]["page"].startswith((f"https://{NAME}/", "/c/"))


def test_the_clear_side_only_points_to_tls(proxied: Proxied) -> None:
    answer = requests.get(
        f"http://127.0.0.1:{proxied.http}/report?lang=en",
        headers={"Host": NAME},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"https://{NAME}/report?lang=en"


def test_metrics_stay_inside(proxied: Proxied) -> None:
    key = {"Authorization": "Bearer " + "t" * 20}
    inside = requests.get(proxied.server.url + "/metrics", headers=key, timeout=10)
    outside = proxied.session().get(proxied.url + "/metrics", headers=key, timeout=10)
    assert (inside.status_code, outside.status_code) == (200, 404)


def test_neither_log_names_a_sender_or_a_ticket(proxied: Proxied) -> None:
    ticket = complain(proxied.session("127.0.0.3"), proxied.url).json()["ticket"]
    proxied.session("127.0.0.3").get(f"{proxied.url}/c/{ticket}", timeout=10)
    written = "".join(
        file.read_text(errors="replace")
        for file in (*proxied.folder.glob("*.log"), proxied.server.log)
    )
    assert "127.0.0.3" not in written
    assert ticket not in written


def test_the_units_are_such_as_systemd_takes(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze isn't installed: units can't be checked")
    units = sorted((ROOT / "docs" / "deploy").glob("geoapp-*.*"))
    assert len(units) == 4
    for unit in units:
        # Programs and users of the server aren't here; what they are put into is checked.
        text = unit.read_text(encoding="utf-8").replace("/opt/geoapp/bin/", "/bin/")
        text = re.sub(r"ExecStart=/bin/\S+", "ExecStart=/bin/true", text)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    faults = [line for line in checked.stderr.splitlines() if str(tmp_path) in line]
    assert faults == []
