"""The plain form of /report with files and a contact, as a browser without scripts sends it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.errors import StorageUnavailable
from tests.asking import as_owner, rows
from tests.report_photos import exif, heic, jpeg, picture
from tests.web.forms import FORM, token


def post(client: Any, *files: tuple[str, bytes], **values: Any) -> Any:
    """Send the form with *files*; a list among *values* is a field sent several times."""
    data = FORM | {"csrf_token": token(client)} | values
    data["photos"] = [(BytesIO(content), name) for name, content in files]
    return client.post("/report", data=data, content_type="multipart/form-data")


def shown(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def photo_rows(database: Any) -> list[Any]:
    with as_owner(database) as connection:
        return list(
            connection.execute(
                text(
                    "SELECT width, height, complaint_id IS NOT NULL AS given, found"
                    " FROM geoapp.photo ORDER BY position NULLS LAST, created_at"
                )
            )
        )


def fault(page: str, field: str) -> str:
    """What stands under a field of the form."""
    told = re.search(rf'id="plain-{field}".*?<p class="r-error">(.*?)</p>', page, re.DOTALL)
    assert told, f"nothing is said at {field}"
    return told[1]


def test_photos_and_contact_come_with_the_form(client, emptied):
    answer = post(
        client,
        ("IMG_1.jpg", jpeg(picture(), exif(103.6, -1.6))),
        ("IMG_2.heic", heic(picture(300, 200))),
        email="Siti.Rahma@Example.org",
        name="Siti",
    )
    assert answer.status_code == 303, shown(answer)
    assert [tuple(one) for one in photo_rows(emptied)] == [
        (640, 480, True, None),
        (300, 200, True, None),
    ]
    with as_owner(emptied) as connection:
        contact = connection.execute(text("SELECT * FROM geoapp.contact")).one()
    assert contact.role == "reporter"
    assert b"iti" not in bytes(contact.email_sealed)
    # What a browser is known by comes with the answer.
    assert "geoapp_me=" in answer.headers["Set-Cookie"]


def test_a_file_that_is_no_photo_is_named_and_the_others_need_not_be_chosen_again(client, emptied):
    answer = post(
        client, ("a.jpg", jpeg(picture())), ("b.jpg", b"no photo at all " * 99), landmark="Toko"
    )
    assert answer.status_code == 422
    page = shown(answer)
    assert "Foto 2: Berkas ini bukan foto JPEG, PNG, WebP, atau HEIC." in page
    assert 'value="Toko"' in page
    assert rows(emptied)["complaint"] == 0
    known = re.findall(r'name="photo" value="([0-9a-f-]{36})" checked', page)
    assert len(known) == 1
    assert client.get(f"/api/v1/photos/{known[0]}/small.jpg").status_code == 200

    again = post(client, photo=known)
    assert again.status_code == 303
    assert [tuple(one) for one in photo_rows(emptied)] == [(640, 480, True, None)]
    # Sent a second time it belongs to somebody already.
    taken = post(client, photo=known)
    assert taken.status_code == 422
    assert fault(shown(taken), "photos") == "Satu foto tidak tersimpan lagi. Pilih sekali lagi."


def test_too_many_and_too_large_photos_are_said_in_words(client, emptied):
    many = [(f"{n}.jpg", jpeg(picture(64, 64 + n))) for n in range(6)]
    answer = post(client, *many)
    assert answer.status_code == 422
    assert "Paling banyak 5 foto; yang lain tidak diambil." in shown(answer)
    assert shown(answer).count('name="photo" value=') == 5
    large = post(client, ("l.jpg", jpeg(picture()) + bytes(20 * 1024 * 1024)))
    assert large.status_code == 422
    assert "Satu foto paling besar 20 MB." in shown(large)
    # Past what all five may have together nothing is read into the form at all.
    flood = post(client, *[(f"{n}.jpg", bytes(21 * 1024 * 1024)) for n in range(5)])
    assert flood.status_code == 413
    assert "Satu foto paling besar 20 MB." in shown(flood)
    assert rows(emptied)["complaint"] == 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "siti@", "Tuliskan alamat surel, misalnya nama@example.org."),
        ("phone", "abc", "Tuliskan nomor telepon, misalnya 0812 3456 7890."),
        ("name", "S\x00iti", "Nama ini tidak dapat disimpan seperti tertulis."),
    ],
)
def test_a_contact_that_cannot_be_used_is_said_at_its_field(client, emptied, field, value, words):
    answer = post(client, **{field: value})
    assert answer.status_code == 422
    assert fault(shown(answer), field) == words
    assert rows(emptied)["complaint"] == 0


def test_what_was_written_stays_when_photos_cannot_be_stored(client, emptied, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise StorageUnavailable("no space left on device")

    monkeypatch.setattr(client.application.extensions["geoapp"].photos, "put", full)
    answer = post(client, ("a.jpg", jpeg(picture())), landmark="Toko")
    assert answer.status_code == 503
    page = shown(answer)
    assert "Laporan belum dapat disimpan. Yang Anda tulis masih ada di sini" in page
    assert 'value="Toko"' in page
    assert rows(emptied)["complaint"] == 0


def test_photos_on_the_form_need_its_token(client, emptied):
    answer = client.post(
        "/report",
        data=FORM | {"photos": (BytesIO(jpeg(picture())), "a.jpg")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 400
    assert photo_rows(emptied) == []
