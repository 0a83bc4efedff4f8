"""Activations in the database: how far each has come, and what it has decided beforehand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, delete, func, select, text, update

from geoapp.domain.activation import (
    Activation,
    ActivationState,
    CodeMapping,
    NamedBy,
    NamedKind,
    RetiringCode,
    read_mapping,
    suggest,
)
from geoapp.store import tables
from geoapp.store.statements import statement

_table = tables.activation
LAST = 2**63 - 1
"""No complaint's id is larger."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an activation has come, for whoever carries it on.

    Attributes:
        seen_xid: Mark of the feed below which everything is decided; None before the start.
        staged: The sets that come into force.
        starts: When a new set of kelurahan begins to hold; None when none takes over.
        decided_through, decided_beyond: How far the two hands came that decide: one up to
            *halfway*, by id, the other behind it.
        applied_through, applied_beyond: How far they came in bringing decisions to the
            complaints, with a *halfway* of its own.
    """

    state: ActivationState
    set_id: int | None
    companion_set: int | None
    valid_from: date | None
    mapping: CodeMapping
    decided_through: int
    decided_beyond: int
    applied_through: int
    halfway: int
    applied_beyond: int
    seen_xid: str | None
    looked_at: int
    moving: int
    moved: int
    started_by: str
    layer: str | None
    version: str | None
    staged: tuple[int, ...]
    starts: datetime | None


def _activation(row: Row[Any]) -> Activation:
    told = row._asdict()
    del told["city_code"]
    told["state"] = ActivationState(told["state"])
    told["mapping"] = read_mapping(told["mapping"])
    return Activation(**told)


def find(
    connection: Connection,
    city_code: str | None,
    activation_id: int | None = None,
    *,
    under_way: bool = False,
    at_most: int = 1,
) -> list[tuple[str, Activation]]:
    """Activations with their city's code, the newest first; of all cities without a code."""
    values = {
        "city_code": city_code,
        "activation_id": activation_id,
        "under_way": under_way,
        "at_most": at_most,
    }
    rows = connection.execute(statement("store", "activation_one"), values)
    return [(row.city_code, _activation(row)) for row in rows]


def add(
    connection: Connection,
    city_code: str,
    *,
    set_id: int | None,
    companion_set: int | None,
    valid_from: date | None,
    mapping: CodeMapping,
    started_by: str,
) -> int | None:
    """Begin an activation; its id, or None while another is under way."""
    values = {
        "city_code": city_code,
        "set_id": set_id,
        "companion_set": companion_set,
        "valid_from": valid_from,
        "mapping": json.dumps({code: one.as_dict() for code, one in mapping.items()}),
        "started_by": started_by,
    }
    found = connection.execute(statement("store", "activation_insert"), values).scalar_one_or_none()
    return int(found) if found is not None else None


def lock(connection: Connection, city_code: str, activation_id: int) -> None:
    """Keep the activation from others until the transaction ends."""
    row = select(_table.c.id).where(_table.c.city_code == city_code, _table.c.id == activation_id)
    connection.execute(row.with_for_update(key_share=True))


def standing(connection: Connection, city_code: str, activation_id: int) -> Standing | None:
    """How far the activation has come; None for an unknown one."""
    values = {"city_code": city_code, "activation_id": activation_id}
    row = connection.execute(statement("store", "activation_standing"), values).one_or_none()
    if row is None:
        return None
    told = row._asdict()
    told["state"] = ActivationState(told["state"])
    told["mapping"] = read_mapping(told["mapping"])
    told["staged"] = tuple(told["staged"])
    return Standing(**told)


def note(
    connection: Connection,
    city_code: str,
    activation_id: int,
    *,
    stamp: str | None = None,
    **columns: Any,
) -> None:
    """Write down how far it has come; *stamp* names a column that gets the present moment."""
    if stamp is not None:
        columns[stamp] = func.clock_timestamp()
    connection.execute(
        update(_table)
        .where(_table.c.city_code == city_code, _table.c.id == activation_id)
        .values(**columns)
    )


def note_decided(
    connection: Connection, city_code: str, activation_id: int, hand: int, through: int, more: int
) -> None:
    """Write down how far hand 0 or 1 came, and that it looked at so many more."""
    columns: dict[str, Any] = {("decided_through", "decided_beyond")[hand]: through}
    columns["looked_at"] = _table.c.looked_at + more
    note(connection, city_code, activation_id, stamp=None, **columns)


def note_brought(
    connection: Connection, city_code: str, activation_id: int, hand: int, through: int, moved: int
) -> None:
    """Write down how far hand 0 or 1 came, and that it moved so many more."""
    columns: dict[str, Any] = {("applied_through", "applied_beyond")[hand]: through}
    columns["moved"] = _table.c.moved + moved
    note(connection, city_code, activation_id, stamp=None, **columns)


def halve(connection: Connection, city_code: str, activation_id: int) -> None:
    """Share what is pending out between two hands, half each."""
    pending = tables.pending_decision
    middle = (
        select(func.coalesce(func.percentile_disc(0.5).within_group(pending.c.complaint_id), 0))
        .where(pending.c.city_code == city_code, pending.c.activation_id == activation_id)
        .scalar_subquery()
    )
    half = connection.execute(select(middle)).scalar_one()
    note(connection, city_code, activation_id, halfway=half, applied_beyond=half)


def horizon(connection: Connection) -> str:
    """The mark below which every transaction has ended, by this statement's snapshot.

    What this and later statements read, they read with everything below it; a reader that
    notes the mark *before* it reads misses nothing.
    """
    mark = func.pg_snapshot_xmin(func.pg_current_snapshot())
    return str(connection.execute(select(cast(mark, Text))).scalar_one())


def changed_since(connection: Connection, city_code: str, seen_xid: str) -> list[int]:
    """Ids of the complaints stored or changed by transactions at or above the mark, in order."""
    values = {"city_code": city_code, "seen_xid": seen_xid}
    return list(connection.execute(statement("store", "activation_changed"), values).scalars())


def forget_decisions(
    connection: Connection, city_code: str, activation_id: int, ids: Sequence[int]
) -> None:
    """Remove what is pending for these complaints, so that they can be decided anew."""
    table = tables.pending_decision
    connection.execute(
        delete(table).where(
            table.c.city_code == city_code,
            table.c.activation_id == activation_id,
            # the range as well: where nothing is pending, a long list isn't gone through
            table.c.complaint_id.between(min(ids, default=0), max(ids, default=0)),
            table.c.complaint_id == func.any(list(ids)),
        )
    )


def next_ids(
    connection: Connection,
    city_code: str,
    activation_id: int,
    after: int,
    at_most: int,
    upto: int = LAST,
) -> list[int]:
    """The next complaints, by id and *upto* one, that something is pending for."""
    values = {
        "city_code": city_code,
        "activation_id": activation_id,
        "after": after,
        "upto": upto,
        "at_most": at_most,
    }
    return list(connection.execute(statement("store", "activation_next"), values).scalars())


def lock_complaints(
    connection: Connection, city_code: str, activation_id: int, first: int, last: int
) -> list[int]:
    """Keep complaints with something pending, from *first* to *last*, from others.

    Those of them that changed since they were decided.
    """
    values = {
        "city_code": city_code,
        "activation_id": activation_id,
        "first": first,
        "last": last,
    }
    rows = connection.execute(statement("store", "activation_lock_complaints"), values)
    return list(rows.scalars())


def sweep(connection: Connection, city_code: str, at_most: int) -> int:
    """Remove up to so many decisions of activations that have ended; how many there were."""
    values = {"city_code": city_code, "at_most": at_most}
    return connection.execute(statement("store", "activation_sweep"), values).rowcount


def ask_worker(connection: Connection) -> None:
    """Queue the worker's job for activations; the last statement of its transaction."""
    connection.execute(text("SET LOCAL search_path = procrastinate, public"))
    connection.execute(statement("store", "activation_defer"))


def is_staged(connection: Connection, city_code: str, set_id: int) -> bool:
    """Whether the city has such a set and it is staged."""
    table = tables.boundary_set
    asked = select(table.c.status).where(table.c.city_code == city_code, table.c.id == set_id)
    return connection.execute(asked).scalar_one_or_none() == "staged"


def retiring(connection: Connection, city_code: str, set_id: int) -> list[RetiringCode]:
    """Codes that grants or service areas name and the set lacks, without names and shares."""
    values = {"city_code": city_code, "set_id": set_id}
    found: dict[tuple[str, str], list[NamedBy]] = {}
    for row in connection.execute(statement("store", "activation_named"), values):
        found.setdefault((row.level, row.code), []).append(
            NamedBy(NamedKind(row.kind), row.who, row.id)
        )
    return [RetiringCode(code, code, level, tuple(named)) for (level, code), named in found.items()]


def with_shares(
    connection: Connection, city_code: str, set_id: int, codes: Sequence[RetiringCode]
) -> list[RetiringCode]:
    """The same codes with their names, the shares of their areas, and what these suggest."""
    asked: dict[str, list[str]] = {}
    for code in codes:
        asked.setdefault(code.level, []).append(code.code)
    values = {"city_code": city_code, "set_id": set_id, "asked": json.dumps(asked)}
    names: dict[tuple[str, str], str] = {}
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for row in connection.execute(statement("spatial", "activation_shares"), values):
        key = (row.level, row.code)
        names[key] = row.name
        if row.share is not None and row.share >= 0.0005:
            shares.setdefault(key, {})[row.new_code] = round(row.share, 4)
    return [
        RetiringCode(
            code.code,
            names.get((code.level, code.code), code.code),
            code.level,
            code.named_by,
            (of := shares.get((code.level, code.code), {})),
            suggest(of),
        )
        for code in codes
    ]


def known_codes(connection: Connection, city_code: str, set_id: int) -> dict[str, set[str]]:
    """The set's codes by level."""
    values = {"city_code": city_code, "set_id": set_id}
    known: dict[str, set[str]] = {}
    for row in connection.execute(statement("store", "activation_known"), values):
        known.setdefault(row.level, set()).add(row.code)
    return known


def add_companion(
    connection: Connection,
    city_code: str,
    *,
    mapping: Mapping[str, Sequence[str]],
    made_for: str,
    made_by: str,
) -> int | None:
    """Stage the service areas in force with the new codes; None where none are in force."""
    values = {
        "city_code": city_code,
        "mapping": json.dumps({code: list(into) for code, into in sorted(mapping.items())}),
        "made_for": made_for,
        "made_by": made_by,
    }
    found = connection.execute(statement("store", "activation_companion"), values)
    made = found.scalar_one_or_none()
    return int(made) if made is not None else None


def drop_companion(connection: Connection, city_code: str, set_id: int) -> None:
    """Remove a companion that never came into force."""
    for table, column in (
        (tables.service_area, tables.service_area.c.set_id),
        (tables.boundary_set, tables.boundary_set.c.id),
    ):
        connection.execute(delete(table).where(table.c.city_code == city_code, column == set_id))


def made_from(connection: Connection, city_code: str, set_id: int) -> int | None:
    """The set that this one was made from."""
    table = tables.boundary_set
    return connection.execute(
        select(table.c.made_from).where(table.c.city_code == city_code, table.c.id == set_id)
    ).scalar_one_or_none()


def map_grants(
    connection: Connection,
    city_code: str,
    activation_id: int,
    mapping: Mapping[str, Mapping[str, Sequence[str]]],
) -> int:
    """End grants that name retiring codes, by level, and give them anew; how many."""
    values = {
        "city_code": city_code,
        "activation_id": activation_id,
        "mapping": json.dumps(mapping),
    }
    return len(connection.execute(statement("store", "activation_map_grants"), values).all())


def copy_set(
    connection: Connection, city_code: str, set_id: int, *, day: date, made_by: str
) -> int | None:
    """Stage a copy of a set with everything in it; its id, or None for an unknown set.

    Its name is the set's with *day* behind it, and a number when that is taken.
    """
    values = {
        "city_code": city_code,
        "set_id": set_id,
        "day": day.isoformat(),
        "made_by": made_by,
    }
    found = connection.execute(
        statement("store", "activation_copy_set"), values
    ).scalar_one_or_none()
    return int(found) if found is not None else None


def counts(connection: Connection, city_code: str, activation_id: int) -> Row[Any]:
    """``moving``, ``outside`` and ``newly_ambiguous`` of what is decided so far."""
    values = {"city_code": city_code, "activation_id": activation_id}
    return connection.execute(statement("store", "activation_counts"), values).one()
