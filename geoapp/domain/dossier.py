"""The whole history of a complaint, as it is printed for its sender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geoapp.domain.complaint import Status
from geoapp.domain.sender import SentEntry

Ring = list[tuple[float, float]]


class Verdict(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    LATE = "late"
    """Done, after the deadline."""
    OVERDUE = "overdue"
    """Not done, and the deadline has passed."""
    RUNNING = "running"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Promise:
    """A deadline, when it was met, and what that makes of it; moments in ISO 8601."""

    what: str
    due_at: str
    done_at: str | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class DossierEntry:
    """An entry of the history as it is printed; *photos* are places in the dossier's list."""

    at: str
    kind: str
    status: str | None
    own: bool
    words: str
    solved: bool
    stars: int | None
    authority: str | None
    agency: str | None
    due_before: str | None
    due_after: str | None
    seal: int | None
    digest: str | None
    photos: list[int]


@dataclass(frozen=True, slots=True)
class DossierArea:
    """A kelurahan on the drawn map: outer rings and a place for its name, EPSG:4326."""

    name: str
    own: bool
    label: tuple[float, float]
    rings: list[Ring]


@dataclass(frozen=True, slots=True)
class DossierSeal:
    """A published seal that covers entries of this history."""

    number: int
    hash: str
    sealed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that is printed; moments in ISO 8601, position EPSG:4326.

    *photos* has the sizes (width, height in pixels); their bytes travel beside it. *left_out*
    counts photos that aren't printed. *ombudsman* is name, website and telephone.
    """

    ticket: str
    city: str
    timezone: str
    made_at: str
    status: str
    service: str
    service_en: str
    agency: str
    channel: str
    description: str
    landmark: str
    submitted_at: str
    observed_at: str | None
    kelurahan: str
    kecamatan: str
    lon: float | None
    lat: float | None
    boundaries: str
    approximate: bool
    areas: list[DossierArea]
    anonymous: bool
    confidential: bool
    simulated: bool
    supporters: int
    escalated_at: str | None
    may_escalate: bool
    ombudsman: tuple[str, str, str] | None
    stars: int | None
    rating_words: str
    promises: list[Promise]
    photos: list[tuple[int, int]]
    own_photos: list[int]
    left_out: int
    history: list[DossierEntry]
    seals: list[DossierSeal]
    seals_at: str


def verdict(
    due_at: datetime, done_at: datetime | None, *, now: datetime, paused: bool = False
) -> Verdict:
    """What became of a promise.

    >>> from datetime import UTC, datetime
    >>> noon, one = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 13, tzinfo=UTC)
    >>> verdict(noon, one, now=one).value
    'late'
    """
    if done_at is not None:
        return Verdict.KEPT if done_at <= due_at else Verdict.LATE
    if paused:
        return Verdict.PAUSED
    return Verdict.RUNNING if now <= due_at else Verdict.OVERDUE


def resolutions(
    history: Iterable[SentEntry], due_at: datetime
) -> list[tuple[datetime, datetime | None]]:
    """Every promise to resolve it that there was: its deadline, and when it was resolved.

    One, and another for each time it was opened again. *due_at* is the deadline now.
    """
    moved = [entry for entry in history if entry.due_before and entry.due_after]
    due = datetime.fromisoformat(moved[0].due_before) if moved and moved[0].due_before else due_at
    rounds: list[tuple[datetime, datetime | None]] = []
    done: datetime | None = None
    for entry in history:
        if entry.status == Status.RESOLVED:
            done = entry.at
        elif entry.status == Status.REOPENED:
            rounds.append((due, done))
            done = None
        if entry.due_after:
            due = datetime.fromisoformat(entry.due_after)
    return [*rounds, (due_at, done)]  # as it stands, whatever moved it
