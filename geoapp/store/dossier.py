"""What a dossier shows beside the complaint: the ground it lies on, the seals that cover it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from geoapp.domain.dossier import DossierArea, DossierSeal
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class Ground:
    """A kelurahan with its neighbours, and whose boundaries these are."""

    areas: list[DossierArea]
    source: str
    version: str
    approximate: bool


def ground(connection: Connection, city_code: str, set_id: int | None, code: str) -> Ground | None:
    """The kelurahan *code* and what lies around it; None when no set knows it. EPSG:4326."""
    rows = connection.execute(
        statement("store", "dossier_areas"),
        {"city_code": city_code, "set_id": set_id, "code": code},
    ).all()
    if not rows:
        return None
    areas = [
        DossierArea(
            name=row.name,
            own=row.own,
            label=(row.label_lon, row.label_lat),
            rings=[polygon[0] for polygon in json.loads(row.shape)["coordinates"]],
        )
        for row in rows
    ]
    return Ground(areas, rows[0].source or "", rows[0].version, rows[0].approximate)


def seals(connection: Connection, city_code: str, numbers: Sequence[int]) -> list[DossierSeal]:
    """The published seals with *numbers*, in order."""
    rows = connection.execute(
        statement("store", "dossier_seals"), {"city_code": city_code, "numbers": list(numbers)}
    )
    return [DossierSeal(row.number, row.hash, row.sealed_at.isoformat()) for row in rows]
