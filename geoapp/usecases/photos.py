"""Photos: received piece by piece, drawn anew, given to a complaint."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geoapp.domain.catalogue import City
from geoapp.domain.photo import (
    MOST,
    PIECES,
    REFUSED_BECAUSE,
    Photo,
    PhotoState,
    Refusal,
    Size,
    content_key,
    piece_key,
)
from geoapp.errors import (
    Conflict,
    FieldProblem,
    GeoappError,
    InvalidInput,
    NotFound,
    PhotoRefused,
    TooLarge,
)
from geoapp.media.images import Drawing, Picture, Studio
from geoapp.media.storage import Storage
from geoapp.store import photos as store
from geoapp.store.database import Database, Role
from geoapp.usecases import photo_files

PIECE = 512 * 1024
"""Bytes that are stored at a time: what a cut connection loses at most."""

PIECE_LEAST = 4096
"""Shorter pieces are taken at the end alone: thousands of tiny files help nobody."""

_MB = 1024 * 1024
_CLOCK_SLACK = timedelta(days=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Darkroom:
    """What photos need: where rows, bytes and children are."""

    database: Database
    storage: Storage
    studio: Studio


def begin(database: Database, city: City, length: int, *, most_mb: int) -> UUID:
    """A place for a photo of *length* bytes; whoever knows the id may send it.

    Raises:
        InvalidInput: there is no such length.
        TooLarge: it's longer than photos may be.
    """
    if length < 1:
        raise InvalidInput(
            "A photo needs bytes.",
            "Send the number of its bytes as Upload-Length.",
            [FieldProblem("Upload-Length", "is less than 1", length)],
        )
    if length > most_mb * _MB:
        raise TooLarge("The photo is too large.", f"Send one of at most {most_mb} MB.")
    with database.transaction(Role.INTAKE, city.code) as connection:
        return store.begin(connection, city.code, length)


def standing(room: Darkroom, city: City, photo: UUID) -> Photo:
    """How far a photo has come; one that came whole and wasn't drawn is drawn now.

    So whatever was interrupted goes on by asking. While somebody else draws it, it's told as
    it stands: ask again.

    Raises:
        NotFound: there is none, or it belongs to a complaint already.
        StorageUnavailable: it can't be drawn right now; it's not lost.
    """
    found = _look(room, city, photo)
    return draw(room, city, photo) if _ready(found) else found


def receive(room: Darkroom, city: City, photo: UUID, offset: int, source: IO[bytes]) -> Photo:
    """Store what comes from *source*, which begins at *offset*; drawn once it is whole.

    Stored in pieces as it comes: what was stored stays when the connection is cut. The row
    moves on only after a piece is durable, and of two who send the same one only one does.

    Raises:
        NotFound: there is no such photo.
        Conflict: it doesn't stand at *offset*, or isn't received any more.
        TooLarge: more comes than was announced; what was announced is kept.
        InvalidInput: a piece is too short to be stored by itself.
        StorageUnavailable: nothing of the last piece is stored; send it again.
    """
    found = _look(room, city, photo)
    if offset != found.received:
        raise _elsewhere(found.received)
    while True:
        piece = _read(source, PIECE)
        if not piece:
            break
        if offset + len(piece) > found.length:
            raise TooLarge(
                "More came than the photo has.",
                f"Upload-Length said {found.length} bytes.",
            )
        if len(piece) < PIECE_LEAST and offset + len(piece) < found.length:
            raise InvalidInput(
                "The piece is too short.",
                f"Send pieces of at least {PIECE_LEAST} bytes; only the last may be shorter.",
                [FieldProblem("body", f"at least {PIECE_LEAST} bytes wanted", len(piece))],
            )
        _store_piece(room, city, photo, offset, piece)
        offset += len(piece)
    return draw(room, city, photo) if offset == found.length else replace(found, received=offset)


def draw(room: Darkroom, city: City, photo: UUID) -> Photo:
    """Draw a photo that came whole, keep both sizes, and forget what was sent.

    The transaction writes nothing until the files are durable: it holds nobody back.

    Raises:
        NotFound: there is no such photo.
        StorageUnavailable: it can't be read, drawn or kept right now; nothing is half stored.
    """
    hashes: tuple[str, ...] = ()
    try:
        with (
            room.studio.turn(),
            room.database.transaction(Role.INTAKE, city.code) as connection,
        ):
            mine = store.lock(connection, city.code, photo)
            found = _there(store.one(connection, city.code, photo))
            if not mine or not _ready(found):
                return found  # somebody is at it, or was
            sent = photo_files.whole(room.storage, found)
            drawn = Refusal.INCOMPLETE if sent is None else room.studio.draw(sent)
            if isinstance(drawn, Refusal):
                store.refuse(connection, city.code, photo, drawn)
            else:
                hashes = (drawn.large.sha256, drawn.small.sha256)
                _keep(room, connection, city, photo, drawn)
    except BaseException:
        # One of the files may lie there without the other, or without its row.
        with suppress(GeoappError):
            photo_files.sweep(room.database, room.storage, hashes)
        raise
    _forget_pieces(room.storage, photo)
    return _look(room, city, photo)


def take(room: Darkroom, city: City, data: bytes, *, most_mb: int) -> UUID:
    """Take a photo that came in one go, for forms without scripts; its id, to be attached.

    Raises:
        TooLarge: it's longer than photos may be.
        PhotoRefused: it can't be shown as a photo; says why.
        StorageUnavailable: it can't be kept right now.
    """
    photo = begin(room.database, city, len(data), most_mb=most_mb)
    try:
        for offset in range(0, len(data), PIECE):
            _store_piece(room, city, photo, offset, data[offset : offset + PIECE])
        refused_for = draw(room, city, photo).refused_for
    except GeoappError:
        _drop(room, city, photo)  # nobody else knows of it
        raise
    if refused_for is not None:
        _drop(room, city, photo)
        words = REFUSED_BECAUSE[refused_for].english
        raise PhotoRefused(words, "Send another photo.", [FieldProblem("photos", refused_for)])
    return photo


def _drop(room: Darkroom, city: City, photo: UUID) -> None:
    with suppress(GeoappError):
        discard(room, city, photo)


def discard(room: Darkroom, city: City, photo: UUID) -> None:
    """Whoever sent a photo takes it back.

    Raises:
        NotFound: there is none, or it belongs to a complaint already.
    """
    with room.database.transaction(Role.INTAKE, city.code) as connection:
        gone = store.remove(connection, city.code, photo)
    if gone is None:
        raise _not_there()
    with suppress(GeoappError):  # the job for orphaned files comes by
        for piece in list(room.storage.keys(f"{PIECES}{photo}/")):
            room.storage.delete(piece.key)
        photo_files.sweep(room.database, room.storage, gone.hashes)


def attach(
    connection: Connection,
    city_code: str,
    ticket: str,
    ids: Sequence[UUID],
    *,
    event_id: int | None = None,
    private: bool = False,
) -> None:
    """Give photos to a complaint in the caller's transaction, which has the intake role.

    The caller has proven that the complaint is the sender's. What the cameras noted is
    forgotten with it.

    Args:
        event_id: the reply they came with.
        private: for the city and the agency, never public.

    Raises:
        InvalidInput: there are too many, one is named twice, isn't ready, or is somebody's.
    """
    if not ids:
        return
    wanted = _wanted(ids)
    given = store.attach(connection, city_code, ticket, wanted, event_id=event_id, private=private)
    _all_of(given, wanted)


def attach_to_step(
    connection: Connection, city_code: str, ticket: str, ids: Sequence[UUID], event_id: int
) -> None:
    """Give photos to what staff has just written, in the caller's transaction of the staff role.

    With an answer they are as public as the complaint, with anything else for staff alone.

    Raises:
        InvalidInput: as `attach`; also when this transaction's account didn't write the entry.
    """
    if not ids:
        return
    wanted = _wanted(ids)
    _all_of(store.attach_to_step(connection, city_code, ticket, wanted, event_id), wanted)


def found_place(database: Database, city: City, photo: Photo) -> dict[str, Any] | None:
    """What the camera noted, with the kelurahan that it lies in; None if it noted nothing."""
    noted = photo.found
    if not noted or not any(noted.values()):
        return None
    area = None
    if noted["lon"] is not None:
        with database.transaction(Role.VISITOR, city.code) as connection:
            area = store.area_at(connection, city.code, noted["lon"], noted["lat"])
    return {**noted, "kelurahan": area}


def _ready(photo: Photo) -> bool:
    return photo.state is PhotoState.RECEIVING and photo.whole


def _look(room: Darkroom, city: City, photo: UUID) -> Photo:
    with room.database.transaction(Role.INTAKE, city.code) as connection:
        return _there(store.one(connection, city.code, photo))


def _store_piece(room: Darkroom, city: City, photo: UUID, offset: int, piece: bytes) -> None:
    """One piece, durable, and the row after it; under the photo's lock.

    Without the lock one who comes too late could write over the piece of the one who won.
    """
    with room.database.transaction(Role.INTAKE, city.code) as connection:
        if not store.lock(connection, city.code, photo):
            raise _elsewhere(None)
        now = _there(store.one(connection, city.code, photo))
        if now.state is not PhotoState.RECEIVING or now.received != offset:
            raise _elsewhere(now.received)
        room.storage.put(piece_key(photo, offset), piece)
        if not store.advance(
            connection, city.code, photo, offset=offset, received=offset + len(piece)
        ):
            raise _elsewhere(None)


def _keep(room: Darkroom, connection: Connection, city: City, photo: UUID, drawn: Drawing) -> None:
    """Files first, row last; meanwhile nobody takes the files for orphans."""
    store.hold(connection, {drawn.large.sha256, drawn.small.sha256})
    for picture in (drawn.large, drawn.small):
        room.storage.put(content_key(picture.sha256), picture.data)
    taken_at = _moment(drawn.taken_at, city, room.database.now())
    noted = {"lon": drawn.lon, "lat": drawn.lat, "taken_at": taken_at}
    large, small = _size(drawn.large), _size(drawn.small)
    if not store.keep(connection, city.code, photo, large, small, noted):
        raise _not_there()  # taken back meanwhile


def _size(picture: Picture) -> Size:
    return Size(picture.sha256, len(picture.data), picture.width, picture.height)


def _moment(taken_at: str | None, city: City, now: datetime) -> str | None:
    """When a photo was taken; by the city's clock unless the camera noted another zone."""
    if taken_at is None:
        return None
    try:
        moment = datetime.fromisoformat(taken_at)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(city.timezone))
        return moment.isoformat() if moment <= now + _CLOCK_SLACK else None
    except (ValueError, OverflowError):
        return None


def _forget_pieces(storage: Storage, photo: UUID) -> None:
    """Remove what was sent: it holds what the camera noted. Left-overs go with the job."""
    try:
        for piece in list(storage.keys(f"{PIECES}{photo}/")):
            storage.delete(piece.key)
    except GeoappError:
        _log.warning("the pieces of a photo stay until the job for orphaned files comes by")


def _read(source: IO[bytes], most: int) -> bytes:
    """Up to *most* bytes; fewer at the end, or where the connection was cut."""
    parts: list[bytes] = []
    left = most
    while left:
        try:
            part = source.read(min(left, 64 * 1024))
        except Exception:  # noqa: BLE001 - servers raise what they like when a client is gone
            break
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _elsewhere(received: int | None) -> Conflict:
    where = "" if received is None else f" It stands at {received}."
    return Conflict(f"The photo doesn't stand there.{where}", "Ask with HEAD where to go on.")


def _there(found: Photo | None) -> Photo:
    if found is None:
        raise _not_there()
    return found


def _wanted(ids: Sequence[UUID]) -> list[UUID]:
    """*ids*, which must be few and different."""
    if len(ids) > MOST:
        raise _unfit(f"at most {MOST}", f"Send at most {MOST} photos.")
    wanted = list(dict.fromkeys(ids))
    if len(wanted) < len(ids):
        raise _unfit("names a photo twice", "Name each photo once.")
    return wanted


def _all_of(given: int, wanted: Sequence[UUID]) -> None:
    """All of those *wanted* were given, or the transaction ends without any."""
    if given < len(wanted):
        raise _unfit("isn't there, or not ready", "Send the photo again.")


def _not_there() -> NotFound:
    return NotFound("There is no such photo.", "Begin again.")


def _unfit(fault: str, remedy: str) -> InvalidInput:
    return InvalidInput("The photos can't be used.", remedy, [FieldProblem("photos", fault)])
