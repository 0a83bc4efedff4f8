"""Finds code, name and parent among a file's attributes.

Every publisher names them otherwise; the known schemas are tried in order, and the
caller's own choice always wins. Attribute names compare without regard to case, and as a
.dbf cuts them: to ten characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geoapp.domain.boundary import AreaProperties, Layer, dotted_codes, is_kemendagri_code
from geoapp.errors import BoundaryFileError
from geoapp.spatial.readers.raw import RawFeature
from geoapp.spatial.schemas import SCHEMAS, Schema, spelt
from geoapp.spatial.service_attributes import service_properties
from geoapp.spatial.texts import clean_text

MAX_CODE = 64
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Fields:
    """Which attribute holds what, spelt as in the file; None: the file doesn't say.

    *codes* tells whose codes they are, as in `Schema`.
    """

    publisher: str
    code: str
    name: str | None
    parent: str | None
    parent_name: str | None
    codes: str = "other"

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
    named_by: str | None = None,
) -> Fields:
    """Decide which attributes to read; the keyword arguments are the caller's choices.

    A schema fits when its code attribute has a value in every feature. If only *code* is
    chosen, name and parents come from the schema that has that code, or stay unknown.
    *named_by* (KML's ``Name``) is the name where the schema's is absent, and where no
    schema fits it stands for the code as well.

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
        if wanted is not None and spelt(present, wanted) is None:
            raise BoundaryFileError(
                f"No feature has an attribute {wanted!r}; there are: {_list(present.values())}.",
                f"Give --{option.replace('_', '-')} the name of an attribute of the file.",
                option,
            )
    if code is not None:
        fitting = [s for s in SCHEMAS if spelt(present, s.code) == spelt(present, code)]
        schema = fitting[0] if fitting else Schema("chosen", code, ())
    else:
        fitting = [s for s in SCHEMAS if _everywhere(features, spelt(present, s.code))]
        if not fitting and named_by is not None and _everywhere(features, named_by):
            fitting = [Schema("its names", named_by, (named_by,))]
        if not fitting:
            raise _no_code(features, present)
        schema = fitting[0]

    def pick(wanted: str | None, known: Iterable[str]) -> str | None:
        names = [wanted] if wanted is not None else known
        return next((found for n in names if (found := spelt(present, n)) is not None), None)

    return Fields(
        publisher=schema.publisher,
        code=pick(schema.code, ()) or schema.code,
        name=pick(name, (*schema.name, *([named_by] if named_by else ()))),
        parent=pick(parent, schema.parent),
        parent_name=pick(parent_name, schema.parent_name),
        codes=schema.codes,
    )


def identify(feature: RawFeature, fields: Fields, layer: Layer) -> Identity:
    """Code, name and parents of *feature*; a missing name is the code.

    Who serves it is read for service areas only. Numbers become their plain text: a ward ``3`` or ``3.0`` is ``"3"``.

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
        properties=service_properties(feature.properties, feature.number)
        if layer is Layer.SERVICE_AREA
        else AreaProperties(),
    )


def cut_names(features: Sequence[RawFeature], fields: Fields) -> str | None:
    """A note on names of areas or parents that are longer than is kept; None if there are none."""
    codes = [
        clean_text(feature.properties.get(fields.code)) or str(feature.number)
        for feature in features
        if any(
            len(clean_text(feature.properties.get(attribute)) or "") > MAX_NAME
            for attribute in (fields.name, fields.parent_name)
            if attribute
        )
    ]
    if not codes:
        return None
    shown = ", ".join(code[:MAX_CODE] for code in codes[:10])
    return f"names cut to {MAX_NAME} characters ({len(codes)}): {shown}{' …' if codes[10:] else ''}"


def with_dots(
    identities: Sequence[Identity], fields: Fields, city_code: str
) -> tuple[list[Identity], str | None]:
    """Codes of the ministry that were written without dots, with them; and a note on it.

    Under attributes that hold the ministry's codes, ten digits are taken for such; under
    attributes that may hold anything only if some of them are of this city.
    """
    if fields.codes == "bps" or not is_kemendagri_code(city_code):
        return list(identities), None
    dotted = dotted_codes(identity.code for identity in identities)
    ours = any(code.startswith(f"{city_code}.") for code in dotted.values())
    if not dotted or (fields.codes != "kemendagri" and not ours):
        return list(identities), None
    parents = dotted_codes(i.parent_code for i in identities if i.parent_code is not None)
    example = next(iter(dotted))
    return [
        replace(
            identity,
            code=dotted.get(identity.code, identity.code),
            parent_code=parents.get(identity.parent_code, identity.parent_code)
            if identity.parent_code is not None
            else None,
        )
        for identity in identities
    ], f"codes without dots taken for Kemendagri's: {example} is {dotted[example]}"


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


def _no_code(features: Sequence[RawFeature], present: dict[str, str]) -> BoundaryFileError:
    for schema in SCHEMAS:
        attribute = spelt(present, schema.code)
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
