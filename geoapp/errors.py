"""Every error this program raises on purpose, as one tree.

::

    GeoappError
    ├── SettingsError            a setting is missing, malformed or out of range
    ├── ClusterError             the private PostgreSQL cluster can't be set up or started
    ├── AssetMissing             a built front-end file isn't there
    ├── InvalidInput             what somebody sent can't be accepted; names the fields
    │   ├── MalformedBody        the body isn't the JSON we can read
    │   ├── OutsideCity          the point isn't in the city
    │   ├── TooMany              too many rows would have to be looked through
    │   ├── KeyReused            an Idempotency-Key came again with another body
    │   ├── AlreadyEntered       another complaint has this number of this source
    │   ├── CatalogueError       a city's data files don't fit together
    │   ├── BackupUnusable       a backup is cut short, changed, or of a later release
    │   ├── BoundaryFileError    a boundary file can't be used
    │   └── PhotoRefused         a file is no photo we can show
    ├── NotSignedIn              nobody is signed in, or the key isn't one of ours
    │   └── SecondFactorOwed     the account must set a second factor up first
    ├── Forbidden                who is signed in may not do it; says why
    ├── NotFound                 no such complaint, city, page
    ├── CityUnknown              the address names no city we serve
    ├── TooLarge                 the body is bigger than the limit
    ├── RateLimited              too many submissions from one sender
    ├── Conflict                 the state doesn't allow it
    │   ├── StepRefused          the complaint's status doesn't allow this step
    │   ├── ChangedMeanwhile     somebody else acted first
    │   └── BoundarySetNotStaged
    ├── ContactUnreadable        a sealed contact doesn't open
    ├── DossierNotMade           a document couldn't be drawn in time; try again
    ├── StorageUnavailable       photos can't be written or read right now; try again
    └── StoreError               the database didn't do what it must
        ├── NothingStored        an INSERT of one row stored none
        └── DatabaseUnavailable  the database can't be reached; try again

Each carries *message* (what was wrong, with what value) and *remedy* (what to do).
``geoapp.web.errors`` maps the tree to HTTP, ``geoapp.cli`` to exit codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class GeoappError(Exception):
    """Root of the tree: a message for people, a remedy, and a stable machine code."""

    code = "error"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class SettingsError(GeoappError):
    """A setting is missing, malformed or out of range; the message names it."""

    code = "settings"


class ClusterError(GeoappError):
    """The private PostgreSQL cluster can't be installed, initialised or started."""

    code = "cluster"


class AssetMissing(GeoappError):
    """A file of the built front end isn't there; ``make`` builds it."""

    code = "asset_missing"


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field of the input."""

    field: str
    message: str
    value: Any = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form; values are shortened so that an error never echoes a flood."""
        shown = self.value
        if shown is not None and not isinstance(shown, bool | int):
            text = repr(shown) if not isinstance(shown, str) else shown
            text = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
            shown = text if len(text) <= 80 else text[:77] + "..."
        return {"field": self.field, "message": self.message, "value": shown}


class InvalidInput(GeoappError):
    """What somebody sent can't be accepted; *fields* names each fault."""

    code = "invalid_field"

    def __init__(self, message: str, remedy: str = "", fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message, remedy)
        self.fields = tuple(fields)


class MalformedBody(InvalidInput):
    """The body isn't JSON, or JSON we don't read (NaN, too deep, NUL, lone surrogates)."""

    code = "malformed_body"


class OutsideCity(InvalidInput):
    """The point isn't in the city; tells how far and which way the city lies."""

    code = "outside_city"

    def __init__(
        self, message: str, remedy: str, *, distance_m: int, direction: str, city: str
    ) -> None:
        super().__init__(
            message,
            remedy,
            (FieldProblem("lon", message), FieldProblem("lat", message)),
        )
        self.distance_m = distance_m
        self.direction = direction
        self.city = city


class TooMany(InvalidInput):
    """A filter that can be answered only by looking through more rows than we do at a time."""

    code = "too_many"


class KeyReused(InvalidInput):
    """An Idempotency-Key came a second time, with another body."""

    code = "idempotency_key_reused"


class AlreadyEntered(InvalidInput):
    """A source's number is another complaint's already; the field ``ticket`` names it."""

    code = "already_entered"


class CatalogueError(InvalidInput):
    """A city's data files are malformed or don't fit together."""

    code = "catalogue"


class BackupUnusable(InvalidInput):
    """A backup file is cut short, was changed, or was made by a later release."""

    code = "backup_unusable"


class BoundaryFileError(InvalidInput):
    """A boundary file can't be used; names what was found in it and what to do."""

    code = "boundary_file"

    def __init__(self, message: str, remedy: str = "", field: str | None = None) -> None:
        problems = (FieldProblem(field, message),) if field else ()
        super().__init__(message, remedy, problems)


class PhotoRefused(InvalidInput):
    """A file can't be shown as a photo: of another kind, broken, or too big to be drawn."""

    code = "photo_refused"


class NotSignedIn(GeoappError):
    """Nobody is signed in, the session has ended, or the API key isn't one of ours."""

    code = "not_signed_in"


class SecondFactorOwed(NotSignedIn):
    """The account must have a second factor and has none: it may only set one up."""

    code = "second_factor_owed"


class Forbidden(GeoappError):
    """Who is signed in may not do this; the message says why."""

    code = "forbidden"


class NotFound(GeoappError):
    """There is no such thing, or nothing the asker may see."""

    code = "not_found"


class CityUnknown(GeoappError):
    """The address names no city this server keeps."""

    code = "city_unknown"


class TooLarge(GeoappError):
    """The body is bigger than the limit."""

    code = "too_large"


class RateLimited(GeoappError):
    """Too many submissions from one sender; *retry_after_s* says when to come back."""

    code = "rate_limited"

    def __init__(self, message: str, remedy: str, *, retry_after_s: int) -> None:
        super().__init__(message, remedy)
        self.retry_after_s = retry_after_s


class Conflict(GeoappError):
    """The state of things doesn't allow it."""

    code = "conflict"


class StepRefused(Conflict):
    """The complaint's state doesn't allow this step; the message says why."""

    code = "step_refused"


class ChangedMeanwhile(Conflict):
    """Somebody else acted on it since it was read; nothing was changed."""

    code = "changed_meanwhile"


class BoundarySetNotStaged(Conflict):
    """The boundary set is active or retired already."""

    code = "boundary_set_not_staged"


class ContactUnreadable(GeoappError):
    """A sealed contact was changed, is another city's, or its key isn't known here."""

    code = "contact_unreadable"


class DossierNotMade(GeoappError):
    """A document to print took too long or too much, or others wait for theirs."""

    code = "dossier_not_made"


class StorageUnavailable(GeoappError):
    """Photos can't be written or read right now; the same request may be sent again."""

    code = "storage_unavailable"


class StoreError(GeoappError):
    """The database didn't do what it must."""

    code = "store"


class NothingStored(StoreError):
    """A statement that must store exactly one row stored another number."""

    code = "nothing_stored"


class DatabaseUnavailable(StoreError):
    """The database can't be reached, or went away; the same request may be sent again."""

    code = "database_unavailable"
