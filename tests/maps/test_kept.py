"""Shells that were drawn once are read by every process."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import Any

import pytest

from geoapp.maps import kept, shell
from tests.support import default_city

AREA = {
    "type": "Feature",
    "properties": {"parent_code": "1"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[103.6, -1.6], [103.7, -1.6], [103.7, -1.5], [103.6, -1.6]]],
    },
}


@pytest.fixture
def drawings(monkeypatch) -> list[Any]:
    """Drawing processes that were started."""
    begun: list[Any] = []
    run = subprocess.run

    def counted(*args: Any, **options: Any) -> Any:
        begun.append(args)
        return run(*args, **options)

    monkeypatch.setattr(shell.subprocess, "run", counted)
    return begun


def test_a_shell_is_drawn_once_and_then_read(jambi, settings, drawings):
    city = default_city(jambi)
    first = kept.shell_of(settings, city, "1-a", lambda: [AREA])
    assert "geoapp_map" in first.script
    assert len(drawings) == 1

    def never() -> list[Any]:
        raise AssertionError("what is kept needs no areas")

    assert kept.shell_of(settings, city, "1-a", never) == first
    assert len(drawings) == 1


@pytest.mark.parametrize(
    "other", [{"tile_url": "https://tiles.example/{z}/{x}/{y}.png"}, {"tile_attribution": "©"}, {}]
)
def test_other_boundaries_or_base_tiles_are_another_shell(jambi, settings, drawings, other):
    city = default_city(jambi)
    kept.shell_of(settings, city, "1-a", lambda: [AREA])
    version = "1-a" if other else "2-b"
    told = kept.shell_of(replace(settings, **other), city, version, lambda: [AREA])
    assert len(drawings) == 2
    assert other.get("tile_url", "") in told.script


@pytest.mark.parametrize("text", ["", "{", "[]", '{"head": ""}'])
def test_a_broken_file_is_drawn_anew(jambi, settings, drawings, text):
    city = default_city(jambi)
    first = kept.shell_of(settings, city, "1-a", lambda: [AREA])
    [file] = (settings.home / "shells").iterdir()
    file.write_text(text)
    assert kept.shell_of(settings, city, "1-a", lambda: [AREA]) == first
    assert kept.shell_of(settings, city, "1-a", lambda: [AREA]) == first
    assert len(drawings) == 2


def test_a_home_that_cannot_be_written_is_no_error(jambi, settings, drawings):
    (settings.home / "shells").write_text("a file where the folder should be")
    city = default_city(jambi)
    for _ in range(2):
        assert kept.shell_of(settings, city, "1-a", lambda: [AREA]).script
    assert len(drawings) == 2


def test_old_files_go(jambi, settings, monkeypatch):
    monkeypatch.setattr(kept, "MOST_FILES", 2)
    monkeypatch.setattr(kept.shells, "draw_apart", lambda *_, **__: shell.Shell("", "b", "s"))
    city = default_city(jambi)
    for number in range(4):
        kept.shell_of(settings, city, str(number), list)
    assert len(list((settings.home / "shells").iterdir())) == 2
