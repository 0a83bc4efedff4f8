"""PostgreSQL's own programs that copy a database out and in: pg_dump and pg_restore."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geoapp.embedded import binaries
from geoapp.embedded.binaries import Binaries
from geoapp.embedded.process import ENVIRONMENT, last_lines
from geoapp.errors import ClusterError


@dataclass(frozen=True)
class Client:
    """Where the programs are, and what they need to run."""

    dump: Path
    restore: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, programs: Binaries) -> Client:
        """Those that belong to a private cluster."""
        return cls(
            programs.program("pg_dump"), programs.program("pg_restore"), programs.environment
        )

    @classmethod
    def of_this_machine(cls) -> Client:
        """Those on the PATH, else those of an installed server.

        Raises:
            ClusterError: there are none.
        """
        dump, restore = shutil.which("pg_dump"), shutil.which("pg_restore")
        if dump and restore:
            return cls(Path(dump), Path(restore))
        installed = binaries.find(Path("/"))
        if installed is None:
            raise ClusterError(
                "pg_dump and pg_restore aren't on this machine.",
                "Install postgresql-client of the server's major version.",
            )
        return cls.of(installed)


def run(
    client: Client,
    command: list[str | Path],
    *,
    environment: Mapping[str, str],
    on_line: Callable[[str], None] = lambda _line: None,
) -> str:
    """Run one of the programs to its end; what it wrote to its output.

    Args:
        environment: ``PG…`` variables: where to connect. Passwords are no arguments, which
            every user of the machine may read.
        on_line: given each line that the program says while it works.

    Raises:
        ClusterError: it failed; with the last lines it said.
    """
    words = [str(word) for word in command]
    said: list[str] = []
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(  # noqa: S603 - a list of arguments, none from a visitor
            words,
            env={**ENVIRONMENT, **client.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stderr is not None
        try:
            for line in process.stderr:
                on_line(line)
                said = [*said[-19:], line]
        except BaseException:
            process.kill()
            raise
        if process.wait() != 0:
            raise ClusterError(
                f"{Path(words[0]).name} failed ({process.returncode}):\n{last_lines(''.join(said))}"
            )
        output.seek(0)
        return output.read().decode("utf-8", "replace")
