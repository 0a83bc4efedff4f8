"""The demo's accounts: made once, told once, and kept in a file that only its owner reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from geoapp.domain.catalogue import City
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import demo_people
from geoapp.usecases.demo_people import DemoPerson

FILE = "accounts.txt"


def create(database: Database, settings: Settings, city: City) -> list[str]:
    """Make them where there are none; the lines to print: the passwords, once, then the file."""
    file = settings.home / FILE
    made = demo_people.create(database, city, lambda people: _keep(file, _table(people)))
    if not made:
        return [f"Accounts of the demo: {file}"] if file.exists() else []
    return [
        "Accounts of the demo, told this once:",
        *(f"  {line}" for line in _table(made)),
        f"  Kept in {file}",
    ]


def _table(people: Sequence[DemoPerson]) -> list[str]:
    width = max(len(one.email) for one in people)
    return [f"{one.email.ljust(width)}  {one.password}" for one in people]


def _keep(file: Path, lines: Sequence[str]) -> None:
    """Write *lines* for the owner alone, also where a file was open to others before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write("\n".join(lines) + "\n")
    fresh.replace(file)
