"""What an administrator changes: terms with validity dates, days off, and who stays in charge.

A name, an agency or a promise is never overwritten: from a day on something else holds, and
what held before stays readable. Days are dates in the city's zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from geoapp.domain.catalogue import Clock
from geoapp.errors import FieldProblem, InvalidInput


class HolidayKind(StrEnum):
    """Why nobody works on a day."""

    NATIONAL = "national"
    COLLECTIVE_LEAVE = "collective_leave"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that no deadline in working days counts."""

    day: date
    name: str
    kind: HolidayKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyTerms:
    """What an agency is called for a time, and whether it is the city's own."""

    name: str
    name_en: str
    short_name: str
    unit: str | None
    in_city: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms:
    """What is promised for a time; distances in metres."""

    name: str
    name_en: str
    agency_code: str
    clock: Clock
    target: int
    verify_clock: Clock
    verify_target: int
    answer_clock: Clock
    answer_target: int
    blur_m: int
    duplicate_radius_m: int
    needs_place: bool
    glyph: str
    position: int


Terms = TypeVar("Terms", AgencyTerms, ServiceTerms)


def as_data(terms: AgencyTerms | ServiceTerms) -> dict[str, Any]:
    """The terms by column, as rows and the log hold them."""
    return {field.name: getattr(terms, field.name) for field in fields(terms)}


@dataclass(frozen=True, slots=True)
class Version(Generic[Terms]):
    """Terms with their time: from a day (that day included) until another (excluded)."""

    valid_from: date
    valid_to: date | None
    terms: Terms

    @property
    def last_day(self) -> date | None:
        """The last day it holds; None while no end is known."""
        return None if self.valid_to is None else self.valid_to - timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Whether these are the terms of *day*."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Versioned(Generic[Terms]):
    """An agency or a service: a code for ever, and what it was, is and will be."""

    code: str
    group_code: str | None
    versions: tuple[Version[Terms], ...]
    """Oldest first; they never overlap."""

    def on(self, day: date) -> Version[Terms] | None:
        """The version that holds on *day*; None when none does."""
        return next((version for version in self.versions if version.holds(day)), None)

    def shown(self, day: date) -> Version[Terms]:
        """The version to call it by: today's, else the next, else the last."""
        later = (version for version in self.versions if version.valid_from > day)
        return self.on(day) or next(later, None) or self.versions[-1]

    def planned(self, day: date) -> tuple[Version[Terms], ...]:
        """Versions that begin after *day*."""
        return tuple(version for version in self.versions if version.valid_from > day)


@dataclass(frozen=True, slots=True)
class Change:
    """How new terms enter the history."""

    valid_from: date
    valid_to: date | None
    shortens: date | None
    """First day of the version that ends where the new one begins."""
    replaces: bool
    """A version that begins the very day is written anew: it held for nobody before today."""


def plan_change(
    versions: Sequence[Version[Terms]], *, valid_from: date, last_day: date | None, today: date
) -> Change:
    """Where new terms go among *versions*, without touching what has been promised.

    Raises:
        InvalidInput: they begin in the past, end before they begin, or run into a version
            that is planned already; names the field.
    """
    if valid_from < today:
        raise fault("valid_from", "Choose today or a later day; what was promised before stays.")
    if last_day is not None and last_day < valid_from:
        raise fault("last_day", "The last day lies before the first.")
    valid_to = None if last_day is None else last_day + timedelta(days=1)
    for version in versions:
        if version.valid_from > valid_from and (valid_to is None or version.valid_from < valid_to):
            raise fault(
                "last_day",
                "Another version is planned from %(value)s; end this one before that day, "
                "or change that one.",
                version.valid_from.isoformat(),
            )
    before = [version for version in versions if version.valid_from < valid_from]
    covering = before[-1] if before and before[-1].holds(valid_from) else None
    return Change(
        valid_from=valid_from,
        valid_to=valid_to,
        shortens=covering.valid_from if covering else None,
        replaces=any(version.valid_from == valid_from for version in versions),
    )


def fault(field: str, message: str, value: object = None) -> InvalidInput:
    """One field's fault as an error; ``%(value)s`` in the message stands for the value."""
    told = message if value is None else message % {"value": value}
    return InvalidInput(
        told, "Correct the field and send it again.", [FieldProblem(field, message, value)]
    )


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A change somebody made: who, when, what, and what it was before."""

    id: int
    at: datetime
    actor: str
    actor_name: str | None
    kind: str
    subject: str
    subject_name: str | None
    """What the account is called, where the subject is one."""
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much there is of what, today."""

    people: int
    invited: int
    """Of these, people who haven't set a password yet."""
    machines: int
    agencies: int
    services: int
    holidays_next_year: int


@dataclass(frozen=True, slots=True)
class KeyEnding:
    """A machine's key that ends soon."""

    id: int
    account_id: int
    account_name: str
    name: str
    hint: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """An area a grant can be limited to: a kelurahan with its kecamatan, or a service area."""

    layer: str
    code: str
    name: str
    parent_code: str | None
    parent_name: str | None
