"""Debian packages without root: which ones PostGIS needs, fetched and unpacked.

``apt-get download`` checks every file against the archive's signature, and ``dpkg -x``
unpacks without running a line of the packages' scripts. What those scripts would have
done and PostGIS needs (one link to its control file) is done here.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from geoapp.embedded import process
from geoapp.errors import ClusterError

PATIENCE = ("-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300")

# Never needed to run the server with PostGIS' vector half: the compiler behind JIT (off
# here), GDAL (behind the raster half), SFCGAL (3D), and Debian's own management.
# Together they are four fifths of what apt would install.
UNNEEDED = re.compile(
    r"libllvm|libgdal|gdal-|libsfcgal|perl|postgresql-common|postgresql-client-common"
    r"|ssl-cert|locales|debconf|cdebconf|ucf|adduser|sysvinit|lsb-base|init-system"
    r"|netbase|tzdata|libc6$|libc-bin|gcc-\d+-base|systemd"
)
_POSTGIS = re.compile(r"postgresql-(\d+)-postgis-3$")
_COMPLETE = ".complete"


def newest_postgis(version: int | None = None, options: Iterable[str] = ()) -> str | None:
    """Return the newest PostGIS package on offer, if any; of *version* if given."""
    search = ["apt-cache", *options, "search", "--names-only", "^postgresql-[0-9]+-postgis-3$"]
    offered = []
    for line in process.run(search, check=False).stdout.splitlines():
        match = _POSTGIS.match(line.split()[0]) if line else None
        if match and version in (None, int(match[1])):
            offered.append((int(match[1]), match[0]))
    return max(offered)[1] if offered else None


def is_complete(root: Path) -> bool:
    """Tell whether an earlier run unpacked everything into *root*."""
    return (root / _COMPLETE).exists()


def unpack_postgis(
    root: Path, *, progress: Callable[[str], None], version: int | None = None
) -> None:
    """Fetch the PostGIS packages of this Debian or Ubuntu and unpack them into *root*.

    The machine's own package lists are used if they have PostGIS, else lists of our own
    are fetched into *root*. Runs again from the start after an interruption.

    Raises:
        ClusterError: no apt here, no network, no such package.
    """
    shutil.rmtree(root, ignore_errors=True)
    downloads = root / ".downloads"
    downloads.mkdir(parents=True)
    try:
        _fetch(downloads, version, (), progress)
    except ClusterError:
        options = _own_lists(root / ".apt", progress)
        _fetch(downloads, version, options, progress)
    archives = sorted(downloads.glob("*.deb"))
    progress(f"  unpacking {len(archives)} packages")
    for archive in archives:
        process.run(["dpkg", "-x", str(archive), str(root)])
    _link_control_files(root)
    shutil.rmtree(downloads)
    shutil.rmtree(root / ".apt", ignore_errors=True)
    for ballast in ("usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(root / ballast, ignore_errors=True)
    (root / _COMPLETE).touch()


def _fetch(
    folder: Path, version: int | None, options: Iterable[str], progress: Callable[[str], None]
) -> None:
    postgis = newest_postgis(version, options)
    if postgis is None:
        raise ClusterError("no package postgresql-*-postgis-3 is on offer")
    names = closure(postgis, options)
    progress(f"  fetching {postgis} and {len(names) - 1} packages it needs, without root (once)")
    # Root's apt would change to the user _apt, which may not write here.
    sandbox = ("-o", "APT::Sandbox::User=root") if os.geteuid() == 0 else ()
    process.run(
        ["apt-get", *options, *sandbox, *PATIENCE, "--quiet", "download", *names], cwd=folder
    )


def closure(postgis: str, options: Iterable[str] = ()) -> list[str]:
    """Return *postgis* and every package it needs that this machine lacks, by name.

    PostgreSQL itself is always among them: an installed one can't be given PostGIS
    without root.
    """
    number = postgis.split("-")[1]
    roots = [postgis, f"{postgis}-scripts", f"postgresql-{number}", f"postgresql-client-{number}"]
    graph = _dependencies(postgis, options)
    installed = _installed()
    needed, waiting = set(roots), list(roots)
    while waiting:
        for name in graph.get(waiting.pop(), ()):
            if name not in needed and name not in installed and not UNNEEDED.match(name):
                needed.add(name)
                waiting.append(name)
    return sorted(needed)


def _dependencies(package: str, options: Iterable[str]) -> dict[str, list[str]]:
    """Return what each package in the closure of *package* depends on.

    Of alternatives (``|Depends``) all are listed; of virtual packages (in angle
    brackets) none: the libraries we are after are real ones.
    """
    quiet = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks",
                                          "replaces", "enhances")]  # fmt: skip
    listing = process.run(["apt-cache", *options, "depends", "--recurse", *quiet, package]).stdout
    graph: dict[str, list[str]] = {}
    current: list[str] = []
    for line in listing.splitlines():
        if not line.startswith(" "):
            current = graph.setdefault(line.strip(), [])
        elif match := re.match(r" [ |](?:Pre)?Depends: ([a-z0-9][a-z0-9.+-]*)", line):
            current.append(match[1])
    return graph


def _installed() -> set[str]:
    listing = process.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n"], check=False
    ).stdout
    lines = (line.split() for line in listing.splitlines())
    return {words[1] for words in lines if len(words) == 2 and words[0] == "installed"}


def _own_lists(folder: Path, progress: Callable[[str], None]) -> list[str]:
    """Fetch package lists into *folder*; return the options that make apt use them."""
    progress("  fetching package lists of our own (the machine's are missing or old)")
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    options = [
        "-o", f"Dir::State::lists={folder}/lists",
        "-o", f"Dir::Cache={folder}/cache",
        "-o", "Debug::NoLocking=1",
    ]  # fmt: skip
    process.run(["apt-get", *options, *PATIENCE, "-qq", "update"])
    return options


def _link_control_files(root: Path) -> None:
    """Do what update-alternatives would: ``postgis.control`` → ``postgis-3.control``."""
    for control in root.glob("usr/share/postgresql/*/extension/postgis*-3.control"):
        plain = control.with_name(control.name.replace("-3.control", ".control"))
        if not plain.exists():
            plain.symlink_to(control.name)
