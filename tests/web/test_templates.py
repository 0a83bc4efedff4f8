"""Answer templates on plain forms: who words which, and what becomes of a text."""

from __future__ import annotations

import re
from html import unescape

import pytest

from geoapp.usecases import work
from tests.people import csrf_token, hire, sign_in
from tests.support import default_city

PATH = "/agency/templates"
BODY = "Terima kasih, laporan Anda sudah kami terima.\n\nPetugas akan datang."


class Desk:
    """A browser of somebody who words answers."""

    def __init__(self, app, actor):
        self.client = app.test_client()
        sign_in(self.client, actor)
        self.token = csrf_token(self.client, "/account")

    def text(self, path=PATH):
        return unescape(self.client.get(path).text)

    def post(self, path=PATH, **fields):
        return self.client.post(path, data={"csrf_token": self.token} | fields)

    def number(self, name):
        """Number of the text in the list, as its link tells."""
        item = next(part for part in self.text().split("<li>") if f">{name}</b>" in part)
        return int(re.search(r"/agency/templates/([0-9]+)\"", item)[1])


@pytest.fixture(scope="module")
def operator(module_app, module_database):
    return Desk(module_app, hire(module_database, "operator"))


@pytest.fixture(scope="module")
def lights(module_app, module_database):
    return Desk(module_app, hire(module_database, "agency_admin", agency="perkim_lpju"))


@pytest.fixture
def known(module_database):
    """What the API offers an agency's admin, by name."""

    def names(agency):
        actor = hire(module_database, "agency_admin", agency=agency)
        found = work.templates(module_database, default_city(module_database), actor, agency)
        return {one.name: one.body for one in found}

    return names


def test_an_admin_adds_a_text_for_the_own_agency_and_it_is_offered_there_alone(lights, known):
    answer = lights.post(agency="perkim_lpju", name="Lampu diterima", body=BODY)
    assert (answer.status_code, answer.location) == (303, PATH)
    assert "Lampu diterima" in lights.text()
    assert known("perkim_lpju")["Lampu diterima"] == BODY
    assert "Lampu diterima" not in known("dlh")


def test_an_operator_words_for_all_and_an_admin_sees_it_without_changing_it(operator, lights):
    operator.post(agency="*", name="Untuk semua", body="Terima kasih.")
    number = operator.number("Untuk semua")
    page = lights.text()
    assert "Untuk semua" in page
    assert f"{PATH}/{number}" not in page
    for path in (f"{PATH}/{number}", f"{PATH}/{number}/retire"):
        assert lights.post(path, name="Lain", body="Lain").status_code == 404
    assert lights.client.get(f"{PATH}/{number}").status_code == 404
    assert "Untuk semua" in operator.text()


def test_another_agency_s_text_is_neither_listed_nor_added(lights, operator):
    operator.post(agency="dlh", name="Sampah diterima", body="Terima kasih.")
    assert "Sampah diterima" not in lights.text()
    for agency in ("dlh", "*", "", "tidak_ada"):
        answer = lights.post(agency=agency, name="Titipan", body="Titipan")
        assert answer.status_code == 422
    assert "Titipan" not in operator.text()


def test_a_text_is_worded_anew_and_taken_out_of_use(lights, known):
    lights.post(agency="perkim_lpju", name="Sementara", body="Satu")
    number = lights.number("Sementara")
    assert "Satu</textarea>" in lights.text(f"{PATH}/{number}")
    assert lights.post(f"{PATH}/{number}", name="Tetap", body="Dua").status_code == 303
    assert known("perkim_lpju")["Tetap"] == "Dua"
    assert lights.post(f"{PATH}/{number}/retire").status_code == 303
    assert "Tetap" not in known("perkim_lpju")
    assert lights.client.get(f"{PATH}/{number}").status_code == 404


def test_what_is_missing_or_too_long_stands_beside_its_field_and_what_was_typed_stays(lights):
    empty = lights.post(agency="perkim_lpju", name="Ada", body="  ")
    assert empty.status_code == 422
    assert 'id="body-fault"' in empty.text
    assert 'value="Ada"' in empty.text
    long = lights.post(agency="perkim_lpju", name="n" * 101, body="b" * 2001)
    assert {'id="body-fault"', 'id="name-fault"'} <= set(re.findall(r'id="\w+-fault"', long.text))
    assert lights.post(agency="perkim_lpju", name="Kosong", body="a\x00b").status_code == 422


def test_markup_in_a_text_is_shown_as_it_was_typed(lights):
    hostile = "</textarea><script>alert(1)</script>"
    lights.post(agency="perkim_lpju", name=hostile, body=hostile)
    assert "<script>alert(1)" not in lights.client.get(PATH).text


def test_a_form_without_its_token_changes_nothing(lights):
    sent = {"agency": "perkim_lpju", "name": "Tanpa token", "body": "x"}
    assert lights.client.post(PATH, data=sent).status_code == 400
    assert "Tanpa token" not in lights.text()


@pytest.mark.parametrize("role", ["agency_head", "field_officer", "auditor", "city_admin"])
def test_who_words_no_answers_finds_neither_page_nor_way_to_it(module_app, module_database, role):
    agency = "dlh" if role in {"agency_head", "field_officer"} else None
    client = module_app.test_client()
    sign_in(client, hire(module_database, role, agency=agency))
    assert client.get(PATH).status_code == 403
    assert PATH not in client.get("/agency").text


def test_the_way_to_the_page_stands_in_the_frame_in_both_languages(lights):
    assert f'href="{PATH}"' in lights.client.get("/agency").text
    assert "Templat tanggapan" in lights.text()
    assert "Answer templates" in lights.text(f"{PATH}?lang=en")
