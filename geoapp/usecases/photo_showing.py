"""Photos of complaints, shown to whoever may see them, and taken from public sight."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from geoapp.domain.access import Actor, Permission, may, require
from geoapp.domain.catalogue import City
from geoapp.domain.photo import PhotoState, content_key
from geoapp.domain.workflow_terms import NewEvent
from geoapp.errors import Conflict, Forbidden, NotFound, NothingStored
from geoapp.media.storage import Storage
from geoapp.store import casework
from geoapp.store import photos as store
from geoapp.store.database import Database, Role

SizeName = Literal["large", "small"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class File:
    """A JPEG to be shown; *data* is None when the asker holds it already."""

    sha256: str
    data: bytes | None


def public(
    database: Database,
    storage: Storage,
    city: City,
    photo: UUID,
    size: SizeName,
    *,
    known: frozenset[str] = frozenset(),
) -> File:
    """A photo that everybody may see: as its complaint, not private, not hidden.

    Raises:
        NotFound: there is none, or not everybody may; nothing tells which.
        StorageUnavailable: it can't be read right now.
    """
    with database.transaction(Role.VISITOR, city.code) as connection:
        hashes = store.public_hashes(connection, city.code, photo)
    return _file(storage, hashes, size, known)


def work(
    database: Database,
    storage: Storage,
    city: City,
    actor: Actor,
    photo: UUID,
    size: SizeName,
    *,
    known: frozenset[str] = frozenset(),
) -> File:
    """A photo of a complaint that *actor* sees, private and hidden ones too.

    Raises:
        Forbidden: the actor may read nowhere.
        NotFound: there is none that the actor sees.
        StorageUnavailable: it can't be read right now.
    """
    require(actor, Permission.READ)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        found = store.for_work(connection, city.code, photo)
    return _file(storage, (found.sha256, found.small_sha256) if found else None, size, known)


def unattached(database: Database, storage: Storage, city: City, photo: UUID) -> bytes:
    """The small size of a photo that belongs to no complaint yet, for whoever sent it.

    Raises:
        NotFound: there is none, or it isn't ready.
        StorageUnavailable: it can't be read right now.
    """
    with database.transaction(Role.INTAKE, city.code) as connection:
        found = store.one(connection, city.code, photo)
    if found is None or found.state is not PhotoState.KEPT or found.small is None:
        raise _not_there()
    return _read(storage, found.small.sha256)


def hide(
    database: Database, city: City, actor: Actor, photo: UUID, reason: str, *, hidden: bool = True
) -> str:
    """Take a photo from public sight, or back into it; the ticket of its complaint.

    The history tells who did it and why; staff goes on seeing it.

    Raises:
        Forbidden: the actor may neither triage nor handle this complaint.
        NotFound: there is none that the actor sees.
        Conflict: it is so already.
    """
    if not (may(actor, Permission.TRIAGE) or may(actor, Permission.HANDLE)):
        require(actor, Permission.HANDLE)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        found = store.for_work(connection, city.code, photo)
        if found is None:
            raise _not_there()
        if not (may(actor, Permission.TRIAGE, found) or may(actor, Permission.HANDLE, found)):
            raise Forbidden(
                "This complaint isn't yours to handle.", "Ask its agency, or the operators."
            )
        if found.hidden == hidden:
            raise Conflict(
                "The photo is hidden already." if hidden else "The photo isn't hidden.",
                "Load the case again.",
            )
        done = (
            store.hide(connection, city.code, photo, by=actor.label, reason=reason)
            if hidden
            else store.unhide(connection, city.code, photo)
        )
        if not done:
            raise NothingStored("The photo wasn't changed.", "Send the same request again.")
        said = {"photo": str(photo), "hidden": hidden, "reason": reason}
        event = found.complaint_id, found.ticket, NewEvent("photo", data=said)
        casework.tell(connection, city.code, [event], actor=actor.label)
    return found.ticket


def _file(
    storage: Storage, hashes: tuple[str, str] | None, size: SizeName, known: frozenset[str]
) -> File:
    if hashes is None:
        raise _not_there()
    sha256 = hashes[0] if size == "large" else hashes[1]
    return File(sha256, None if sha256 in known else _read(storage, sha256))


def _read(storage: Storage, sha256: str) -> bytes:
    try:
        return storage.get(content_key(sha256))
    except NotFound as problem:
        _log.error("the storage lacks the photo %s", sha256)
        raise _not_there() from problem


def _not_there() -> NotFound:
    return NotFound("There is no such photo.", "Load the page again.")
