"""What the caller of a reader knows about a file, or wants otherwise than usual."""

from __future__ import annotations

from dataclasses import dataclass, field

from geoapp.domain.boundary import Box
from geoapp.domain.boundary_lines import Authority

MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """A profile for one file; every attribute has a value that fits most.

    Attributes:
        crs: Such as ``EPSG:32748``; overrides what the file says.
        table: Which table of a GeoPackage, or Shapefile of a zip, where there are several.
        code_field, name_field, parent_field, parent_name_field: Attributes to read, for
            files whose schema isn't known.
        ref_field, authority_field: Of roads: their number, and who keeps them.
        authority: Who keeps roads that don't say so themselves.
        authority_words: What the file's own words mean, such as ``{"Lingkungan": "city"}``.
        admin_level: Of an OSM extract, which level to take.
        envelope: Where the city lies. Without it coordinates in metres can't be guessed,
            and axes are judged by the metric CRS's area of use alone.
        max_repair_change: Largest change of an area, as a share, that repair may make.
        leave_out_refused: Import the rest when an area can't be repaired or lies far from
            the city, instead of failing: there may be a hole then.
        merge_duplicates: Features with the same code are parts of one area.
        display_tolerance_m: Of the drawn geometry; 0 draws what is stored.
        max_bytes: Of the file, and of what an archive holds once unpacked.
        max_vertices, max_features: Bounds on memory: under 300 MB at the defaults.
    """

    crs: str | None = None
    table: str | None = None
    code_field: str | None = None
    name_field: str | None = None
    parent_field: str | None = None
    parent_name_field: str | None = None
    ref_field: str | None = None
    authority_field: str | None = None
    authority: Authority | None = None
    authority_words: dict[str, Authority] = field(default_factory=dict)
    admin_level: str | None = None
    envelope: Box | None = None
    max_repair_change: float = 0.01
    leave_out_refused: bool = False
    merge_duplicates: bool = False
    display_tolerance_m: float = 10.0
    max_bytes: int = MAX_BYTES
    max_vertices: int = 1_000_000
    max_features: int = 100_000
