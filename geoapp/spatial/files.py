"""Any boundary file → EPSG:4326 areas with a quality report.

GeoJSON and the published ``wilayah_boundaries`` SQL so far. A file comes in, is
parsed (``geojson``, ``wilayah_sql``), its attributes found (``attributes``), its rings
built and mended (``polygons``), its CRS settled (``crs``), its coverage judged
(``coverage``). Nothing is stored here, and nothing is changed without the report saying so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from geoapp.domain.boundary import (
    Area,
    BoundaryFile,
    Box,
    CrsFinding,
    Layer,
    QualityReport,
    Refusal,
    Repair,
    belongs_to_city,
    parent_code_of,
)
from geoapp.errors import BoundaryFileError
from geoapp.spatial.attributes import Identity, find_fields, identify, of_admin_level
from geoapp.spatial.coverage import find_gaps, find_overlaps, simplify_together
from geoapp.spatial.crs import Expectation, Geometries, find_crs, project, to_degrees
from geoapp.spatial.polygons import Shape, as_multipolygons, build, label_points, mend, merge
from geoapp.spatial.readers.geojson import parse
from geoapp.spatial.readers.raw import RawFeature


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the caller knows or wants otherwise than usual.

    Attributes:
        crs: Such as ``EPSG:32748``; overrides what the file says.
        code_field, name_field, parent_field, parent_name_field: Attributes to read, for
            files whose schema isn't known.
        admin_level: Of an OSM extract, which level to take.
        envelope: Where the city lies. Without it coordinates in metres can't be guessed,
            and axes are judged by the metric CRS's area of use alone.
        max_repair_change: Largest change of an area, as a share, that repair may make.
        leave_out_refused: Import the rest when an area can't be repaired, instead of
            failing: the city then has a hole there.
        merge_duplicates: Features with the same code are parts of one area.
        display_tolerance_m: Of the drawn geometry; 0 draws what is stored.
        max_bytes, max_vertices: Bounds on memory: under 300 MB at the defaults.
    """

    crs: str | None = None
    code_field: str | None = None
    name_field: str | None = None
    parent_field: str | None = None
    parent_name_field: str | None = None
    admin_level: str | None = None
    envelope: Box | None = None
    max_repair_change: float = 0.01
    leave_out_refused: bool = False
    merge_duplicates: bool = False
    display_tolerance_m: float = 10.0
    max_bytes: int = 64 * 1024 * 1024
    max_vertices: int = 1_000_000


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
            "Road files hold lines; only areas are read.",
            "Choose the layer kelurahan or service_area.",
            "layer",
        )
    content = _load(path, options)
    sha256 = hashlib.sha256(content).hexdigest()
    raw = parse(content, path.name)
    del content  # as large as the file, and no longer needed
    declared, file_format = raw.crs, raw.format
    features = of_admin_level(raw.features, options.admin_level)
    del raw
    fields = find_fields(
        features,
        code=options.code_field,
        name=options.name_field,
        parent=options.parent_field,
        parent_name=options.parent_name_field,
    )
    identities = [identify(feature, fields) for feature in features]
    features, identities, other_city = _of_city(features, identities, city_code, layer)
    duplicates = _duplicates(identities, options)
    shapes = _built(features, identities)
    degrees, crs = _in_degrees(shapes, declared, metric_srid, options)
    candidates = _mended(identities, shapes, degrees, metric_srid, options)
    if duplicates:
        candidates = _merged(candidates)
    drawn, alone = simplify_together(
        candidates.geometries, metric_srid, options.display_tolerance_m
    )
    notes = [f"schema {fields.publisher}, format {file_format}"]
    if fields.name is None:
        notes.append("no attribute holds a name; the code stands for it")
    if alone:
        notes.append(f"{alone} areas could not be simplified together with their neighbours")
    report = _report(candidates, crs, metric_srid)
    report = replace(
        report,
        fields=fields.as_dict(),
        dropped_z=sum(shape.had_z for shape in shapes),
        other_city=other_city,
        duplicate_codes=duplicates,
        notes=tuple(notes),
    )
    areas = _areas(candidates, as_multipolygons(drawn), metric_srid)
    return BoundaryFile(layer, areas, report, sha256, path.name)


def _load(path: Path, options: ReadOptions) -> bytes:
    """The file's bytes, once it is clear that they and what they become fit in memory."""
    try:
        with path.open("rb") as file:
            content = file.read(options.max_bytes + 1)
    except OSError as error:
        raise BoundaryFileError(
            f"{path} can't be read: {error.strerror}.", "Check the path.", "file"
        ) from error
    if len(content) > options.max_bytes:
        raise BoundaryFileError(
            f"{path.name} is larger than {options.max_bytes / 1e6:,.0f} MB.",
            "Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …",
            "file",
        )
    # Every position opens a bracket, so this bounds the vertices before they exist.
    brackets = content.count(b"[") + content.count(b"{")
    if brackets > options.max_vertices:
        raise BoundaryFileError(
            f"{path.name} has some {brackets:,} positions and objects; "
            f"at most {options.max_vertices:,} are read.",
            "Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …",
            "file",
        )
    return content


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
    xy = shapely.get_coordinates(geometries)
    if len(xy) == 0:
        raise BoundaryFileError(
            "No feature of the file has a geometry with an area.",
            "Export the layer of areas with its geometry.",
            "geometry",
        )
    finding = find_crs(
        xy,
        chosen=options.crs,
        declared=declared,
        expected=Expectation(metric_srid, options.envelope),
    )
    degrees = to_degrees(geometries, finding)
    lon, lat = shapely.get_coordinates(degrees).T
    # The CRS was judged on a sample, and a projection has no answer far from its zone.
    if not ((np.abs(lon) <= 180).all() and (np.abs(lat) <= 90).all()):
        raise BoundaryFileError(
            f"Read as {finding.name}, some positions aren't on earth.",
            "The file mixes CRSs or has broken positions; repair it, or give --crs.",
            "crs",
        )
    return degrees, finding


def _mended(
    identities: list[Identity],
    shapes: list[Shape],
    degrees: Geometries,
    metric_srid: int,
    options: ReadOptions,
) -> _Candidates:
    kept: list[Identity] = []
    geometries: list[shapely.MultiPolygon] = []
    repairs: list[Repair] = []
    refused: list[Refusal] = []
    for identity, shape, geometry in zip(identities, shapes, degrees, strict=True):
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
            "Repair them where the file was made; or accept a larger change with "
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
        gaps=find_gaps(codes, geometries, metric_srid),
        overlaps=find_overlaps(codes, geometries, metric_srid),
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
