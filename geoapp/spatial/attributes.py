"""Finds code, name and parent among a file's attributes.

Every publisher names them otherwise; the known schemas are tried in order, and the
caller's own choice always wins. Attribute names compare without regard to case.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoapp.domain.boundary import AreaProperties
from geoapp.errors import BoundaryFileError
from geoapp.spatial.readers.raw import RawFeature

MAX_CODE = 64
MAX_NAME = 200

# Bidi controls turn the text after them around, on every page that shows the name.
_UNWANTED = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


@dataclass(frozen=True, slots=True)
class Schema:
    """The attribute names of one publisher; the first of each tuple that is there counts."""

    publisher: str
    code: str
    name: tuple[str, ...]
    parent: tuple[str, ...] = ()
    parent_name: tuple[str, ...] = ()


# Order matters: a BIG file carries a BPS code too, and its own Kemendagri code is meant.
SCHEMAS = (
    Schema(
        "geoapp",
        "code",
        ("name",),
        ("parent_code", "kecamatan_code"),
        ("parent_name", "kecamatan"),
    ),
    Schema("BIG/RBI", "KDEPUM", ("NAMOBJ", "WADMKD"), ("KDCPUM",), ("WADMKC",)),
    Schema("BIG/RBI", "KDEBPS", ("NAMOBJ", "WADMKD"), ("KDCBPS",), ("WADMKC",)),
    Schema("BPS", "iddesa", ("nmdesa",), ("idkec",), ("nmkec",)),
    Schema("wilayah_boundaries", "kode", ("nama",), ("kode_kecamatan",), ("kecamatan",)),
    Schema("GADM", "GID_4", ("NAME_4",), ("GID_3",), ("NAME_3",)),
    Schema("GADM", "GID_3", ("NAME_3",), ("GID_2",), ("NAME_2",)),
    Schema("GADM", "GID_2", ("NAME_2",), ("GID_1",), ("NAME_1",)),
    Schema("geoBoundaries", "shapeID", ("shapeName",)),
    Schema("OSM", "ref", ("name",)),
    Schema("OSM", "@id", ("name",)),
    Schema("OSM", "osm_id", ("name",)),
)


@dataclass(frozen=True, slots=True)
class Fields:
    """Which attribute holds what, spelt as in the file; None: the file doesn't say."""

    publisher: str
    code: str
    name: str | None
    parent: str | None
    parent_name: str | None

    def as_dict(self) -> dict[str, str]:
        """``{"code": "KDEPUM", …}`` without what is absent."""
        pairs = {
            "code": self.code,
            "name": self.name,
            "parent_code": self.parent,
            "parent_name": self.parent_name,
        }
        return {ours: theirs for ours, theirs in pairs.items() if theirs is not None}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a feature says it is."""

    code: str
    name: str
    parent_code: str | None
    parent_name: str | None
    properties: AreaProperties


def find_fields(
    features: Sequence[RawFeature],
    *,
    code: str | None = None,
    name: str | None = None,
    parent: str | None = None,
    parent_name: str | None = None,
) -> Fields:
    """Decide which attributes to read; the keyword arguments are the caller's choices.

    A schema fits when its code attribute has a value in every feature. If only *code* is
    chosen, name and parents come from the schema that has that code, or stay unknown.

    Raises:
        BoundaryFileError: a chosen attribute isn't in the file, or no schema fits; the
            message lists the attributes there are.
    """
    present = _present(features)
    chosen = {
        "code_field": code,
        "name_field": name,
        "parent_field": parent,
        "parent_name_field": parent_name,
    }
    for option, wanted in chosen.items():
        if wanted is not None and wanted.casefold() not in present:
            raise BoundaryFileError(
                f"No feature has an attribute {wanted!r}; there are: {_list(present.values())}.",
                f"Give --{option.replace('_', '-')} the name of an attribute of the file.",
                option,
            )
    if code is not None:
        fitting = [s for s in SCHEMAS if s.code.casefold() == code.casefold()]
    else:
        fitting = [s for s in SCHEMAS if _everywhere(features, present.get(s.code.casefold()))]
        if not fitting:
            raise _no_code(features, present)
    schema = fitting[0] if fitting else Schema("chosen", str(code), ())

    def pick(wanted: str | None, known: Iterable[str]) -> str | None:
        names = [wanted] if wanted is not None else known
        return next((present[n.casefold()] for n in names if n.casefold() in present), None)

    return Fields(
        publisher=schema.publisher,
        code=present[schema.code.casefold()],
        name=pick(name, schema.name),
        parent=pick(parent, schema.parent),
        parent_name=pick(parent_name, schema.parent_name),
    )


def identify(feature: RawFeature, fields: Fields) -> Identity:
    """Code, name and parents of *feature*; a missing name is the code.

    Numbers become their plain text: a ward ``3`` or ``3.0`` is ``"3"``.

    Raises:
        BoundaryFileError: the feature has no code, or one that can't be a key.
    """
    code = clean_text(feature.properties.get(fields.code))
    if code is None:
        raise BoundaryFileError(
            f"Feature {feature.number} has no value in {fields.code!r}.",
            "Fill it in, or choose another attribute with --code-field.",
            "code_field",
        )
    if len(code) > MAX_CODE:
        raise BoundaryFileError(
            f"The code of feature {feature.number} has {len(code)} characters: {code[:40]!r}…",
            f"Codes have at most {MAX_CODE}; choose another attribute with --code-field.",
            "code_field",
        )

    def read(attribute: str | None) -> str | None:
        text = clean_text(feature.properties.get(attribute)) if attribute else None
        return text[:MAX_NAME] if text else None

    return Identity(
        code=code,
        name=read(fields.name) or code,
        parent_code=read(fields.parent),
        parent_name=read(fields.parent_name),
        properties=_service(feature.properties, feature.number),
    )


def of_admin_level(features: Sequence[RawFeature], level: str | None) -> list[RawFeature]:
    """The features of one OSM ``admin_level``; all of them when none has that attribute.

    Raises:
        BoundaryFileError: several levels and none chosen (Indonesia uses 5/6/7 or 7/8/9
            for the same units, so it can't be guessed), or nothing at the chosen one.
    """
    levels: dict[str, list[RawFeature]] = {}
    for feature in features:
        found = clean_text(_insensitive(feature.properties).get("admin_level"))
        levels.setdefault(found or "none", []).append(feature)
    if level is None and len(levels) <= 1:
        return list(features)
    counts = ", ".join(f"{key} ({len(group)} features)" for key, group in sorted(levels.items()))
    if level is None:
        raise BoundaryFileError(
            f"The file holds several admin_level: {counts}.",
            "Choose one with --admin-level; for kelurahan it is 7 or 9 in Indonesia.",
            "admin_level",
        )
    if level not in levels:
        raise BoundaryFileError(
            f"No feature has admin_level {level}; there are: {counts}.",
            "Choose one of them with --admin-level.",
            "admin_level",
        )
    return levels[level]


def clean_text(value: Any) -> str | None:
    """*value* as one line of plain text, or None when there is nothing in it.

    NFC; control characters, bidi controls and lone surrogates (which no database
    stores) are dropped, runs of white space become one blank.
    """
    if value is None or isinstance(value, bool | dict | list):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value) if value.is_integer() else value
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", str(value)))
    kept = "".join(
        c if unicodedata.category(c) not in ("Cc", "Cs") else (" " if c.isspace() else "")
        for c in text
    )
    return " ".join(kept.split()) or None


def _service(properties: Mapping[str, Any], number: int) -> AreaProperties:
    known = _insensitive(properties)

    def read(*names: str) -> str | None:
        return next((text for n in names if (text := clean_text(known.get(n)))), None)

    priority = read("priority")
    if priority is not None and not re.fullmatch(r"-?[0-9]{1,6}", priority):
        raise BoundaryFileError(
            f"The priority of feature {number} is {priority[:40]!r}.",
            "A priority is a whole number; the highest wins.",
            "priority",
        )
    return AreaProperties(
        agency_code=read("agency_code", "agency"),
        group_code=read("group_code", "group"),
        service_code=read("service_code", "service"),
        priority=int(priority or 0),
    )


def _present(features: Sequence[RawFeature]) -> dict[str, str]:
    """Attribute names of all features: case-folded → as spelt first."""
    present: dict[str, str] = {}
    for feature in features:
        for key in feature.properties:
            present.setdefault(key.casefold(), key)
    return present


def _everywhere(features: Sequence[RawFeature], attribute: str | None) -> bool:
    if attribute is None:
        return False
    return all(clean_text(f.properties.get(attribute)) is not None for f in features)


def _insensitive(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key.casefold(): value for key, value in properties.items()}


def _no_code(features: Sequence[RawFeature], present: Mapping[str, str]) -> BoundaryFileError:
    for schema in SCHEMAS:
        attribute = present.get(schema.code.casefold())
        if attribute is not None:
            empty = [f.number for f in features if clean_text(f.properties.get(attribute)) is None]
            return BoundaryFileError(
                f"{len(empty)} of {len(features)} features have no value in {attribute!r}, "
                f"the first is feature {empty[0]}.",
                "Fill it in, or choose another attribute with --code-field; "
                f"there are: {_list(present.values())}.",
                "code_field",
            )
    return BoundaryFileError(
        f"No attribute is known to hold a code; there are: {_list(present.values())}.",
        "Name the one that identifies an area with --code-field (and --name-field).",
        "code_field",
    )


def _list(names: Iterable[str]) -> str:
    shown = [repr(name)[:60] for name in names]
    return (", ".join(shown[:40]) + (", …" if len(shown) > 40 else "")) or "none at all"
