"""The live map of staff: filters, address, map and list say the same; layers, lasso, keys, play back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geoapp.domain.place import LonLat
from tests.journeys.axe import serious_faults
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, empty, staffed
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]

HERE = LonLat(103.6105, -1.6125)
NEAR = LonLat(103.6125, -1.6135)
FAR = LonLat(103.6400, -1.6400)
PLACE = """([lon, lat]) => {
    const map = window.geoapp_map;
    const corner = map.getContainer().getBoundingClientRect();
    const at = map.latLngToContainerPoint([lat, lon]);
    return [corner.left + at.x, corner.top + at.y];
}"""
PIXEL = """([lon, lat]) => {
    const map = window.geoapp_map;
    const canvas = document.querySelector('.leaflet-points-pane canvas');
    const [, x, y] = canvas.style.transform.match(/-?[0-9.]+/g).map(Number);  // translate3d(…)
    const at = map.latLngToLayerPoint([lat, lon]).subtract([x, y]);
    const ratio = window.devicePixelRatio;
    return canvas.getContext('2d').getImageData(at.x * ratio, at.y * ratio, 1, 1).data[3];
}"""
VIEW = """() => {
    const map = window.geoapp_map;
    const { lng, lat } = map.containerPointToLatLng(map.getSize().divideBy(2));
    return [lng, lat];
}"""
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def served(cluster, jambi_template, browser, tmp_path_factory) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("map"), browser) as office:
        yield office


@pytest.fixture
def desk(served: Staffed) -> Iterator[Staffed]:
    """No complaint at first; afterwards every page is looked through."""
    empty(served)
    yield served
    served.close_pages()


def command(desk: Staffed, path: str = "/command", **look: Any) -> Any:
    page = desk.page(desk.world.operator, path, **(look or LAPTOP))
    page.locator("#sum b").wait_for(state="attached")
    return page


def asked(page: Any) -> dict[str, str]:
    """The address's parameters."""
    query = parse_qs(urlsplit(page.url).query, keep_blank_values=True)
    return {name: values[0] for name, values in query.items()}


def total(page: Any, number: int, of: int) -> None:
    """The column of filters counts so many."""
    page.wait_for_function(
        "([n, of]) => document.querySelector('#sum').textContent.startsWith(`${n} dari ${of} `)",
        arg=[number, of],
    )


def listed(page: Any) -> set[str]:
    found: list[str] = page.locator("#list li").evaluate_all(
        "(all) => all.map((li) => li.dataset.ticket)"
    )
    return set(found)


def drawn(page: Any, where: LonLat) -> bool:
    """Whether a complaint is drawn at a place."""
    return bool(page.evaluate(PIXEL, [where.lon, where.lat]))


def box(page: Any, group: str, code: str) -> Any:
    return page.locator(f'#filter-{group} input[value="{code}"]')


def test_filters_address_map_and_list_say_the_same(desk: Staffed) -> None:
    hole = desk.world.new(position=HERE)
    lamp = desk.world.new(position=FAR, service="street_light_out", description="Lampu padam")
    page = command(desk)
    total(page, 2, 2)
    page.locator("#tab-list").click()
    eventually(lambda: listed(page) == {hole, lamp})
    eventually(lambda: drawn(page, HERE) and drawn(page, FAR))

    box(page, "group", "road").uncheck()
    total(page, 1, 1)
    eventually(lambda: listed(page) == {lamp})
    eventually(lambda: not drawn(page, HERE) and drawn(page, FAR))
    assert "road" not in asked(page)["group"].split(",")
    assert "street_light" in asked(page)["group"].split(",")

    page.reload()  # the address holds it all
    total(page, 1, 1)
    assert not box(page, "group", "road").is_checked()
    assert box(page, "group", "street_light").is_checked()
    page.locator("#clear-filters").click()
    total(page, 2, 2)
    assert "group" not in asked(page)

    page.locator("#filter-area").select_option("15.71.08.1006")
    total(page, 1, 1)
    assert asked(page)["kelurahan"] == "15.71.08.1006"
    page.locator("#filter-area").select_option("")
    box(page, "status", "submitted").uncheck()
    total(page, 0, 2)  # whatever their status, two
    assert "submitted" not in asked(page)["status"]


def test_a_point_opens_its_complaint_and_back_closes_it(desk: Staffed) -> None:
    ticket = desk.world.new(position=HERE)
    page = command(desk)
    eventually(lambda: drawn(page, HERE))
    page.mouse.click(*page.evaluate(PLACE, [HERE.lon, HERE.lat]))
    page.locator("#drawer #case-title").wait_for()
    assert asked(page)["open"] == ticket
    # The drawer lies over the map's right side, and what was chosen is beside it.
    x, _ = page.evaluate(PLACE, [HERE.lon, HERE.lat])
    drawer = page.locator("#drawer").bounding_box()
    assert x < drawer["x"]
    page.go_back()
    page.locator("#drawer").wait_for(state="hidden")
    assert "open" not in asked(page)


def test_an_address_opens_the_very_view(desk: Staffed) -> None:
    desk.world.new(position=HERE)
    page = command(desk, "/command?map=15/-1.6130/103.6110&colour=deadline&layers=points&since=")
    assert page.evaluate("window.geoapp_map.getZoom()") == 15
    lon, lat = page.evaluate(VIEW)
    assert (lon, lat) == (pytest.approx(103.611, abs=1e-4), pytest.approx(-1.613, abs=1e-4))
    pressed = page.locator('#colour [aria-pressed="true"]')
    assert pressed.get_attribute("data-colour") == "deadline"
    assert page.locator('#layers input[value="points"]').is_checked()
    assert not page.locator('#layers input[value="hotspots"]').is_checked()
    page.locator('#colour [data-colour="status"]').click()
    assert asked(page)["colour"] == "status"
    page.locator("#legend-body", has_text="Diterima").wait_for()


def test_a_shaded_area_leads_to_the_complaints_behind_it(desk: Staffed) -> None:
    inside = {desk.world.new(position=place) for place in (HERE, NEAR)}
    desk.world.new(position=FAR)
    page = command(desk, "/command?map=15/-1.6130/103.6115")
    page.locator("#ctl-layers").click()
    page.locator("#layer-shade").select_option("count")
    shaded = "() => geoapp_map.getContainer().dataset.shaded === 'count'"
    page.wait_for_function(shaded)
    assert "shade:count" in asked(page)["layers"].split(",")
    page.locator('#layers input[value="density"]').check()  # two tints would hide each other
    eventually(lambda: "shade" not in asked(page)["layers"])
    page.locator("#layer-shade").select_option("count")
    page.wait_for_function(shaded)
    page.keyboard.press("Escape")
    page.locator("#layers").wait_for(state="hidden")

    between = [(HERE.lon + NEAR.lon) / 2, (HERE.lat + NEAR.lat) / 2]
    page.mouse.move(*page.evaluate(PLACE, between))
    page.locator("#tip", has_text="2").wait_for()
    page.mouse.click(*page.evaluate(PLACE, between))
    eventually(lambda: asked(page).get("kelurahan") == "15.71.08.1006")
    total(page, 2, 2)
    eventually(lambda: listed(page) == inside)
    assert page.locator("#complaints").is_visible()


def around(page: Any, where: LonLat, pixels: float) -> None:
    """Draw a circle by mouse, a bit further than it began."""
    x, y = page.evaluate(PLACE, [where.lon, where.lat])
    page.mouse.move(x + pixels, y)
    page.mouse.down()
    for step in range(1, 40):
        turn = step / 36 * 2 * math.pi
        page.mouse.move(x + pixels * math.cos(turn), y + pixels * math.sin(turn))
    page.mouse.up()


def test_a_lasso_filters_by_what_lies_inside_and_selects_it(desk: Staffed) -> None:
    inside = {desk.world.new(position=place) for place in (HERE, NEAR)}
    desk.world.new(position=FAR)
    page = command(desk)
    eventually(lambda: drawn(page, FAR))
    page.keyboard.press("s")
    page.locator('#ctl-lasso[aria-pressed="true"]').wait_for()
    around(page, HERE, 60)
    total(page, 2, 2)
    corners = asked(page)["polygon"].split(",")
    assert len(corners) >= 6
    assert len(corners) % 2 == 0
    assert page.locator("#ctl-lasso").get_attribute("aria-pressed") == "false"
    eventually(lambda: listed(page) == inside)
    page.locator("#bulk", has_text="2 dipilih").wait_for()
    eventually(lambda: not drawn(page, FAR))

    page.locator('[data-token="polygon"]').click()
    total(page, 3, 3)
    assert "polygon" not in asked(page)
    page.locator("#ctl-lasso").click()  # and is left again without drawing
    page.keyboard.press("Escape")
    page.locator('#ctl-lasso[aria-pressed="false"]').wait_for()


def test_the_keyboard_moves_the_map_and_stays_out_of_fields(desk: Staffed) -> None:
    page = command(desk)
    before = page.evaluate(VIEW)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    after = page.evaluate(VIEW)
    assert after[0] > before[0]
    assert after[1] < before[1]
    zoom = page.evaluate("window.geoapp_map.getZoom()")
    page.keyboard.press("+")
    page.wait_for_function("(z) => window.geoapp_map.getZoom() > z", arg=zoom)
    page.keyboard.press("-")
    page.wait_for_function("(z) => window.geoapp_map.getZoom() === z", arg=zoom)
    page.keyboard.press("0")
    eventually(lambda: page.evaluate(VIEW)[0] == pytest.approx(before[0], abs=1e-3))
    assert asked(page)["map"].startswith(str(page.evaluate("+geoapp_map.getZoom().toFixed(2)")))

    page.keyboard.press("l")
    page.locator("#layers").wait_for()
    assert page.evaluate("document.activeElement.value") == "points"
    page.keyboard.press("Escape")
    page.locator("#layers").wait_for(state="hidden")
    page.keyboard.press("/")
    page.keyboard.type("lsf0")
    assert page.input_value("#search") == "lsf0"
    assert page.locator("#layers").is_hidden()
    page.keyboard.press("Enter")
    page.locator('[data-token="q"]').wait_for()
    assert asked(page)["q"] == "lsf0"


def test_the_city_is_played_back_day_by_day(desk: Staffed) -> None:
    desk.world.new(position=HERE)
    page = command(desk)
    page.locator("#play").wait_for()
    with page.expect_request(lambda one: "/tiles/work/" in one.url and "until=" in one.url) as sent:
        page.locator("#play button").first.click()
    asked_for = parse_qs(urlsplit(sent.value.url).query)
    assert asked_for["status"] == ["all"]  # what came, whatever became of it
    assert asked_for["since"] <= asked_for["until"]
    page.locator(".c-play-told", has_text="Warna menunjukkan keadaannya hari ini").wait_for()
    page.locator("#play button").first.click()
    page.locator("#play input").press("End")
    page.locator(".c-play-told", has_text="1 aduan masuk").wait_for()
    eventually(lambda: drawn(page, HERE))
    page.locator("#play input").press("Home")
    eventually(lambda: not drawn(page, HERE))
    page.get_by_role("button", name="Tutup putar ulang").click()
    eventually(lambda: drawn(page, HERE))


def test_the_dark_look_is_remembered(desk: Staffed) -> None:
    page = command(desk)
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    page.locator("#sum b").wait_for(state="attached")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    assert serious_faults(page) == []


def test_a_phone_shows_the_list_first_and_the_map_behind_a_tab(desk: Staffed) -> None:
    ticket = desk.world.new(position=HERE)
    page = command(desk, **PHONE)
    page.locator(f'#list li[data-ticket="{ticket}"]').wait_for()
    assert page.evaluate(OVERFLOW) <= 0
    assert not page.locator("#map-section").is_visible()
    page.locator('[data-show="map"]').click()
    page.locator("#map-section").wait_for()
    assert page.locator("#ctl-lasso").is_hidden()
    assert page.evaluate(OVERFLOW) <= 0
    page.locator("#phone-filters").click()
    page.locator("#filters").wait_for()
    box(page, "group", "road").uncheck()
    total(page, 0, 0)
    page.locator("#filters-done").click()
    page.locator("#filters").wait_for(state="hidden")
    eventually(lambda: not drawn(page, HERE))
    assert serious_faults(page) == []


def test_one_agency_sees_its_part_and_is_told_so(desk: Staffed) -> None:
    desk.world.new(position=HERE)
    desk.world.new(position=FAR, service="waste_burning", description="Membakar sampah")
    page = desk.page(desk.world.other_admin, "/command", **LAPTOP)
    total(page, 1, 1)
    assert "Anda melihat: Dinas Lingkungan Hidup" in page.locator(".c-part").inner_text()
    assert page.locator('#layers input[value="duplicates"]').count() == 0
    eventually(lambda: drawn(page, FAR))
    assert not drawn(page, HERE)


def test_nothing_lies_over_anything_else(desk: Staffed) -> None:
    desk.world.new(position=HERE)
    path = "/command?layers=points,shade:count,hotspots,alarms"
    for width, height in ((1440, 900), (1920, 1080), (1024, 768)):
        page = command(desk, path, viewport={"width": width, "height": height})
        page.locator("#play").wait_for()
        boxes = page.evaluate(
            """() => ['.c-bar', '.mapctl', '#legend', '.credit', '#play'].map((name) => {
                const { left, top, right, bottom } = document.querySelector(`.c-map ${name}`)
                    .getBoundingClientRect();
                return [name, left, top, right, bottom];
            })"""
        )
        for one in boxes:
            for two in boxes:
                apart = (one[3] <= two[1] + 1 or two[3] <= one[1] + 1
                         or one[4] <= two[2] + 1 or two[4] <= one[2] + 1)  # fmt: skip
                assert one is two or apart, (width, one, two)
        assert page.evaluate(OVERFLOW) <= 0
        assert serious_faults(page) == []
