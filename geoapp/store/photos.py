"""Rows of photos; their bytes lie in a storage."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from geoapp.domain.photo import Photo, PhotoState, Refusal, Shown, Size
from geoapp.store.statements import statement

BATCH = 1000
"""Rows that one statement removes or compares at most."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A removed photo and the hashes of the files that it may have been the last to need."""

    id: UUID
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPhoto:
    """A photo as staff finds it, with where its complaint lies and whose it is."""

    sha256: str
    small_sha256: str
    hidden: bool
    complaint_id: int
    ticket: str
    agency_code: str
    kelurahan_code: str | None
    kecamatan_code: str | None
    service_area_code: str | None


def begin(connection: Connection, city_code: str, length: int) -> UUID:
    """A place for a photo of *length* bytes."""
    found: UUID = connection.execute(
        statement("store", "photo_begin"), {"city_code": city_code, "length": length}
    ).scalar_one()
    return found


def one(connection: Connection, city_code: str, photo: UUID) -> Photo | None:
    """A photo that belongs to nobody yet."""
    row = connection.execute(
        statement("store", "photo_one"), {"city_code": city_code, "id": str(photo)}
    ).one_or_none()
    return _photo(row) if row else None


def lock(connection: Connection, city_code: str, photo: UUID) -> bool:
    """Whether nobody else works on the photo; then nobody does until the transaction ends."""
    return bool(
        connection.execute(
            statement("store", "photo_lock"), {"city_code": city_code, "id": str(photo)}
        ).scalar_one()
    )


def advance(
    connection: Connection, city_code: str, photo: UUID, *, offset: int, received: int
) -> bool:
    """Move a photo on from *offset*; False when it doesn't stand there."""
    done = connection.execute(
        statement("store", "photo_advance"),
        {"city_code": city_code, "id": str(photo), "offset": offset, "received": received},
    )
    return done.rowcount == 1


def keep(
    connection: Connection,
    city_code: str,
    photo: UUID,
    large: Size,
    small: Size,
    found: Mapping[str, Any],
) -> bool:
    """Say that a photo is drawn; False when it isn't being received any more."""
    done = connection.execute(
        statement("store", "photo_keep"),
        {
            "city_code": city_code,
            "id": str(photo),
            "sha256": large.sha256,
            "bytes": large.bytes,
            "width": large.width,
            "height": large.height,
            "small_sha256": small.sha256,
            "small_bytes": small.bytes,
            "small_width": small.width,
            "small_height": small.height,
            "found": json.dumps(found),
        },
    )
    return done.rowcount == 1


def refuse(connection: Connection, city_code: str, photo: UUID, reason: Refusal) -> bool:
    """Say why a photo isn't kept; False when it isn't being received any more."""
    done = connection.execute(
        statement("store", "photo_refuse"),
        {"city_code": city_code, "id": str(photo), "reason": reason.value},
    )
    return done.rowcount == 1


def remove(connection: Connection, city_code: str, photo: UUID) -> Gone | None:
    """Remove a photo that belongs to nobody; None when there is none."""
    row = connection.execute(
        statement("store", "photo_remove"), {"city_code": city_code, "id": str(photo)}
    ).one_or_none()
    return _gone(row) if row else None


def attach(
    connection: Connection,
    city_code: str,
    ticket: str,
    ids: Sequence[UUID],
    *,
    event_id: int | None,
    private: bool,
) -> int:
    """Give loose, ready photos to a complaint, in this order; how many could be given."""
    given: int = connection.execute(
        statement("store", "photo_attach"),
        {
            "city_code": city_code,
            "ticket": ticket,
            "event_id": event_id,
            "private": private,
            "ids": [str(one) for one in ids],
        },
    ).scalar_one()
    return given


def attach_to_step(
    connection: Connection, city_code: str, ticket: str, ids: Sequence[UUID], event_id: int
) -> int:
    """Give loose, ready photos to the entry this transaction wrote; how many could be given.

    Whether they are for staff alone follows from the entry: what is no answer is internal.
    """
    given: int = connection.execute(
        statement("store", "photo_attach_step"),
        {
            "city_code": city_code,
            "ticket": ticket,
            "event_id": event_id,
            "ids": [str(one) for one in ids],
        },
    ).scalar_one()
    return given


def area_at(
    connection: Connection, city_code: str, lon: float, lat: float
) -> dict[str, str] | None:
    """Code and name of the kelurahan around a point (EPSG:4326); None outside."""
    row = connection.execute(
        statement("store", "photo_area"), {"city_code": city_code, "lon": lon, "lat": lat}
    ).one_or_none()
    return {"code": row.code, "name": row.name} if row else None


def public_hashes(connection: Connection, city_code: str, photo: UUID) -> tuple[str, str] | None:
    """Hashes of both sizes, if everybody may see the photo."""
    row = connection.execute(
        statement("store", "photo_public"), {"city_code": city_code, "id": str(photo)}
    ).one_or_none()
    return (row.sha256, row.small_sha256) if row else None


def for_work(connection: Connection, city_code: str, photo: UUID) -> WorkPhoto | None:
    """A photo of a complaint that the transaction's account sees."""
    row = connection.execute(
        statement("store", "photo_work"), {"city_code": city_code, "id": str(photo)}
    ).one_or_none()
    if row is None:
        return None
    return WorkPhoto(
        sha256=row.sha256,
        small_sha256=row.small_sha256,
        hidden=row.hidden_at is not None,
        complaint_id=row.complaint_id,
        ticket=row.ticket,
        agency_code=row.agency_code,
        kelurahan_code=row.kelurahan_code,
        kecamatan_code=row.kecamatan_code,
        service_area_code=row.service_area_code,
    )


def shown(listed: Iterable[Mapping[str, Any]] | None) -> tuple[Shown, ...]:
    """Photos as a statement over complaints tells them (JSON), in their order."""
    return tuple(
        Shown(
            UUID(one["id"]),
            one["width"],
            one["height"],
            one.get("event_id"),
            bool(one.get("private")),
            bool(one.get("hidden")),
        )
        for one in listed or ()
    )


def hide(
    connection: Connection, city_code: str, photo: UUID, *, by: str, reason: str | None
) -> bool:
    """Take a photo from public sight; False when that may not be, or was done already."""
    done = connection.execute(
        statement("store", "photo_hide"),
        {"city_code": city_code, "id": str(photo), "by": by, "reason": reason},
    )
    return done.rowcount == 1


def unhide(connection: Connection, city_code: str, photo: UUID) -> bool:
    """Take `hide` back; False when that may not be, or it isn't hidden."""
    done = connection.execute(
        statement("store", "photo_unhide"), {"city_code": city_code, "id": str(photo)}
    )
    return done.rowcount == 1


def purge_loose(connection: Connection, before: datetime) -> list[Gone]:
    """Remove a batch of photos that nobody gave to a complaint, in any city."""
    rows = connection.execute(
        statement("store", "photo_loose_purge"), {"before": before, "batch": BATCH}
    )
    return [_gone(row) for row in rows]


def hold(connection: Connection, hashes: Collection[str]) -> None:
    """Keep files with these hashes from being removed until the transaction ends."""
    connection.execute(statement("store", "photo_hold"), {"hashes": list(hashes)})


def claim(connection: Connection, sha256: str) -> None:
    """Wait for those who `hold` a hash, and keep others from it until the transaction ends."""
    connection.execute(statement("store", "photo_claim"), {"sha256": sha256})


def unreferenced(connection: Connection, hashes: Collection[str]) -> set[str]:
    """Those of *hashes* that no photo of any city refers to."""
    rows = connection.execute(statement("store", "photo_unreferenced"), {"hashes": list(hashes)})
    return set(rows.scalars())


def receiving(connection: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of *ids* that are still being received, in any city."""
    rows = connection.execute(
        statement("store", "photo_receiving"), {"ids": [str(one) for one in ids]}
    )
    return set(rows.scalars())


def files(connection: Connection) -> list[tuple[str, int]]:
    """Hash and size of every file that photos refer to, by hash."""
    return [
        (row.sha256, row.bytes) for row in connection.execute(statement("store", "photo_files"))
    ]


def _gone(row: Row[Any]) -> Gone:
    return Gone(row.id, tuple(one for one in (row.sha256, row.small_sha256) if one))


def _photo(row: Row[Any]) -> Photo:
    kept = row.state == PhotoState.KEPT
    return Photo(
        id=row.id,
        state=PhotoState(row.state),
        length=row.length,
        received=row.received,
        refused_for=Refusal(row.refused_for) if row.refused_for else None,
        large=Size(row.sha256, row.bytes, row.width, row.height) if kept else None,
        small=Size(row.small_sha256, row.small_bytes, row.small_width, row.small_height)
        if kept
        else None,
        found=row.found,
    )
