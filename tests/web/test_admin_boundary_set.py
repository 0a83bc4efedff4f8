"""One set's page: preview, into force, back; codes that grants name; cleaning; its figures."""

from __future__ import annotations

import json
import re

import pytest
import shapely
import shapely.geometry
from sqlalchemy import text

from geoapp.store.database import Role
from geoapp.usecases import activation, cities, service_areas
from tests.asking import as_owner
from tests.people import hire
from tests.web.admin_office import Office, events, fault, today
from tests.web.boundary_pages import (
    CITY,
    merged,
    number_of,
    only_what_is_in_force,
    plain,
    sets,
    shipped,
    upload,
)

GONE, INTO = "15.71.01.1001", "15.71.01.1002"


@pytest.fixture(scope="module")
def boss(module_app, module_database):
    return Office(module_app, hire(module_database, "city_admin", name="Admin Kota"))


@pytest.fixture
def office(boss, emptied):
    only_what_is_in_force(emptied)
    yield boss
    only_what_is_in_force(emptied)


@pytest.fixture
def city(module_database):
    return cities.find(module_database, CITY)


def neighbours() -> tuple[str, str]:
    """Two kelurahan of the shipped default with a common border: the second keeps its code."""
    from shapely.geometry import shape

    areas = {one["properties"]["code"]: shape(one["geometry"]) for one in shipped()["features"]}
    first, *others = areas
    touching = (code for code in others if areas[first].intersection(areas[code]).length > 0)
    return first, next(touching)


def complain(office, database, code, number=1):
    """Complaints sent in at the label of an area that is in force."""
    with as_owner(database) as connection:
        place = connection.execute(
            text("""
                SELECT ST_X(label) AS lon, ST_Y(label) AS lat FROM geoapp.area
                JOIN geoapp.boundary_set AS sets ON sets.id = area.set_id
                WHERE area.code = :code AND sets.status = 'active'
            """),
            {"code": code},
        ).one()
    for one in range(number):
        sent = {"service": "pothole", "lon": place.lon, "lat": place.lat}
        answer = office.client.post(
            "/api/v1/complaints", json=sent | {"description": f"Lubang nomor {one} di jalan"}
        )
        assert answer.status_code == 201, answer.text
        assert answer.get_json()["kelurahan"]["code"] == code


def state(office, number):
    return json.loads(office.get(f"/boundaries/{number}/state.json").data)


def preview(office, database, city, number, **fields):
    """Ask for a preview on the page, and let it be taken."""
    sent = {"valid_from": today(database).isoformat(), **fields}
    answer = office.post(f"/boundaries/{number}/preview", **sent)
    assert answer.status_code == 303, plain(answer.text)[:3000]
    run = activation.latest(database, city)
    assert run is not None
    assert state(office, number)["state"] == "deciding"
    activation.decide(database, city, run.id)
    return run.id


def test_a_report_tells_the_figures_and_what_differs(office, module_database):
    gone, into = neighbours()
    number = number_of(upload(office, merged(gone, into)))
    page = plain(office.get(f"/boundaries/{number}").text)
    assert "Wilayah 67" in page
    assert "Kode hilang 1" in page
    assert gone in page
    areas = json.loads(office.get(f"/boundaries/{number}/areas.geojson").data)
    changes = {one["properties"]["code"]: one["properties"]["change"] for one in areas["features"]}
    assert changes[gone] == "gone"
    assert changes[into] == "moved"
    assert len(changes) == 68
    faults = json.loads(office.get(f"/boundaries/{number}/faults.geojson").data)
    assert faults["type"] == "FeatureCollection"


def test_a_preview_changes_nothing_and_can_be_given_up(office, module_database, city):
    gone, into = neighbours()
    complain(office, module_database, gone, 3)
    complain(office, module_database, into, 2)
    number = number_of(upload(office, merged(gone, into), version="Gabungan"))
    preview(office, module_database, city, number)
    page = plain(office.get(f"/boundaries/{number}").text)
    assert (
        "Aduan yang akan pindah 3 ke wilayah atau instansi lain. Diperiksa 3 dari 5 aduan" in page
    )
    assert "Berlakukan mulai" in page
    moving = json.loads(office.get(f"/boundaries/{number}/preview.geojson").data)
    assert len(moving["features"]) == 3
    with as_owner(module_database) as connection:
        held = connection.execute(
            text("SELECT kelurahan_code, count(*) FROM geoapp.complaint GROUP BY 1")
        )
        assert {row.kelurahan_code: row.count for row in held} == {gone: 3, into: 2}
    assert office.post(f"/boundaries/{number}/undo").status_code == 303
    assert (number, "staged") in sets(module_database)
    assert "Lihat apa yang akan berubah" in plain(office.get(f"/boundaries/{number}").text)
    assert office.post(f"/boundaries/{number}/undo").status_code == 409
    assert office.post(f"/boundaries/{number}/activate").status_code == 409


def test_while_one_is_under_way_another_has_to_wait_and_it_is_not_removed(
    office, module_database, city
):
    gone, into = neighbours()
    first = number_of(upload(office, merged(gone, into), version="Pertama"))
    second = number_of(upload(office, merged(into, gone), version="Kedua"))
    preview(office, module_database, city, first)
    assert "hanya satu pada satu waktu" in office.get(f"/boundaries/{second}").text
    refused = office.post(
        f"/boundaries/{second}/preview", valid_from=today(module_database).isoformat()
    )
    assert refused.status_code == 409
    assert office.post(f"/boundaries/{first}/discard").status_code == 409
    assert (first, "staged") in sets(module_database)


def test_a_code_that_a_grant_names_needs_a_word_on_what_becomes_of_it(
    office, module_database, city
):
    gone, into = neighbours()
    officer = hire(
        module_database, "field_officer", agency="dlh", kelurahan=[gone], name="Petugas Kelurahan"
    )
    number = number_of(upload(office, merged(gone, into), version="Dipetakan"))
    page = office.get(f"/boundaries/{number}").text
    assert "Kewenangan Petugas Kelurahan" in plain(page)
    assert f'name="into-{gone}" value="{into}" checked' in page
    day = today(module_database).isoformat()
    for how, chosen in (("merged", []), ("split", [into]), ("planet", [into])):
        answer = office.client.post(
            f"/admin/boundaries/{number}/preview",
            data={
                "valid_from": day,
                f"how-{gone}": how,
                f"into-{gone}": chosen,
                "csrf_token": office.token(),
            },
            headers={"Accept": "text/html"},
        )
        assert answer.status_code == 422
        assert fault(answer.text, f"how-{gone}")
    assert activation.latest(module_database, city) is None
    run = preview(
        office, module_database, city, number, **{f"how-{gone}": "merged", f"into-{gone}": into}
    )
    assert gone in plain(office.get(f"/boundaries/{number}").text)
    activation.undo(module_database, city, run)
    revoked(module_database, officer)


def revoked(database, officer):
    with database.transaction(Role.WORKER, CITY) as connection:
        connection.execute(
            text("UPDATE geoapp.account_grant SET revoked_at = now() WHERE account_id = :id"),
            {"id": officer.account_id},
        )


def test_a_code_that_stays_and_loses_ground_is_told_before_it_happens(
    office, module_database, city
):
    gone, into = neighbours()
    # The neighbour keeps its code and gives all its ground but a corner to the other one.
    collection = merged(into, gone)
    corner = shapely.box(103.5, -1.7, 103.5001, -1.6999)
    kept = next(one for one in shipped()["features"] if one["properties"]["code"] == into)
    kept["geometry"] = shapely.geometry.mapping(corner)
    collection["features"].append(kept)
    officer = hire(
        module_database, "field_officer", agency="dlh", kelurahan=[into], name="Petugas Sisa"
    )
    number = number_of(upload(office, collection, version="Terpotong"))
    page = plain(office.get(f"/boundaries/{number}").text)
    assert "Kode yang tetap ada, tetapi kehilangan wilayah" in page
    assert "100% dari wilayah lama ke" in page.replace("100,0", "100")
    assert "Kewenangan Petugas Sisa" in page
    run = preview(office, module_database, city, number)  # a warning, no demand
    assert 'id="shrinking"' in office.get(f"/boundaries/{number}").text
    activation.undo(module_database, city, run)
    revoked(module_database, officer)
    assert 'id="shrinking"' not in office.get(f"/boundaries/{number}").text


def test_a_draft_of_service_areas_that_names_a_code_not_in_force_asks_what_it_became(
    office, module_database, city
):
    known = shipped()["features"][0]["properties"]
    draft = service_areas.draft(module_database, city, "system")
    with module_database.transaction(Role.WORKER, CITY) as connection:
        connection.execute(
            text("""
                INSERT INTO geoapp.service_area (city_code, set_id, code, name, agency_code,
                                                 priority, coverage, area_codes)
                VALUES (:city, :set, 'lama', 'UPTD Lama', 'dlh', 1, 'areas', ARRAY['15.71.99.1'])
            """),
            {"city": CITY, "set": draft},
        )
    page = office.get(f"/boundaries/{draft}").text
    assert "Wilayah layanan UPTD Lama" in plain(page)
    assert f'<option value="{known["code"]}">{known["name"]}' in page
    sent = {"how-15.71.99.1": "merged", "valid_from": today(module_database).isoformat()}
    assert office.post(f"/boundaries/{draft}/preview", **sent).status_code == 422
    run = preview(
        office, module_database, city, draft, **sent, **{"other-15.71.99.1": known["code"]}
    )
    assert service_areas.one(module_database, city, draft, "lama").area_codes == (known["code"],)
    assert "Kewenangan yang menyebut" not in plain(office.get(f"/boundaries/{draft}").text)
    assert "lama" in plain(office.get("/log").text)
    activation.undo(module_database, city, run)


def test_a_day_that_is_none_is_told_beside_its_field(office, module_database, city):
    gone, into = neighbours()
    number = number_of(upload(office, merged(gone, into)))
    answer = office.post(f"/boundaries/{number}/preview", valid_from="besok")
    assert answer.status_code == 422
    assert fault(answer.text, "valid_from")
    assert activation.latest(module_database, city) is None


def test_a_cleaned_copy_is_a_set_of_its_own(office, module_database):
    number = number_of(upload(office, shipped(), version="Asal"))
    answer = office.post(f"/boundaries/{number}/clean", gaps_under_m2="10", overlaps="lowest_code")
    if answer.status_code == 303:
        copy = number_of(answer)
        assert copy != number
        assert f"set {number}" in plain(office.get(f"/boundaries/{copy}").text)
    else:
        assert answer.status_code == 409  # nothing to clean in the shipped default
        assert (number, "staged") in sets(module_database)
    wrong = office.post(f"/boundaries/{number}/clean", gaps_under_m2="-1", overlaps="keep")
    assert wrong.status_code == 422
    assert fault(wrong.text, "gaps_under_m2")


@pytest.mark.long
def test_into_force_and_back_again(office, module_database, city):
    """The last of the file: what comes after it finds other boundaries in force."""
    gone, into = neighbours()
    complain(office, module_database, gone, 3)
    before = next(one for one, status in sets(module_database) if status == "active")
    number = number_of(upload(office, merged(gone, into), version="Enam puluh tujuh"))
    run = preview(office, module_database, city, number)
    answer = office.post(f"/boundaries/{number}/activate")
    assert answer.status_code == 303
    assert state(office, number)["wanted"] is True
    assert "Batas baru sedang diberlakukan" in office.get(f"/boundaries/{number}").text
    assert "Sedang diberlakukan" in office.get("/boundaries").text
    activation.run(module_database, city, run)
    page = plain(office.get(f"/boundaries/{number}").text)
    assert "Aduan yang pindah 3" in page
    assert "Batas wilayah Enam puluh tujuh Berlaku" in page
    assert dict(sets(module_database))[before] == "retired"
    areas = office.client.get("/api/v1/areas").get_json()
    assert len(areas["features"]) == 67
    assert office.post(f"/boundaries/{number}/undo").status_code == 409
    back = number_of(office.post(f"/boundaries/{before}/again"))
    assert (back, "staged") in sets(module_database)
    kinds = [event.kind for event in events(module_database)]
    assert "boundaries.activated" in kinds
    log = plain(office.get("/log").text)
    assert "boundaries." not in log


def test_a_file_with_other_codes_is_never_told_as_a_success_and_a_good_one_is(office):
    kecamatan = shipped()
    kecamatan["features"] = kecamatan["features"][:9]
    for number, one in enumerate(kecamatan["features"], start=1):
        one["properties"]["code"] = f"15.71.{number:02}"
    number = number_of(upload(office, kecamatan, version="Kecamatan"))
    page = office.get(f"/boundaries/{number}").text
    head = plain(page.split('class="o-title"')[0])
    # how many are in force depends on the tests before
    assert re.search(r"Dari 6\d kelurahan yang berlaku hanya 0 ada dalam set ini\.", head)
    assert 'class="o-warn" id="other-codes"' in page
    assert 'class="o-done"' not in page
    assert 'name="other_codes"' in page
    gone, into = neighbours()
    good = number_of(upload(office, merged(gone, into), version="Baik"))
    page = office.get(f"/boundaries/{good}").text
    assert 'id="other-codes"' not in page
    assert 'class="o-done"' in page
    assert 'name="other_codes"' not in page


def test_a_copy_of_a_set_has_a_name_of_its_own(office, module_database):
    number = next(one for one, status in sets(module_database) if status == "active")
    first = number_of(office.post(f"/boundaries/{number}/again"))
    second = number_of(office.post(f"/boundaries/{number}/again"))
    names = [
        plain(office.get(f"/boundaries/{one}").text.split("<h1>")[1].split("</h1>")[0])
        for one in (number, first, second)
    ]
    assert len(set(names)) == 3
    assert "(salinan " in names[1]
    assert names[2].endswith(", 2)")
