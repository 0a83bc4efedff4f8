"""What is done to boundary sets, written into the city's log in the name of whoever did it."""

from __future__ import annotations

from typing import Any

from geoapp.domain.catalogue import City
from geoapp.store import administration
from geoapp.store.database import Database, Role

_ACCOUNT = "account:"


def log(
    database: Database, city: City, by: str, kind: str, subject: str, data: dict[str, Any]
) -> None:
    """An entry of the city's log, in a transaction of its own.

    An account signs as itself, which row-level security checks; the worker and the command
    line sign as the system.

    Args:
        by: ``system`` or ``account:<id>``.
        kind: Such as ``boundaries.cleaned``.
        subject: What it was done to, such as ``boundary_set:7``.
        data: JSON-able.
    """
    account = int(by.removeprefix(_ACCOUNT)) if by.startswith(_ACCOUNT) else None
    role = Role.WORKER if account is None else Role.ADMIN
    with database.transaction(role, city.code, account=account) as connection:
        administration.record(connection, city.code, by, kind, subject, data)
