"""The live map as its readers use it: filters, keys, density, hotspots, and what it says."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from sqlalchemy import text

from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import hotspots
from geoapp.usecases.simulation import Planted, simulate
from tests.asking import as_owner
from tests.conftest import REPOSITORY
from tests.databases import clone, drop
from tests.journeys.conftest import FRAMES, LAPTOP, Watch
from tests.servers import Server, serve
from tests.support import default_city, send

pytestmark = pytest.mark.browser

MANY = 5_000
# The season four times more, long ago and done: only a map of all complaints shows it.
LONG_AGO = text("""
    INSERT INTO geoapp.complaint (
        city_code, ticket, channel, service_code, group_code, description, status, submitted_at,
        due_at, resolved_at, closed_at, location_kind, geom, public_geom, shown_within_m,
        kelurahan_set, kelurahan_code, kecamatan_code, public_kelurahan_code,
        public_kecamatan_code, agency_code, assignment_method, simulated)
    SELECT city_code, concat('OLD-', year, '-', id), channel, service_code, group_code, description,
           'closed', day, day, day + interval '1 day', day + interval '1 day', location_kind, geom,
           public_geom, shown_within_m, kelurahan_set, kelurahan_code, kecamatan_code,
           public_kelurahan_code, public_kecamatan_code, agency_code, assignment_method, simulated
    FROM geoapp.complaint
    CROSS JOIN generate_series(1, 4) AS year
    CROSS JOIN LATERAL (SELECT submitted_at - year * interval '365 days') AS past (day)
    WHERE geom IS NOT NULL
""")

# How many pixels of a layer's canvas are painted.
PAINTED = """(pane) => {
    const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
    const {width, height} = canvas;
    const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
    return painted;
}"""
PAINTED_IN = (
    f"([pane, least, most]) => {{ const n = ({PAINTED})(pane); return n >= least && n <= most; }}"
)
FOCUSED_TICKET = "() => document.activeElement.dataset.ticket"


@dataclass(frozen=True)
class Season:
    """A running server with a season of complaints and a hotspot known beforehand."""

    server: Server
    database: Database
    planted: Planted

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(self.server.url + path, timeout=20) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def season(cluster, jambi_template, tmp_path_factory) -> Iterator[Season]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    city = default_city(database)
    now = datetime.now(UTC)
    planted = simulate(database, city, now=now).planted
    assert planted
    hotspots.compute_all(database, Settings(), city.code, now, groups=[planted.group])
    with as_owner(database) as connection:
        assert connection.execute(LONG_AGO).rowcount >= MANY
    with serve(database.url, tmp_path_factory.mktemp("season")) as server:
        yield Season(server, database, planted)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def page(browser, season) -> Iterator[Any]:
    """A page on the season's server that must not meet an error or ask anybody else."""
    context = browser.new_context(**LAPTOP, locale="id-ID")
    opened = context.new_page()
    watch = Watch(opened)
    yield opened
    assert watch.errors == []
    assert watch.foreign(season.server) == []
    context.close()


def query_of(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def number_in(words: str) -> int:
    found = re.match(r"[\d.]+", words)
    assert found, words
    return int(found[0].replace(".", ""))


def kelurahan_at(lon: float, lat: float) -> str:
    """By shapely, from the file of the approximate kelurahan."""
    path = REPOSITORY / "boundaries" / "kota-jambi" / "kelurahan.geojson"
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        if shapely.geometry.shape(feature["geometry"]).covers(shapely.Point(lon, lat)):
            return str(feature["properties"]["name"])
    raise AssertionError((lon, lat))


def test_filters_live_in_the_address_and_survive_a_reload(page, season):
    page.goto(f"{season.server.url}/")
    page.locator("#list .row").first.wait_for()
    page.locator('#chips [data-group="street_light"]').click()
    page.locator("#filter-status").select_option("all")
    page.locator("#filter-since").select_option("P90D")
    page.locator("#filter-area").select_option("15.71.07")
    query = query_of(page)
    wanted = {"group": ["street_light"], "status": ["all"], "since": ["P90D"],
              "kecamatan": ["15.71.07"]}  # fmt: skip
    assert {key: query.get(key) for key in wanted} == wanted
    told = season.ask(
        "/api/v1/complaints?group=street_light&status=all&since=P90D&kecamatan=15.71.07"
    )
    count = told["numberMatched"]
    everything = season.ask("/api/v1/complaints?status=all")["numberMatched"]
    assert 0 < count < everything
    for again in (False, True):
        if again:
            page.reload()
        page.get_by_role("heading", name=re.compile(rf"^{count} aduan")).wait_for()
        page.locator("#list .row").first.wait_for()
        assert page.locator("#filter-status").input_value() == "all"
        assert page.locator("#filter-since").input_value() == "P90D"
        page.wait_for_function("() => document.getElementById('filter-area').value === '15.71.07'")
        pressed = page.locator('#chips [aria-pressed="true"]')
        assert pressed.get_attribute("data-group") == "street_light"
        shown = {row.get_attribute("data-ticket") for row in page.locator("#list .row").all()}
        assert shown <= {feature["id"] for feature in told["features"]}


def test_a_late_answer_to_an_older_question_changes_nothing(page, season):
    page.goto(f"{season.server.url}/")
    page.locator("#list .row").first.wait_for()
    older = re.compile(r"/api/v1/summary\?group=street_light$")
    held = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(older, hold)
    with page.expect_request(older):
        page.locator('#chips [data-group="street_light"]').click()
    page.locator("#filter-since").select_option("P7D")
    asked = "/api/v1/summary?group=street_light"
    lately, ever = (season.ask(path)["open"] for path in (asked + "&since=P7D", asked))
    assert lately != ever
    heading = page.get_by_role("heading", name=f"{lately} aduan terbuka", exact=True)
    heading.wait_for()
    with page.expect_event("requestfinished", lambda request: older.search(request.url)):
        held[0].continue_()
    page.evaluate(FRAMES, 20)
    assert heading.is_visible()


def test_the_keyboard_searches_walks_opens_and_comes_back(page, season):
    page.goto(f"{season.server.url}/")
    page.locator("#list .row >> nth=3").wait_for()
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.id") == "search"
    page.evaluate("() => document.activeElement.blur()")
    tickets = [row.get_attribute("data-ticket") for row in page.locator("#list .row").all()]
    for key, row in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED_TICKET) == tickets[row]
    page.keyboard.press("Enter")
    page.locator("#card").get_by_text(tickets[1]).wait_for()
    page.wait_for_function("() => document.activeElement.id === 'card-title'")
    assert query_of(page)["open"] == [tickets[1]]
    page.keyboard.press("Escape")
    page.locator("#card").wait_for(state="hidden")
    page.wait_for_function(f"(ticket) => ({FOCUSED_TICKET})() === ticket", arg=tickets[1])
    assert "open" not in query_of(page)


def test_many_complaints_are_cells_and_few_are_points(page, season):
    city = season.ask("/api/v1/city")
    lon, lat = city["centre"]
    page.goto(f"{season.server.url}/?map=12/{lat}/{lon}&status=all")
    page.wait_for_function(PAINTED_IN, arg=["density", 5000, 10**9])
    assert page.evaluate(PAINTED, "points") == 0
    assert page.locator("#legend .steps").count() == 1
    # The same view with open complaints alone: a few hundred.
    page.locator("#filter-status").select_option("")
    page.wait_for_function(PAINTED_IN, arg=["points", 1000, 10**9])
    assert page.evaluate(PAINTED, "density") == 0
    assert page.locator("#legend .steps").count() == 0


def test_the_hotspot_layer_lists_what_was_planted_with_its_kelurahan(page, season):
    spot = season.planted
    page.goto(f"{season.server.url}/?layers=hotspots&group={spot.group}")
    row = page.locator("#spots .spot").first
    row.wait_for()
    words = row.inner_text()
    assert "99%" in words
    assert "penerangan" in words or "lampu" in words
    assert kelurahan_at(spot.lon, spot.lat) in words
    assert page.locator(".leaflet-hotspots-pane path.h99").count() > 0
    row.click()
    page.wait_for_function(
        "([lat, lon]) => window.geoapp_map.getBounds().contains([lat, lon])"
        " && window.geoapp_map.getZoom() > 13",
        arg=[spot.lat, spot.lon],
    )


def test_a_new_complaint_is_announced_to_screen_readers(page, season):
    page.goto(f"{season.server.url}/")
    page.locator("#list .row").first.wait_for()
    announce = page.locator("#announce")
    assert announce.get_attribute("aria-live") == "polite"
    assert announce.inner_text() == ""
    heading = page.locator("#sum")
    page.wait_for_function("() => /^\\d/.test(document.getElementById('sum').textContent)")
    before = number_in(heading.inner_text())
    send(season.database)
    announce.get_by_text("Aduan baru: Jalan berlubang, Kel. Jelutung").wait_for()
    heading.get_by_text(re.compile(rf"^{before + 1} ")).wait_for()


def test_without_its_base_map_the_map_says_so_and_stays_usable(browser, season, tmp_path):
    with serve(
        season.database.url,
        tmp_path / "server",
        tile_url="https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    ) as server:
        context = browser.new_context(**LAPTOP, locale="id-ID")
        page = context.new_page()
        watch = Watch(page)
        page.goto(f"{server.url}/")
        page.get_by_text("Peta dasar tidak terjangkau").wait_for()
        assert any("tile.openstreetmap.org" in url for url in watch.foreign(server))
        page.wait_for_function(PAINTED_IN, arg=["points", 1000, 10**9])
        lines = page.locator(".leaflet-lines-pane path")
        assert lines.count() > 0
        box = lines.first.bounding_box()
        assert box["width"] > 100
        assert "OpenStreetMap" in page.locator("#attr").inner_text()
        context.close()


def test_a_tickets_page_follows_its_status_live(page, season):
    ticket = send(season.database)["ticket"]
    page.goto(f"{season.server.url}/c/{ticket}")
    page.get_by_text("Diterima", exact=True).first.wait_for()
    page.evaluate("() => { window.sameVisit = true; }")
    with as_owner(season.database) as connection:
        connection.execute(
            text("""
                WITH changed AS (
                    UPDATE geoapp.complaint SET status = 'in_progress', updated_at = now()
                    WHERE ticket = :ticket RETURNING city_code, id, ticket, status
                )
                INSERT INTO geoapp.complaint_event (
                    city_code, complaint_id, ticket, kind, status, actor)
                SELECT city_code, id, ticket, 'status', status, 'test' FROM changed
            """),
            {"ticket": ticket},
        )
    page.locator('[data-status-code="in_progress"]').wait_for(state="attached")
    assert "Dikerjakan" in page.locator("[data-status]").inner_text()
    assert "Dikerjakan" in page.locator("#ticket-said").inner_text()
    assert page.evaluate("() => window.sameVisit")
