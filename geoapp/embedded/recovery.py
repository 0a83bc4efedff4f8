"""What a killed server leaves behind, and how it is told from a living one.

``postmaster.pid`` outlives a kill -9, and PostgreSQL then refuses to start while *any*
process carries the number in it: a zombie nobody reaps (common in containers), or a
stranger after a reboot. A process belongs to a cluster if and only if its working folder
is the data folder, so that is what is asked.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from geoapp.embedded import process
from geoapp.embedded.account import SEARCH
from geoapp.errors import ClusterError

_READY_LINE = 7  # the eighth line of postmaster.pid says "ready" once connections are taken
_ZOMBIE_STATES = "ZX"


def is_alive(pid: int) -> bool:
    """Tell whether *pid* runs; a zombie doesn't."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    # The program's name stands in brackets and may hold brackets itself.
    return stat.rpartition(")")[2].split()[0] not in _ZOMBIE_STATES


def postmaster(data: Path) -> int | None:
    """Return the process id of the living postmaster of *data*, if there is one."""
    lines = _pid_file(data)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if is_alive(pid) and _works_in(pid, data) else None


def is_ready(data: Path) -> bool:
    """Tell whether the postmaster of *data* says it accepts connections."""
    lines = _pid_file(data)
    return len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"


def workers(data: Path) -> Iterator[int]:
    """Yield every living process that works in *data*: the postmaster and its children."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            pid = int(entry.name)
            if _works_in(pid, data) and is_alive(pid):
                yield pid


def clear_leftovers(data: Path, sockets: Path, progress: Callable[[str], None]) -> None:
    """Bring *data* to a state a server can start from, whatever killed the last one.

    A living postmaster here has lost its supervisor (the caller holds the lock): it is
    shut down. Backends without a postmaster end by themselves; those that don't within
    ten seconds are told to. Then stale pid and socket files go.

    Raises:
        ClusterError: a process of the old server can't be ended.
    """
    orphan = postmaster(data)
    if orphan is not None:
        progress("  the database of the last run is still up without its supervisor: stopping it")
        _end(data, orphan, (signal.SIGINT, signal.SIGQUIT))
    deadline = time.monotonic() + 10
    while remaining := list(workers(data)):
        if time.monotonic() > deadline:
            for pid in remaining:
                _end(data, pid, (signal.SIGQUIT, signal.SIGKILL))
            break
        time.sleep(0.05)
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        progress("  the last run was killed: removing its stale postmaster.pid")
        pid_file.unlink()
    for leftover in sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _end(data: Path, pid: int, signals: tuple[signal.Signals, ...]) -> None:
    for number in signals:
        if not is_alive(pid) or not _works_in(pid, data):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise ClusterError(
                f"The database process {pid} of another user holds {data}.",
                f"End it (kill {pid}) or start as its user.",
            ) from error
        deadline = time.monotonic() + 30
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
    if is_alive(pid):
        raise ClusterError(f"The database process {pid} doesn't end.", f"Try: kill -9 {pid}")


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _works_in(pid: int, data: Path) -> bool:
    """Tell whether the working folder of *pid* is *data*."""
    link = Path(f"/proc/{pid}/cwd")
    try:
        return link.readlink() == data.resolve()
    except PermissionError:
        return os.geteuid() == 0 and _works_in_seen_by_its_user(link, data)
    except OSError:
        return False


def _works_in_seen_by_its_user(link: Path, data: Path) -> bool:
    """Ask as the owner of *data*: in a container root may lack the right to look itself.

    Reading another user's ``/proc/<pid>/cwd`` takes CAP_SYS_PTRACE, which Docker doesn't
    give; the same user may, if it has no fewer capabilities than the process.
    """
    owner = data.stat()
    if link.parent.stat().st_uid != owner.st_uid:
        return False
    become = (f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups")
    for capabilities in ((), SEARCH):
        seen = process.run(
            ["setpriv", *become, *capabilities, "readlink", str(link)], check=False
        ).stdout.rstrip("\n")
        if seen:
            return Path(seen) == data.resolve()
    return False
