"""The city's administrator brings the real kelurahan in, looks at them, and puts them in force.

In a browser, from the sign-in to the live map; the worker's part is done by the worker's own
function in this process. What lies where afterwards is asked of shapely, not of the program.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape
from sqlalchemy import text

from geoapp.embedded import Cluster
from geoapp.usecases.simulation import simulate
from geoapp.worker.activation import carry_on
from tests.asking import as_owner
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, staffed
from tests.people import email_of, hire, password_for
from tests.support import default_city, eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]

GAPS, OVERLAPS = 193, 114
"""Of the real file, as the README beside it says."""

_HELD = text("""
    SELECT ticket, kelurahan_code, ST_X(geom) AS lon, ST_Y(geom) AS lat
    FROM geoapp.complaint WHERE city_code = '15.71' AND location_kind = 'point'
""")
_SETS = text("SELECT count(*) FROM geoapp.boundary_set WHERE city_code = '15.71'")


Held = tuple[str, str | None, float, float]
"""A complaint's ticket, kelurahan, and true longitude and latitude."""


@pytest.fixture(scope="module")
def office(
    cluster: Cluster, jambi_template: str, tmp_path_factory: pytest.TempPathFactory, browser: Any
) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("office"), browser) as found:
        yield found


@pytest.fixture(scope="module")
def real(shared: Path) -> Path:
    return shared / "boundaries" / "kota-jambi" / "kelurahan.geojson"


def signed_in(office: Staffed, path: str, **look: Any) -> Any:
    """The administrator's browser, signed in at the door with a password."""
    database = office.world.database
    boss = hire(database, "city_admin", name="Admin Batas")
    page = office.page(boss, "/about", **look)
    page.context.clear_cookies()
    page.goto(f"{office.server.url}/login?next={urllib.parse.quote(path)}")
    page.fill("#email", email_of(database, boss))
    page.fill("#password", password_for(database, boss))
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{path}")
    return page


def asked(office: Staffed, path: str) -> Any:
    with urllib.request.urlopen(office.server.url + path) as answer:
        return json.load(answer)


def covering(areas: dict[str, Any], lon: float, lat: float) -> set[str]:
    """Codes of the polygons that cover a point, by shapely alone."""
    place = shapely.Point(lon, lat)
    return {code for code, area in areas.items() if area.covers(place)}


def test_a_hostile_file_is_told_on_the_form_and_nothing_is_stored(
    office: Staffed, tmp_path: Path
) -> None:
    page = signed_in(office, "/admin/boundaries", **PHONE)
    with as_owner(office.world.database) as connection:
        before = connection.execute(_SETS).scalar_one()
    liar = tmp_path / "peta.geojson"
    liar.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature"')
    page.set_input_files("#file", str(liar))
    page.fill("#version", "Yang rusak")
    page.click("#upload [type=submit]")
    page.wait_for_selector("#file-fault")
    assert len(page.inner_text("#file-fault")) > 20
    assert page.input_value("#version") == "Yang rusak"
    # The file stays chosen: who corrects another field needn't look for it again.
    assert page.evaluate("document.getElementById('file').files.length") == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    with as_owner(office.world.database) as connection:
        assert connection.execute(_SETS).scalar_one() == before
    office.close_pages(expected=("422",))


def test_the_real_kelurahan_come_into_force_and_everything_follows(
    office: Staffed, real: Path
) -> None:
    database = office.world.database
    simulate(database, default_city(database), days=30, seed=4, now=database.now())
    areas = {
        one["properties"]["code"]: shape(one["geometry"])
        for one in json.loads(real.read_text("utf-8"))["features"]
    }
    assert asked(office, "/api/v1/city")["boundaries"]["approximate"] is True
    page = signed_in(office, "/admin/boundaries", **LAPTOP)
    bring_in(page, real)
    look_at_what_is_amiss(page)
    before = held(office)
    moving = previewed(page, office, before, areas)
    live = office.page(office.world.operator, "/", **LAPTOP)
    page.bring_to_front()
    page.click("form[action$='/activate#run'] [type=submit]")
    page.wait_for_selector("#run[data-wanted='1']")
    assert carry_on(database, lambda: False) == 1
    page.wait_for_selector("#came")
    assert f"Aduan yang pindah\n{moving}" in page.inner_text("section[aria-labelledby=came]")
    # Every complaint that shapely can decide lies where shapely says.
    after = held(office)
    assert len(after) == len(before)
    wrong = [
        (ticket, code)
        for ticket, code, lon, lat in after
        if len(found := covering(areas, lon, lat)) == 1 and found != {code}
    ]
    assert wrong == []
    visitors_see(live, office, areas, {ticket: code for ticket, code, _, _ in before})
    office.close_pages()


def bring_in(page: Any, real: Path) -> None:
    """Send the file; the report comes with its figures."""
    page.set_input_files("#file", str(real))
    page.fill("#version", "Kelurahan resmi")
    page.fill("#source", "Badan Informasi Geospasial")
    page.click("#upload [type=submit]")
    page.wait_for_url("**/admin/boundaries/*")
    report = page.inner_text("section[aria-labelledby=report]")
    assert f"Celah\n{GAPS}" in report
    assert f"Tumpang tindih\n{OVERLAPS}" in report


def look_at_what_is_amiss(page: Any) -> None:
    """Gaps and overlaps in the list and on the map, each leading to the other."""
    page.wait_for_selector(".b-row")
    assert page.locator(".b-row").count() == GAPS + OVERLAPS
    assert page.locator(".b-pin").count() == GAPS + OVERLAPS
    assert page.locator(".b-pin .b-sign.gap").count() == GAPS
    zoom = "window.geoapp_map.getZoom()"
    whole = page.evaluate(zoom)
    page.locator(".b-row").nth(8).click()
    assert page.evaluate(zoom) > whole + 2
    assert page.locator(".b-pin.chosen").inner_text() == "9"
    page.click("#ctl-home")
    assert page.evaluate(zoom) == whole
    page.locator(".b-pin:not(.dot):not(.chosen)").first.click()
    chosen = page.locator(".b-row[aria-current=true] .b-sign").inner_text()
    assert chosen == page.locator(".b-pin.chosen").inner_text()
    assert chosen != "9"


def previewed(page: Any, office: Staffed, before: list[Held], areas: dict[str, Any]) -> int:
    """Ask for the preview, which the worker takes; how many complaints it says would move."""
    page.click("form[action$='/preview#force'] [type=submit]")
    page.wait_for_selector("#run")
    assert carry_on(office.world.database, lambda: False) == 1
    page.wait_for_selector("#from-to")
    assert held(office) == before
    rows = page.locator("#from-to tbody tr td.num")
    counted = sum(int(rows.nth(row).get_attribute("data-value")) for row in range(rows.count()))
    found = [(code, covering(areas, lon, lat)) for _, code, lon, lat in before]
    surely = sum(len(over) == 1 and over != {code} for code, over in found)
    # What lies in a gap or an overlap may move as well; covering alone doesn't decide that.
    doubtful = sum(len(over) != 1 for _, over in found)
    assert 20 < surely <= counted <= surely + doubtful
    page.click("[data-view=moves]")
    page.wait_for_selector(".b-row.plain")
    column = page.locator("#from-to th").nth(0)
    column.locator("button").click()
    assert column.get_attribute("aria-sort") == "ascending"
    return counted


def credited_after_a_reload(live: Any) -> bool:
    """Whether a page loaded now names the new set; what a page says of its city is 10 s old at most."""
    live.reload()
    live.wait_for_selector("#attr:has-text('Batas')")
    return "Badan Informasi Geospasial" in live.inner_text("#attr")


def visitors_see(
    live: Any, office: Staffed, areas: dict[str, Any], was: dict[str, str | None]
) -> None:
    """The public's areas, map, filters, numbers, and a complaint that moved."""
    drawn = asked(office, "/api/v1/areas")["features"]
    assert len(drawn) == 68
    assert not any(one["properties"]["approximate"] for one in drawn)
    for one in drawn:
        mine = areas[one["properties"]["code"]]
        assert shape(one["geometry"]).intersection(mine).area > 0.9 * mine.area
    eventually(lambda: credited_after_a_reload(live), within_s=20, what="its credit")
    ticket, now = next(
        (ticket, code)
        for ticket, code, _, _ in held(office)
        if code and was[ticket] != code and shown(office, ticket)["kelurahan"]["code"] == code
    )
    listed = asked(office, f"/api/v1/complaints?status=all&kelurahan={now}&limit=500")
    assert ticket in {one["id"] for one in listed["features"]}
    summed = asked(office, f"/api/v1/summary?status=all&kelurahan={now}")
    assert summed["total"] == listed["numberMatched"]
    live.goto(f"{office.server.url}/c/{ticket}")
    assert shown(office, ticket)["kelurahan"]["name"] in live.inner_text("main")


def held(office: Staffed) -> list[Held]:
    """Every complaint with a point: ticket, kelurahan, true position."""
    with as_owner(office.world.database) as connection:
        return [tuple(row) for row in connection.execute(_HELD)]


def shown(office: Staffed, ticket: str) -> dict[str, Any]:
    """What the public is told of a complaint; nothing where it isn't public."""
    try:
        found: dict[str, Any] = asked(office, f"/api/v1/complaints/{ticket}")["properties"]
    except urllib.error.HTTPError:
        return {"kelurahan": {"code": None, "name": ""}}
    return found if found["kelurahan"] else found | {"kelurahan": {"code": None, "name": ""}}
