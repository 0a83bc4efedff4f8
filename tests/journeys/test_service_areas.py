"""An administrator draws who acts where: corners snap, and the stored ones are the neighbour's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely

from geoapp.usecases import cities
from geoapp.usecases import service_areas as use
from tests.journeys.conftest import FRAMES, LAPTOP, PHONE
from tests.journeys.staff import Staffed, staffed
from tests.people import hire
from tests.service_area_world import ARAB_MELAYU, SIPIN, polygon, square, without_drafts
from tests.web.admin_office import asked

pytestmark = [pytest.mark.browser, pytest.mark.long]

OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
# Where a place is in the window.
AT = """([lon, lat]) => {
    const map = window.geoapp_map, box = map.getContainer().getBoundingClientRect();
    const at = map.latLngToContainerPoint([lat, lon]);
    return [box.x + at.x, box.y + at.y];
}"""
PLACE = """([x, y]) => {
    const map = window.geoapp_map, box = map.getContainer().getBoundingClientRect();
    const at = map.containerPointToLatLng([x - box.x, y - box.y]);
    return [at.lng, at.lat];
}"""
LOOK = "([lon, lat, zoom]) => window.geoapp_map.setView([lat, lon], zoom, {animate: false})"


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("areas"), browser) as running:
        yield running


@pytest.fixture
def desk(office) -> Iterator[Staffed]:
    without_drafts(office.world.database)
    yield office
    office.close_pages()


@pytest.fixture(scope="module")
def admin(office):
    return hire(office.world.database, "city_admin", name="Rina")


@pytest.fixture
def land(desk):
    """The kelurahan in force, as PostGIS has them."""
    rows = asked(
        desk.world.database,
        "SELECT code, ST_AsBinary(geom) FROM geoapp.area WHERE set_id ="
        " (SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan' AND status = 'active')",
    )
    return {code: shapely.from_wkb(bytes(wkb)) for code, wkb in rows}


def stored(desk: Staffed, code: str) -> Any:
    database = desk.world.database
    city = cities.find(database, "15.71")
    return use.one(database, city, use.standing(database, city).draft.id, code).geometry


def open_desk(desk: Staffed, admin: Any, path: str, **look: Any) -> Any:
    page = desk.page(admin, f"/admin/service-areas/{path}", **(LAPTOP | look))
    page.locator("[data-neighbours]").wait_for()
    page.evaluate(FRAMES, 2)
    return page


def click(page: Any, place: Any, *, dx: float = 0, dy: float = 0) -> None:
    """Click near a place as a hand does: the mouse comes from somewhere."""
    x, y = page.evaluate(AT, list(place))
    page.mouse.move(x + dx + 3, y + dy + 3, steps=3)
    page.mouse.move(x + dx, y + dy)
    page.mouse.click(x + dx, y + dy)
    page.evaluate(FRAMES, 2)


def far_from_lines(page: Any, start: Any, dx: float, dy: float) -> list[float]:
    x, y = page.evaluate(AT, list(start))
    return list(page.evaluate(PLACE, [x + dx, y + dy]))


def test_a_drawn_corner_is_the_neighbours_own_to_the_last_bit(desk, admin, land):
    page = open_desk(desk, admin, "new")
    corner = land[ARAB_MELAYU].geoms[0].exterior.coords[0]
    page.evaluate(LOOK, [*corner, 15])
    page.evaluate(FRAMES, 2)
    page.locator("#name").fill("UPTD Arab Melayu")
    page.locator("#agency").select_option("dlh")
    page.locator("#group").select_option("road")
    page.locator("#priority").fill("20")
    page.get_by_role("button", name="Gambar").click()
    assert page.locator("#a-finish").is_disabled()
    click(page, corner, dx=7, dy=-6)
    told = page.locator("#a-told").inner_text()
    assert "Menempel pada Kel." in told
    assert "1 sudut" in told
    for dx, dy in ((260, -30), (240, 190), (-250, 160)):
        click(page, far_from_lines(page, corner, dx, dy))
    # one too many, taken back
    click(page, far_from_lines(page, corner, -250, -100))
    assert "5 sudut" in page.locator("#a-told").inner_text()
    page.get_by_role("button", name="Urungkan").click()
    assert "4 sudut" in page.locator("#a-told").inner_text()
    page.get_by_role("button", name="Selesai").click()
    drawn = json.loads(page.locator("#geometry").input_value())
    assert tuple(drawn["coordinates"][0][0]) == tuple(corner)
    page.get_by_role("button", name="Simpan ke rancangan").click()
    page.get_by_text("UPTD Arab Melayu tersimpan dalam rancangan.").wait_for()
    shape = stored(desk, "uptd_arab_melayu")
    assert next(iter(shape.corners)) == tuple(corner)
    assert shape.corner_count == 4
    assert shapely.from_wkb(shape.wkb).is_valid
    # the order of the rules for a service of the group, and what the new one takes
    page.locator("#service").select_option("pothole")
    page.get_by_role("button", name="Tampilkan").click()
    first = page.locator(".a-order > li").first
    assert "UPTD Arab Melayu" in first.inner_text()
    assert first.locator(".a-takes", has_text="Arab Melayu").count() == 1
    assert "Jalan kota" in page.locator(".a-order > li").nth(1).inner_text()


def test_a_corner_is_dragged_onto_another_areas_corner_and_undone(desk, admin, land):
    database = desk.world.database
    city = cities.find(database, "15.71")
    draft = use.draft(database, city, admin)
    # a place 200 m from every kelurahan's line, for the two corners that meet there
    lines = shapely.union_all([area.boundary for area in land.values()])
    lon, lat = next(
        (float(lon), float(lat))
        for lon in np.arange(103.58, 103.62, 0.0005)
        for lat in np.arange(-1.64, -1.60, 0.0005)
        if lines.distance(shapely.Point(lon, lat)) > 0.0018
    )
    mine = square(lon - 0.0006 - 0.008, lat - 0.008, 0.008)
    next_one = square(lon + 0.0003, lat + 0.0002, 0.008)
    # its edge passes the other's corner without one of its own, and lies nearer to the mouse
    edge = square(lon + 0.0003, lat + 0.0002 - 0.004, 0.008)
    use.put_all(
        database, city, draft,
        [polygon("mine", mine), polygon("next", next_one), polygon("edge", edge)], admin,
    )  # fmt: skip
    page = open_desk(desk, admin, "areas/mine")
    page.evaluate(LOOK, [lon, lat, 16])
    page.evaluate(FRAMES, 2)
    own, target = max(mine.corners), min(next_one.corners)
    x, y = page.evaluate(AT, list(own))
    to_x, to_y = page.evaluate(AT, list(target))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=4)
    page.mouse.move(to_x - 8, to_y + 5, steps=4)
    page.mouse.up()
    page.evaluate(FRAMES, 2)
    moved = json.loads(page.locator("#geometry").input_value())
    assert list(target) in moved["coordinates"][0]
    page.get_by_role("button", name="Urungkan").click()
    back = json.loads(page.locator("#geometry").input_value())
    assert back == mine.geojson
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x + 6, to_y - 6, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="Simpan ke rancangan").click()
    page.get_by_text("tersimpan dalam rancangan").wait_for()
    kept = set(stored(desk, "mine").corners)
    assert target in kept
    # the other three are as they were, to the last bit
    assert len(kept & set(mine.corners)) == 3


def test_what_was_changed_meanwhile_is_told_and_the_drawing_stays(desk, admin):
    database = desk.world.database
    city = cities.find(database, "15.71")
    draft = use.draft(database, city, admin)
    area = use.put(database, city, draft, polygon("mine", square(103.6, -1.62)), admin)
    page = open_desk(desk, admin, "areas/mine")
    page.locator("#priority").fill("33")
    other = hire(database, "city_admin", name="Budi")
    use.put(database, city, draft, polygon("mine", square(103.6, -1.61)), other, seen=area.revision)
    page.get_by_role("button", name="Simpan ke rancangan").click()
    page.get_by_text("Budi mengubah wilayah layanan ini").wait_for()
    assert page.locator("#priority").input_value() == "33"
    assert json.loads(page.locator("#geometry").input_value()) == square(103.6, -1.62).geojson
    assert stored(desk, "mine") == square(103.6, -1.61)
    desk.close_pages(expected=("status of 409",))


def test_without_drawing_kelurahan_are_chosen_on_a_phone(desk, admin):
    page = open_desk(desk, admin, "new", **PHONE)
    assert page.evaluate(OVERFLOW) <= 0
    assert page.locator("#a-draw").is_hidden()
    page.locator("#name").fill("Sampah pusat")
    page.locator("#agency").select_option("dlh")
    page.locator("#group").select_option("waste")
    assert (
        page.locator("#service option[value=pothole]").is_disabled()
        or page.locator("#service optgroup[data-group=road]").get_attribute("disabled") is not None
    )
    page.get_by_text("Kelurahan tertentu").click()
    page.locator("#area-search").fill("jelutung")
    page.get_by_label("Jelutung", exact=True).check()
    assert page.locator("[data-count]").inner_text() == "(1 dipilih)"
    page.get_by_role("button", name="Simpan ke rancangan").click()
    page.get_by_text("Sampah pusat tersimpan dalam rancangan.").wait_for()
    assert page.evaluate(OVERFLOW) <= 0
    database = desk.world.database
    city = cities.find(database, "15.71")
    held = use.one(database, city, use.standing(database, city).draft.id, "sampah_pusat")
    assert len(held.area_codes) == 1
    assert held.area_codes != (SIPIN,)


def test_a_polygon_is_pasted_as_text_and_drawn(desk, admin):
    page = open_desk(desk, admin, "new")
    page.locator("#name").fill("Tempel")
    page.get_by_text("Poligon sebagai teks", exact=True).click()
    page.locator("#geometry").fill(square(103.6, -1.62).text)
    page.locator("#geometry").blur()
    page.locator("path.a-own").wait_for()
    assert "4 sudut" in page.locator("#a-told").inner_text()
    page.get_by_role("button", name="Hapus poligon").click()
    assert page.locator("#geometry").input_value() == ""
    page.get_by_role("button", name="Urungkan").click()
    assert json.loads(page.locator("#geometry").input_value()) == square(103.6, -1.62).geojson
    page.locator("#geometry").fill("POLYGON((103.6 -1.6,103.62 -1.58,103.62 -1.6,103.6 -1.58,103.6 -1.6))")  # fmt: skip
    page.get_by_role("button", name="Simpan ke rancangan").click()
    page.get_by_text("memotong dirinya sendiri di 103.610000, -1.590000").wait_for()
    page.locator("#geometry").fill("POLYGON((103.6 -1.6,103.62 -1.6,103.62 -1.58,103.6 -1.6))")
    page.get_by_role("button", name="Simpan ke rancangan").click()
    page.get_by_text("Tempel tersimpan dalam rancangan.").wait_for()
    assert stored(desk, "tempel").corner_count == 3
    desk.close_pages(expected=("status of 422",))
