"""``/command?wall``: who sees it, what it is told, and when it is another page."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from geoapp.web.work import wall
from tests.casework import World
from tests.people import sign_in


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


@pytest.fixture
def at(module_app, emptied):
    """Asks for a page as somebody: ``at(actor, path)``."""

    def ask(actor, path, **options):
        client = module_app.test_client()
        if actor is not None:
            sign_in(client, actor)
        return client.get(path, **options)

    return ask


def config_of(html: str) -> dict:
    return json.loads(re.search(r'id="geoapp-config"[^>]*>(.*?)</script>', html, re.DOTALL)[1])


def test_a_visitor_is_sent_to_the_door_and_from_there_to_the_wall(at):
    answer = at(None, "/command?wall", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert unescape(answer.location).endswith("/login?next=/command?wall")


def test_a_wall_whose_session_ended_is_told_so_in_json(at):
    answer = at(None, "/command?wall=version", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "not_signed_in"


def test_who_may_not_read_figures_gets_no_wall(at, staff):
    assert at(staff.officer, "/command?wall").status_code == 403


def test_the_version_told_is_the_one_the_page_came_with(at, staff):
    page = at(staff.operator, "/command?wall")
    told = at(staff.operator, "/command?wall=version")
    assert config_of(page.text)["wall"]["version"] == told.json["version"]
    assert re.fullmatch("[0-9a-f]{12}", told.json["version"])
    assert told.headers["Cache-Control"] == "no-store"


def test_another_build_of_the_assets_is_another_version(tmp_path, monkeypatch):
    (tmp_path / "dist").mkdir()
    manifest = tmp_path / "dist" / "manifest.json"
    monkeypatch.setattr(wall.resources, "static", lambda: tmp_path)
    seen = set()
    for content in ('{"wall.js": "1"}', '{"wall.js": "2"}', '{"wall.js": "2"}'):
        manifest.write_text(content, encoding="utf-8")
        wall.version.cache_clear()
        seen.add(wall.version())
    wall.version.cache_clear()
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", 12), ("20", 20), ("5", 5), ("120", 120), ("4", 12), ("121", 12), ("-5", 12), ("²", 12),
     ("99999999999", 12), ("ten", 12)],
)  # fmt: skip
def test_a_slide_stands_as_long_as_the_address_says_within_reason(at, staff, asked, shown):
    page = at(staff.operator, "/command", query_string={"wall": "", "seconds": asked})
    assert config_of(page.text)["wall"]["slide_s"] == shown


def test_the_page_has_no_controls_and_is_dark(at, staff):
    html = at(staff.operator, "/command?wall").text
    assert not re.search(r"<(a|button|input|select|textarea|details)\b", html)
    assert 'data-theme="dark"' in html


def test_a_part_of_the_city_is_named(at, staff):
    whole = at(staff.operator, "/command?wall").text
    part = at(staff.admin, "/command?wall").text
    tag = r'<span class="tag">([^<]+)</span>'
    assert not re.search(tag, whole)
    assert "Bina Marga" in re.search(tag, part)[1] or "PUPR" in re.search(tag, part)[1]
