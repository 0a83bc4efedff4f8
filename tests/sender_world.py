"""A sender for tests: a complaint with its key, photos uploaded as a browser does."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tests.asking import body

TUS = {"Tus-Resumable": "1.0.0"}


def jpeg(colour: str = "saddlebrown", size: tuple[int, int] = (640, 480)) -> bytes:
    """A photo of one colour."""
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG")
    return held.getvalue()


def upload(client: FlaskClient, data: bytes) -> str:
    """The id of *data* once it is kept as a photo."""
    made = client.post("/api/v1/photos", headers=TUS | {"Upload-Length": str(len(data))})
    assert made.status_code == 201, made.text
    address = made.headers["Location"]
    sent = client.patch(
        address,
        data=data,
        headers=TUS | {"Upload-Offset": "0"},
        content_type="application/offset+octet-stream",
    )
    assert sent.status_code == 204, sent.text
    return address.rsplit("/", 1)[1]


@dataclass(frozen=True)
class Sender:
    """Who sent a complaint, with what they have in hand."""

    client: FlaskClient
    ticket: str
    key: str

    @classmethod
    def of(cls, client: FlaskClient, **changes: Any) -> Sender:
        """Send a complaint."""
        told = client.post("/api/v1/complaints", json=body(**changes))
        assert told.status_code == 201, told.text
        return cls(client, told.json["ticket"], told.json["follow_key"])

    def ask(self, what: str, *, key: str | None = None, **fields: Any) -> TestResponse:
        """POST to *what* of the complaint, with the key (or another)."""
        return self.client.post(
            f"/api/v1/complaints/{self.ticket}/{what}",
            json={"key": self.key if key is None else key} | fields,
        )

    def photo(self, name: str, size: str = "small", *, key: str | None = None) -> TestResponse:
        """One of its photos, with the key in the header (or another; empty: none)."""
        sent = self.key if key is None else key
        return self.client.get(
            f"/api/v1/complaints/{self.ticket}/photos/{name}/{size}.jpg",
            headers={"Geoapp-Key": sent} if sent else {},
        )
