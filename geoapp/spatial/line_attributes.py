"""Finds number, name and keeper among the attributes of roads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geoapp.domain.boundary_lines import Authority, authority_of
from geoapp.errors import BoundaryFileError
from geoapp.spatial import schemas
from geoapp.spatial.attributes import MAX_CODE, MAX_NAME
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.readers.raw import RawFeature
from geoapp.spatial.schemas import spelt
from geoapp.spatial.texts import clean_text


@dataclass(frozen=True, slots=True)
class RoadFields:
    """Which attribute holds what, spelt as in the file; None: the file doesn't say."""

    code: str | None
    name: str | None
    ref: str | None
    authority: str | None
    agency: str | None

    def as_dict(self) -> dict[str, str]:
        """``{"name": "NAMOBJ", …}`` without what is absent."""
        pairs = {
            "code": self.code,
            "name": self.name,
            "ref": self.ref,
            "authority": self.authority,
            "agency": self.agency,
        }
        return {ours: theirs for ours, theirs in pairs.items() if theirs is not None}


@dataclass(frozen=True, slots=True)
class Road:
    """Which road a feature says it is a stretch of."""

    code: str
    name: str
    ref: str | None
    authority: Authority
    agency_code: str | None


def find_road_fields(features: Sequence[RawFeature], options: ReadOptions) -> RoadFields:
    """Decide which attributes to read; the options' choices win.

    Authority is the first known attribute all of whose values are understood. With
    ``options.authority`` a file needs none.

    Raises:
        BoundaryFileError: a chosen attribute isn't there, or nothing says who keeps a road.
    """
    present: dict[str, str] = {}
    for feature in features:
        for key in feature.properties:
            present.setdefault(key.casefold(), key)
    chosen = {
        "code_field": options.code_field,
        "name_field": options.name_field,
        "ref_field": options.ref_field,
        "authority_field": options.authority_field,
    }
    for option, wanted in chosen.items():
        if wanted is not None and spelt(present, wanted) is None:
            raise BoundaryFileError(
                f"No feature has an attribute {wanted!r}; there are: {_shown(present)}.",
                f"Give --{option.replace('_', '-')} the name of an attribute of the file.",
                option,
            )

    def pick(wanted: str | None, known: Sequence[str]) -> str | None:
        names = [wanted] if wanted is not None else known
        return next((found for n in names if (found := spelt(present, n)) is not None), None)

    authority = pick(options.authority_field, ())
    if authority is None:
        known = [f for name in schemas.ROAD_AUTHORITY if (f := spelt(present, name)) is not None]
        understood = (field for field in known if _understood(features, field, options))
        authority = next(understood, None)
        if authority is None and options.authority is None:
            raise _no_authority(features, known, present, options)
    return RoadFields(
        code=pick(options.code_field, schemas.ROAD_CODE),
        name=pick(options.name_field, schemas.ROAD_NAME),
        ref=pick(options.ref_field, schemas.ROAD_REF),
        authority=authority,
        agency=pick(None, schemas.ROAD_AGENCY),
    )


def long_names(features: Sequence[RawFeature], field: str) -> list[str]:
    """Numbers of the features whose name in *field* is longer than is kept."""
    return [
        str(feature.number)
        for feature in features
        if len(clean_text(feature.properties.get(field)) or "") > MAX_NAME
    ]


def roads_of(
    features: Sequence[RawFeature], fields: RoadFields, options: ReadOptions
) -> list[Road]:
    """Which road each feature belongs to, in order.

    Without a code attribute number and name stand for it; a feature with neither is a road
    of its own.

    Raises:
        BoundaryFileError: a value of the authority attribute isn't understood, or missing
            without ``options.authority``.
    """
    return [_road(feature, fields, options) for feature in features]


def _road(feature: RawFeature, fields: RoadFields, options: ReadOptions) -> Road:
    def read(attribute: str | None, most: int = MAX_NAME) -> str | None:
        text = clean_text(feature.properties.get(attribute)) if attribute else None
        return text[:most] if text else None

    authority = options.authority
    word = read(fields.authority)
    if word is not None:
        authority = _meant(word, options.authority_words)
        if authority is None:
            raise BoundaryFileError(
                f"Feature {feature.number} has {fields.authority} {word[:40]!r}, which isn't "
                "understood as city, province or nation.",
                f"Say what it means: --authority-word {word[:40]!r}=city",
                "authority_field",
            )
    if authority is None:
        raise BoundaryFileError(
            f"Feature {feature.number} has no value in {fields.authority!r}.",
            "Fill it in, or say who keeps such roads with --authority.",
            "authority_field",
        )
    name, ref = read(fields.name), read(fields.ref, MAX_CODE)
    derived = " ".join(part for part in (ref, name) if part) or f"line-{feature.number}"
    code = read(fields.code, MAX_CODE) or derived[:MAX_CODE]
    return Road(code, name or ref or code, ref, authority, read(fields.agency))


def _meant(word: str, words: Mapping[str, Authority]) -> Authority | None:
    own = {key.casefold(): value for key, value in words.items()}
    return own.get(word.casefold()) or authority_of(word)


def _values(features: Sequence[RawFeature], field: str) -> list[str]:
    read = (clean_text(feature.properties.get(field)) for feature in features)
    return list(dict.fromkeys(value for value in read if value is not None))


def _understood(features: Sequence[RawFeature], field: str, options: ReadOptions) -> bool:
    values = _values(features, field)
    return bool(values) and all(_meant(value, options.authority_words) for value in values)


def _no_authority(
    features: Sequence[RawFeature],
    known: Sequence[str],
    present: Mapping[str, str],
    options: ReadOptions,
) -> BoundaryFileError:
    for field in known:
        values = _values(features, field)
        unclear = [value for value in values if _meant(value, options.authority_words) is None]
        if unclear:
            shown = ", ".join(repr(value[:40]) for value in unclear[:8])
            return BoundaryFileError(
                f"{field} doesn't say who keeps the roads: {shown}{' …' if unclear[8:] else ''}.",
                "Say what its words mean, such as --authority-word "
                f"{unclear[0][:40]!r}=province; choose another attribute with "
                "--authority-field; or give all of them one keeper with --authority.",
                "authority_field",
            )
    return BoundaryFileError(
        f"No attribute says who keeps the roads; there are: {_shown(present)}.",
        "Choose it with --authority-field, or give all of them one keeper with --authority.",
        "authority_field",
    )


def _shown(present: Mapping[str, str]) -> str:
    shown = [repr(name)[:60] for name in present.values()]
    return (", ".join(shown[:40]) + (", …" if len(shown) > 40 else "")) or "none at all"
