"""A boundary file, from disk or from an address, becomes a staged set with its report."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection

from geoapp.channels import download
from geoapp.domain.boundary import Area, BoundaryFile, Layer, QualityReport
from geoapp.domain.boundary_lines import LineFile, LineReport
from geoapp.domain.catalogue import City
from geoapp.settings import Settings
from geoapp.spatial import sandbox
from geoapp.spatial.files import ReadOptions
from geoapp.store import boundaries as store
from geoapp.store.database import Database, Role
from geoapp.usecases import boundary_quality, roads, service_area_files
from geoapp.usecases.boundary_log import log

_MB = 1024 * 1024

Read = BoundaryFile | LineFile
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Staged:
    """A set that is stored and not in force, and what its file was like.

    Attributes:
        set_id: The staged set; with *unchanged* the one that was there already.
        unchanged: The very same file, read the same way, is staged or in force already;
            nothing was stored.
    """

    set_id: int
    report: QualityReport | LineReport
    unchanged: bool = False


def stage(
    database: Database,
    city: City,
    source: Path | str,
    *,
    layer: Layer,
    version: str,
    source_name: str = "",
    licence: str = "",
    approximate: bool = False,
    options: ReadOptions | None = None,
    by: str = "system",
    settings: Settings,
    progress: Progress = lambda _what: None,
) -> Staged:
    """Read a boundary file in a bounded process of its own and store it as a staged set.

    Args:
        source: A file, or the http(s) address of one, which is downloaded first.
        version: What the set is called.
        source_name: Who published it; by default the file's name or its address.
        options: Where the usual won't do; the city's envelope is filled in.
        by: Who imports it, such as ``account:7``.
        settings: Size limit and reach of downloads.
        progress: Told what begins: ``download``, ``read``, ``store``.

    Raises:
        BoundaryFileError: the file can't be had or used; nothing is stored.
        CatalogueError: a service area or road names a code the catalogue lacks.
        Conflict: another file is being read.
    """
    box = city.envelope
    options = replace(
        options or ReadOptions(),
        envelope=(box.west, box.south, box.east, box.north),
        max_bytes=settings.import_max_mb * _MB,
    )
    with _at_hand(source, settings, progress) as path:
        progress("read")
        with sandbox.only_one(settings.home):
            file = _read(path, city, layer, options)
    progress("store")
    with database.transaction(Role.WORKER, city.code) as connection:
        already = _already(connection, city.code, layer, file)
        if already is not None:
            return Staged(already, file.report, unchanged=True)
        set_id = store_file(
            connection,
            city.code,
            layer,
            file,
            version=version,
            source=source_name or _told(source),
            licence=licence,
            approximate=approximate,
            by=by,
        )
    told = {"label": version, "layer": layer.value}
    log(database, city, by, "boundaries.staged", str(set_id), told)
    return Staged(set_id, file.report)


def store_file(
    connection: Connection,
    city_code: str,
    layer: Layer,
    file: Read,
    *,
    version: str,
    source: str,
    licence: str,
    approximate: bool,
    by: str = "system",
    parent_names: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Store what was read as a staged set, within the caller's transaction; the set's id.

    Args:
        parent_names: Names of kecamatan that the file doesn't name.

    Raises:
        CatalogueError: a service area or road names a code the catalogue lacks.
    """
    set_id = store.add_set(
        connection,
        city_code,
        layer,
        version=version,
        source=source or file.source,
        licence=licence,
        sha256=file.sha256,
        approximate=approximate,
        quality=file.report.as_dict(),
        imported_by=by,
    )
    if isinstance(file, LineFile):
        roads.store_lines(connection, city_code, set_id, file.lines)
    elif layer is Layer.KELURAHAN:
        areas = _with_parents(connection, city_code, file, parent_names)
        store.add_areas(connection, city_code, set_id, areas)
        boundary_quality.record_faults(connection, city_code, set_id, file.faults)
    else:
        service_area_files.store_file(connection, city_code, set_id, file)
    return set_id


def _read(path: Path, city: City, layer: Layer, options: ReadOptions) -> Read:
    if layer is Layer.ROAD:
        return sandbox.read_lines(path, metric_srid=city.metric_srid, options=options)
    return sandbox.read(
        path, city_code=city.code, layer=layer, metric_srid=city.metric_srid, options=options
    )


@contextmanager
def _at_hand(source: Path | str, settings: Settings, progress: Progress) -> Iterator[Path]:
    """The file: where it is, or downloaded to a folder that is removed afterwards."""
    if isinstance(source, Path):
        yield source
        return
    progress("download")
    with tempfile.TemporaryDirectory(prefix="geoapp-download-") as folder:
        yield download.fetch(
            source,
            Path(folder),
            max_bytes=settings.import_max_mb * _MB,
            private_hosts=settings.import_private_hosts,
        )


def _told(source: Path | str) -> str:
    """Where a file came from, for everybody to read: an address without its query.

    Behind the question mark stand the keys with which some servers hand files out.
    """
    return source.partition("?")[0] if isinstance(source, str) else source.name


def _already(connection: Connection, city_code: str, layer: Layer, file: Read) -> int | None:
    """The staged or active set that holds exactly what *file* would give."""
    ours = json.loads(json.dumps(file.report.as_dict()))
    for kept in store.same_file(connection, city_code, layer, file.sha256):
        if all(kept.quality.get(key) == value for key, value in ours.items()):
            return kept.id
    return None


def _with_parents(
    connection: Connection, city_code: str, file: BoundaryFile, given: Mapping[str, str]
) -> list[Area]:
    """The file's areas; parents it doesn't name get the given name, or keep an earlier set's.

    The published ``wilayah_boundaries`` SQL, for one, has kecamatan codes and no names.
    """
    known = store.parent_names(connection, city_code) | dict(given)
    return [
        replace(area, parent_name=known.get(area.parent_code))
        if area.parent_name is None and area.parent_code is not None
        else area
        for area in file.areas
    ]
