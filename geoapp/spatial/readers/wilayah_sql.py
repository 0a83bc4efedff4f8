r"""Reads the published ``wilayah_boundaries`` SQL without running a word of it.

The files hold MySQL statements; of interest are ``INSERT INTO wilayah_boundaries
(kode,nama,lat,lng,path) VALUES ('15.71.01.1001','…',-1.6,103.5,'[[[-1.6,103.5],…]]'),…``.
*path* is JSON with **[lat, lng]** positions: nested three deep it is a Polygon, four deep
a MultiPolygon. Everything else in the file (comments, DELETE, CREATE TABLE) is skipped.

Strings follow MySQL: ``''`` and ``\'`` both stand for a quote, so a name such as
``Ma'ruf`` or one with ``),(`` in it is read as written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from geoapp.errors import BoundaryFileError

_PUBLISHED_COLUMNS = ("kode", "nama", "lat", "lng", "path")

# Unrolled loops: no alternation per character, so a row of megabytes is linear and needs
# no stack. A lone opening quote or comment matches nothing and is reported.
_TOKEN = re.compile(
    r"""
      (?P<space>   \s+ | --[^\n]* | \#[^\n]* | /\*[^*]*\*+(?:[^/*][^*]*\*+)*/ )
    | (?P<string>  '[^'\\]*(?:(?:\\.|'')[^'\\]*)*' | "[^"\\]*(?:(?:\\.|"")[^"\\]*)*" )
    | (?P<quoted>  `[^`]*` )
    | (?P<number>  [+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<word>    [A-Za-z_@][\w@$.]* )
    | (?P<mark>    [(),;=] )
    | (?P<other>   [^\s'"`] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}

_Token = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class WilayahRow:
    """One row: *geometry* is a GeoJSON-like mapping in [lng, lat] order, or None."""

    code: str
    name: str
    geometry: dict[str, Any] | None


def looks_like_wilayah_sql(text: str) -> bool:
    """Whether *text* has an INSERT into a table of that name."""
    return re.search(r"insert\s[^;(]{0,60}wilayah_boundaries", text, re.IGNORECASE) is not None


def read_rows(text: str) -> Iterator[WilayahRow]:
    """The rows of every INSERT into ``wilayah_boundaries``, in file order.

    Raises:
        BoundaryFileError: a statement breaks off, a row lacks a column, or a path isn't
            the JSON described above; the message names the row's code or the line.
    """
    tokens = _tokens(text)
    for kind, value, _ in tokens:
        if kind == "word" and value.lower() in ("insert", "replace"):
            yield from _insert(text, tokens)
        elif (kind, value) != ("mark", ";"):
            _skip_statement(tokens)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _broken(text, at, "a string or a comment is opened and never closed")
        kind = match.lastgroup or "other"
        if kind != "space":
            yield kind, match.group(), at
        at = match.end()


def _skip_statement(tokens: Iterator[_Token]) -> None:
    for kind, value, _ in tokens:
        if (kind, value) == ("mark", ";"):
            return


def _insert(text: str, tokens: Iterator[_Token]) -> Iterator[WilayahRow]:
    table = ""
    columns: list[str] | None = None
    for kind, value, _ in tokens:
        if (kind, value) == ("mark", ";"):
            return
        if kind == "word" and value.lower() in ("values", "value"):
            break
        if (kind, value) == ("mark", "("):
            columns = []
        elif kind in ("word", "quoted"):
            name = value.strip("`").lower()
            if columns is not None:
                columns.append(name)
            else:
                # INTO `schema`.`table` and INTO schema.table alike: the last part counts.
                table = name.rpartition(".")[2]
    else:
        raise _broken(text, len(text), "an INSERT breaks off before its VALUES")
    if table != "wilayah_boundaries":
        _skip_statement(tokens)
        return
    yield from _rows(text, tokens, tuple(columns or _PUBLISHED_COLUMNS))


def _rows(text: str, tokens: Iterator[_Token], columns: Sequence[str]) -> Iterator[WilayahRow]:
    missing = [name for name in ("kode", "nama", "path") if name not in columns]
    if missing:
        raise BoundaryFileError(
            f"The INSERT names the columns {', '.join(columns)}; {', '.join(missing)} is missing.",
            "Use a wilayah_boundaries file as published, with kode, nama, lat, lng, path.",
        )
    values: list[str | None] = []
    inside = False
    at = 0
    for kind, value, at in tokens:
        if not inside:
            if (kind, value) == ("mark", "("):
                values, inside = [], True
            elif (kind, value) == ("mark", ";"):
                return
            elif (kind, value) != ("mark", ","):
                # ON DUPLICATE KEY UPDATE … or the like: the rows have been read.
                _skip_statement(tokens)
                return
        elif kind in ("string", "number") or value.lower() == "null":
            values.append(_value(kind, value))
        elif (kind, value) == ("mark", ")"):
            if len(values) < len(columns):
                raise _broken(text, at, f"a row has {len(values)} of {len(columns)} values")
            inside = False
            yield _row(dict(zip(columns, values, strict=False)), text, at)
        elif (kind, value) != ("mark", ","):
            raise _broken(text, at, f"found {value[:40]!r} where a value belongs")
    if inside:
        raise _broken(text, at, "the file breaks off inside a row")


def _row(values: dict[str, str | None], text: str, at: int) -> WilayahRow:
    code, name, path = values["kode"], values["nama"], values["path"]
    if not code:
        raise _broken(text, at, "a row has no kode")
    geometry = _geometry(code, path) if path and path.strip() else None
    return WilayahRow(code=code, name=name or "", geometry=geometry)


def _geometry(code: str, path: str) -> dict[str, Any] | None:
    try:
        nested = json.loads(path)
    except (ValueError, RecursionError) as error:
        raise _bad_path(code, f"isn't JSON ({type(error).__name__})") from error
    depth, probe = 0, nested
    while isinstance(probe, list) and probe:
        depth, probe = depth + 1, probe[0]
    if nested in (None, []):
        return None
    if depth == 3:
        return {"type": "Polygon", "coordinates": _turned(code, nested)}
    if depth == 4:
        polygons = [_turned(code, polygon) for polygon in nested]
        return {"type": "MultiPolygon", "coordinates": polygons}
    raise _bad_path(code, f"is nested {depth} deep")


def _turned(code: str, polygon: Any) -> list[list[list[Any]]]:
    """[lat, lng] → [lng, lat]; what the values are is judged later, with every format."""
    try:
        return [[[position[1], position[0]] for position in ring] for ring in polygon]
    except (TypeError, IndexError, KeyError) as error:
        raise _bad_path(code, "has something other than [lat, lng] positions in it") from error


def _value(kind: str, token: str) -> str | None:
    if kind != "string":
        return token if kind == "number" else None
    return _ESCAPE.sub(
        lambda m: _ESCAPED.get(m.group(1), m.group(1)) if m.group(1) else m.group()[0],
        token[1:-1],
    )


def _bad_path(code: str, what: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"The path of {code} {what}.",
        "It must be JSON of [lat, lng] positions, three deep (Polygon) or four (MultiPolygon).",
        "path",
    )


def _broken(text: str, at: int, what: str) -> BoundaryFileError:
    line = text.count("\n", 0, at) + 1
    return BoundaryFileError(
        f"The SQL can't be read at line {line}: {what}.",
        "Use a wilayah_boundaries file as published; only its INSERT statements are read.",
    )
