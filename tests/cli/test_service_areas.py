"""``geoapp service-areas``: listed in order, written to a file, put back into a draft."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from geoapp.cli import main
from geoapp.usecases import cities
from geoapp.usecases import service_areas as use
from tests.service_area_world import square


@pytest.fixture
def run(jambi, cluster, monkeypatch):
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    name = jambi.engine.url.database or ""
    monkeypatch.setenv("GEOAPP_OWNER_DATABASE_URL", cluster.url("geoapp_owner", name))
    return lambda *words: CliRunner().invoke(main, ["service-areas", *map(str, words)])


def test_a_set_is_exported_changed_in_the_file_and_put_into_a_draft(run, jambi, tmp_path):
    city = cities.find(jambi, "15.71")
    listed = run("list", "--city", "kota-jambi")
    assert listed.exit_code == 0, listed.output
    # boundaries/kota-jambi/service_areas.json, by code as all have priority 100 and a group
    assert [line.split()[1] for line in listed.output.splitlines()] == [
        "drainage_city", "roads_city", "street_lights_city", "waste_city"
    ]  # fmt: skip
    file = tmp_path / "areas.geojson"
    assert run("export", file, "--city", "15.71").exit_code == 0
    written = json.loads(file.read_text(encoding="utf-8"))
    assert len(written["features"]) == 4
    assert run("export", "-", "--city", "15.71").stdout == file.read_text(encoding="utf-8")
    shape = square(103.61, -1.62)
    written["features"].append(
        {
            "type": "Feature",
            "geometry": shape.geojson,
            "properties": {"code": "east", "name": "East", "agency": "dlh", "group": "road"},
        }
    )
    file.write_text(json.dumps(written), encoding="utf-8")
    done = run("put", file, "--city", "15.71")
    assert done.exit_code == 0, done.output
    draft = use.standing(jambi, city).draft
    assert f"boundaries activate {draft.id} --city 15.71" in done.output
    assert use.one(jambi, city, draft.id, "east").geometry == shape
    assert len(use.areas(jambi, city, draft.id)) == 5
    assert "east" in run("list", "--city", "15.71").output
    active = use.standing(jambi, city).active.id
    assert "east" not in run("list", "--city", "15.71", "--set", active).output


def test_a_file_that_cannot_be_stored_changes_nothing_and_says_why(run, jambi, tmp_path):
    city = cities.find(jambi, "15.71")
    for content, told in (
        ("no json", "no JSON"),
        ("{}", "no FeatureCollection"),
        ('{"type": "FeatureCollection", "features": [7]}', "Feature 1"),
        (
            (
                '{"type": "FeatureCollection", "features": [{"properties": {"code": "a", "name": "A",'
                ' "agency": "nobody"}, "geometry": null}]}'
            ),
            "no agency nobody",
        ),
        (
            (
                '{"type": "FeatureCollection", "features": [{"properties": {"code": "a", "name": "A"},'
                ' "geometry": {"type": "Point", "coordinates": [0, 0]}}]}'
            ),
            "Feature 1: Only a Polygon",
        ),
    ):
        file = tmp_path / "areas.geojson"
        file.write_text(content, encoding="utf-8")
        done = run("put", file, "--city", "15.71")
        assert done.exit_code == 2
        assert told in done.output
    draft = use.standing(jambi, city).draft
    assert draft is None or len(use.areas(jambi, city, draft.id)) == 4
