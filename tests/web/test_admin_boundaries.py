"""The list of boundary sets, and files brought in: good ones, hostile ones, too large ones."""

from __future__ import annotations

import copy
import html
import io
import json
from dataclasses import replace

import pytest

from tests.people import hire
from tests.web.admin_office import HTML, Office, fault
from tests.web.boundary_pages import (
    number_of,
    only_what_is_in_force,
    plain,
    sets,
    shipped,
    upload,
)

NOWHERE = 999_999


@pytest.fixture(scope="module")
def boss(module_app, module_database):
    return Office(module_app, hire(module_database, "city_admin", name="Admin Kota"))


@pytest.fixture
def office(boss, module_database):
    only_what_is_in_force(module_database)
    yield boss
    only_what_is_in_force(module_database)


def test_the_list_tells_what_is_in_force_by_layer_in_both_languages(office):
    told = plain(office.get("/boundaries?lang=id").text)
    assert "Berlaku hari ini" in told
    assert "68 wilayah" in told
    assert "Ruas jalan tidak ada" in told
    assert "perkiraan" in told
    assert "In force today" in plain(office.get("/boundaries?lang=en").text)
    office.get("/boundaries?lang=id")


def test_every_set_in_force_has_its_page_and_shapes(office, module_database):
    found = sets(module_database)
    assert len(found) >= 2  # kelurahan and service areas
    for number, _ in found:
        assert office.get(f"/boundaries/{number}?lang=en").status_code == 200
        page = office.get(f"/boundaries/{number}?lang=id").text
        assert "%(" not in page
        for path in ("areas", "faults", "preview"):
            answer = office.get(f"/boundaries/{number}/{path}.geojson")
            assert answer.status_code == 200
            assert json.loads(answer.data)["type"] == "FeatureCollection"
        assert office.get(f"/boundaries/{number}/state.json").status_code == 404


def test_a_file_is_read_stored_and_waits(office, module_database):
    before = sets(module_database)
    answer = upload(office, shipped(), version="Kelurahan uji", source="Bappeda", licence="CC0")
    number = number_of(answer)
    assert sets(module_database) == [*before, (number, "staged")]
    page = plain(office.get(f"/boundaries/{number}").text)
    assert "Kelurahan uji" in page
    assert "Bappeda" in page
    assert "CC0" in page
    assert "Menunggu" in page
    listed = plain(office.get("/boundaries").text)
    assert "Kelurahan uji Menunggu – 68 Bappeda CC0" in listed


def test_the_pages_script_is_told_where_to_go_and_goes_there_itself(office):
    answer = office.client.post(
        "/admin/boundaries",
        data={
            "layer": "kelurahan",
            "csrf_token": office.token(),
            "file": (io.BytesIO(json.dumps(shipped()).encode()), "a.geojson"),
        },
        headers=HTML | {"X-Upload": "1"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 201
    page = office.client.get(answer.headers["Location"], headers=HTML)
    assert page.status_code == 200
    assert "Berkas sudah dibaca" in page.text


def test_a_set_that_nobody_named_is_called_as_its_file(office):
    number = number_of(upload(office, shipped(), name="Batas_2025.geojson", version=""))
    assert "Batas_2025" in plain(office.get(f"/boundaries/{number}").text)


def test_the_same_file_again_leads_to_the_set_that_is_there(office, module_database):
    number = number_of(upload(office, shipped(), version="Satu"))
    before = sets(module_database)
    assert number_of(upload(office, shipped(), version="Dua")) == number
    assert sets(module_database) == before


def test_a_form_without_file_or_address_and_one_with_both_say_so(office, module_database):
    before = sets(module_database)
    neither = office.post("/boundaries", layer="kelurahan", version="Kosong")
    assert neither.status_code == 422
    assert fault(neither.text, "file")
    assert 'value="Kosong"' in neither.text
    both = upload(office, shipped(), url="https://example.org/a.geojson")
    assert both.status_code == 422
    assert fault(both.text, "url")
    unknown = upload(office, shipped(), layer="planet")
    assert unknown.status_code == 422
    assert fault(unknown.text, "layer")
    assert sets(module_database) == before


def moved(east: float) -> dict:
    """The city somewhere else."""
    collection = copy.deepcopy(shipped())
    for feature in collection["features"]:
        polygons = feature["geometry"]["coordinates"]
        if feature["geometry"]["type"] == "Polygon":
            polygons = [polygons]
        for polygon in polygons:
            for ring in polygon:
                for position in ring:
                    position[0] += east
    return collection


def with_first(geometry) -> dict:
    collection = copy.deepcopy(shipped())
    collection["features"][0]["geometry"] = geometry
    return collection


BOW_TIE = [[103.60, -1.60], [103.62, -1.58], [103.62, -1.60], [103.60, -1.58], [103.60, -1.60]]
HOSTILE = {
    "nothing": b"",
    "no GeoJSON": b"<html>Not found</html>",
    "cut short": json.dumps(shipped()).encode()[:-200],
    "binary": bytes(range(256)) * 40,
    "no number": json.dumps(
        with_first({"type": "Polygon", "coordinates": [[[float("nan"), 0], [1, 0], [1, 1]]]})
    ).encode(),
    "a bow-tie": with_first({"type": "Polygon", "coordinates": [BOW_TIE]}),
    "lines": with_first({"type": "LineString", "coordinates": BOW_TIE}),
    "another continent": moved(-110),
    "a script for a code": {
        **shipped(),
        "features": [
            {**one, "properties": {"code": "<script>alert(1)</script>", "name": "x"}}
            for one in shipped()["features"]
        ],
    },
}


@pytest.mark.long
@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_cannot_be_used_is_told_on_the_form_and_nothing_is_stored(
    office, module_database, what
):
    before = sets(module_database)
    answer = upload(office, HOSTILE[what], version="Tetap di sini", source="Sumber uji")
    assert answer.status_code == 422
    told = "".join(fault(answer.text, field) for field in ("file", "code_field", "crs"))
    assert len(html.unescape(told)) > 20
    assert "Belum ada yang tersimpan." in answer.text
    assert 'value="Tetap di sini"' in answer.text
    assert 'value="Sumber uji"' in answer.text
    assert "<script>alert(1)" not in answer.text
    assert sets(module_database) == before


def test_an_address_within_the_own_network_is_refused_beside_its_field(office, module_database):
    before = sets(module_database)
    answer = office.post(
        "/boundaries", layer="kelurahan", url="http://127.0.0.1:9/kelurahan.geojson"
    )
    assert answer.status_code == 422
    assert fault(answer.text, "url")
    assert 'value="http://127.0.0.1:9/kelurahan.geojson"' in answer.text
    assert sets(module_database) == before


def test_a_file_may_be_larger_than_any_other_body_but_not_than_its_own_limit(
    office, module_app, module_database, monkeypatch
):
    site = module_app.extensions["geoapp"]
    small = replace(site.settings, import_max_mb=1)
    monkeypatch.setattr(site, "settings", small)
    within = json.dumps(shipped()).encode() + b" " * 350_000
    assert len(within) > site.settings.max_body_bytes
    number_of(upload(office, within))
    before = sets(module_database)
    answer = upload(office, within + b" " * 1_000_000)
    assert answer.status_code == 413
    assert "MB" in fault(answer.text, "file")
    assert "<form" in answer.text
    assert sets(module_database) == before


def test_only_an_administrator_may_send_much(module_app, module_database):
    other = Office(module_app, hire(module_database, "operator"))
    answer = upload(other, b" " * 400_000)
    assert answer.status_code == 413
    assert upload(other, shipped()).status_code == 403


def test_a_form_of_another_site_stores_nothing(office, module_database):
    before = sets(module_database)
    for path in ("", "/1/clean", "/1/discard", "/1/preview", "/1/activate", "/1/undo", "/1/again"):
        answer = office.client.post(f"/admin/boundaries{path}", data={}, headers=HTML)
        assert answer.status_code == 400, path
    assert sets(module_database) == before


@pytest.mark.parametrize("number", [NOWHERE, 2**63 - 1, 2**80])
def test_what_the_city_has_not_is_not_found(office, number):
    for path in ("", "/areas.geojson", "/faults.geojson", "/preview.geojson", "/state.json"):
        assert office.get(f"/boundaries/{number}{path}").status_code == 404, path
    for path in ("clean", "discard", "preview", "activate", "undo", "again"):
        sent = {"gaps_under_m2": "1", "overlaps": "keep", "valid_from": "2026-01-01"}
        assert office.post(f"/boundaries/{number}/{path}", **sent).status_code == 404, path


def test_what_never_was_in_force_can_be_removed_and_nothing_else(office, module_database):
    number = number_of(upload(office, shipped(), version="Sebentar"))
    assert office.post(f"/boundaries/{number}/discard").status_code == 303
    assert office.get(f"/boundaries/{number}").status_code == 404
    in_force = next(one for one, status in sets(module_database) if status == "active")
    answer = office.post(f"/boundaries/{in_force}/discard")
    assert answer.status_code == 409
    assert (in_force, "active") in sets(module_database)
