"""Which operating system account runs the database, and how it reaches its folder.

PostgreSQL refuses to run as root. As root we take the owner of existing data, else
``postgres``, else ``nobody``. If that account may not pass a folder above the cluster (a
checkout below ``/root`` is 0700), it gets the one capability that lets it, and where even
that isn't given (some containers) the cluster moves to ``/var/lib``.
"""

from __future__ import annotations

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from geoapp.embedded import process
from geoapp.errors import ClusterError

CANDIDATES = ("postgres", "nobody")
OUTSIDE = Path("/var/lib/geoapp")
SEARCH = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
"""Options of ``setpriv``: may enter and read every folder, write none."""


@dataclass(frozen=True)
class Account:
    """An operating system user, and the words to put before a command to become it."""

    name: str
    uid: int
    gid: int
    become: tuple[str, ...] = ()
    """``setpriv`` options; empty when we already are that user."""

    def command(self, *words: str | Path, die_with_parent: bool = False) -> list[str]:
        """Return the command line that runs *words* as this account.

        Args:
            *words: Program and arguments.
            die_with_parent: The kernel sends SIGINT (for PostgreSQL: a fast, clean
                shutdown) when the starting process is gone, even by kill -9.
        """
        options = [*self.become, *(["--pdeathsig=INT"] if die_with_parent else [])]
        plain = [str(word) for word in words]
        return ["setpriv", *options, *plain] if options else plain

    def own(self, path: Path) -> None:
        """Give *path* itself to this account (nothing to do unless we are root)."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def invoker() -> str:
    """Return the name of the user we run as.

    Raises:
        ClusterError: the user has no name (peer authentication and initdb need one).
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise ClusterError(
            f"The user id {os.geteuid()} has no name in /etc/passwd; PostgreSQL needs one.",
            "Run as a named user, or set GEOAPP_DATABASE_URL to an existing server.",
        ) from None


def data_folder(home: Path) -> Path:
    """Return where the data of *home* is, or will be if nothing stands in the way."""
    outside = _outside(home) / "data"
    return outside if outside.exists() else home / "postgres" / "data"


def choose(home: Path) -> tuple[Account, Path]:
    """Choose the account, and the folder that holds its cluster, for *home*.

    Returns:
        The account and the cluster's folder, usually ``<home>/postgres``; the folder
        exists afterwards.

    Raises:
        ClusterError: as root there is no other account, or none that reaches a folder;
            or the data belongs to somebody else.
    """
    place = home / "postgres"
    if os.geteuid() != 0:
        place.mkdir(parents=True, exist_ok=True)
        data = place / "data"
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise ClusterError(
                f"The database in {data} belongs to the user id {data.stat().st_uid}.",
                "Start as that user or as root, or set GEOAPP_HOME to another folder.",
            )
        return Account(invoker(), os.geteuid(), os.getegid()), place
    outside = _outside(home)
    for folder in (place, outside) if not (outside / "data").exists() else (outside,):
        folder.mkdir(parents=True, exist_ok=True)
        account = _unprivileged(folder / "data")
        for extra in ((), SEARCH):
            reaching = Account(account.name, account.uid, account.gid, (*account.become, *extra))
            if _reaches(reaching, folder):
                return reaching, folder
    raise ClusterError(
        f"The user {account.name} can't enter {place} nor {outside}.",
        "Put the project in a folder others may pass (chmod o+x), or set GEOAPP_HOME.",
    )


def _outside(home: Path) -> Path:
    """Return the folder under ``/var/lib`` for *home*; two checkouts stay apart."""
    return OUTSIDE / hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _unprivileged(data: Path) -> Account:
    """Return the owner of *data*, else the first unprivileged account there is."""
    entry = None
    if data.exists() and data.stat().st_uid != 0:
        entry = pwd.getpwuid(data.stat().st_uid)
    for name in CANDIDATES:
        if entry is None:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
    if entry is None:
        raise ClusterError(
            "PostgreSQL doesn't run as root, and there is no user "
            f"{' or '.join(CANDIDATES)} to run it.",
            "Create one: useradd --system postgres.",
        )
    become = (f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--init-groups")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, become)


def _reaches(account: Account, folder: Path) -> bool:
    """Try it: access(2) would answer for the real user id and overlook capabilities."""
    attempt = account.command("env", "-C", folder, "true")
    return process.run(attempt, check=False).returncode == 0
