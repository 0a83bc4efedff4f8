"""Photos: received piece by piece, drawn anew, given to a complaint, shown."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from geoapp.domain.photo import MOST
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.store import photos as store


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
    if len(ids) > MOST:
        raise _unfit(f"at most {MOST}", f"Send at most {MOST} photos.")
    wanted = list(dict.fromkeys(ids))
    if len(wanted) < len(ids):
        raise _unfit("names a photo twice", "Name each photo once.")
    given = store.attach(connection, city_code, ticket, wanted, event_id=event_id, private=private)
    if given < len(wanted):
        raise _unfit("isn't there, or not ready", "Send the photo again.")


def _unfit(fault: str, remedy: str) -> InvalidInput:
    return InvalidInput("The photos can't be used.", remedy, [FieldProblem("photos", fault)])
