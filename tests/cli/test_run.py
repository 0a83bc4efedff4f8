"""``geoapp run`` as a person uses it: one command up, Ctrl-C down, and nothing left over."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geoapp.embedded import Cluster
from geoapp.embedded.recovery import is_alive

SECRET = "8d1f0a6b" * 8
REPOSITORY = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.02)


class Run:
    """One ``geoapp run``; what it prints is collected while it goes on."""

    def __init__(self, home: Path, port: int, **settings: str) -> None:
        self.home, self.port = home, port
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("GEOAPP_")}  # fmt: skip
        environment |= {
            "GEOAPP_HOME": str(home), "GEOAPP_PORT": str(port), "GEOAPP_WEB_WORKERS": "1",
            "GEOAPP_DEMO": "0", "GEOAPP_TILE_URL": "none", "GEOAPP_SECRET_KEY": SECRET, **settings,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "run"], cwd=REPOSITORY, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait_until_up(self) -> None:
        until(lambda: "Ctrl-C stops" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said

    def family(self) -> set[int]:
        """Every process of this run: those that descend from it, by parent."""
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    stat = (entry / "stat").read_text()
                except OSError:
                    continue
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home a first run has filled."""
    home = tmp_path_factory.mktemp("run") / "home"
    yield home
    Cluster.prepare(home, progress=lambda _: None).destroy()


@pytest.fixture
def start(filled_home: Path, port: int) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def starter(**settings: str) -> Run:
        run = Run(filled_home, port, **settings)
        runs.append(run)
        return run

    yield starter
    for run in runs:
        if run.process.poll() is None:
            run.process.send_signal(signal.SIGINT)
            run.process.wait(60)


def test_one_command_serves_the_map_and_ctrl_c_leaves_nothing(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_until_up()
    assert re.search(rf"Map +http://127\.0\.0\.1:{run.port}/\n", run.said)
    assert run.get("/health") == 200
    assert run.get("/") == 200
    family = run.family()
    assert len(family) > 5, "supervisor, postmaster and its helpers, web server, worker"
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    assert not [pid for pid in family if is_alive(pid)]
    assert "Traceback" not in run.said


def test_second_start_takes_less_than_five_seconds(start: Callable[..., Run]) -> None:
    took = []
    for _ in range(4):  # the first fills the home, should this test run alone
        begin = time.monotonic()
        run = start()
        run.wait_until_up()
        took.append(time.monotonic() - begin)
        run.process.send_signal(signal.SIGTERM)  # as a service manager does
        assert run.process.wait(60) == 0
        if len(took) > 1 and took[-1] < 5:
            return
    # three in a row: that isn't the machine being busy elsewhere
    assert min(took[1:]) < 5


def test_killed_supervisor_takes_all_along_and_the_next_start_works(
    start: Callable[..., Run],
) -> None:
    run = start()
    run.wait_until_up()
    family = run.family()
    run.process.kill()
    run.process.wait()
    until(lambda: not [pid for pid in family if is_alive(pid)])
    again = start()
    again.wait_until_up()
    assert again.get("/health") == 200


def test_killed_database_web_server_and_worker_come_back(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_until_up()
    before = run.family()
    for pid in before - {run.process.pid}:
        if is_alive(pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def back() -> bool:
        try:
            return run.get("/health") == 200
        except OSError:
            return False

    until(back)
    assert run.process.poll() is None
    assert "The database died" in run.said
    assert "web server was ended by SIGKILL" in run.said
    assert "worker was ended by SIGKILL" in run.said


def test_second_run_of_the_same_home_is_refused_at_once(start: Callable[..., Run]) -> None:
    first = start()
    first.wait_until_up()
    second = start()
    assert second.process.wait(30) != 0
    second.reader.join(10)
    assert f"process {first.process.pid}" in second.said
    assert first.get("/health") == 200


def test_port_in_use_is_named_and_nothing_stays_up(start: Callable[..., Run], port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        run = start()
        assert run.process.wait(60) != 0
    run.reader.join(10)
    assert f"port {port}" in run.said
    assert "GEOAPP_PORT" in run.said


def test_given_server_is_used_and_none_started(start: Callable[..., Run], cluster: Cluster) -> None:
    cluster.create_database("given")
    run = start(
        GEOAPP_DATABASE_URL=cluster.url("geoapp_app", "given"),
        GEOAPP_OWNER_DATABASE_URL=cluster.url("geoapp_owner", "given"),
    )
    run.wait_until_up()
    assert run.get("/health") == 200
    programs = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in run.family()}
    assert "postgres" not in programs
