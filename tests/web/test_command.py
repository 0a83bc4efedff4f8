"""``/command``: who gets the page, what it says of their part, its look; the rules drawn on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geoapp import resources
from geoapp.web.strings import JS_STRINGS
from geoapp.web.strings_command import COMMAND
from geoapp.web.strings_work import WORK_STRINGS
from tests.casework import World
from tests.people import hire, sign_in

SCRIPTS = [
    resources.static() / "js" / "command" / f"{name}.js"
    for name in (
        *("boxes", "filters", "flags", "kin", "lasso", "layers", "legend", "main", "map"),
        *("names", "play", "refusal", "rules", "shade", "state", "view"),
    )
]
MADE = re.compile(r"\bt\('([a-z0-9_]+)'")


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


@pytest.fixture
def at(module_app, emptied):
    """Asks for something as somebody: ``at(actor, path)``."""

    def ask(actor, path, cookie=""):
        client = module_app.test_client()
        if actor is not None:
            sign_in(client, actor)
        if cookie:
            client.set_cookie(*cookie.split("="))
        return client.get(path)

    return ask


def config_of(html: str) -> dict:
    return json.loads(re.search(r'id="geoapp-config"[^>]*>(.*?)</script>', html, re.DOTALL)[1])


def test_who_reads_figures_gets_the_page_and_nobody_else(at, staff):
    for actor in (staff.operator, staff.admin, staff.head, staff.city_admin, staff.auditor):
        assert at(actor, "/command").status_code == 200
    assert at(staff.officer, "/command").status_code == 403
    assert at(None, "/command").status_code in {302, 303, 401}


def test_it_says_which_part_of_the_city_is_seen(at, staff, module_database):
    assert "Anda melihat" not in at(staff.operator, "/command").text
    assert "Anda melihat: Dinas Lingkungan Hidup" in at(staff.other_admin, "/command").text
    district = hire(module_database, "agency_admin", agency="dlh", kecamatan=["15.71.08"])
    told = "Anda melihat: Dinas Lingkungan Hidup (Sebagian wilayah kota)"
    assert told in at(district, "/command").text


def test_likely_duplicates_are_offered_to_those_who_merge(at, staff):
    assert 'value="duplicates"' in at(staff.operator, "/command").text
    assert 'value="duplicates"' not in at(staff.admin, "/command").text


def test_the_look_is_the_one_the_browser_chose(at, staff):
    def theme(cookie: str) -> str:
        page = at(staff.operator, "/command", cookie).text
        return re.search(r'<html[^>]* data-theme="(\w+)"', page)[1]

    assert theme("") == "light"
    assert theme("theme=dark") == "dark"
    assert theme('theme="><script>') == "light"


def test_the_page_brings_every_service_with_its_group(at, staff):
    services = config_of(at(staff.operator, "/command").text)["services"]
    known = at(None, "/api/v1/services").get_json()["services"]
    assert {(one["code"], one["group"]) for one in services} == {
        (one["code"], one["group"]) for one in known
    }


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_text_of_its_scripts_is_there(path: Path):
    missing = set(MADE.findall(path.read_text("utf-8"))) - {*JS_STRINGS, *WORK_STRINGS, *COMMAND}
    assert missing == set()


def test_the_rules_in_force_say_who_acts_where(at, staff):
    answer = at(staff.head, "/api/v1/work/service-areas")
    assert answer.mimetype == "application/geo+json"
    rules = {one["id"]: one for one in answer.get_json()["features"]}
    # boundaries/kota-jambi: four departments, each for its group in the whole city
    assert {one["properties"]["group"] for one in rules.values()} == {
        "road", "drainage", "street_light", "waste",
    }  # fmt: skip
    waste = rules["waste_city"]
    assert waste["geometry"] is None
    assert waste["properties"]["agency"]["code"] == "dlh"
    assert waste["properties"]["coverage"] == "city"


def test_rules_are_told_to_readers_of_figures_alone(at, staff):
    assert at(staff.officer, "/api/v1/work/service-areas").status_code == 403
    assert at(None, "/api/v1/work/service-areas").status_code == 401
