"""Clusters that tests may kill: each in a home of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from geoapp.embedded import Cluster, recovery

PACKAGE = Path(__file__).resolve().parents[2] / "geoapp"


def silent(_line: str) -> None:
    """Progress nobody reads."""


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for *condition*; fail if it doesn't come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.01)


def ask(cluster: Cluster, query: str, user: str = "geoapp_owner", database: str = "postgres"):
    """Run one statement on a fresh connection; return its first row, if it has rows."""
    connection = psycopg2.connect(host=str(cluster.sockets), port=5432, user=user, dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def kill_hard(pid: int) -> None:
    """kill -9, and wait until it is dead (a zombie is)."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not recovery.is_alive(pid))


def holder(home: Path) -> subprocess.Popen[str]:
    """Start another process that supervises the cluster of *home*; return it once it is up."""
    process = subprocess.Popen(
        [sys.executable, "-m", "geoapp.embedded", str(home)],
        cwd=PACKAGE.parent, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("postgresql"):
            return process
    raise AssertionError("the supervising process ended without an address")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for one cluster."""
    return tmp_path / "home"


@pytest.fixture
def own(home: Path) -> Iterator[Cluster]:
    """An initialised, stopped cluster of the test's own."""
    cluster = Cluster.prepare(home, progress=silent)
    yield cluster
    cluster.destroy()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter (pytest's own are 0700), with the package in it."""
    folder = Path(tempfile.mkdtemp(prefix="geoapp-test-", dir="/tmp"))
    folder.chmod(0o755)
    source = folder / "source" / "geoapp"
    source.mkdir(parents=True)
    for name in ("__init__.py", "errors.py"):
        shutil.copy(PACKAGE / name, source)
    shutil.copytree(PACKAGE / "embedded", source / "embedded")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
