"""A real web server for tests: gunicorn with gevent workers on a free loopback port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import eventually


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A running server: its address, its process, and the file its log goes to."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """Address without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """Process ids of the web workers."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in listed.stdout.split()]

    def healthy(self) -> bool:
        """Whether it answers /health with 200 now."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


@contextmanager
def serve(
    database_url: str,
    home: Path,
    *,
    variables: Mapping[str, str] | None = None,
    **settings: object,
) -> Iterator[Server]:
    """A server on *database_url*; *settings* become ``GEOAPP_*`` variables.

    The port is a free one unless *settings* name it. *variables* of the environment are
    added as they are.
    """
    port = int(str(settings.pop("port", None) or free_port()))
    home.mkdir(parents=True, exist_ok=True)
    wanted = {
        "home": home,
        "port": port,
        "database_url": database_url,
        "web_workers": 2,
        "tile_url": "none",
        "intake_limit": 0,
        "secret_key": "test-only" * 8,
    } | settings
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEOAPP_")}
    environment |= {f"GEOAPP_{name.upper()}": str(value) for name, value in wanted.items()}
    environment |= variables or {}
    log = home / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "python:geoapp.gunicorn_conf",
                "geoapp.wsgi:application",
            ],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(port, process, log)
    try:
        eventually(server.healthy, within_s=30, what=f"healthy server, see {log}")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
