"""What a staged set does to codes that are named elsewhere, and what it names itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from geoapp.domain.activation import CodeMapping, Loss, NamedBy, NamedKind, ShrinkingCode
from geoapp.domain.boundary import Layer
from geoapp.store import tables
from geoapp.store.statements import statement

LOST = 0.01
"""A code that loses no more than this share of its ground isn't told: edges drawn anew."""


def shrinking(connection: Connection, city_code: str, set_id: int) -> list[ShrinkingCode]:
    """Kelurahan that lose ground to codes which whoever names them doesn't name, by code.

    Those who lose the same of a code are told together.
    """
    values = {"city_code": city_code, "set_id": set_id, "at_least": LOST}
    lost: dict[tuple[str, str, NamedBy], list[Loss]] = {}
    for row in connection.execute(statement("spatial", "activation_shrinking"), values):
        named = NamedBy(NamedKind(row.kind), row.who, row.id)
        loss = Loss(row.new_code, row.new_name, round(row.share, 4))
        lost.setdefault((row.code, row.name, named), []).append(loss)
    alike: dict[tuple[str, str, tuple[Loss, ...]], list[NamedBy]] = {}
    for (code, name, named), losses in lost.items():
        alike.setdefault((code, name, tuple(losses)), []).append(named)
    return [
        ShrinkingCode(code, name, tuple(named), losses)
        for (code, name, losses), named in alike.items()
    ]


def map_areas(
    connection: Connection, city_code: str, set_id: int, mapping: CodeMapping
) -> list[str]:
    """Let the service areas of a staged set name the new codes; the codes of those changed."""
    values = {
        "city_code": city_code,
        "set_id": set_id,
        "mapping": json.dumps({code: list(one.into) for code, one in mapping.items()}),
    }
    return list(connection.execute(statement("store", "activation_map_areas"), values).scalars())


def map_filters(
    connection: Connection,
    city_code: str,
    mapping: Mapping[str, Mapping[str, Sequence[str]]],
) -> int:
    """Let kept filters that name retiring codes, by level, ask for the new ones; how many."""
    values = {"city_code": city_code, "mapping": json.dumps(mapping)}
    return connection.execute(statement("store", "activation_map_filters"), values).rowcount


def layer_of(connection: Connection, city_code: str, set_id: int) -> Layer:
    """What a set of the city holds."""
    table = tables.boundary_set
    asked = select(table.c.layer).where(table.c.city_code == city_code, table.c.id == set_id)
    return Layer(connection.execute(asked).scalar_one())
