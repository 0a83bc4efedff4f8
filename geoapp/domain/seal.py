"""Seals: what is hashed, and what it means when the hashes don't come out.

``docs/audit.md`` gives every byte. The database seals with the same rule in SQL
(``geoapp.event_content``); what is here checks it without asking the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

FIRST = bytes(32)
"""What stands for the seal before the first."""

NAMED = 200
"""Findings of one kind that are named; beyond, they are only counted."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def netstring(value: str | None) -> bytes:
    """*value* as its length in bytes, a colon, its bytes and a comma; None is ``-,``."""
    if value is None:
        return b"-,"
    raw = value.encode("utf-8", "surrogatepass")
    return b"%d:%b," % (len(raw), raw)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event as it is now; *data* is PostgreSQL's text of the jsonb."""

    city_code: str
    id: int
    complaint_id: int
    ticket: str
    kind: str
    status: str | None
    at_us: int | None
    actor: str
    data: str

    @property
    def content(self) -> bytes:
        """What its digest covers."""
        values = (
            "geoapp-event-1", self.city_code, str(self.id), str(self.complaint_id), self.ticket,
            self.kind, self.status, None if self.at_us is None else str(self.at_us), self.actor,
            self.data,
        )  # fmt: skip
        return b"".join(map(netstring, values))


@dataclass(frozen=True, slots=True)
class Seal:
    """One batch of a city's history, fastened to the one before it."""

    city_code: str
    number: int
    previous: bytes
    first_ordinal: int
    last_ordinal: int
    count: int
    sealed_at: datetime
    hash: bytes

    @property
    def header(self) -> bytes:
        """What the hash covers before the digests."""
        values = (
            "geoapp-seal-1", self.city_code, self.number, self.previous.hex(), self.first_ordinal,
            self.last_ordinal, self.count, microseconds(self.sealed_at),
        )  # fmt: skip
        return b"".join(netstring(str(value)) for value in values)

    def as_json(self) -> dict[str, Any]:
        """The seal as it is published."""
        return {
            "city": self.city_code,
            "number": self.number,
            "previous": self.previous.hex(),
            "first_ordinal": self.first_ordinal,
            "last_ordinal": self.last_ordinal,
            "count": self.count,
            "sealed_at": self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "hash": self.hash.hex(),
        }


@dataclass(frozen=True, slots=True)
class Digested:
    """A digest as it is stored, beside the event it is of (None: the event isn't there)."""

    event_id: int
    seal_number: int
    ordinal: int
    salt: bytes | None
    digest: bytes
    erased: bool
    event: SealedEvent | None
    place: tuple[int, int] | None
    """The event's place in the feed: transaction, id."""
    words: str | None = None
    """What the complaint is described with, if the event is its first one."""


class Fault(StrEnum):
    """What may be wrong with a history."""

    ALTERED = "altered"
    """The event isn't what was sealed."""
    MISSING = "missing"
    """The event was sealed and isn't there."""
    INSERTED = "inserted"
    """The event lies among sealed ones, or beyond every transaction, and was never sealed."""
    REORDERED = "reordered"
    """The event's transaction puts it elsewhere than it was sealed."""
    DIGEST = "digest"
    """A digest is missing, or stands where it wasn't."""
    SEAL = "seal"
    """The seal doesn't follow from the one before it and from its digests."""
    PUBLISHED = "published"
    """Database and published file differ, or there is nothing to compare with."""
    RESTORED = "restored"
    """The published file tells of a restore that nobody has acknowledged."""
    WORDS = "words"
    """A complaint is described in other words than it was submitted with."""
    ERASURE = "erasure"
    """An erasure is recorded of an event whose contents are still there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    fault: Fault
    text: str
    seal: int | None = None
    event_id: int | None = None
    ticket: str | None = None


@dataclass(slots=True)
class Findings:
    """What was found; the first of each kind by name, all by number."""

    named: list[Finding] = field(default_factory=list)
    counts: dict[Fault, int] = field(default_factory=dict)

    def add(self, fault: Fault, text: str, **where: Any) -> None:
        """Note one."""
        self.counts[fault] = self.counts.get(fault, 0) + 1
        if self.counts[fault] <= NAMED:
            self.named.append(Finding(fault, text, **where))

    def __len__(self) -> int:
        return sum(self.counts.values())


class Chain:
    """Checks a city's seals one after the other, remembering only the last one."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.events = 0
        self.erased: list[int] = []
        self._number = 0
        self._hash = FIRST
        self._ordinal = 0
        self._place: tuple[int, int] | None = None

    def check(self, seal: Seal, digests: Iterable[Digested]) -> None:
        """Check *seal* with the digests of its ordinals, in order."""
        before = len(self.findings)
        self._follows(seal)
        hashed = hashlib.sha256(seal.header)
        for row in digests:
            if row.ordinal != self._ordinal + 1 or row.seal_number != seal.number:
                self.findings.add(
                    Fault.DIGEST,
                    f"The digest of event {row.event_id} stands at {row.ordinal} of seal"
                    f" {row.seal_number}; the next is {self._ordinal + 1} of seal {seal.number}.",
                    seal=seal.number, event_id=row.event_id,
                )  # fmt: skip
            self._ordinal = row.ordinal
            self._compare(seal, row)
            hashed.update(row.digest)
        if self._ordinal != seal.last_ordinal:
            self.findings.add(
                Fault.DIGEST,
                f"Digests end at {self._ordinal}, the seal at {seal.last_ordinal}.",
                seal=seal.number,
            )
            self._ordinal = seal.last_ordinal
        if hashed.digest() != seal.hash and len(self.findings) == before:
            self._wrong(seal, "its hash isn't that of its digests")
        elif hashed.digest() != seal.hash:
            self._wrong(seal, "its hash no longer comes out")
        self._number, self._hash = seal.number, seal.hash

    def _follows(self, seal: Seal) -> None:
        if seal.number != self._number + 1:
            self._wrong(seal, f"the one before it is {self._number}")
        if seal.previous != self._hash:
            self._wrong(seal, "it names another seal before it than there is")
        if seal.first_ordinal != self._ordinal + 1:
            self._wrong(seal, f"it begins at {seal.first_ordinal}, not at {self._ordinal + 1}")
        if seal.last_ordinal - seal.first_ordinal + 1 != seal.count:
            self._wrong(seal, "its count doesn't fit")

    def _wrong(self, seal: Seal, why: str) -> None:
        self.findings.add(Fault.SEAL, f"Seal {seal.number}: {why}.", seal=seal.number)

    def _compare(self, seal: Seal, row: Digested) -> None:
        where: dict[str, Any] = {"seal": seal.number, "event_id": row.event_id}
        self.events += 1
        if row.event is None or row.place is None:
            self.findings.add(
                Fault.MISSING, f"Event {row.event_id} was sealed and isn't there.", **where
            )
            return
        where["ticket"] = row.event.ticket
        named = f"Event {row.event_id} of {row.event.ticket}"
        if self._place is not None and row.place <= self._place:
            self.findings.add(Fault.REORDERED, f"{named} has been moved in the order.", **where)
        self._place = row.place
        intact = (
            row.salt is not None
            and hashlib.sha256(row.salt + row.event.content).digest() == row.digest
        )
        if row.erased and intact:
            self.findings.add(
                Fault.ERASURE, f"{named} is recorded as erased and is all there.", **where
            )
        elif row.erased:
            self.erased.append(row.event_id)
        elif not intact:
            self.findings.add(Fault.ALTERED, f"{named} isn't what was sealed.", **where)
        elif row.event.kind == "submitted" and not _said(row.event.data, row.words):
            self.findings.add(
                Fault.WORDS,
                f"The words of {row.event.ticket} aren't those it was submitted with.",
                **where,
            )


def _said(data: str, words: str | None) -> bool:
    """Whether *words* are those whose digest a complaint's first event holds, if it does."""
    sealed = json.loads(data)
    if "words" not in sealed:
        return True
    said = (str(sealed.get("salt", "")) + (words or "")).encode("utf-8", "surrogatepass")
    return words is not None and hashlib.sha256(said).hexdigest() == sealed["words"]


@dataclass(frozen=True, slots=True)
class Published:
    """A line of the published file: a seal, or (*seal* None) that a backup was restored.

    *begun*: neither; the file was begun anew at that moment, by an explicit command.
    """

    number: int
    seal: dict[str, Any] | None
    at: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore that a published file tells of, and the seals that went with it.

    The backup ended with seal *number*; *last* was the last one published by then.
    """

    number: int
    at: str
    last: int

    @property
    def text(self) -> str:
        """What happened, in words."""
        first = self.number + 1
        lost = (
            "none published then were lost"
            if self.last < first
            else f"seal {first} was published and lost with it"
            if self.last == first
            else f"seals {first} to {self.last} were published and lost with it"
        )
        return f"A backup that ends with seal {self.number} was restored at {self.at}: {lost}."


def restores(lines: Iterable[Published]) -> list[Restore]:
    """The restores that a published file tells of, in order."""
    found: list[Restore] = []
    last = 0
    for line in lines:
        if line.seal is None and not line.begun:
            found.append(Restore(line.number, line.at, last))
        last = line.number
    return found


def settled(lines: Iterable[Published], restored: list[int]) -> Iterator[dict[str, Any]]:
    """The seals that a published file stands for, restores considered.

    Args:
        restored: the number each "restored" line ends at, in the file's order. Seals that
            come before such a line and have a higher number were lost with that restore.
    """
    left = list(restored)
    for line in lines:
        if line.begun:
            continue
        if line.seal is None:
            left.pop(0)
        elif all(line.number <= number for number in left):
            yield line.seal
