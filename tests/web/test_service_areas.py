"""``/admin/service-areas``: the list, the form, two who change the same, and who may not."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from sqlalchemy import text

from geoapp.domain.service_area import Coverage, ServiceArea
from geoapp.domain.shape import Shape
from geoapp.usecases import cities
from geoapp.usecases import service_areas as use
from tests.asking import as_owner
from tests.people import hire
from tests.service_area_world import ARAB_MELAYU, SIPIN, polygon, square, without_drafts
from tests.web.admin_office import Office, fault

NEW = {
    "name": "UPTD Jalan Timur",
    "agency": "pupr_bina_marga",
    "group": "road",
    "service": "",
    "priority": "50",
    "coverage": "polygon",
    "geometry": square(103.61, -1.62).text,
}


@pytest.fixture(scope="module")
def office(module_app, module_database):
    return Office(module_app, hire(module_database, "city_admin", name="Rina"))


@pytest.fixture
def desk(office, module_database):
    without_drafts(module_database)
    return office


@pytest.fixture
def city(module_database):
    return cities.find(module_database, "15.71")


def draft_areas(database, city):
    draft = use.standing(database, city).draft
    return {held.area.code: held.area for held in use.areas(database, city, draft.id)}


def faults(page):
    return unescape(" ".join(re.findall(r'class="o-fault"[^>]*>([^<]*)<', page)))


def test_the_list_says_who_acts_for_what_in_both_languages(desk):
    page = desk.get("/service-areas?lang=id").text
    assert "Jalan kota" in page
    assert "seluruh kota" in page
    assert "Siapa menangani di mana" in page
    assert "Who acts where" in desk.get("/service-areas?lang=en").text
    desk.get("/service-areas?lang=id")


def test_looking_begins_no_draft_and_storing_does(desk, module_database, city):
    for path in ("/service-areas", "/service-areas/new", "/service-areas/areas/roads_city"):
        assert desk.get(path).status_code == 200
    assert use.standing(module_database, city).draft is None
    answer = desk.post("/service-areas/new", **NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/service-areas")
    areas = draft_areas(module_database, city)
    stored = areas["uptd_jalan_timur"]
    assert stored.geometry == square(103.61, -1.62)
    assert (stored.agency_code, stored.group_code, stored.priority) == (
        "pupr_bina_marga", "road", 50
    )  # fmt: skip
    page = desk.get("/service-areas").text
    draft = use.standing(module_database, city).draft
    assert f"/admin/boundaries/{draft.id}" in page
    assert "UPTD Jalan Timur" in page
    assert draft.imported_by == desk.actor.label
    assert desk.get(f"/boundaries/{draft.id}").status_code == 200
    assert "UPTD Jalan Timur" in desk.get("/log").text


def test_kelurahan_are_chosen_without_drawing(desk, module_database, city):
    chosen = NEW | {"coverage": "areas", "kelurahan": [SIPIN, ARAB_MELAYU], "code": "dua"}
    assert desk.post("/service-areas/new", **chosen).status_code == 303
    stored = draft_areas(module_database, city)["dua"]
    assert stored.area_codes == (SIPIN, ARAB_MELAYU)
    # what was typed for another coverage isn't stored with it
    assert stored.geometry is None
    page = desk.get("/service-areas/areas/dua").text
    assert page.count(" checked") == 3  # the coverage and the two


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"name": ""}, "name", "perlu diisi"),
        ({"code": "a b"}, "code", "huruf"),
        ({"code": "roads_city"}, "code", "sudah dipakai"),
        ({"priority": "-1"}, "priority", "1000"),
        ({"priority": "x"}, "priority", "1000"),
        ({"agency": "nobody"}, "agency", "daftar"),
        ({"group": "waste", "service": "pothole"}, "service", "road"),
        ({"coverage": "moon"}, "coverage", "daftar"),
        ({"geometry": ""}, "geometry", "Gambar poligonnya"),
        ({"geometry": "<script>alert(1)</script>"}, "geometry", "bukan GeoJSON"),
        ({"geometry": "POLYGON((103.6 -1.6,103.62 -1.58,103.62 -1.6,103.6 -1.58,103.6 -1.6))"},
         "geometry", "memotong dirinya sendiri di 103.610000, -1.590000"),
        ({"geometry": square(4.8, 52.3).text}, "geometry", "jauh di luar kota"),
        ({"coverage": "areas"}, "kelurahan", "paling sedikit satu"),
        ({"coverage": "areas", "kelurahan": ["15.71.99.1"]}, "kelurahan", "15.71.99.1"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    desk, module_database, city, change, field, told
):
    answer = desk.post("/service-areas/new", **(NEW | change))
    assert answer.status_code == 422
    assert told in unescape(fault(answer.text, field)), faults(answer.text)
    assert "<script>alert" not in answer.text
    if "name" not in change:
        assert 'value="UPTD Jalan Timur"' in answer.text
    draft = use.standing(module_database, city).draft
    assert draft is None or "uptd_jalan_timur" not in draft_areas(module_database, city)


def test_wkt_is_taken_and_shown_as_geojson_afterwards(desk, module_database, city):
    text = "POLYGON((103.6 -1.6,103.61 -1.6,103.61 -1.59,103.6 -1.6))"
    desk.post("/service-areas/new", **(NEW | {"geometry": text, "code": "wkt"}))
    assert draft_areas(module_database, city)["wkt"].geometry == Shape.parse(text)
    shown = re.search(r"<textarea[^>]*>([^<]*)<", desk.get("/service-areas/areas/wkt").text)[1]
    assert json.loads(unescape(shown)) == Shape.parse(text).geojson


def seen(page):
    return re.search(r'name="seen" value="([^"]*)"', page)[1]


def test_the_second_of_two_is_told_by_whom_and_may_then_overwrite(
    desk, module_app, module_database, city
):
    desk.post("/service-areas/new", **(NEW | {"code": "a"}))
    loaded = seen(desk.get("/service-areas/areas/a").text)
    other = Office(module_app, hire(module_database, "city_admin", name="Budi"))
    mine = {key: value for key, value in NEW.items() if key != "code"} | {"seen": loaded}
    assert other.post("/service-areas/areas/a", **(mine | {"priority": "10"})).status_code == 303
    answer = desk.post("/service-areas/areas/a", **(mine | {"priority": "70"}))
    assert answer.status_code == 409
    assert "Budi mengubah wilayah layanan ini" in answer.text
    assert "Prioritas 10" in answer.text
    assert 'value="70"' in answer.text
    assert draft_areas(module_database, city)["a"].priority == 10
    again = desk.post("/service-areas/areas/a", **(mine | {"priority": "70", "seen": seen(answer.text)}))  # fmt: skip
    assert again.status_code == 303
    assert draft_areas(module_database, city)["a"].priority == 70


def test_what_was_taken_out_meanwhile_is_told_and_may_be_put_back(desk, module_database, city):
    desk.post("/service-areas/new", **(NEW | {"code": "a"}))
    loaded = seen(desk.get("/service-areas/areas/a").text)
    draft = use.standing(module_database, city).draft.id
    use.remove(module_database, city, draft, "a", "system")
    answer = desk.post("/service-areas/areas/a", **(NEW | {"seen": loaded}))
    assert answer.status_code == 409
    assert "tidak ada dalam rancangan" in answer.text
    assert "a" not in draft_areas(module_database, city)
    desk.post("/service-areas/areas/a", **(NEW | {"seen": seen(answer.text)}))
    assert "a" in draft_areas(module_database, city)


def test_taking_out_needs_the_version_that_was_seen(desk, module_database, city):
    path = "/service-areas/areas/roads_city/remove"
    assert desk.post(path, seen="0" * 16).status_code == 409
    assert desk.post(path, seen=seen(desk.get("/service-areas/areas/roads_city").text)).status_code == 303  # fmt: skip
    assert "roads_city" not in draft_areas(module_database, city)
    active = use.standing(module_database, city).active.id
    assert "roads_city" in {held.area.code for held in use.areas(module_database, city, active)}
    assert desk.get("/service-areas/areas/roads_city").status_code == 404


def test_neighbours_are_told_to_the_last_digit(desk, module_database, city):
    first = polygon("first", square(103.61, -1.62))
    draft = use.draft(module_database, city, "system")
    use.put(module_database, city, draft, first, "system")
    features = desk.get("/service-areas/neighbours.json").json["features"]
    # boundaries/kota-jambi/facts.csv has 68 kelurahan
    assert sum(one["properties"]["kind"] == "kelurahan" for one in features) == 68
    told = {one["properties"]["code"]: one["geometry"] for one in features}
    assert Shape.from_geojson(told["first"]) == first.geometry
    besides = desk.get("/service-areas/neighbours.json?besides=first").json["features"]
    assert len(besides) == len(features) - 1
    assert desk.get("/service-areas/export.geojson").json["features"]


def test_clashes_and_the_order_stand_on_the_page(desk, module_database, city):
    draft = use.draft(module_database, city, "system")
    use.put_all(
        module_database, city, draft,
        [polygon("a", square(103.61, -1.62)), polygon("b", square(103.615, -1.62))], "system",
    )  # fmt: skip
    page = desk.get("/service-areas?service=pothole").text
    assert "Urutan sama di tempat yang sama" in page
    order = re.findall(r'class="a-rule"><b>(?:<a [^>]*>)?([^<]+)', page)
    assert order == ["A", "B", "Jalan kota", "Instansi layanan itu sendiri"]
    assert "Urutan sama" not in desk.get("/service-areas/areas/a").text


def test_a_rule_of_kelurahan_that_are_gone_is_told(desk, module_database, city):
    draft = use.draft(module_database, city, "system")
    rule = ServiceArea(code="a", name="A", coverage=Coverage.AREAS, area_codes=(SIPIN,))
    use.put(module_database, city, draft, rule, "system")
    assert "tidak berlaku lagi" not in desk.get("/service-areas").text
    with as_owner(module_database) as connection:
        connection.execute(
            text("UPDATE geoapp.service_area SET area_codes = '{15.71.01.9999}' WHERE code = 'a'")
        )
    page = desk.get("/service-areas").text
    assert "tidak berlaku lagi" in page
    assert "15.71.01.9999" in page
    form = desk.get("/service-areas/areas/a").text
    assert 'value="15.71.01.9999" checked' in form  # can be taken out there


def test_a_shape_of_many_corners_fits_into_the_form(desk, module_database, city):
    ring = [[103.60 + n * 1e-6, -1.60] for n in range(15_000)] + [[103.61, -1.59]]
    large = json.dumps({"type": "Polygon", "coordinates": [ring]})
    assert len(large) > 300_000
    answer = desk.post("/service-areas/new", **(NEW | {"geometry": large, "code": "large"}))
    assert answer.status_code == 303
    assert draft_areas(module_database, city)["large"].geometry.corner_count == 15_001


@pytest.mark.parametrize("role", ["operator", "auditor", "agency_admin"])
def test_only_administrators_get_in(module_app, module_database, role):
    agency = {"agency": "dlh"} if role == "agency_admin" else {}
    other = Office(module_app, hire(module_database, role, **agency))
    for path in ("", "/new", "/areas/roads_city", "/neighbours.json", "/export.geojson"):
        assert other.get(f"/service-areas{path}").status_code == 403
    assert other.post("/service-areas/new", **NEW).status_code == 403
    assert other.post("/service-areas/areas/roads_city/remove", seen="").status_code == 403
