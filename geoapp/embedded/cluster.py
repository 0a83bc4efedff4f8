"""The private PostgreSQL cluster: made, started, asked for its address, stopped.

Everything lies in one folder (``<home>/postgres``)::

    data/    the data folder, owned by the account that runs the server
    etc/     configuration, written anew at every start; local.conf is yours
    run/     the Unix socket, in a 0700 folder; no TCP
    server.log
    lock     held by the supervisor while it lives
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from geoapp.embedded import account, binaries, configuration, process, recovery
from geoapp.embedded.account import Account
from geoapp.embedded.binaries import Binaries
from geoapp.embedded.lock import Lock
from geoapp.errors import ClusterError

PORT = 5432
# sun_path holds 108 bytes with the closing NUL.
SOCKET_PATH_BYTES = 107
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/")
_START_TIMEOUT_S = 120  # crash recovery replays at most max_wal_size
_LOG_LIMIT_BYTES = 20 * 1024 * 1024


class Cluster:
    """A PostgreSQL cluster with PostGIS that belongs to this program alone.

    As a context manager it uses a cluster that is up already, and otherwise starts it
    for the time of the block::

        with Cluster.prepare(home, progress=print) as cluster:
            cluster.create_database("geoapp")
            engine = create_engine(cluster.url("geoapp_app", "geoapp"))
    """

    def __init__(
        self,
        place: Path,
        programs: Binaries,
        runner: Account,
        *,
        progress: Callable[[str], None],
        settings: Mapping[str, str],
    ) -> None:
        self.place = place
        self.data = place / "data"
        self.log = place / "server.log"
        self.binaries = programs
        self.account = runner
        self._progress = progress
        self._settings = settings
        self._lock = Lock(place / "lock")
        self._server: subprocess.Popen[bytes] | None = None
        self.sockets = _socket_folder(place)

    @classmethod
    def prepare(
        cls,
        home: Path,
        *,
        progress: Callable[[str], None],
        settings: Mapping[str, str] | None = None,
        rungs: Sequence[str] = binaries.RUNGS,
    ) -> Cluster:
        """Find or install the programs and initialise the data folder if there is none.

        Quick (some milliseconds) if both are there. Doesn't start anything.

        Args:
            home: Folder of this program's own files; made if missing.
            progress: Called with a line for people whenever something takes long.
            settings: PostgreSQL settings that win over ours.
            rungs: Where binaries may come from; see ``geoapp.embedded.binaries``.

        Raises:
            ClusterError: no PostGIS can be had, no account can run it, initdb failed.
        """
        home = home.resolve()
        home.mkdir(parents=True, exist_ok=True)
        version = binaries.data_version(account.data_folder(home))
        programs = binaries.obtain(home, progress=progress, version=version, rungs=rungs)
        # After the ladder: installing PostgreSQL creates the user that will run it.
        runner, place = account.choose(home)
        cluster = cls(place, programs, runner, progress=progress, settings=settings or {})
        if not cluster.data.exists():
            cluster._initialise()
        return cluster

    # -- asking ---------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Tell whether the server is up and takes connections, whoever started it."""
        return recovery.is_ready(self.data) and self.pid is not None

    @property
    def pid(self) -> int | None:
        """The process id of the living postmaster, whoever started it; None if there is none."""
        if self._server is not None:
            return self._server.pid if self._server.poll() is None else None
        return recovery.postmaster(self.data)

    def url(self, user: str, database: str) -> str:
        """Return the SQLAlchemy address of *database* for *user*, through the socket."""
        host = quote(str(self.sockets), safe="/")
        return f"postgresql+psycopg2://{quote(user)}@/{quote(database)}?host={host}&port={PORT}"

    # -- doing ----------------------------------------------------------------------

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Recovers from whatever killed the last one. The server ends (cleanly) when the
        thread that called this dies, even by kill -9.

        Raises:
            ClusterError: another process supervises this cluster; or the server doesn't
                come up (the message has the end of its log).
        """
        if self._server is not None and self._server.poll() is None:
            return
        if not self._lock.acquire():
            raise ClusterError(
                f"The database in {self.place} is already in use by process {self._lock.holder()}.",
                "Stop that one first, or set GEOAPP_HOME to another folder.",
            )
        try:
            self._own_sockets()
            recovery.clear_leftovers(self.data, self.sockets, self._progress)
            self._launch()
            self._psql("roles.sql")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server we started: connections end, data is written. Idempotent.

        A server that another process started is left alone.
        """
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait(timeout=30)
        self._server = None
        self._lock.release()

    def destroy(self) -> None:
        """Stop the server and remove the cluster with everything in it. No way back.

        Raises:
            ClusterError: another process supervises this cluster.
        """
        self.stop()
        if not self._lock.acquire():
            raise ClusterError(
                f"Process {self._lock.holder()} uses the database in {self.place}.",
                "Stop it first.",
            )
        recovery.clear_leftovers(self.data, self.sockets, self._progress)
        shutil.rmtree(self.place)
        shutil.rmtree(self.sockets, ignore_errors=True)
        self._lock.release()

    def create_database(self, name: str) -> None:
        """Make sure database *name* exists, owned by geoapp_owner, with its extensions.

        Raises:
            ClusterError: the server isn't running, or refused.
        """
        self._psql("database.sql", database=name)

    def __enter__(self) -> Self:
        """Use the running server, else start it; wait for one that is just starting."""
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self.running:
            if self._lock.acquire():
                self.start()
            elif time.monotonic() > deadline:
                raise ClusterError(
                    f"Process {self._lock.holder()} holds {self.place} but its database "
                    "doesn't come up.",
                    f"See {self.log}.",
                )
            else:
                time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server if this object started it."""
        self.stop()

    # -- how ------------------------------------------------------------------------

    def _initialise(self) -> None:
        """Make the data folder, beside its place first so that it is whole or absent."""
        if not self._lock.acquire():
            raise ClusterError(
                f"Process {self._lock.holder()} is just making {self.data}.", "Wait for it."
            )
        try:
            if self.data.exists():
                return
            self._progress(f"  making a private database cluster ({self.binaries.origin})")
            half = self.place / "data.new"
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir(mode=0o700)
            self.account.own(half)
            self._own_run(
                "initdb", "-D", half, "-U", "postgres", "-A", "peer", "-E", "UTF8",
                "--locale=C.UTF-8", "--data-checksums",
            )  # fmt: skip
            half.rename(self.data)
        finally:
            self._lock.release()

    def _launch(self) -> None:
        config = configuration.write(
            self.place / "etc",
            data=self.data,
            sockets=self.sockets,
            users={account.invoker(), "root", "postgres", self.account.name},
            overrides=self._settings,
        )
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        command = self.account.command(
            self.binaries.program("postgres"), f"--config-file={config}", die_with_parent=True
        )
        with self.log.open("ab") as output:
            begin = output.tell()
            self._server = process.spawn(
                command, environment=self.binaries.environment, output=output
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self.running:
            if self._server.poll() is not None or time.monotonic() > deadline:
                with self.log.open("rb") as log:
                    log.seek(begin)
                    said = process.last_lines(log.read().decode("utf-8", "replace"))
                raise ClusterError(
                    f"The database server in {self.place} didn't start:\n{said}",
                    f"Its whole log: {self.log}",
                )
            time.sleep(0.02)

    def _psql(self, script: str, **variables: str) -> None:
        """Run one of this package's SQL files as superuser, stopping at the first error."""
        bound = [f"--set={name}={value}" for name, value in variables.items()]
        self._own_run(
            "psql", "-X", "-q", "-h", self.sockets, "-p", str(PORT), "-U", "postgres", "-d", "postgres",
            "--set=ON_ERROR_STOP=1", *bound,
            stdin=Path(__file__).with_name(script).read_text(encoding="utf-8"),
        )  # fmt: skip

    def _own_run(self, program: str, *words: str | Path, stdin: str = "") -> None:
        process.run(
            self.account.command(self.binaries.program(program), *words),
            environment={
                **self.binaries.environment,
                "PGOPTIONS": "-c client_min_messages=warning",
            },
            stdin=stdin,
        )

    def _own_sockets(self) -> None:
        """Make the socket's folder, and make sure nobody else can have planted it."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), self.account.uid}:
            raise ClusterError(
                f"{self.sockets} isn't ours (it belongs to the user id {found.st_uid}).",
                "Remove it, or set TMPDIR to a folder of your own.",
            )
        self.account.own(self.sockets)
        self.sockets.chmod(0o700)


def _socket_folder(place: Path) -> Path:
    """Return ``<place>/run``, or a folder under the temporary one if that won't do.

    A socket's path ends at 107 bytes, and a comma or a quote in it means something to
    PostgreSQL's settings and to libpq.
    """
    folder = place / "run"
    name = f"{folder}/.s.PGSQL.{PORT}"
    if len(os.fsencode(name)) <= SOCKET_PATH_BYTES and set(str(folder)) <= _PLAIN:
        return folder
    short = hashlib.sha256(os.fsencode(place)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"geoapp-{os.getuid()}-{short}"
