"""Hotspot runs in the database: stored whole, read whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geoapp.domain.hotspot import HotspotCell, HotspotCluster, HotspotRun, SetAside
from geoapp.store.statements import statement

#: Runs kept per group and window length: a day of them at the default pace.
KEEP = 96


def insert(conn: Connection, run: HotspotRun) -> int:
    """Store *run* with its hexagons and drop the oldest beyond `KEEP`; its new id."""
    run_id = int(
        conn.execute(
            statement("store", "hotspot_run_insert"),
            {
                "city_code": run.city_code,
                "group_code": run.group_code,
                "window_from": run.window_from,
                "window_to": run.window_to,
                "cell_m": run.cell_m,
                "metric_srid": run.metric_srid,
                "computed_at": run.computed_at,
                "total": run.total,
                "outside": run.outside,
                "simulated": run.simulated,
                "cells": run.cells,
                "tested": run.tested,
                "hotspots": len(run.hotspots),
                "boundary_set": run.boundary_set,
                "set_aside": json.dumps([asdict(pile) for pile in run.set_aside]),
                "clusters": json.dumps([asdict(cluster) for cluster in run.clusters]),
            },
        ).scalar_one()
    )
    if run.hotspots:
        conn.execute(
            statement("store", "hotspot_insert"),
            {
                "city_code": run.city_code,
                "run_id": run_id,
                "hotspots": json.dumps([_cell_row(cell) for cell in run.hotspots]),
            },
        )
    conn.execute(
        statement("store", "hotspot_runs_prune"),
        {"city_code": run.city_code, "group_code": run.group_code, "keep": KEEP},
    )
    return run_id


def computed_at(conn: Connection, city_code: str) -> datetime | None:
    """When the group whose newest run is oldest was computed; None while one has no run."""
    moment: datetime | None = conn.execute(
        statement("store", "hotspots_computed_at"), {"city_code": city_code}
    ).scalar_one()
    return moment


def latest(
    conn: Connection,
    city_code: str,
    *,
    groups: Sequence[str] | None = None,
    window_days: int | None = None,
) -> list[HotspotRun]:
    """The newest run of each group, by group code.

    Args:
        conn: any role that may read hotspots; they are public.
        city_code: the city.
        groups: codes of the groups wanted; None means all, none at all gives nothing.
        window_days: only runs over a window of this length; None takes any.
    """
    runs = conn.execute(
        statement("store", "hotspot_runs_latest"),
        {
            "city_code": city_code,
            "groups": None if groups is None else list(groups),
            "window_days": window_days,
        },
    ).all()
    cells: dict[int, list[HotspotCell]] = {run.id: [] for run in runs}
    if cells:
        for row in conn.execute(
            statement("store", "hotspots_of_runs"),
            {"city_code": city_code, "runs": list(cells)},
        ):
            cells[row.run_id].append(_cell(row))
    return [_run(row, cells[row.id]) for row in runs]


def _cell_row(cell: HotspotCell) -> dict[str, Any]:
    row = asdict(cell)
    row["cell_q"], row["cell_r"] = row.pop("cell")
    row["geometry"] = json.dumps({"type": "Polygon", "coordinates": [row.pop("ring")]})
    return row


def _cell(row: Any) -> HotspotCell:
    return HotspotCell(
        cell=(row.cell_q, row.cell_r),
        count=row.complaints,
        neighbourhood=row.neighbourhood,
        expected=row.expected,
        z=row.z,
        p=row.p,
        q=row.q,
        confidence=row.confidence,
        cluster=row.cluster,
        kelurahan=tuple(row.kelurahan),
        ring=tuple((lon, lat) for lon, lat in row.ring),
    )


def _run(row: Any, cells: list[HotspotCell]) -> HotspotRun:
    return HotspotRun(
        city_code=row.city_code,
        group_code=row.group_code,
        window_from=row.window_from,
        window_to=row.window_to,
        cell_m=row.cell_m,
        metric_srid=row.metric_srid,
        computed_at=row.computed_at,
        total=row.total,
        outside=row.outside,
        simulated=row.simulated,
        cells=row.cells,
        tested=row.tested,
        boundary_set=row.boundary_set,
        set_aside=tuple(SetAside(**pile) for pile in row.set_aside),
        clusters=tuple(_cluster(cluster) for cluster in row.clusters),
        hotspots=tuple(cells),
    )


def _cluster(stored: dict[str, Any]) -> HotspotCluster:
    west, south, east, north = stored["bbox"]
    lon, lat = stored["centre"]
    return HotspotCluster(
        confidence=stored["confidence"],
        count=stored["count"],
        expected=stored["expected"],
        cells=stored["cells"],
        kelurahan=tuple(stored["kelurahan"]),
        centre=(lon, lat),
        bbox=(west, south, east, north),
    )
