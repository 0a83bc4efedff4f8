"""Where the files that travel with the program lie, in a checkout and in a wheel alike.

In a checkout ``map_templates/``, ``migrations/`` and ``boundaries/`` are folders
beside the package; in a wheel ``package_dir`` has mapped them below it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """Folder *name* (``map_templates``, ``migrations``, ``boundaries``) on disk.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for parent in (_PACKAGE, _PACKAGE.parent):
        candidate = parent / name
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"geoapp is installed without its folder {name!r}")


def static() -> Path:
    """Folder with the front end's sources and its built ``dist/``."""
    return _PACKAGE / "web" / "static"


def package(name: str) -> Path:
    """Folder *name* inside the package itself, whether it is there or not."""
    return _PACKAGE / name
