"""What the form of boundary files tells the reader, as the command's options do."""

from __future__ import annotations

import re

import pytest
from flask_babel import force_locale

from geoapp.spatial import sandbox
from geoapp.web.admin.reader_sentences import OPTIONS
from tests.people import hire
from tests.web.admin_office import Office, fault
from tests.web.boundary_pages import (
    number_of,
    only_what_is_in_force,
    plain,
    sets,
    shipped,
    upload,
)


@pytest.fixture(scope="module")
def boss(module_app, module_database):
    return Office(module_app, hire(module_database, "city_admin", name="Admin Kota"))


@pytest.fixture
def office(boss, module_database):
    only_what_is_in_force(module_database)
    yield boss
    only_what_is_in_force(module_database)


def roads(*words: str) -> dict:
    """A road per word through the city."""
    line = {"type": "LineString", "coordinates": [[103.60, -1.60], [103.62, -1.61]]}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": f"Jalan {n}", "no_ruas": f"R{n}", "status": word},
                "geometry": line,
            }
            for n, word in enumerate(words, 1)
        ],
    }


def bow_tie() -> dict:
    """The shipped areas, the first a bow-tie: both its triangles together are 2·B/(A − B) = 8.3 %
    larger than their difference, which is what its ring encloses (A 25:1 B)."""
    collection = shipped()
    ring = [[103.60, -1.62], [103.61, -1.62], [103.604, -1.615], [103.606, -1.615],
            [103.60, -1.62]]  # fmt: skip
    collection["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    return collection


@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_field_that_a_remedy_names_is_on_a_page_by_that_name(
    office, module_app, module_database, lang
):
    number = number_of(upload(office, bow_tie(), max_repair_change="50"))
    page = plain(office.get(f"/boundaries?lang={lang}").text)
    page += plain(office.get(f"/boundaries/{number}?lang={lang}").text)
    page = page.replace("&#39;", "'")
    with module_app.test_request_context("/"), force_locale(lang):
        named = {option: str(label).strip("“”") for option, label in OPTIONS.items()}
    other_step = {"--other-codes"}  # asked only where most codes differ
    missing = [label for o, label in named.items() if label not in page and o not in other_step]
    assert missing == []


def test_words_of_roads_can_be_explained_on_the_form(office, module_database):
    before = sets(module_database)
    file = roads("Alien", "Lingkungan", "Nasional")
    refused = upload(office, file, layer="road")
    assert refused.status_code == 422
    told = fault(refused.text, "authority_field")
    assert "--" not in told
    assert "Alien" in told
    assert sets(module_database) == before
    sent = {"authority_word": "'Alien' = Provinsi, Lingkungan=city", "ref_field": "no_ruas"}
    number = number_of(upload(office, file, layer="road", **sent))
    page = plain(office.get(f"/boundaries/{number}?lang=id").text)
    assert "no_ruas" in page
    for keeper in ("Jalan nasional", "Jalan provinsi", "Jalan kota"):
        assert keeper in page


@pytest.mark.parametrize("typed", ["Alien", "Alien=planet", "=city"])
def test_words_that_explain_nothing_are_told_beside_their_field(office, typed):
    answer = upload(office, roads("Alien"), layer="road", authority_word=typed)
    assert answer.status_code == 422
    assert fault(answer.text, "authority_word")
    assert '<details class="b-fold" open>' in answer.text


def test_how_much_a_repair_may_change_is_asked_in_per_cent(office, module_database):
    refused = upload(office, bow_tie())
    assert refused.status_code == 422
    told = fault(refused.text, "file")
    assert "Perubahan terbesar suatu wilayah karena perbaikan, persen" in told
    assert upload(office, bow_tie(), max_repair_change="8,2").status_code == 422
    wrong = upload(office, bow_tie(), max_repair_change="101")
    assert fault(wrong.text, "max_repair_change")
    number_of(upload(office, bow_tie(), max_repair_change="8,5"))


def test_the_largest_change_of_a_cleaning_is_asked_in_per_cent(office, module_database):
    number = number_of(upload(office, shipped()))
    before = sets(module_database)
    sent = {"gaps_under_m2": "1000000", "overlaps": "largest"}
    wrong = office.post(f"/boundaries/{number}/clean", **sent, max_change="0")
    assert wrong.status_code == 422
    assert fault(wrong.text, "max_change")
    assert sets(module_database) == before


def test_the_chooser_offers_every_format_there_is(office):
    page = office.get("/boundaries?lang=id").text
    accepted = re.search(r'type="file" accept="([^"]+)"', page)
    assert accepted is not None
    assert {".kmz", ".kml", ".gpkg", ".zip", ".fgb", ".geojson", ".sql"} <= set(
        accepted[1].split(",")
    )
    assert "KMZ" in plain(page)


def test_rules_that_leave_something_open_are_marked_in_the_report(office):
    def rules(**said: str) -> dict:
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": "timur", "name": "Timur", "coverage": "city", **said},
                    "geometry": None,
                }
            ],
        }

    number = number_of(upload(office, rules(), layer="service_area"))
    page = office.get(f"/boundaries/{number}?lang=id").text
    part = re.search(
        r'<section class="amiss"><h3>[^§]*?Yang tidak disebut aturan.*?</section>', page, re.DOTALL
    )
    assert part is not None
    assert "1 tidak menyebut instansi" in part[0]
    assert "berlaku untuk semua layanan (timur)" in part[0]
    whole = rules(agency="dlh", group="waste")
    page = office.get(f"/boundaries/{number_of(upload(office, whole, layer='service_area'))}").text
    assert "Setiap aturan menyebut instansinya" in plain(page)


def test_while_another_file_is_read_the_form_says_so(office, module_app, module_database):
    before = sets(module_database)
    with sandbox.only_one(module_app.extensions["geoapp"].settings.home):
        answer = upload(office, shipped(), version="Tetap di sini")
    assert answer.status_code == 409
    assert "Berkas lain sedang dibaca atau dirapikan di server ini." in answer.text
    assert 'value="Tetap di sini"' in answer.text
    assert sets(module_database) == before
