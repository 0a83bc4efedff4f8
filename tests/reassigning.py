"""Decisions taken anew inside a test's own transaction, as an activation takes them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from geoapp.spatial import assignment
from geoapp.store import activation


def reassign(connection: Connection, city_code: str, ids: Sequence[int]) -> int:
    """Decide these complaints by the sets in force and bring it to them; how many moved."""
    run = activation.add(
        connection,
        city_code,
        set_id=None,
        companion_set=None,
        valid_from=None,
        mapping={},
        started_by="system",
    )
    assert run is not None, "another activation is under way"
    assignment.decide(connection, city_code, run, [assignment.Mover(one) for one in ids])
    moved = assignment.apply(connection, city_code, run, ids)
    activation.note(connection, city_code, run, state="done")
    return moved
