"""Any boundary file → EPSG:4326 areas with a quality report.

A file comes in, is parsed by its format (``readers``), its attributes found
(``attributes``), its rings built and mended (``polygons``), its CRS settled (``crs``), its
coverage judged (``coverage``). Nothing is stored here, and nothing is changed without the
report saying so. Files of roads go the same way (``lines``).

A stranger's file is read through ``sandbox``, which calls this in a process of its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from geoapp.domain.boundary import (
    Area,
    BoundaryFile,
    CrsFinding,
    Layer,
    QualityReport,
    Refusal,
    Repair,
    UndrawnArea,
    belongs_to_city,
    parent_code_of,
)
from geoapp.errors import BoundaryFileError
from geoapp.spatial.attributes import (
    Identity,
    cut_names,
    find_fields,
    identify,
    of_admin_level,
    with_dots,
)
from geoapp.spatial.coverage import gap_shapes, overlap_shapes, simplify_together
from geoapp.spatial.crs import Geometries, project
from geoapp.spatial.faults import of_shapes
from geoapp.spatial.lines import read_lines
from geoapp.spatial.loading import astray, in_degrees, load
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.polygons import Shape, as_multipolygons, build, label_points, mend, merge
from geoapp.spatial.readers.formats import parse
from geoapp.spatial.readers.raw import RawFeature

__all__ = ["ReadOptions", "read_boundaries", "read_lines"]


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Identities and geometries side by side, with what happened to them so far."""

    identities: list[Identity]
    geometries: Geometries
    repairs: tuple[Repair, ...] = ()
    refused: tuple[Refusal, ...] = ()


def read_boundaries(
    path: Path,
    *,
    city_code: str,
    layer: Layer,
    metric_srid: int,
    options: ReadOptions | None = None,
) -> BoundaryFile:
    """The areas in the file at *path*, brought to valid EPSG:4326 multipolygons.

    Args:
        path: A file; its content, not its name, tells the format.
        city_code: Kelurahan whose Kemendagri code says another city are left out, and
            counted in the report.
        layer: ``kelurahan`` or ``service_area``; roads are lines and aren't read here.
        metric_srid: The city's metric CRS, for areas in m² and tolerances in metres.
        options: Where the usual won't do.

    Raises:
        BoundaryFileError: the file can't be used; the message names what was found in
            it, the remedy what to do.
    """
    options = options or ReadOptions()
    if layer is Layer.ROAD:
        raise BoundaryFileError(
            "Road files hold lines; only areas are read here.",
            "Choose the layer kelurahan or service_area.",
            "layer",
        )
    content = load(path, options)
    sha256 = hashlib.sha256(content).hexdigest()
    raw = parse(content, path.name, options)
    del content  # as large as the file, and no longer needed
    features = of_admin_level(raw.features, options.admin_level)
    fields = find_fields(
        features,
        code=options.code_field,
        name=options.name_field,
        parent=options.parent_field,
        parent_name=options.parent_name_field,
        named_by=raw.named_by,
    )
    notes = [f"schema {fields.publisher}, format {raw.format}", *raw.notes]
    if fields.name is None:
        notes.append("no attribute holds a name; the code stands for it")
    if fields.code == raw.named_by:
        notes.append("no attribute holds a code; the name stands for it")
    declared = raw.crs
    raw.features.clear()  # the geometries of the layers that weren't chosen
    identities = [identify(feature, fields, layer) for feature in features]
    note = cut_names(features, fields)
    notes += [note] if note else []
    identities, note = with_dots(identities, fields, city_code)
    notes += [note] if note else []
    features, identities, other_city = _of_city(features, identities, city_code, layer)
    duplicates = _duplicates(identities, options)
    no_agency, every_service = _open_rules(identities, layer)
    features, identities, undrawn = _drawn(features, identities)
    if undrawn and not features:
        report = replace(
            _nothing_drawn(options),
            fields=fields.as_dict(),
            notes=tuple(notes),
            no_agency=no_agency,
            every_service=every_service,
        )
        return BoundaryFile(layer, (), report, sha256, path.name, undrawn)
    numbers = [feature.number for feature in features]
    shapes = _built(features, identities)
    degrees, crs = _in_degrees(shapes, declared, metric_srid, options)
    far = {
        n: f"feature {numbers[n]} lies around {where}, far from the city"
        for n, where in astray(degrees, options.envelope).items()
    }
    candidates = _mended(identities, shapes, degrees, far, metric_srid, options)
    if duplicates:
        candidates = _merged(candidates)
    drawn, alone = simplify_together(
        candidates.geometries, metric_srid, options.display_tolerance_m
    )
    if alone:
        notes.append(f"{alone} areas could not be simplified together with their neighbours")
    if undrawn:
        notes.append(f"{len(undrawn)} service areas cover the city or whole kelurahan, undrawn")
    codes = [identity.code for identity in candidates.identities]
    gaps = gap_shapes(codes, candidates.geometries, metric_srid)
    overlaps = overlap_shapes(codes, candidates.geometries, metric_srid)
    report = replace(
        _report(candidates, crs, metric_srid),
        gaps=tuple(gap for gap, _ in gaps),
        overlaps=tuple(overlap for overlap, _ in overlaps),
        fields=fields.as_dict(),
        dropped_z=sum(shape.had_z for shape in shapes),
        other_city=other_city,
        duplicate_codes=duplicates,
        notes=tuple(notes),
        no_agency=no_agency,
        every_service=every_service,
    )
    areas = _areas(candidates, as_multipolygons(drawn), metric_srid)
    faults = tuple(of_shapes(gaps, overlaps)) if layer is Layer.KELURAHAN else ()
    return BoundaryFile(layer, areas, report, sha256, path.name, undrawn, faults)


def _drawn(
    features: list[RawFeature], identities: list[Identity]
) -> tuple[list[RawFeature], list[Identity], tuple[UndrawnArea, ...]]:
    """Those with a polygon of their own, and the service areas that need none."""
    polygon = [identity.properties.coverage == "polygon" for identity in identities]
    undrawn = tuple(
        UndrawnArea(identity.code, identity.name, identity.properties)
        for identity, own in zip(identities, polygon, strict=True)
        if not own
    )
    if not undrawn:
        return features, identities, ()
    return (
        [feature for feature, own in zip(features, polygon, strict=True) if own],
        [identity for identity, own in zip(identities, polygon, strict=True) if own],
        undrawn,
    )


def _open_rules(
    identities: list[Identity], layer: Layer
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes of service areas without an agency, and of those with neither group nor service."""
    if layer is not Layer.SERVICE_AREA:
        return (), ()
    rules = {identity.code: identity.properties for identity in identities}
    return (
        tuple(code for code, rule in rules.items() if rule.agency_code is None),
        tuple(
            code
            for code, rule in rules.items()
            if rule.group_code is None and rule.service_code is None
        ),
    )


def _nothing_drawn(options: ReadOptions) -> QualityReport:
    """The report on a file of service areas that all cover the city or whole kelurahan."""
    return QualityReport(
        area_count=0,
        vertex_count=0,
        total_area_km2=0.0,
        bbox=options.envelope or (0.0, 0.0, 0.0, 0.0),
        crs=CrsFinding("EPSG:4326", False, "nothing is drawn in it"),
    )


def _of_city(
    features: list[RawFeature], identities: list[Identity], city_code: str, layer: Layer
) -> tuple[list[RawFeature], list[Identity], int]:
    if layer is not Layer.KELURAHAN:
        return features, identities, 0
    ours = [belongs_to_city(identity.code, city_code) for identity in identities]
    if not any(ours):
        others = sorted({".".join(identity.code.split(".")[:2]) for identity in identities})
        raise BoundaryFileError(
            f"No area of {city_code} is in the file; its codes begin with {', '.join(others[:10])}.",
            "Give the file of this city, or choose the other city with --city.",
            "city",
        )
    return (
        [feature for feature, our in zip(features, ours, strict=True) if our],
        [identity for identity, our in zip(identities, ours, strict=True) if our],
        ours.count(False),
    )


def _duplicates(identities: list[Identity], options: ReadOptions) -> tuple[str, ...]:
    counts = Counter(identity.code for identity in identities)
    doubled = tuple(code for code, count in counts.items() if count > 1)
    if doubled and not options.merge_duplicates:
        shown = ", ".join(f"{code} ({counts[code]}×)" for code in doubled[:10])
        raise BoundaryFileError(
            f"{len(doubled)} codes occur more than once: {shown}{' …' if doubled[10:] else ''}.",
            "If they are parts of one area, merge them with --merge-duplicates; "
            "otherwise choose another attribute with --code-field.",
            "code_field",
        )
    return doubled


def _built(features: list[RawFeature], identities: list[Identity]) -> list[Shape]:
    """The shapes, in order; empties *features*, as their lists are ten times the arrays."""
    shapes = []
    features.reverse()
    for identity in identities:
        feature = features.pop()
        shapes.append(build(feature.geometry, f"Feature {feature.number} ({identity.code})"))
    return shapes


def _in_degrees(
    shapes: list[Shape], declared: str | None, metric_srid: int, options: ReadOptions
) -> tuple[Geometries, CrsFinding]:
    geometries = np.array([shape.geometry for shape in shapes], dtype=object)
    if shapely.is_empty(geometries).all():
        raise BoundaryFileError(
            "No feature of the file has a geometry with an area.",
            "Export the layer of areas with its geometry.",
            "geometry",
        )
    return in_degrees(geometries, declared, metric_srid, options)


def _mended(
    identities: list[Identity],
    shapes: list[Shape],
    degrees: Geometries,
    far: Mapping[int, str],
    metric_srid: int,
    options: ReadOptions,
) -> _Candidates:
    """Valid areas in the city; *far* says of the others where they lie, by their index."""
    kept: list[Identity] = []
    geometries: list[shapely.MultiPolygon] = []
    repairs: list[Repair] = []
    refused: list[Refusal] = []
    for n, (identity, shape, geometry) in enumerate(zip(identities, shapes, degrees, strict=True)):
        if n in far:
            refused.append(Refusal(identity.code, far[n]))
            continue
        result = mend(identity.code, geometry, metric_srid, options.max_repair_change)
        if isinstance(result, Refusal):
            refused.append(result)
            continue
        valid, repair = result
        repairs += [Repair(identity.code, note, 0.0) for note in shape.notes]
        repairs += [repair] if repair else []
        kept.append(identity)
        geometries.append(valid)
    if refused and (not kept or not options.leave_out_refused):
        shown = "; ".join(f"{refusal.code}: {refusal.why}" for refusal in refused[:5])
        raise BoundaryFileError(
            f"{len(refused)} of {len(identities)} areas can't be used: {shown}"
            f"{' …' if refused[5:] else ''}.",
            "Correct their coordinates where the file was made, or import the others with "
            "--leave-out-refused."
            if len(far) == len(refused)
            else "Repair them where the file was made; or accept a larger change with "
            "--max-repair-change, or import the others with --leave-out-refused.",
            "geometry",
        )
    return _Candidates(kept, np.array(geometries, dtype=object), tuple(repairs), tuple(refused))


def _merged(candidates: _Candidates) -> _Candidates:
    """One area per code; who it is, the first feature says."""
    groups: dict[str, list[shapely.MultiPolygon]] = {}
    first: dict[str, Identity] = {}
    for identity, geometry in zip(candidates.identities, candidates.geometries, strict=True):
        first.setdefault(identity.code, identity)
        groups.setdefault(identity.code, []).append(geometry)
    geometries = np.array([merge(group) for group in groups.values()], dtype=object)
    return replace(candidates, identities=list(first.values()), geometries=geometries)


def _report(candidates: _Candidates, crs: CrsFinding, metric_srid: int) -> QualityReport:
    geometries = candidates.geometries
    codes = [identity.code for identity in candidates.identities]
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(geometries))
    names: dict[str, list[str]] = {}
    for identity in candidates.identities:
        names.setdefault(identity.name, []).append(identity.code)
    parents = {_parent(identity) for identity in candidates.identities}
    return QualityReport(
        area_count=len(codes),
        vertex_count=int(shapely.get_num_coordinates(geometries).sum()),
        total_area_km2=float(shapely.area(project(geometries, 4326, metric_srid)).sum() / 1e6),
        bbox=(west, south, east, north),
        crs=crs,
        parent_codes=tuple(sorted(parent for parent in parents if parent is not None)),
        repairs=candidates.repairs,
        refused=candidates.refused,
        duplicate_names={n: tuple(c) for n, c in names.items() if len(c) > 1},
    )


def _areas(candidates: _Candidates, drawn: Geometries, metric_srid: int) -> tuple[Area, ...]:
    labels = label_points(candidates.geometries, metric_srid)
    return tuple(
        Area(
            code=identity.code,
            name=identity.name,
            parent_code=_parent(identity),
            parent_name=identity.parent_name,
            geometry=shapely.to_wkb(geometry),
            display_geometry=shapely.to_wkb(display),
            label=label,
            properties=identity.properties,
        )
        for identity, geometry, display, label in zip(
            candidates.identities, candidates.geometries, drawn, labels, strict=True
        )
    )


def _parent(identity: Identity) -> str | None:
    return identity.parent_code or parent_code_of(identity.code)
