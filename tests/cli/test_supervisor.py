"""Children are started again when they die, and none outlives the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geoapp.cli.supervisor import Child, Supervisor, describe
from geoapp.embedded.recovery import is_alive

REPOSITORY = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import signal; signal.pause()"]
# Ignores what one can ignore; only SIGKILL ends it.
STUBBORN = [
    sys.executable,
    "-c",
    (
        "import signal\n"
        "for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)\n"
        "while True: signal.pause()\n"
    ),
]


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.01)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.stop()


def test_child_that_dies_is_named_and_started_again(
    supervisor: Supervisor, said: list[str]
) -> None:
    child = Child("worker", SLEEP)
    supervisor.add(child)
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)

    def back() -> bool:
        supervisor.look_after()
        return child.alive and child.process is not None and child.process.pid != first

    until(back)
    assert any("worker" in line and "SIGKILL" in line for line in said)


def test_child_that_keeps_dying_is_started_less_and_less_often(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.add(Child("web server", [sys.executable, "-c", "raise SystemExit(3)"]))

    def thrice() -> bool:
        supervisor.look_after()
        return len(said) >= 3

    until(thrice)
    assert "code 3" in said[0]
    assert [line.rpartition(" in ")[2] for line in said[:3]] == ["0.5 s.", "1 s.", "2 s."]


def test_stop_ends_a_child_that_ignores_being_asked(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.cli.supervisor._GRACE_S", 0.3)
    monkeypatch.setattr("geoapp.cli.supervisor._INSIST_S", 0.3)
    child = Child("worker", STUBBORN)
    supervisor.add(child)
    assert child.process is not None
    pid = child.process.pid
    until(lambda: _ignores(pid, signal.SIGINT))
    supervisor.stop()
    assert not is_alive(pid)


def _ignores(pid: int, number: signal.Signals) -> bool:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigIgn:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


def test_grandchildren_of_a_killed_child_go_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    # Like gunicorn: a master killed hard leaves workers that would hold the port.
    note = tmp_path / "pid"
    child = Child("web server", ["sh", "-c", f"sleep 600 & echo $! > {note}; wait"])
    supervisor.add(child)
    until(lambda: note.exists() and note.read_text().strip() != "")
    grandchild = int(note.read_text())
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    until(lambda: not child.alive)
    assert is_alive(grandchild)
    supervisor.look_after()
    until(lambda: not is_alive(grandchild))


def line_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize("started", ["SIG_DFL", "SIG_IGN"], ids=["by hand", "by a script"])
def test_children_of_a_supervisor_killed_hard_end(tmp_path: Path, started: str) -> None:
    """Also where INT is ignored, as a shell's script has it for what it puts in the background."""
    note = tmp_path / "pid"
    script = (
        "import signal, sys\n"
        "from geoapp.cli.supervisor import Child, Supervisor\n"
        f"signal.signal(signal.SIGINT, signal.{started})\n"
        "supervisor = Supervisor(print)\n"
        "child = Child('worker', [sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "supervisor.add(child)\n"
        f"open({str(note)!r}, 'w').write(str(child.process.pid))\n"
        "signal.pause()\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY)
    until(lambda: note.exists() and note.read_text() != "")
    child = int(note.read_text())
    # The kernel's promise holds once setpriv and env have become the program.
    until(lambda: line_of(child).startswith(sys.executable.encode() + b"\0-c\0import signal; "))
    supervisor.kill()
    supervisor.wait()
    until(lambda: not is_alive(child))


def test_environment_is_added_to_ours(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FROM_OUTSIDE", "kept")
    note = tmp_path / "environment"
    command = ["sh", "-c", f'echo "$FROM_OUTSIDE $ADDED" > {note}.new && mv {note}.new {note}']
    supervisor.add(Child("worker", command, {"ADDED": "a = b"}))
    until(note.exists)
    assert note.read_text() == "kept a = b\n"


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with code 0"), (-9, "was ended by SIGKILL"), (None, "didn't start")],
)
def test_endings_are_described_in_words(code: int | None, words: str) -> None:
    assert describe(code) == words
