"""Errors in JSON speak English; pages speak the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.exceptions import BadRequest

from tests.web.forms import FORM, token

INDONESIAN = {"Accept-Language": "id"}
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/api/v1/nothing", "There is no such page."),
        ("GET", "/tiles/nothing", "There is no such page."),
        ("GET", "/health/nothing", "There is no such page."),
        ("GET", "/nothing", "There is no such page."),
        ("DELETE", "/live", "The method is not allowed for the requested URL."),
        ("PUT", "/api/v1/city", "The method is not allowed for the requested URL."),
    ],
)
@pytest.mark.parametrize("language", ["", "?lang=id", "?lang=en"])
def test_an_error_for_programs_is_english(client, method, path, said, language):
    answer = client.open(path + language, method=method, headers=INDONESIAN)
    assert answer.json["error"]["message"] == said


def test_a_body_too_large_is_refused_in_english_on_the_api(client):
    sent = {"data": b"x" * 300_000, "content_type": "application/json"}
    answer = client.post("/api/v1/complaints", headers=INDONESIAN, **sent)
    assert answer.json["error"]["message"] == "What was sent is too large."


@pytest.mark.parametrize(("language", "said"), [("id", "Di luar Kota Jambi"), ("en", "Outside")])
def test_that_a_pin_is_outside_is_said_in_the_readers_language(client, language, said):
    address = f"/api/v1/locate?lon=103.0&lat=-1.6&service=pothole&lang={language}"
    answer = client.get(address)
    assert answer.json["error"]["code"] == "outside_city"
    assert answer.json["error"]["message"].startswith(said)
    described = client.get("/api/v1/openapi.json").json["info"]["description"]
    assert "English" in described
    assert "outside_city" in described


@pytest.mark.parametrize(("language", "said"), [("id", "Halaman ini tidak ada"), ("en", "exist")])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(client, language, said):
    page = client.get(f"/nothing?lang={language}", headers=HTML).get_data(as_text=True)
    assert said in page


def test_no_english_of_the_framework_stands_on_an_indonesian_page(client, monkeypatch):
    def refuse(_city: Any) -> None:
        raise BadRequest("The browser sent something odd.")

    monkeypatch.setattr("geoapp.web.page.shell", refuse)
    answer = client.get("/?lang=id", headers=HTML)
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "The browser sent" not in page
    assert "Tidak ada yang disimpan." in page


@pytest.mark.parametrize(("language", "said"), [("id", "Sebutkan nomor"), ("en", "Quote number")])
def test_a_page_that_failed_gives_the_number_to_quote(client, monkeypatch, language, said):
    def fail(_city: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("geoapp.web.page.shell", fail)
    answer = client.get(f"/?lang={language}", headers=HTML)
    assert answer.status_code == 500
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("description", "pendek", "10 sampai 2.000 karakter"),
        ("landmark", "x" * 201, "paling banyak 200 karakter"),
        ("description", "Lubang besar\x07 di jalan", "tidak dapat dicetak"),
        ("landmark", "Depan\x1b[31m sekolah", "tidak dapat dicetak"),
    ],
)
def test_the_plain_form_says_what_is_wrong_with_a_text(client, field, text, said):
    form = FORM | {"csrf_token": token(client), field: text}
    answer = client.post("/report", data=form)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
