""" "Me too": somebody has the problem that another has reported already."""

from __future__ import annotations

from sqlalchemy import Connection

from geoapp.domain.catalogue import City
from geoapp.store import supporters


def remember_sender(connection: Connection, city: City, complaint_id: int, person: str) -> None:
    """Note in the transaction that stores a complaint which *person* (a digest) sends it.

    Nobody supports what they reported themselves.
    """
    supporters.remember_sender(connection, city.code, complaint_id, person)
