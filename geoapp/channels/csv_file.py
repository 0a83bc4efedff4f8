"""CSV files of other systems, read by a profile.

Nothing here opens a transaction or knows a city: a row becomes a `NewComplaint`, or a
reason why not.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from geoapp.channels.csv_profile import PLACEHOLDER, Profile
from geoapp.domain.complaint import NewComplaint, Status
from geoapp.domain.place import LonLat
from geoapp.errors import FieldProblem, GeoappError, InvalidInput

_TRUE = {"1", "true", "t", "yes", "y", "ya"}
_FALSE = {"", "0", "false", "f", "no", "n", "tidak"}


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file: where it stands, and its cells by column name."""

    number: int
    cells: dict[str, str]
    fault: str | None = None
    """Why the record can't even be taken apart."""


class RowError(Exception):
    """A row can't become a complaint; the text says why and names the column."""


def read_lines(
    path: Path, profile: Profile, *, at_byte: Callable[[int], None] = lambda _: None
) -> Iterator[Line]:
    """The records of a ``.csv`` or ``.csv.gz`` file, in order.

    Args:
        at_byte: Told after each record how far into the file (as stored) reading is.

    Raises:
        InvalidInput: the file isn't there, isn't in the profile's encoding, is cut off, or
            lacks a column that the profile names. Raised as reading gets there.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream: Any = gzip.GzipFile(fileobj=raw) if packed else raw
            # -sig: a byte order mark in front is no part of the first column's name
            encoding = "utf-8-sig" if profile.encoding == "utf-8" else profile.encoding
            with TextIOWrapper(stream, encoding=encoding, newline="") as text:
                reader = csv.reader(text, delimiter=profile.delimiter, strict=True)
                header = [name.strip() for name in next(reader, [])]
                _check_header(path, header, profile)
                for cells in reader:
                    if cells:
                        yield _line(reader.line_num, header, cells)
                    at_byte(raw.tell())
    except OSError as problem:
        raise InvalidInput(
            f"{path} can't be read: {problem.strerror or problem}.",
            "Give a readable .csv or .csv.gz.",
        ) from None
    except (EOFError, zlib.error):
        raise InvalidInput(
            f"{path} is cut off or damaged.",
            "Get the file again and run the same command: what is stored stays stored once.",
        ) from None
    except UnicodeDecodeError as problem:
        raise InvalidInput(
            f"{path} isn't in {profile.encoding} (byte {problem.object[problem.start]:#04x}).",
            'Set "encoding" in the profile: utf-8, latin-1 or cp1252.',
            [FieldProblem("encoding", "doesn't fit the file", profile.encoding)],
        ) from None
    except csv.Error as problem:
        raise InvalidInput(
            f"{path} isn't a CSV file: {problem}.",
            'Check "delimiter" in the profile, and the quotes.',
        ) from None


def _check_header(path: Path, header: list[str], profile: Profile) -> None:
    missing = sorted(profile.needed - set(header))
    if missing:
        raise InvalidInput(
            f"{path} has no column {', '.join(map(repr, missing))}.",
            f"It has: {', '.join(header) or 'nothing'}. Choose another profile or correct this one.",
            [FieldProblem(column, "isn't a column of the file") for column in missing],
        )


def _line(number: int, header: list[str], cells: list[str]) -> Line:
    fault = None
    if len(cells) != len(header):
        fault = f"has {len(cells)} cells, the header {len(header)}"
    elif any("\x00" in cell for cell in cells):
        fault = "contains a NUL character"
    clean = [cell.replace("\x00", "") for cell in cells]
    padded = clean + [""] * (len(header) - len(clean))
    return Line(number, dict(zip(header, padded, strict=False)), fault)


def parse(line: Line, profile: Profile, *, now: datetime) -> NewComplaint:
    """The complaint that a record tells of.

    Raises:
        RowError: it tells of none; says why.
    """
    if line.fault:
        raise RowError(line.fault)
    value = {what: line.cells[column].strip() for what, column in profile.columns.named.items()}
    if not value["external_id"]:
        raise RowError(f"{profile.columns.external_id}: empty, so a repeat couldn't be told")
    moments = {
        what: _moment(what, value.get(what, ""), profile)
        for what in (
            "submitted_at",
            "observed_at",
            "first_response_at",
            "resolved_at",
            "closed_at",
        )
    }
    if profile.columns.submitted_at and moments["submitted_at"] is None:
        raise RowError(f"{profile.columns.submitted_at}: empty")
    for what, moment in moments.items():
        if moment is not None and moment > now:
            raise RowError(f"{_column(profile, what)}: {value[what]!r} lies in the future")
    position = _position(value, profile)
    texts = {
        what: " ".join(PLACEHOLDER.sub(lambda m: line.cells[m[1]], template).split())
        for what, template in profile.templates.items()
    }
    return NewComplaint(
        service=_service(value, profile),
        description=texts.get("description") or value.get("description") or None,
        landmark=texts.get("landmark") or value.get("landmark") or None,
        position=position,
        accuracy_m=_accuracy(value, profile),
        named_area=None if position else value.get("named_area") or None,
        channel=profile.channel,
        source=profile.source,
        external_id=value["external_id"],
        status=_status(value, profile, moments),
        anonymous=_flag("anonymous", value, profile),
        confidential=_flag("confidential", value, profile),
        submitted_at=moments["submitted_at"],
        observed_at=moments["observed_at"],
        first_response_at=moments["first_response_at"],
        resolved_at=moments["resolved_at"],
        closed_at=moments["closed_at"],
    )


def _column(profile: Profile, what: str) -> str:
    return profile.columns.named.get(what, what)


def _moment(what: str, text: str, profile: Profile) -> datetime | None:
    if not text:
        return None
    for form in profile.dates:
        try:
            if form == "iso":
                moment = datetime.fromisoformat(text)
            else:
                moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(profile.timezone))
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            break
    raise RowError(
        f"{_column(profile, what)}: {text[:40]!r} is no date in the form {' or '.join(profile.dates)}"
    )


def _number(column: str, text: str, profile: Profile) -> float:
    plain = text.replace(profile.decimal, ".")
    # float() would also take "1_0", "nan" and "infinity"
    if not re.fullmatch(r"[-+]?\d*\.?\d+(e[-+]?\d+)?", plain, re.IGNORECASE | re.ASCII):
        raise RowError(f"{column}: {text[:40]!r} is no number")
    return float(plain)


def _position(value: Mapping[str, str], profile: Profile) -> LonLat | None:
    texts = value.get("lon", ""), value.get("lat", "")
    if texts == ("", ""):
        return None
    columns = _column(profile, "lon"), _column(profile, "lat")
    if "" in texts:
        raise RowError(f"{columns[texts.index('')]}: empty, the other coordinate isn't")
    lon, lat = (_number(*pair, profile) for pair in zip(columns, texts, strict=True))
    if any(p.means == "no_point" and (p.lon, p.lat) == (lon, lat) for p in profile.points):
        return None
    try:
        return LonLat(lon, lat)
    except GeoappError:
        raise RowError(f"{columns[0]}, {columns[1]}: {lon:g}, {lat:g} isn't on earth") from None


def _accuracy(value: Mapping[str, str], profile: Profile) -> float | None:
    text = value.get("accuracy_m", "")
    if not text:
        return None
    metres = _number(_column(profile, "accuracy_m"), text, profile)
    if not 0 <= metres <= 100_000:
        raise RowError(f"{_column(profile, 'accuracy_m')}: {text!r} isn't within 0 to 100000 m")
    return metres


def _service(value: Mapping[str, str], profile: Profile) -> str:
    text = value.get("service", "")
    known = profile.services.map
    code = (text or None) if known is None else known.get(text)
    code = code or profile.services.default or profile.constants.service
    if code is None:
        raise RowError(f"{_column(profile, 'service')}: {text!r} stands for no service")
    return code


def _status(
    value: Mapping[str, str], profile: Profile, moments: Mapping[str, datetime | None]
) -> Status:
    """By the file's own word; without one, by the last moment it gives."""
    text = value.get("status", "")
    if text:
        known = profile.statuses.map
        found = known.get(text) if known is not None else None
        if known is None and text in {status.value for status in Status}:
            found = Status(text)
        found = found or profile.statuses.default
        if found is None:
            raise RowError(f"{_column(profile, 'status')}: {text!r} stands for no status")
        return found
    if profile.constants.status is not None:
        return profile.constants.status
    if moments["closed_at"]:
        return Status.CLOSED
    return Status.RESOLVED if moments["resolved_at"] else Status.SUBMITTED


def _flag(
    what: Literal["anonymous", "confidential"], value: Mapping[str, str], profile: Profile
) -> bool:
    """True is kept from either side: a flag that hides is never lost."""
    text = value.get(what, "").lower()
    if text not in _TRUE | _FALSE:
        raise RowError(f"{_column(profile, what)}: {text!r} is neither yes nor no")
    return text in _TRUE or bool(getattr(profile.constants, what))
