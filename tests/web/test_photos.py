"""Photos over HTTP: the upload protocol, who sees what, and what staff does with them."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.settings import Settings
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.media.pictures import encoded, exif, noise, png_chunk, scene
from tests.people import hire, sign_in
from tests.web.photo_sending import (
    BYTES,
    PHOTO,
    TUS,
    begin,
    change,
    complaint_with,
    piece,
    sent,
    set_photos,
)


@pytest.fixture(autouse=True)
def without_photos(client: FlaskClient, emptied: Database) -> None:
    with as_owner(emptied) as connection:
        connection.execute(text("TRUNCATE geoapp.photo"))


# The protocol, by its own text: https://tus.io/protocols/resumable-upload


def test_options_say_what_the_server_speaks(client):
    answer = client.options("/api/v1/photos")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination"
    assert answer.headers["Tus-Max-Size"] == str(20 * 1024 * 1024)


def test_a_photo_is_begun_sent_in_pieces_and_looked_at(client):
    made = begin(client, len(PHOTO), **{"Upload-Metadata": "filename c2VjcmV0LmpwZw=="})
    where = made.headers["Location"]
    assert (made.status_code, made.data, made.headers["Tus-Resumable"]) == (201, b"", "1.0.0")
    half = len(PHOTO) // 2
    assert piece(client, where, 0, PHOTO[:half]).headers["Upload-Offset"] == str(half)
    asked = client.head(where, headers=TUS)
    assert asked.status_code == 200
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (
        str(half), str(len(PHOTO)),
    )  # fmt: skip
    assert asked.headers["Cache-Control"] == "no-store"
    told = client.get(where).get_json()
    assert (told["state"], told["received"], told["length"]) == ("receiving", half, len(PHOTO))
    last = piece(client, where, half, PHOTO[half:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(PHOTO)))
    told = client.get(where).get_json()
    assert told["state"] == "kept"
    assert (told["width"], told["height"], told["refused"]) == (900, 600, None)
    assert told["found"]["lon"] == pytest.approx(103.6105, abs=1e-7)
    assert told["found"]["lat"] == pytest.approx(-1.6125, abs=1e-7)
    assert told["found"]["taken_at"] == "2026-11-20T08:15:30+07:00"
    assert told["found"]["kelurahan"]["name"] == "Jelutung"
    small = client.get(told["small"])
    assert small.mimetype == "image/jpeg"
    assert small.headers["Cache-Control"] == "no-store"
    assert Image.open(io.BytesIO(small.data)).size == (480, 320)


def test_names_of_files_are_kept_nowhere(client, emptied):
    begin(client, 100, **{"Upload-Metadata": "filename UkFIQVNJQS1CRVJLQVM="})
    with as_owner(emptied) as connection:
        row = connection.execute(
            text("SELECT to_jsonb(photo)::text FROM geoapp.photo")
        ).scalar_one()
    assert "RAHASIA-BERKAS" not in row
    assert "UkFIQVNJQS1CRVJLQVM" not in row


@pytest.mark.parametrize("headers", [{}, {"Tus-Resumable": "0.2.2"}])
def test_another_version_of_the_protocol_is_told_which_is_spoken(client, headers):
    where = begin(client, 100).headers["Location"]
    for ask in (
        client.post("/api/v1/photos", headers=headers | {"Upload-Length": "100"}),
        client.patch(
            where, data=b"x", content_type=BYTES, headers=headers | {"Upload-Offset": "0"}
        ),
        client.delete(where, headers=headers),
    ):
        assert ask.status_code == 412
        assert ask.headers["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(
    ("length", "status"),
    [(None, 422), ("", 422), ("x", 422), ("-1", 422), ("1e3", 422), ("0", 422),
     (str(20 * 1024 * 1024 + 1), 413), ("9" * 12, 413), ("9" * 40, 422)],
)  # fmt: skip
def test_lengths_that_cant_be_are_refused(client, emptied, length, status):
    headers = TUS if length is None else TUS | {"Upload-Length": length}
    answer = client.post("/api/v1/photos", headers=headers)
    assert answer.status_code == status
    assert answer.get_json()["error"]["remedy"]
    with as_owner(emptied) as connection:
        assert connection.execute(text("SELECT count(*) FROM geoapp.photo")).scalar_one() == 0


def test_a_wrong_offset_is_a_conflict_and_a_wrong_kind_unsupported(client):
    where = begin(client, len(PHOTO)).headers["Location"]
    assert piece(client, where, 5, PHOTO).status_code == 409
    assert piece(client, where, 0, b"x" * (len(PHOTO) + 1)).status_code == 413
    wrong = client.patch(where, data=PHOTO, content_type="image/jpeg",
                         headers=TUS | {"Upload-Offset": "0"})  # fmt: skip
    assert wrong.status_code == 415
    assert piece(client, where, 0, PHOTO).status_code == 204
    assert piece(client, where, 0, PHOTO).status_code == 409
    assert client.head(where).headers["Upload-Offset"] == str(len(PHOTO))


def test_a_piece_is_larger_than_other_bodies_may_be(client):
    data = encoded(noise(900, 900), "PNG", compress_level=1)
    assert len(data) > 512 * 1024  # other bodies end at 256 kB
    where = begin(client, len(data)).headers["Location"]
    assert piece(client, where, 0, data).status_code == 204
    assert client.get(where).get_json()["state"] == "kept"


def test_a_photo_that_was_taken_back_is_gone(client):
    where = f"/api/v1/photos/{sent(client)}"
    assert client.delete(where, headers=TUS).status_code == 204
    assert client.get(where).status_code == 404
    assert client.head(where).status_code == 404
    assert client.delete(where, headers=TUS).status_code == 404
    assert piece(client, where, 0, PHOTO).status_code == 404


def test_why_a_file_is_refused_is_said_in_both_languages(client):
    data = PHOTO + b"<html><script>alert(1)</script></html>"
    told = client.get(f"/api/v1/photos/{sent(client, data)}").get_json()
    assert (told["state"], told["refused"]["code"]) == ("refused", "two_kinds")
    assert "berkas lain" in told["refused"]["message"]["id"]
    assert "another file" in told["refused"]["message"]["en"]
    assert (told["small"], told["found"]) == (None, None)


def test_senders_are_counted_when_they_begin(module_database, tmp_path):
    app = create_app(
        Settings(home=tmp_path, tile_url="none", intake_limit=1, secret_key="test-only" * 8),
        module_database,
    )
    told = [begin(app.test_client(), 100).status_code for _ in range(7)]
    # staff by account: a whole office may have one address
    officers = [app.test_client() for _ in range(2)]
    for officer in officers:
        sign_in(officer, hire(module_database, "field_officer", agency="dlh"))
    by_account = [[begin(one, 100).status_code for _ in range(7)] for one in officers]
    app.extensions["geoapp"].hub.close()
    assert told == [201] * 6 + [429]
    assert by_account == [[201] * 6 + [429]] * 2


# Who sees what


def test_a_public_complaints_photos_are_told_and_shown(client, emptied):
    first, second = sent(client), sent(client, encoded(scene(300, 200), "PNG"))
    ticket = complaint_with(client, second, first)
    told = client.get(f"/api/v1/complaints/{ticket}").get_json()["properties"]["photos"]
    assert [photo["id"] for photo in told] == [second, first]
    assert [(photo["width"], photo["height"]) for photo in told] == [(300, 200), (900, 600)]
    listed = client.get("/api/v1/complaints").get_json()["features"][0]["properties"]["photos"]
    assert listed == told
    large = client.get(told[1]["large"])
    assert (large.status_code, large.mimetype) == (200, "image/jpeg")
    assert large.headers["Cache-Control"] == "no-cache"
    assert large.headers["X-Content-Type-Options"] == "nosniff"
    assert large.headers["ETag"] == f'"{hashlib.sha256(large.data).hexdigest()}"'
    assert Image.open(io.BytesIO(large.data)).size == (900, 600)
    assert b"Exif" not in large.data
    again = client.get(told[1]["large"], headers={"If-None-Match": large.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert f"/photos/{first}/small.jpg" in client.get(f"/c/{ticket}").get_data(as_text=True)
    # It is nobody's any more but the complaint's.
    assert client.get(f"/api/v1/photos/{first}").status_code == 404
    assert client.get(f"/api/v1/photos/{first}/small.jpg").status_code == 404
    assert client.delete(f"/api/v1/photos/{first}", headers=TUS).status_code == 404


HIDDEN_BY = {
    "confidential": lambda database, ticket: change(database, ticket, "confidential = true"),
    "rejected": lambda database, ticket: change(database, ticket, "status = 'rejected'"),
    "private": lambda database, _ticket: set_photos(database, "private = true"),
    "hidden": lambda database, _ticket: set_photos(
        database, "hidden_at = now(), hidden_by = 'account:1', hidden_reason = 'a face'"
    ),
    "of nobody yet": lambda database, _ticket: set_photos(
        database, "complaint_id = NULL, position = NULL, attached_at = NULL"
    ),
}


@pytest.mark.parametrize("why", HIDDEN_BY)
def test_what_isnt_public_is_answered_like_what_isnt_there(client, emptied, why):
    photo = sent(client)
    ticket = complaint_with(client, photo)
    large = client.get(f"/photos/{photo}/large.jpg")
    assert large.status_code == 200
    HIDDEN_BY[why](emptied, ticket)
    missing = "00000000-0000-4000-8000-000000000000"
    for size in ("large", "small"):
        answers = [
            client.get(f"/photos/{one}/{size}.jpg", headers=headers)
            for one in (photo, missing)
            for headers in ({}, {"If-None-Match": large.headers["ETag"]})
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1
        assert not any("ETag" in answer.headers for answer in answers)
    if why != "confidential":
        told = client.get(f"/api/v1/complaints/{ticket}").get_json()["properties"]["photos"]
        assert told == []
    assert photo not in client.get("/api/v1/complaints").get_data(as_text=True)
    assert f"{photo}" not in client.get(f"/c/{ticket}").get_data(as_text=True)


def test_another_city_shows_no_photo_of_this_one(client, emptied):
    photo = sent(client)
    complaint_with(client, photo)
    with as_owner(emptied) as connection:
        connection.execute(text(
            "INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale,"
            " ticket_prefix, centre, envelope) SELECT '99.98', 'lain', 'Lain', 'Other', timezone,"
            " metric_srid, locale, 'LAN', centre, envelope FROM geoapp.city WHERE code = '15.71'"
            " ON CONFLICT DO NOTHING"
        ))  # fmt: skip
    try:
        with create_app(
            Settings(home=client.application.extensions["geoapp"].settings.home, tile_url="none",
                     secret_key="test-only" * 8), emptied,
        ).test_client() as other:  # fmt: skip
            assert other.get(f"/lain/photos/{photo}/large.jpg").status_code == 404
            assert other.get(f"/kota-jambi/photos/{photo}/large.jpg").status_code == 200
    finally:
        with as_owner(emptied) as connection:
            connection.execute(text("DELETE FROM geoapp.city WHERE code = '99.98'"))


def test_a_photo_whose_file_is_lost_is_not_found(client, module_app):
    photo = sent(client)
    complaint_with(client, photo)
    storage = module_app.extensions["geoapp"].photos
    for stored in list(storage.keys()):
        storage.delete(stored.key)
    assert client.get(f"/photos/{photo}/large.jpg").status_code == 404


def test_health_tells_how_the_storage_stands(client, module_app):
    here = module_app.extensions["geoapp"]
    here.facts.forget()
    told = client.get("/health").get_json()
    assert told["photos"]["status"] in {"ok", "nearly full"}
    assert set(told["photos"]) == {"status"}  # no figures for everybody
    real, here.photos = here.photos, _Broken()
    try:
        here.facts.forget()
        told = client.get("/health").get_json()
        assert (told["status"], told["photos"]["status"]) == ("degraded", "unwritable")
        where = begin(client, len(PHOTO)).headers["Location"]
        answer = piece(client, where, 0, PHOTO)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert answer.get_json()["error"]["code"] == "storage_unavailable"
        assert client.head(where).headers["Upload-Offset"] == "0"
    finally:
        here.photos = real
        here.facts.forget()
    assert piece(client, where, 0, PHOTO).status_code == 204
    assert client.get(where).get_json()["state"] == "kept"


class _Broken:
    """A storage on a disk that is full."""

    def __getattr__(self, name: str) -> Any:
        from geoapp.errors import StorageUnavailable

        def fails(*_args: Any) -> Any:
            raise StorageUnavailable("There is no room for photos right now.", "Send it again.")

        return fails


def test_marks_in_a_photo_reach_no_visitor(client, emptied):
    """Comment, Exif and a PNG's texts of what was sent, looked for in all that is answered."""
    mark = b"RAHASIA-7731"
    png = encoded(scene(300, 200), "PNG", exif=exif(maker=mark))
    data = png[:33] + png_chunk(b"tEXt", b"Comment\0" + mark) + png[33:]
    assert data.count(mark) == 2
    photo = sent(client, data)
    ticket = complaint_with(client, photo)
    for path in (f"/photos/{photo}/large.jpg", f"/photos/{photo}/small.jpg", f"/c/{ticket}",
                 f"/api/v1/complaints/{ticket}"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200
        assert mark not in answer.data
