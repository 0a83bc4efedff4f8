"""The pages as a visitor without scripts gets them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.asking import body, rows
from tests.people import hire, sign_in
from tests.web.forms import FORM, token

HTML = {"Accept": "text/html,application/xhtml+xml"}


def shown(answer: Any) -> str:
    text: str = answer.get_data(as_text=True)
    return text


def config(page: str) -> dict[str, Any]:
    found = re.search(r'id="geoapp-config"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


@pytest.mark.parametrize("path", ["/", "/about", "/report"])
@pytest.mark.parametrize(("language", "word"), [("id", "Buat laporan"), ("en", "Report a problem")])
def test_a_page_speaks_the_language_asked_for_and_remembers_it(client, path, language, word):
    page = shown(client.get(f"{path}?lang={language}"))
    assert f'<html lang="{language}"' in page
    assert word in page
    assert f'<html lang="{language}"' in shown(client.get(path))


def test_about_tells_the_source_in_the_reader_s_language_and_no_code_of_a_version(client):
    english = shown(client.get("/about?lang=en"))
    assert "Approximate cells grown from the centre points" in english
    assert "Sel perkiraan" not in english.split("</main>")[0]
    indonesian = shown(client.get("/about?lang=id"))
    assert "Sel perkiraan dari titik tengah" in indonesian
    for page in (english, indonesian):
        assert "approximate-1" not in page.split("</main>")[0]


@pytest.mark.parametrize("path", ["/", "/about"])
def test_staff_find_the_door_and_whoever_is_in_the_way_back(client, emptied, path):
    page = shown(client.get(f"{path}?lang=id"))
    assert 'href="/login">Masuk petugas</a>' in page
    sign_in(client, hire(emptied, "auditor"))
    page = shown(client.get(path))
    assert 'href="/login">Kembali ke halaman kerja</a>' in page
    assert "Masuk petugas" not in page
    assert client.get("/login").location == "/audit"


def test_without_a_wish_a_page_speaks_the_citys_language(client):
    page = shown(client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}))
    assert '<html lang="id"' in page


def test_the_map_is_configured_for_the_city(client):
    told = config(shown(client.get("/")))
    assert told["base"] == ""
    assert told["city"]["code"] == "15.71"
    assert told["city"]["boundaries"]["approximate"] is True
    assert told["city"]["simulated"] is False
    assert told["tile_url"] is None
    assert {group["code"] for group in told["groups"]} >= {"road", "drainage", "street_light"}


@pytest.mark.parametrize("path", ["/c/JBI-3333-3333", "/no-such-page", "/c/%F0%9F%92%A9"])
def test_what_is_not_there_is_a_page_with_ways_on(client, path):
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert 'href="/report"' in shown(answer)
    assert answer.headers["Cache-Control"] in {"no-store", "no-cache"}


def test_the_api_answers_in_json_even_to_a_browser(client):
    answer = client.get("/api/v1/no-such-thing", headers=HTML)
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"


def test_a_complaints_page_tells_its_story(client):
    ticket = client.post("/api/v1/complaints", json=body()).json["ticket"]
    page = shown(client.get(f"/c/{ticket}"))
    for told in (ticket, "Jalan berlubang", "Lubang besar di tengah jalan", "Kelurahan Jelutung",
                 "Dinas PUPR, Bina Marga"):  # fmt: skip
        assert told in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_faulty_form_comes_back_with_its_texts_and_its_faults(client, emptied):
    data = FORM | {"csrf_token": token(client), "description": "pendek", "landmark": "Toko <b>"}
    answer = client.post("/report", data=data)
    assert answer.status_code == 422
    page = shown(answer)
    assert re.search(r'id="plain-description".*?<p class="r-error">', page)
    assert ">pendek</textarea>" in page
    assert 'value="Toko &lt;b&gt;"' in page
    assert 'value="15.71.08.1006" selected' in page
    assert rows(emptied)["complaint"] == 0


def test_the_plain_form_keeps_both_flags(client, emptied):
    from sqlalchemy import text

    from tests.asking import as_owner

    data = FORM | {"csrf_token": token(client), "anonymous": "1", "confidential": "1"}
    answer = client.post("/report", data=data)
    assert answer.status_code == 303
    with as_owner(emptied) as connection:
        row = connection.execute(
            text("SELECT anonymous, confidential, channel, location_kind FROM geoapp.complaint")
        ).one()
    assert tuple(row) == (True, True, "web", "area")
    assert FORM["description"] not in shown(client.get(answer.headers["Location"]))


def test_health_tells_of_the_database_and_the_feed(client):
    told = client.get("/health").json
    assert (told["status"], told["database"]) == ("ok", "ok")
    assert told["feed"]["held_back_s"] >= 0
    assert told["feed"]["listener"] in {"listening", "nobody listens in this worker"}


def test_every_page_says_so_when_the_database_is_away(settings, tmp_path):
    from geoapp.app import create_app
    from geoapp.store.database import Database

    away = Database(f"postgresql://geoapp_app@/nothing?host={tmp_path}")
    client = create_app(settings, away).test_client()
    for path in ("/api/v1/complaints", "/health"):
        answer = client.get(path)
        assert answer.status_code in {404, 503}
        assert answer.mimetype == "application/json"
    answer = client.get("/", headers=HTML)
    assert answer.status_code == 503
    assert "Traceback" not in shown(answer)
    assert str(tmp_path) not in shown(answer)
