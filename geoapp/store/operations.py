"""What a monitor may count."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number of now, with the labels that tell it from others of its name."""

    name: str
    labels: dict[str, str]
    value: float


def state(connection: Connection) -> list[Gauge]:
    """Counts of complaints, jobs and connections; nothing about anybody."""
    return [
        Gauge(row.name, dict(row.labels), row.value)
        for row in connection.execute(statement("store", "operations_state"))
    ]
