"""What tests of photos over HTTP share: sending one, and complaints with photos."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from geoapp.store.database import Database
from tests.asking import as_owner, body
from tests.media.pictures import encoded, exif, scene

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"
PHOTO = encoded(
    scene(900, 600),
    "JPEG",
    exif=b"Exif\0\0"
    + exif(lat=[(1, 1), (36, 1), (45, 1)], lon=[(103, 1), (36, 1), (378, 10)],
           taken=b"2026:11:20 08:15:30\0"),
)  # fmt: skip


def begin(client: FlaskClient, length: int | str, **headers: str) -> Any:
    return client.post("/api/v1/photos", headers=TUS | {"Upload-Length": str(length)} | headers)


def piece(client: FlaskClient, where: str, offset: int, data: bytes, **headers: str) -> Any:
    return client.patch(
        where,
        data=data,
        content_type=BYTES,
        headers=TUS | {"Upload-Offset": str(offset)} | headers,
    )


def sent(client: FlaskClient, data: bytes = PHOTO) -> str:
    """The id of a photo that was sent."""
    where = begin(client, len(data)).headers["Location"]
    for offset in range(0, len(data), 200_000):
        assert piece(client, where, offset, data[offset : offset + 200_000]).status_code == 204
    return where.rpartition("/")[2]


def complaint_with(client: FlaskClient, *photos: str, **changes: Any) -> str:
    answer = client.post("/api/v1/complaints", json=body(photos=list(photos), **changes))
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["ticket"])


def change(database: Database, ticket: str, assignment: str) -> None:
    with as_owner(database) as connection:
        connection.exec_driver_sql(
            f"UPDATE geoapp.complaint SET {assignment} WHERE ticket = %(ticket)s",
            {"ticket": ticket},
        )


def set_photos(database: Database, assignment: str) -> None:
    with as_owner(database) as connection:
        connection.exec_driver_sql(f"UPDATE geoapp.photo SET {assignment}")
