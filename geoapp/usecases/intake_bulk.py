"""Taking in many complaints at once: other systems' files, and simulated ones.

Batches commit one by one, each well under a second, and every row is known by its source
and external id: whatever stops an import, the same command goes on where it stopped.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self, TextIO

from sqlalchemy import func, select

from geoapp.channels.csv_file import Line, RowError, parse, read_lines
from geoapp.channels.csv_profile import KnownPoint, Profile
from geoapp.domain.catalogue import City
from geoapp.domain.history import told_by
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.spatial import assignment
from geoapp.spatial.bulk import BATCH, Answer, Filed, Outcome, store_many
from geoapp.store import boundaries as boundary_store
from geoapp.store.database import Database, Role

_REASONS = {
    Outcome.UNKNOWN_SERVICE: "the city offered no service {new.service!r} on that day",
    Outcome.UNKNOWN_AREA: "{new.named_area!r} is no kelurahan of the city",
    Outcome.OUTSIDE: "lies outside the city",
}


class Loader:
    """Stores complaints of one city batch by batch; a row is there whole or not at all."""

    # Foreign keys are checked by plans that PostgreSQL makes once per connection: made
    # for empty tables they scan (measured: 5,300 rows/s fall to 700 within 3,000 rows).
    # New statistics make it plan again; needed early, and each time the tables grew a lot.
    _MILESTONES = (200, 2_000, 20_000, 200_000)

    def __init__(self, database: Database, city: City, *, actor: str, keep_outside: bool) -> None:
        self._database = database
        self._city = city
        self._actor = actor
        self._keep_outside = keep_outside
        self._stored = 0
        self._milestones = list(self._MILESTONES)

    def store(self, rows: Sequence[Filed]) -> list[Answer]:
        """Store *rows*, in one transaction per batch; one answer per row, in order.

        Raises:
            DatabaseUnavailable: batches answered before are stored; this one isn't.
        """
        answers: list[Answer] = []
        while len(answers) < len(rows):
            room = self._milestones[0] - self._stored if self._milestones else BATCH
            batch = rows[len(answers) : len(answers) + min(BATCH, max(1, room))]
            with self._database.transaction(Role.WORKER, self._city.code) as connection:
                assignment.lock_in_submission(connection, self._city.code)
                told = store_many(
                    connection,
                    self._city.code,
                    self._city.ticket_prefix,
                    batch,
                    actor=self._actor,
                    keep_outside=self._keep_outside,
                )
            answers += told
            self._stored += sum(answer.outcome is Outcome.STORED for answer in told)
            if self._milestones and self._stored >= self._milestones[0]:
                del self._milestones[0]
                self.refresh_statistics()
        return answers

    def refresh_statistics(self) -> None:
        """Tell the planner what the tables hold now."""
        with self._database.transaction(Role.WORKER, self._city.code) as connection:
            connection.execute(select(func.geoapp.refresh_statistics()))


@dataclass(slots=True)
class ImportSummary:
    """What an import did, row by row counted."""

    stored: int = 0
    known: int = 0
    """Rows that were there already, from an earlier or interrupted run."""
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Rejected rows by the first words of their reason."""
    at_points: dict[KnownPoint, int] = field(default_factory=dict)
    """Rows on a coordinate that the profile names as standing for something else."""
    rejected_file: Path | None = None

    @property
    def rows(self) -> int:
        """Rows read."""
        return self.stored + self.known + self.rejected


def rejected_path(path: Path) -> Path:
    """Where rejected rows of *path* are written: beside it."""
    return path.with_name(path.name + ".rejected.csv")


def import_complaints(
    database: Database,
    city: City,
    path: Path,
    profile: Profile,
    *,
    actor: str = "import",
    now: datetime | None = None,
    rejected_to: Path | None = None,
    at_byte: Callable[[int], None] = lambda _: None,
) -> ImportSummary:
    """Store the complaints of a CSV file; running it again stores what is still missing.

    Points outside the city are kept for triage: an import is a trusted channel. Rows that
    can't be stored are written, as they came, with line and reason.

    Args:
        rejected_to: File for rejected rows; default `rejected_path`. It is replaced when
            the whole file was read, and removed when nothing was rejected.
        at_byte: Told how far into the file reading is; for a progress bar.

    Raises:
        InvalidInput: profile, file and city don't fit together, or the file can't be read
            to its end. Batches stored until then stay.
    """
    _check_services(database, city, profile)
    target = rejected_to or rejected_path(path)
    summary = ImportSummary(at_points={p: 0 for p in profile.points if p.means == "default_point"})
    loader = Loader(database, city, actor=actor, keep_outside=True)
    moment = now or database.now()
    with _RejectedFile(target) as rejected:

        def reject(line: Line, reason: str) -> None:
            summary.rejected += 1
            summary.reasons[reason.partition(":")[0]] += 1
            rejected.write(line, reason)

        for batch in _batches(read_lines(path, profile, at_byte=at_byte)):
            lines, filed = [], []
            for line in batch:
                try:
                    new = parse(line, profile, now=moment)
                except RowError as problem:
                    reject(line, str(problem))
                else:
                    lines.append(line)
                    filed.append(Filed(new, told_by(new)))
            for line, row, answer in zip(lines, filed, loader.store(filed), strict=True):
                if answer.outcome in _REASONS:
                    reject(line, _REASONS[answer.outcome].format(new=row.new))
                    continue
                if answer.outcome is Outcome.STORED:
                    summary.stored += 1
                else:
                    summary.known += 1
                for point in summary.at_points:
                    at = row.new.position
                    if at is not None and (at.lon, at.lat) == (point.lon, point.lat):
                        summary.at_points[point] += 1
    if summary.stored:
        loader.refresh_statistics()
    summary.rejected_file = target if summary.rejected else None
    return summary


def _check_services(database: Database, city: City, profile: Profile) -> None:
    """A profile made for another catalogue must be noticed before the first row."""
    with database.transaction(Role.WORKER, city.code) as connection:
        known = boundary_store.catalogue_codes(connection, city.code)["service"]
    problems = [
        FieldProblem(place, f"is no service of {city.name.local}", code)
        for place, code in profile.service_codes.items()
        if code not in known
    ]
    if problems:
        raise InvalidInput(
            f"The profile names {len(problems)} services that {city.name.local} doesn't have: "
            + "; ".join(f"{p.field} is {p.value!r}" for p in problems[:5]),
            "Correct the profile, or load the catalogue it was made for.",
            problems,
        )


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Writer(Protocol):
    def writerow(self, row: Sequence[str | int], /) -> object: ...


class _RejectedFile:
    """Written beside its name and put in place at the end, so that it is never half there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._handle: TextIO | None = None
        self._writer: _Writer | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, line: Line, reason: str) -> None:
        if self._writer is None:
            try:
                self._handle = self._part.open("w", encoding="utf-8", newline="")
            except OSError as problem:
                raise InvalidInput(
                    f"{self._path} can't be written: {problem.strerror}.",
                    "Name another file for rejected rows with --rejected.",
                ) from None
            self._writer = csv.writer(self._handle)
            self._writer.writerow([*line.cells, "line", "reason"])
        self._writer.writerow([*line.cells.values(), line.number, reason])

    def __exit__(self, kind: object, *_: object) -> None:
        if self._handle is not None:
            self._handle.close()
            if kind is None:
                self._part.replace(self._path)
            else:
                self._part.unlink(missing_ok=True)
        elif kind is None:
            self._path.unlink(missing_ok=True)
