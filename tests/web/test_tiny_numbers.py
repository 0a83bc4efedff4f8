"""Numbers that a double holds and PostgreSQL doesn't read are zero, not an error of ours."""

from __future__ import annotations

import pytest

from geoapp.app import create_app
from geoapp.settings import Settings
from tests.asking import body


@pytest.fixture
def client(jambi, tmp_path):
    settings = Settings(home=tmp_path, tile_url="none", intake_limit=0, secret_key="x1" * 20)
    return create_app(settings, jambi).test_client()


def test_the_smallest_doubles_are_taken_for_zero(client):
    for path in ("/api/v1/locate", "/api/v1/assignments/explain"):
        for name in ("lon", "lat", "accuracy_m"):
            asked = {"lon": "103.6105", "lat": "-1.6125", "service": "pothole", name: "5e-324"}
            answer = client.get(path, query_string=asked)
            # inside with a perfect fix; on the equator or on Greenwich's meridian outside
            assert answer.status_code == (200 if name == "accuracy_m" else 422), (path, name)
    for name in ("lon", "lat", "accuracy_m"):
        sent = client.post("/api/v1/complaints", json=body(**{name: 5e-324}))
        assert sent.status_code == (201 if name == "accuracy_m" else 422), (name, sent.text)
