"""Another city from its boundary file alone: a folder is written for it, then loaded.

What the file says (codes, extent) decides what it can; the rest comes from
``boundaries/template`` and is a proposal that the city's staff correct in the folder or on
``/admin``. The folder is an ordinary city folder (``boundaries/README.md``).
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from geoapp import resources
from geoapp.domain.boundary import BoundaryFile, Layer, is_kemendagri_code
from geoapp.domain.catalogue import City
from geoapp.errors import Conflict, FieldProblem, InvalidInput
from geoapp.spatial import sandbox
from geoapp.spatial.options import ReadOptions
from geoapp.store.database import Database
from geoapp.usecases import cities

_WORLD_SRID = 3857
"""For the first look at a file, when nobody knows yet which metric CRS fits."""

_PAD_DEGREES = 0.015
"""About 1.7 km around the city: pins a little outside are told so instead of being refused blindly."""

_KINDS = {"kota": "{name} City", "kabupaten": "{name} Regency"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CityWishes:
    """What the caller says of the new city; None is found out from the file or proposed.

    Attributes:
        name: As its people call it, such as ``Kabupaten Muaro Jambi``.
        code: Kemendagri code; None takes the one that all codes of the file begin with.
        timezone: IANA name; None goes by the province in the code.
        metric_srid: EPSG code; None takes the UTM zone (WGS 84) of the city's middle.
        valid_from: First day the boundaries hold.
        parents: Names of kecamatan by code, for files that have their codes alone.
    """

    name: str
    valid_from: date
    name_en: str | None = None
    code: str | None = None
    slug: str | None = None
    ticket_prefix: str | None = None
    timezone: str | None = None
    metric_srid: int | None = None
    host: str | None = None
    version: str | None = None
    source: str | None = None
    licence: str = ""
    approximate: bool = False
    parents: Mapping[str, str] = field(default_factory=dict)


def add(
    database: Database,
    file: Path,
    wishes: CityWishes,
    *,
    home: Path,
    folder: Path | None = None,
    options: ReadOptions | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[City, Path]:
    """Write the folder of another city and load it; the city and where its folder is.

    Args:
        file: Its kelurahan or desa, in any format that boundaries are read from.
        folder: Where its files go; mustn't exist. None: named like the slug, under *home*.
        options: For files whose schema or CRS isn't known.

    Raises:
        BoundaryFileError: the file can't be used.
        InvalidInput: the file doesn't tell something and the caller didn't either.
        Conflict: the code, slug, host or ticket prefix is another city's, or the folder exists.
            Nothing is stored, and no folder is left behind.
    """
    template = _template()
    found = sandbox.read(
        file,
        city_code=wishes.code or "*",
        layer=Layer.KELURAHAN,
        metric_srid=_WORLD_SRID,
        options=options,
    )
    record = _record(found, wishes, template, cities.every(database))
    folder = folder or home / record["slug"]
    if folder.exists():
        raise Conflict(
            f"{folder} exists already.",
            f"Load it with: geoapp city load {folder}; or name another folder with --folder.",
        )
    _write(folder, file, record, wishes, template, options or ReadOptions())
    try:
        return cities.load(database, folder, progress=progress), folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _template() -> dict[str, Any]:
    path = resources.path("boundaries") / "template" / "template.json"
    template: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return template


def _record(
    found: BoundaryFile, wishes: CityWishes, template: dict[str, Any], known: list[City]
) -> dict[str, Any]:
    """The ``city`` of city.json."""
    west, south, east, north = found.report.bbox
    centre = (round((west + east) / 2, 4), round((south + north) / 2, 4))
    code = wishes.code or _common_code(found)
    slug = wishes.slug or re.sub(r"[^a-z0-9]+", "-", wishes.name.lower()).strip("-")
    taken = {city.ticket_prefix for city in known}
    record = {
        "code": code,
        "slug": slug,
        "name": wishes.name,
        "name_en": wishes.name_en or _in_english(wishes.name),
        "timezone": wishes.timezone or _timezone(code, template),
        "metric_srid": wishes.metric_srid or utm_srid(*centre),
        "locale": "id",
        "ticket_prefix": wishes.ticket_prefix or propose_prefix(wishes.name, taken),
        "host": wishes.host,
        "envelope": [
            round(west - _PAD_DEGREES, 4),
            round(south - _PAD_DEGREES, 4),
            round(east + _PAD_DEGREES, 4),
            round(north + _PAD_DEGREES, 4),
        ],
        "centre": list(centre),
        "parent_prefix_length": 8 if is_kemendagri_code(code) else None,
        "valid_from": wishes.valid_from.isoformat(),
    }
    for key in ("code", "slug", "host", "ticket_prefix"):
        for city in known:
            if record[key] is not None and record[key] == getattr(city, key):
                raise Conflict(
                    f"{key} {record[key]!r} is {city.name.local}'s ({city.code}).",
                    f"Choose another with --{key.replace('_', '-')}; "
                    "a city that is there is brought up to date with geoapp city load.",
                )
    return record


def _common_code(found: BoundaryFile) -> str:
    """What all areas' Kemendagri codes begin with: province and city."""
    heads = Counter(
        ".".join(area.code.split(".")[:2])
        for area in found.areas
        if is_kemendagri_code(area.code) and area.code.count(".") == 3
    )
    if len(heads) == 1 and heads.total() == len(found.areas):
        return next(iter(heads))
    told = ", ".join(f"{head} ({n} areas)" for head, n in heads.most_common(5)) or "none"
    raise InvalidInput(
        f"The file doesn't say which city it is of; its codes begin with: {told}.",
        "Name the city's code with --code; areas of other cities are left out.",
        [FieldProblem("code", "is missing")],
    )


def _timezone(code: str, template: dict[str, Any]) -> str:
    for zone, provinces in template["timezones"].items():
        if is_kemendagri_code(code) and code[:2] in provinces:
            return str(zone)
    raise InvalidInput(
        f"No time zone is known for the code {code!r}.",
        "Name one with --timezone, such as Asia/Jakarta.",
        [FieldProblem("timezone", "is missing")],
    )


def utm_srid(lon: float, lat: float) -> int:
    """EPSG code of the WGS 84 / UTM zone at a point in degrees: 326xx north, 327xx south."""
    zone = int((lon + 180) % 360 // 6) + 1
    return (32600 if lat >= 0 else 32700) + zone


def propose_prefix(name: str, taken: set[str]) -> str:
    """Three capital letters for ticket numbers: the name's first one and the consonants after it.

    ``Kabupaten Muaro Jambi`` → ``MRJ``. What is *taken* is passed over by changing the last.
    """
    words = [word for word in re.findall(r"[A-Z]+", name.upper()) if word.lower() not in _KINDS]
    letters = "".join(words) or "CITY"
    rest = [letter for letter in letters[1:] if letter not in "AEIOU"]
    stem = (letters[0] + "".join(rest) + "XX")[:3]
    endings = (stem[2], *rest[2:], *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return next(f"{stem[:2]}{last}" for last in endings if f"{stem[:2]}{last}" not in taken)


def _in_english(name: str) -> str:
    kind, _, rest = name.partition(" ")
    return _KINDS.get(kind.lower(), "{kind} {name}").format(kind=kind, name=rest).strip()


def _write(
    folder: Path,
    file: Path,
    record: dict[str, Any],
    wishes: CityWishes,
    template: dict[str, Any],
    options: ReadOptions,
) -> None:
    """The folder's files, whole or not at all."""
    like = resources.path("boundaries") / template["like"]
    beside = _unused(folder)
    beside.mkdir(parents=True)
    try:
        named = f"kelurahan{''.join(file.suffixes[-1:])}"
        shutil.copyfile(file, beside / named)
        city: dict[str, Any] = {
            "format": "geoapp-city/1",
            "city": {key: value for key, value in record.items() if value is not None},
            "boundaries": [
                {
                    "layer": Layer.KELURAHAN.value,
                    "file": named,
                    "version": wishes.version or file.stem,
                    "source": wishes.source or file.name,
                    "licence": wishes.licence,
                    "approximate": wishes.approximate,
                    "valid_from": wishes.valid_from.isoformat(),
                    "valid_to": None,
                    **_said(options),
                }
            ],
            "parents": dict(wishes.parents),
        }
        # null is a value of its own here, where the others leave a key out
        city["city"]["parent_prefix_length"] = record["parent_prefix_length"]
        agencies, codes = _agencies(_get(like / "agencies.json"), template)
        liked = _get(like / "city.json")["city"]
        keepers = liked["road_authorities"]
        city["city"]["road_authorities"] = {who: codes[code] for who, code in keepers.items()}
        city["city"]["ombudsman"] = liked["ombudsman"]  # a national institution
        _put(beside / "city.json", city)
        _put(beside / "agencies.json", agencies)
        for name in ("groups.json", "services.json", "holidays.json", "service_areas.json"):
            _put(beside / name, _renamed(_get(like / name), codes, template["source"]))
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _said(options: ReadOptions) -> dict[str, str]:
    """What the caller had to say of the file, so that loading the folder again knows it too."""
    said = {name: getattr(options, name) for name in ("crs", "code_field", "name_field")}
    return {name: value for name, value in said.items() if value is not None}


def _unused(folder: Path) -> Path:
    return next(
        path
        for n in count()
        if not (path := folder.with_name(f".{folder.name}.{n}.being-written")).exists()
    )


def _agencies(
    like: dict[str, Any], template: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The agencies under their usual names, and the code of each by the code it has in *like*."""
    usual = template["agencies"]
    agencies = [
        {
            "code": usual[agency["code"]]["code"],
            "versions": [
                {
                    "valid_from": agency["versions"][-1]["valid_from"],
                    "valid_to": None,
                    **{k: v for k, v in usual[agency["code"]].items() if k != "code"},
                }
            ],
        }
        for agency in like["agencies"]
    ]
    codes = {code: entry["code"] for code, entry in usual.items()}
    return {
        "format": like["format"],
        "fallback": codes[like["fallback"]],
        "agencies": agencies,
        "sources": template["sources"],
    }, codes


def _renamed(document: Any, codes: dict[str, str], source: str) -> Any:
    """*document* with the agencies' codes exchanged, and without what it said of its sources."""
    if isinstance(document, list):
        return [_renamed(item, codes, source) for item in document]
    if not isinstance(document, dict):
        return document
    return {
        key: codes[value]
        if key == "agency" and value is not None
        else source
        if key == "source"
        else _renamed(value, codes, source)
        for key, value in document.items()
        if key != "sources"
    }


def _get(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _put(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
