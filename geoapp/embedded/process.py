"""Running other programs: one place for environment, working folder and failure.

The environment is written out, not inherited: ``PGHOST``, ``PGDATA``, ``LD_PRELOAD`` or a
foreign locale of whoever called us must not leak into the cluster.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from geoapp.errors import ClusterError

ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/",
    "TZ": "UTC",
    "DEBIAN_FRONTEND": "noninteractive",
}


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    cwd: str | Path = "/",
    stdin: str = "",
    check: bool = True,
    timeout_s: float = 900,
) -> subprocess.CompletedProcess[str]:
    """Run *command* to its end and return what it said (stdout and stderr as text).

    Args:
        command: Program and arguments; nothing goes through a shell.
        environment: Added to the fixed environment of this module.
        cwd: Working folder; ``/`` by default, because the account of the database may
            not be allowed to enter ours.
        stdin: Text given to the program.
        check: Raise if the program fails.
        timeout_s: Seconds after which the program is killed.

    Raises:
        ClusterError: the program is missing, failed (with *check*) or took too long; the
            message ends with the last lines it wrote.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, none from a visitor
            list(command),
            env={**ENVIRONMENT, **(environment or {})},
            cwd=cwd,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except FileNotFoundError as error:
        raise ClusterError(f"{error.filename} isn't there.") from error
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"{command[0]} didn't finish within {timeout_s:.0f} s.") from error
    if check and done.returncode != 0:
        said = last_lines(done.stderr or done.stdout)
        raise ClusterError(f"`{' '.join(command)}` failed ({done.returncode}):\n{said}")
    return done


def spawn(
    command: Sequence[str], *, environment: Mapping[str, str], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start *command* in a session of its own and return at once.

    The session of its own keeps a Ctrl-C in the terminal from reaching the database
    before the servers that still use it.
    """
    return subprocess.Popen(  # noqa: S603 - a list of arguments, none from a visitor
        list(command),
        env={**ENVIRONMENT, **environment},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def last_lines(text: str, count: int = 12) -> str:
    """Return the last *count* lines that aren't blank, indented for an error message."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-count:])
