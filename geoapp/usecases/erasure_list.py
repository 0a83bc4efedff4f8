"""What was erased, told outside the database: ``<home>/erasures-<city>.jsonl``.

A backup from before an erasure still holds what was erased. So each erasure is written down
here first, durably, then done: a restore does again what the list names, and a process that
dies in between leaves a line that the worker carries out. A line names a ticket, which is
public, or one contact of a ticket by the moment it was kept; never a person. See
docs/adr/0015.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from geoapp.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to erase: a report, or (with *created_at*) a follower's contact of it.

    *request* is drawn at random, so that a later request about the same ticket isn't taken
    for done.
    """

    at: datetime
    request: str
    ticket: str
    by: str
    created_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The line as it is written."""
        told = {
            "at": _text(self.at),
            "request": self.request,
            "what": "report" if self.created_at is None else "contact",
            "ticket": self.ticket,
            "by": self.by,
        }
        return told if self.created_at is None else told | {"created_at": _text(self.created_at)}


def path(home: Path, slug: str) -> Path:
    """Where a city's erasures are told."""
    return home / f"erasures-{slug}.jsonl"


def append(file: Path, lines: Iterable[Line]) -> None:
    """Add *lines* durably: when this returns no crash loses them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    with _opened(file) as handle:
        kept = handle.read()
        whole = kept.rfind(b"\n") + 1
        if whole != len(kept):  # half a line of a process that was killed: never carried out
            handle.truncate(whole)
            handle.seek(whole)
        text = "".join(json.dumps(line.as_json()) + "\n" for line in lines)
        handle.write(text.encode())
        handle.flush()
        os.fsync(handle.fileno())
    if new:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(file: Path) -> Iterator[Line]:
    """Every whole line, in order; nothing where there is no file.

    Raises:
        InvalidInput: a line isn't one of ours.
    """
    if not file.exists():
        return
    with file.open("rb") as handle:
        for number, raw in enumerate(handle, 1):
            if not raw.endswith(b"\n"):
                return
            try:
                told = json.loads(raw)
                created = told.get("created_at")
                yield Line(
                    datetime.fromisoformat(told["at"]),
                    str(told["request"]),
                    str(told["ticket"]),
                    str(told["by"]),
                    datetime.fromisoformat(created) if created else None,
                )
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise InvalidInput(
                    f"Line {number} of {file} is no erasure.", "Take another copy of the file."
                ) from problem


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
