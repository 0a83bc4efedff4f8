"""Looking at a boundary set before it comes into force: report, map, cleaning, discarding."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from geoapp.domain.boundary import Fault, Layer
from geoapp.domain.boundary_quality import Cleaned, CleanedArea, OverlapStrategy, SetReport
from geoapp.domain.catalogue import City
from geoapp.errors import BoundarySetNotStaged, Conflict, FieldProblem, InvalidInput, NotFound
from geoapp.spatial import comparison, sandbox
from geoapp.store import boundaries as boundary_store
from geoapp.store import boundary_quality as store
from geoapp.store.database import Database, Role
from geoapp.usecases.boundary_log import log

if TYPE_CHECKING:
    from geoapp.spatial.sandbox_wire import CleanAreas

FeatureCollection = dict[str, Any]
"""GeoJSON, EPSG:4326."""

MAX_CHANGE = 0.01
"""Share of an area that a cleaning may take or give, unless told otherwise."""

_NAMED_IN_REFUSAL = 8


def record_faults(
    connection: Connection, city_code: str, set_id: int, faults: Sequence[Fault]
) -> None:
    """Keep the shapes of a set's gaps and overlaps, in the caller's transaction.

    Numbered from 1 in the order given: gaps, then overlaps, each with the largest first.
    They were found when the file was read: nothing is computed while the transaction lasts.
    """
    store.add_faults(connection, city_code, set_id, faults)


def report(database: Database, city: City, set_id: int) -> SetReport:
    """A set, what its file was like, and how it differs from the one in force.

    Raises:
        NotFound: the city has no such set.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        kept = store.kept_report(connection, city.code, set_id)
        beside = _in_force(connection, city.code, kept)
        layer = Layer(kept.set.layer)
        return SetReport(
            set=kept.set,
            quality=kept.quality,
            parents_missing=store.parents_missing(connection, city.code, set_id)
            if layer is Layer.KELURAHAN
            else (),
            comparison=comparison.compare(connection, city.code, layer, set_id, beside)
            if beside
            else None,
            gaps=kept.gaps,
            overlaps=kept.overlaps,
            changed=kept.changed,
        )


def faults(database: Database, city: City, set_id: int) -> FeatureCollection:
    """Gaps, overlaps and what a cleaning changed: n, kind, codes, area_m2.

    Raises:
        NotFound: the city has no such set.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        store.kept_report(connection, city.code, set_id)
        return _collection(comparison.fault_features(connection, city.code, set_id))


def areas(database: Database, city: City, set_id: int) -> FeatureCollection:
    """The areas as they are drawn, with those that only the set in force has.

    Properties: code, name, parent_code, parent_name, label, area_m2, and beside the set in
    force (else None): change (new, gone, moved, renamed, same), moved_km2, name_before.

    Raises:
        NotFound: the city has no such set.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        kept = store.kept_report(connection, city.code, set_id)
        beside = _in_force(connection, city.code, kept)
        return _collection(
            comparison.drawn(
                connection, city.code, Layer(kept.set.layer), set_id, beside.id if beside else None
            )
        )


def clean(
    database: Database,
    city: City,
    set_id: int,
    *,
    gaps_under_m2: float,
    overlaps: OverlapStrategy = OverlapStrategy.LOWEST_CODE,
    max_change: float = MAX_CHANGE,
    version: str | None = None,
    by: str = "system",
    home: Path | None = None,
) -> Cleaned:
    """A new staged set: *set_id*'s areas without small gaps and without overlaps.

    The set itself stays as it is. Codes, names, parents, source and licence are carried over;
    what is drawn and the labels' places are made anew. Every area that changes is reported,
    kept with the new set's report, and its lost and gained ground is on the report's map.

    Args:
        set_id: A kelurahan set, whatever its status.
        gaps_under_m2: Gaps below this size go to the area with the longest border on them;
            0 closes none.
        overlaps: Who gets ground that several areas claim. By default the lowest code, which
            decides there already: no complaint in an overlap goes elsewhere.
        max_change: Largest share of an area that may be lost and gained together.
        version: What the new set is called; by default the old one's name with "(cleaned)".
        by: Who cleans, such as ``account:7``.
        home: Folder in which it is told that somebody cleans, so that nobody else does or
            reads a file meanwhile; without it nobody is asked.

    Raises:
        NotFound: the city has no such set.
        InvalidInput: another layer, a number out of range, or an area would change more than
            *max_change*, naming each. Nothing is stored.
        Conflict: there is nothing to clean, the lines are beyond what GEOS can put right, or
            another set is being cleaned or file read.
        BoundaryFileError: it takes more memory or time than a process may have for it.
    """
    _check_numbers(gaps_under_m2, max_change)
    with database.transaction(Role.WORKER, city.code) as connection:
        kept = store.kept_report(connection, city.code, set_id)
        before = store.stored_areas(connection, city.code, set_id)
    if kept.set.layer != Layer.KELURAHAN or not before:
        raise InvalidInput(
            f"Set {set_id} holds {kept.set.layer}; only kelurahan are a coverage to clean.",
            "Service areas may overlap: their priority decides.",
            [FieldProblem("set_id", "is no kelurahan set", set_id)],
        )
    with sandbox.only_one(home) if home is not None else nullcontext():
        result = sandbox.clean(
            before, city.metric_srid, gaps_under_m2=gaps_under_m2, overlaps=overlaps
        )
    if not result.possible:
        raise Conflict(
            f"The borders of set {set_id} can't be brought together without a fault.",
            "Clean the file where it was made, for instance with GRASS v.clean, and import that.",
        )
    names = {area.code: area.name for area in before}
    changed = tuple(
        CleanedArea(
            code=one.code,
            name=names[one.code],
            old_m2=one.old_m2,
            new_m2=one.new_m2,
            moved_m2=one.moved_m2,
            share=one.moved_m2 / one.old_m2,
        )
        for one in result.changed
    )
    _check_change(changed, result.vanished, max_change)
    cleaned = Cleaned(
        set_id=0,
        made_from=set_id,
        gaps_under_m2=gaps_under_m2,
        overlaps=overlaps,
        max_change=max_change,
        gaps_before=result.gaps_before,
        gaps_after=result.gaps_after,
        overlaps_before=result.overlaps_before,
        overlaps_after=result.overlaps_after,
        area_change_m2=result.area_change_m2,
        covered_change_m2=result.covered_change_m2,
        changed=changed,
    )
    if not changed:
        raise Conflict(
            f"Set {set_id} has nothing to clean: no overlap to resolve and no gap under "
            f"{gaps_under_m2:,.0f} m².",
            "Its report lists what gaps there are; a larger --gaps-under closes larger ones.",
        )
    stored = _store_cleaned(
        database,
        city,
        kept,
        result,
        cleaned,
        version=version or f"{kept.set.version} (cleaned)",
        by=by,
    )
    log(
        database,
        city,
        by,
        "boundaries.cleaned",
        f"boundary_set:{stored.set_id}",
        {
            "label": version or kept.set.version,
            "made_from": set_id,
            "areas_changed": len(changed),
            "gaps": f"{cleaned.gaps_before} → {cleaned.gaps_after}",
            "overlaps": f"{cleaned.overlaps_before} → {cleaned.overlaps_after}",
        },
    )
    return stored


def discard(database: Database, city: City, set_id: int, by: str = "system") -> None:
    """Remove a staged set with all that belongs to it.

    Raises:
        NotFound: the city has no such set.
        BoundarySetNotStaged: it is or was in force, and is kept for ever.
        Conflict: an activation of it is under way; that must be undone first.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        status = store.lock(connection, city.code, set_id)
        kept = store.kept_report(connection, city.code, set_id)
        if status != "staged":
            raise BoundarySetNotStaged(
                f"Boundary set {set_id} of {city.code} is {status}; what was in force is kept.",
                "Only staged sets can be discarded.",
            )
        under_way = store.activation_under_way(connection, city.code, set_id)
        if under_way is not None:
            raise Conflict(
                f"Activation {under_way} of set {set_id} is under way.",
                "Undo the activation first, then discard the set.",
            )
        store.remove(connection, city.code, set_id)
    log(
        database,
        city,
        by,
        "boundaries.discarded",
        f"boundary_set:{set_id}",
        {"label": kept.set.version, "layer": kept.set.layer},
    )


def _store_cleaned(
    database: Database,
    city: City,
    kept: store.KeptReport,
    result: CleanAreas,
    cleaned: Cleaned,
    *,
    version: str,
    by: str,
) -> Cleaned:
    # How the file was read stays in the report; what is there now is counted anew.
    quality = {"crs": result.report.get("crs")} | kept.quality
    quality |= {key: value for key, value in result.report.items() if key != "crs"}
    content = hashlib.sha256(kept.set.sha256.encode())
    for area in result.areas:
        content.update(area.code.encode() + area.geometry)
    with database.transaction(Role.WORKER, city.code) as connection:
        if store.lock(connection, city.code, cleaned.made_from) is None:
            raise NotFound(f"Boundary set {cleaned.made_from} was discarded meanwhile.")
        set_id = store.copy_set(
            connection,
            city.code,
            cleaned.made_from,
            version=version,
            sha256=content.hexdigest(),
            quality=quality | {"cleaning": cleaned.as_dict() | {"set_id": None}},
            by=by,
        )
        boundary_store.add_areas(connection, city.code, set_id, result.areas)
        store.add_faults(connection, city.code, set_id, result.faults)
    return replace(cleaned, set_id=set_id)


def _check_numbers(gaps_under_m2: float, max_change: float) -> None:
    problems = []
    if not (math.isfinite(gaps_under_m2) and gaps_under_m2 >= 0):
        problems.append(
            FieldProblem("gaps_under_m2", "must be a number of m², 0 or more", gaps_under_m2)
        )
    if not 0 < max_change <= 1:
        problems.append(
            FieldProblem("max_change", "must be a share above 0, at most 1", max_change)
        )
    if problems:
        raise InvalidInput(
            "; ".join(f"{problem.field} {problem.message}" for problem in problems) + ".",
            "Give the size of gaps in m² and the largest change as a share: 0.01 is 1 %.",
            problems,
        )


def _check_change(
    changed: Sequence[CleanedArea], vanished: Sequence[str], max_change: float
) -> None:
    """Refuse a cleaning that would change an area more than it may."""
    gone = set(vanished)
    excessive = [one for one in changed if one.code in gone or one.share > max_change]
    if not excessive:
        return
    shown = ", ".join(
        f"{one.code} {one.name} ({'nothing left' if one.code in gone else f'{one.share:.2%}'})"
        for one in excessive[:_NAMED_IN_REFUSAL]
    )
    more = len(excessive) - _NAMED_IN_REFUSAL
    problem = f"{len(excessive)} areas would change more than {max_change:.2%}: {shown}"
    problem += f" and {more} more" if more > 0 else ""
    raise InvalidInput(
        f"{problem}. Nothing was stored.",
        "Close smaller gaps only (--gaps-under), give overlaps to others (--overlaps), or allow "
        "a larger change (--max-change).",
        [FieldProblem("max_change", problem, max_change)],
    )


def _in_force(
    connection: Connection, city_code: str, kept: store.KeptReport
) -> comparison.InForce | None:
    """The set in force of the layer; None if none is, or *kept* is that one."""
    active = boundary_store.active(connection, city_code, Layer(kept.set.layer))
    if active is None or active.id == kept.set.id:
        return None
    return comparison.InForce(active.id, active.version)


def _collection(features: list[dict[str, Any]]) -> FeatureCollection:
    return {"type": "FeatureCollection", "features": features}
