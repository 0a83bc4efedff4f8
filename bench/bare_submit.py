"""The contestant of `make bench-submit`: Flask and psycopg2, one INSERT, nothing else.

No validation, no roles, no keys, no feed, no limits: a handler as one would write it by
hand that runs the very statement geoapp runs, with the values of the request, and commits.
"""

from __future__ import annotations

import os
from typing import Any

import psycopg2.extras
import psycopg2.pool
from flask import Flask, Response, jsonify, request
from sqlalchemy.dialects.postgresql import psycopg2 as dialect

from geoapp.domain.complaint import Channel, NewComplaint, new_ticket
from geoapp.domain.place import LonLat
from geoapp.spatial.assignment import values_of
from geoapp.store.statements import statement

CITY, PREFIX = "15.71", "JBI"

application = Flask(__name__)
_SQL = str(statement("spatial", "assignment_store").compile(dialect=dialect.dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy types it not
_pools: list[Any] = []


def _connections() -> Any:
    """Connections of this worker, made after it was forked."""
    if not _pools:
        _pools.append(psycopg2.pool.ThreadedConnectionPool(20, 20, os.environ["BARE_DATABASE"]))
    return _pools[0]


@application.post("/complaints")
def submit() -> tuple[Response, int]:
    """Store what is sent."""
    sent: dict[str, Any] = request.get_json()
    new = NewComplaint(
        service=sent["service"],
        description=sent["description"],
        position=LonLat(sent["lon"], sent["lat"]),
        channel=Channel.API,
    )
    values = values_of(CITY, new_ticket(PREFIX), new) | {"actor": "citizen", "keep_outside": False}
    pool = _connections()
    connection = pool.getconn()
    try:
        with connection.cursor(cursor_factory=psycopg2.extras.DictCursor) as cursor:
            cursor.execute(_SQL, values)
            row = dict(cursor.fetchone())
        connection.commit()
    finally:
        pool.putconn(connection)
    return jsonify({name: str(value) for name, value in row.items()}), 201
