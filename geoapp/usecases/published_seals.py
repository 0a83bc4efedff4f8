"""Seals outside the database: ``<home>/seals/<city>.jsonl``, one JSON object a line.

The file only grows. A line is a seal (`geoapp.domain.seal.Seal.as_json`) or says that a
backup was restored: ``{"restored": "<moment>", "number": <last seal of the backup>}``.
Seals before such a line with a higher number were lost with that restore, and their
numbers come again. The first line of a file that somebody began anew says that:
``{"begun": "<moment>", "number": 0}``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from geoapp.domain.seal import Fault, Findings, Published, Seal, restores, settled
from geoapp.errors import InvalidInput

ANEW = (
    "Compare with a copy kept elsewhere (geoapp audit verify --seals COPY); then geoapp audit"
    " publish --anew begins the file again."
)
UNACKNOWLEDGED = (
    "Was none restored then, the history was rewritten: compare with a copy that has this line"
    " (--seals COPY), or answer for the restore with --acknowledge-restore."
)


def path(folder: Path, slug: str) -> Path:
    """Where a city's seals are published."""
    return folder / f"{slug}.jsonl"


def blank(file: Path) -> bool:
    """Whether *file* isn't there, or holds no whole line."""
    if not file.exists():
        return True
    with file.open("rb") as handle:
        return not handle.readline().endswith(b"\n")


def begin_anew(file: Path, at: datetime) -> Path | None:
    """Begin *file* with a line that says so; what it held before is kept beside it.

    Returns:
        Where the old one is kept; None when there was none, or nothing in it.
    """
    aside = None
    if not blank(file):
        aside = file.with_name(f"{file.stem}.until-{at.astimezone(UTC):%Y%m%dT%H%M%S%f}.jsonl")
        file.rename(aside)
    with _opened(file) as handle:
        handle.truncate(0)
        moment = at.astimezone(UTC).isoformat(timespec="seconds")
        handle.write((json.dumps({"begun": moment, "number": 0}) + "\n").encode())
        _sync(handle, file)
    return aside


def append(file: Path, page: Callable[[int], list[Seal]]) -> int | None:
    """Append every seal after the file's last one, durably.

    Args:
        page: the next seals after a number, in order; empty at the end.

    Returns:
        How many were appended; None when the file goes further than the database, or
        stands for another seal than the database at its end: then nothing is written.
    """
    with _opened(file) as handle:
        last = _mend(handle)
        number = last.number if last else 0
        if last is not None and not _agrees(last, page(number - 1)):
            return None
        count = 0
        while batch := page(number):
            handle.write("".join(json.dumps(seal.as_json()) + "\n" for seal in batch).encode())
            number, count = batch[-1].number, count + len(batch)
        if count:
            _sync(handle, file)
        return count


def note_restore(file: Path, number: int, at: datetime) -> bool:
    """Say in the file that a backup was restored whose last seal is *number*.

    Returns:
        False when the file goes no further than that: then nothing was lost.
    """
    with _opened(file) as handle:
        last = _mend(handle)
        if last is None or last.number <= number:
            return False
        moment = at.astimezone(UTC).isoformat(timespec="seconds")
        handle.write((json.dumps({"restored": moment, "number": number}) + "\n").encode())
        _sync(handle, file)
        return True


def copy(file: Path, target: Path, *, up_to: int) -> None:
    """Copy *file* up to its last line about a seal up to *up_to*, which a backup ends with.

    What comes before that line goes along: seals with higher numbers, which an earlier
    restore lost, and the line that says so.
    """
    keep = 0
    for count, line in enumerate(read(file), 1):
        if line.number <= up_to:
            keep = count
    with file.open("rb") as source, target.open("xb") as output:
        output.writelines(islice(source, keep))


def _agrees(last: Published, found: list[Seal]) -> bool:
    """Whether the database has the file's last seal, as the file has it."""
    if last.number == 0:
        return True
    if not found or found[0].number != last.number:
        return False
    return last.seal is None or last.seal.get("hash") == found[0].hash.hex()


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """*file* for reading and writing, to one process at a time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def _mend(handle: IO[bytes]) -> Published | None:
    """The last whole line; what a crash left half written behind it is cut off."""
    size = handle.seek(0, os.SEEK_END)
    step, tail = 4096, b""
    begin = size
    while begin > 0 and tail.count(b"\n") < 2:
        begin = max(0, begin - step)
        handle.seek(begin)
        tail = handle.read(size - begin)
    whole = tail.rfind(b"\n") + 1
    handle.seek(begin + whole)
    handle.truncate()
    lines = tail[:whole].splitlines()
    if not lines:
        return None
    return _parse(lines[-1], 1 if begin == 0 and len(lines) == 1 else 0)


def _sync(handle: IO[bytes], file: Path) -> None:
    handle.flush()
    os.fsync(handle.fileno())
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _parse(line: bytes, number: int) -> Published:
    try:
        said: dict[str, Any] = json.loads(line)
        if "restored" in said:
            return Published(int(said["number"]), None, str(said["restored"]))
        if number == 1 and "begun" in said:
            return Published(0, None, str(said["begun"]), begun=True)
        bytes.fromhex(said["hash"])
        return Published(int(said["number"]), said, str(said["sealed_at"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise InvalidInput(
            f"Line {number or 'last'} of the published seals can't be read: {line[:60]!r}.",
            "Take a copy of the file that is whole.",
        ) from problem


def read(file: Path) -> Iterator[Published]:
    """Every whole line, in order.

    Raises:
        InvalidInput: one isn't what we publish.
    """
    with file.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            if line.endswith(b"\n"):
                yield _parse(line, number)


def is_copy(file: Path) -> bool:
    """Whether *file* was made of the public answer, and isn't the published file itself."""
    with file.open("rb") as handle:
        begin = handle.readline()
    try:
        said = json.loads(begin)
    except ValueError:
        return begin.lstrip()[:1] in (b"{", b"[") and not begin.lstrip().startswith(b'{"city"')
    return not (isinstance(said, dict) and {"restored", "begun", "first_ordinal"} & said.keys())


def read_copy(file: Path) -> list[dict[str, Any]]:
    """The seals of answers of ``/api/v1/seals``, or of lines with one seal each, by number.

    Answers may follow each other and overlap; they needn't hold every seal.

    Raises:
        InvalidInput: it holds something else.
    """
    found: dict[tuple[int, str], dict[str, Any]] = {}
    decoder = json.JSONDecoder()
    try:
        rest = file.read_text(encoding="utf-8").strip()
        while rest:
            said, end = decoder.raw_decode(rest)
            rest = rest[end:].lstrip()
            seals = said if isinstance(said, list) else said.get("seals", [said])
            for seal in seals:
                bytes.fromhex(seal["hash"])
                found[int(seal["number"]), seal["hash"]] = seal
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise InvalidInput(
            f"{file} holds neither published seals nor answers of /api/v1/seals.",
            "Take a copy that is whole.",
        ) from problem
    return [found[key] for key in sorted(found)]


class Comparison:
    """The database's seals beside a published file's or a copy's, both in order, one by one."""

    def __init__(
        self,
        file: Path | None,
        findings: Findings,
        notes: list[str],
        *,
        acknowledged: bool = False,
    ) -> None:
        self._findings = findings
        self._absent: str | None = None
        self._notes = notes
        self._lines: Iterator[dict[str, Any]] | None = None
        self._next: dict[str, Any] | None = None
        self._last = 0
        self._beyond = 0
        self._copy = False
        if file is None:
            return
        if not file.exists() or (blank(file) and not is_copy(file)):
            self._absent = f"{file} {'is empty' if file.exists() else 'is not there'}"
            return
        if is_copy(file):
            self._copy = True
            self._lines = iter(read_copy(file))
            self._next = next(self._lines, None)
            return
        told = restores(read(file))
        for restore in told:
            if acknowledged:
                notes.append(restore.text)
            else:
                findings.add(Fault.RESTORED, f"{restore.text} {UNACKNOWLEDGED}")
        begun = next(read(file))
        if begun.begun:
            notes.append(
                f"{file} was begun anew at {begun.at} by `geoapp audit publish --anew`: of what"
                " came before, only copies kept elsewhere tell."
            )
        self._lines = settled(read(file), [restore.number for restore in told])
        self._next = next(self._lines, None)

    def with_database(self, seal: Seal) -> None:
        """Compare the database's next seal with the file."""
        if self._lines is None:
            return
        while self._next is not None and self._next["number"] < seal.number:
            self._lacks(self._next)
        if self._next is None:
            self._beyond += 1
            return
        if self._next["number"] > seal.number:
            if self._copy:
                return  # whoever keeps copies needn't have every seal
            self._add(seal.number, f"Seal {seal.number} was never published, later ones were.")
            return
        if not self._says(seal):
            self._add(
                seal.number,
                f"Seal {seal.number} was published with the hash {self._next['hash'][:16]}… of"
                f" {self._next.get('sealed_at')}; the database has {seal.hash.hex()[:16]}….",
            )
        self._advance()

    def end(self, last: int) -> None:
        """Say what the file has beyond the database's last seal, and the other way round."""
        if self._absent and last:
            self._add(
                1, f"{self._absent}, and the database has {last} seals: they may be others than"
                f" were published. {ANEW}",
            )  # fmt: skip
        elif self._absent:
            self._notes.append(f"{self._absent}: nothing to compare the seals with.")
        if self._lines is None:
            return
        missing = 0
        first = self._next
        while self._next is not None:
            missing += 1
            self._advance()
        if first is not None:
            self._add(
                first["number"],
                f"{missing} seals from {first['number']} on, of {first.get('sealed_at')}, were"
                f" published and aren't in the database, which ends with {last}: the end of the"
                " history was cut off, or an older backup was restored.",
            )
        if self._beyond and self._copy:
            self._notes.append(f"The last {self._beyond} seals are younger than the copy.")
        elif self._beyond:
            self._notes.append(
                f"The last {self._beyond} seals aren't published yet; the worker's next run does it."
            )

    def _says(self, seal: Seal) -> bool:
        """Whether the next line stands for *seal*; the public's say no more than its hash."""
        assert self._next is not None
        if self._copy:
            return bool(self._next["hash"] == seal.hash.hex())
        return self._next == seal.as_json()

    def _lacks(self, line: dict[str, Any]) -> None:
        number = line["number"]
        self._add(number, f"Seal {number} was published and isn't in the database.")
        self._advance()

    def _advance(self) -> None:
        assert self._lines is not None
        assert self._next is not None
        before = self._next["number"]
        self._next = next(self._lines, None)
        if self._next is not None and self._next["number"] <= before:
            self._add(before, f"The published file has seal {self._next['number']} twice.")
            self._advance()

    def _add(self, number: int, text: str) -> None:
        self._findings.add(Fault.PUBLISHED, text, seal=number)
