"""Where the PostgreSQL programs with PostGIS come from.

A ladder, climbed until a rung holds:

1. ``system``: what the machine has, if PostGIS is among it;
2. ``apt``: installed with apt, as root or through sudo that asks for no password;
3. ``unpack``: the same packages unpacked into our own folder, without any right.

No Python wheel carries PostGIS, hence all this.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geoapp.embedded import packages, process
from geoapp.errors import ClusterError

RUNGS = ("system", "apt", "unpack")
_INSTALL_SCRIPT = Path(__file__).with_name("install-postgis.sh")


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL with PostGIS."""

    version: int
    """Major version; a data folder belongs to exactly one."""
    bindir: Path
    origin: str
    """For people: where they were found."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the programs need to find their libraries and PROJ's data."""

    def program(self, name: str) -> Path:
        """Return the path of one program (``initdb``, ``postgres``, ``psql``)."""
        return self.bindir / name


def obtain(
    home: Path,
    *,
    progress: Callable[[str], None],
    version: int | None = None,
    rungs: Sequence[str] = RUNGS,
) -> Binaries:
    """Return binaries from the first rung of the ladder that has them.

    Args:
        home: Our folder; packages are unpacked into ``<home>/packages``.
        progress: Told in a line what takes long.
        version: The major version an existing data folder needs.
        rungs: The rungs that may be tried, a part of ``RUNGS``.

    Raises:
        ClusterError: no rung held; the message says what each one lacked.
    """
    wanted = f"PostgreSQL {version}" if version else "PostgreSQL"
    lacking = []
    if "system" in rungs:
        found = find(Path("/"), version=version)
        if found is not None:
            return found
        lacking.append(f"no {wanted} with PostGIS is installed")
    unpacked = home / "packages"
    if "unpack" in rungs and (found := _unpacked(unpacked, version)) is not None:
        return found
    if "apt" in rungs:
        try:
            _install(version, progress)
        except ClusterError as error:
            lacking.append(f"apt: {error.message}")
        else:
            found = find(Path("/"), version=version)
            if found is not None:
                return found
            lacking.append("apt installed PostGIS, but not where it is looked for")
    if "unpack" in rungs:
        try:
            packages.unpack_postgis(unpacked, progress=progress, version=version)
        except ClusterError as error:
            lacking.append(f"unpacking without root: {error.message}")
        else:
            found = _unpacked(unpacked, version)
            if found is not None:
                return found
            lacking.append("the unpacked packages hold no PostgreSQL with PostGIS")
    raise ClusterError(
        f"{wanted} with PostGIS can't be had:\n  - " + "\n  - ".join(lacking),
        f"Install postgresql-{version or 'NN'}-postgis-3, "
        "or set GEOAPP_DATABASE_URL to a server that has PostGIS.",
    )


def find(root: Path, *, version: int | None = None) -> Binaries | None:
    """Return the newest PostgreSQL below *root* that has PostGIS, if any.

    The layout is Debian's: several major versions side by side.
    """
    choices = []
    for server in root.glob("usr/lib/postgresql/*/bin/postgres"):
        number = server.parts[-3]
        control = root / "usr/share/postgresql" / number / "extension/postgis.control"
        if number.isdigit() and control.exists() and version in (None, int(number)):
            choices.append((int(number), server.parent))
    if not choices:
        return None
    newest, bindir = max(choices)
    return Binaries(newest, bindir, f"PostgreSQL {newest} of this machine")


def _unpacked(root: Path, version: int | None) -> Binaries | None:
    """Return the binaries unpacked below *root*, with what makes them run from there."""
    if not packages.is_complete(root):
        return None
    found = find(root, version=version)
    if found is None:
        return None
    shared = [*root.glob("usr/lib/*/lib*.so.*"), *root.glob("lib/*/lib*.so.*")]
    libraries = sorted({str(file.parent) for file in shared})
    environment = {"LD_LIBRARY_PATH": ":".join(libraries)}
    projections = root / "usr/share/proj"
    if (projections / "proj.db").exists():
        # PROJ_LIB is what PROJ called it before version 9.1.
        environment |= {"PROJ_DATA": str(projections), "PROJ_LIB": str(projections)}
    return Binaries(
        found.version, found.bindir, f"PostgreSQL {found.version} unpacked into {root}", environment
    )


def _install(version: int | None, progress: Callable[[str], None]) -> None:
    """Install PostGIS with apt; never creates or starts Debian's default cluster."""
    prefix = _root_prefix()
    package = packages.newest_postgis(version)
    if package is None:
        progress("  asking the package servers what there is (apt-get update)")
        process.run([*prefix, "apt-get", "update", "-qq", *packages.PATIENCE])
        package = packages.newest_postgis(version)
    if package is None:
        raise ClusterError("no package postgresql-*-postgis-3 is on offer")
    progress(f"  installing {package} with apt (once, about a minute)")
    try:
        process.run([*prefix, "sh", "-eu", str(_INSTALL_SCRIPT), package])
    except ClusterError:
        # Old lists point at packages that are gone from the servers: ask once more.
        progress("  that failed; refreshing the package lists and trying again")
        process.run([*prefix, "apt-get", "update", "-qq", *packages.PATIENCE])
        process.run([*prefix, "sh", "-eu", str(_INSTALL_SCRIPT), package])


def _root_prefix() -> list[str]:
    """Return the words that make a command run as root: none, or sudo.

    Raises:
        ClusterError: we are not root and sudo is missing or asks for a password.
    """
    if os.geteuid() == 0:
        return []
    try:
        allowed = process.run(["sudo", "-n", "true"], check=False).returncode == 0
    except ClusterError:
        allowed = False
    if not allowed:
        raise ClusterError("we are not root, and sudo isn't there or asks for a password")
    # sudo clears the environment; env puts back what apt must know.
    return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]


def data_version(data: Path) -> int | None:
    """Return the major version that made *data*; None if there is no cluster yet."""
    try:
        text = (data / "PG_VERSION").read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    match = re.fullmatch(r"(\d+)\s*", text)
    if match is None:
        raise ClusterError(f"{data}/PG_VERSION says {text!r}.", "Move that folder out of the way.")
    return int(match[1])
