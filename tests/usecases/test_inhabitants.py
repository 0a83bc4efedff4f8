"""Published figures of inhabitants: loaded with the folder, and what is told per 1,000 of them."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from geoapp import resources
from geoapp.domain.area_numbers import Level
from geoapp.domain.shades import Measure
from geoapp.domain.work_filter import WorkFilter
from geoapp.errors import CatalogueError, InvalidInput
from geoapp.store.database import Database
from geoapp.usecases import cities, shades
from tests.asking import as_owner
from tests.complaint_rows import NOW
from tests.people import hire
from tests.support import default_city
from tests.work_rows import put

HERE, BESIDE = "15.71.08.1006", "15.71.08.1001"
SOURCE = "Kecamatan dalam Angka, tabel 3.1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "city"
    shutil.copytree(resources.path("boundaries") / "kota-jambi", copied)
    return copied


def publish(folder: Path, **changes: object) -> None:
    content = {
        "format": "geoapp-inhabitants/1",
        "source": SOURCE,
        "as_of": "2024-12-31",
        "inhabitants": {HERE: 8000, BESIDE: 500},
    }
    (folder / "inhabitants.json").write_text(json.dumps(content | changes), encoding="utf-8")


def shade(database: Database, level: Level = Level.KELURAHAN) -> shades.Shades:
    wanted = WorkFilter.read({}, now=NOW, timezone="Asia/Jakarta", me=1)
    return shades.of_staff(
        database, default_city(database), hire(database, "operator"), wanted,
        Measure.PER_1000, level,
    )  # fmt: skip


def test_the_figure_its_source_and_its_day_are_told(jambi: Database, folder: Path) -> None:
    publish(folder)
    cities.load(jambi, folder)
    with as_owner(jambi) as connection:
        for _ in range(6):
            put(connection, kelurahan=HERE, submitted_at=NOW - timedelta(days=1))
    told = shade(jambi)
    by_code = {area.code: area for area in told.areas}
    assert told.source == f"{SOURCE}, 2024-12-31"
    assert (by_code[HERE].value, by_code[HERE].n, by_code[HERE].of) == (0.75, 6, 8000)
    assert by_code[BESIDE].value == 0
    unknown = by_code["15.71.07.1002"]
    assert (unknown.value, unknown.n, unknown.of) == (None, 0, None)
    # 0.75 is at most three times nine steps of 0.05 (and more than of 0.02): the shades' rule
    assert told.steps == (0.05, 0.1, 0.15, 0.2, 0.3, 0.45)


def test_a_kecamatan_has_a_figure_when_all_of_its_kelurahan_do(
    jambi: Database, folder: Path
) -> None:
    listed = [f"15.71.08.{n}" for n in range(1001, 1008)]
    publish(folder, inhabitants=dict.fromkeys(listed, 1000) | {"15.71.07.1002": 1})
    cities.load(jambi, folder)
    with as_owner(jambi) as connection:
        put(connection, kelurahan=HERE, submitted_at=NOW - timedelta(days=1))
    by_code = {area.code: area for area in shade(jambi, Level.KECAMATAN).areas}
    assert (by_code["15.71.08"].of, by_code["15.71.08"].value) == (7000, 1 / 7)
    assert by_code["15.71.07"].value is None


def test_figures_go_with_their_file(jambi: Database, folder: Path) -> None:
    publish(folder)
    cities.load(jambi, folder)
    (folder / "inhabitants.json").unlink()
    cities.load(jambi, folder)
    with pytest.raises(InvalidInput, match="No figure of inhabitants"):
        shade(jambi)


@pytest.mark.parametrize(
    "fault",
    [{"source": ""}, {"as_of": "kemarin"}, {"inhabitants": {HERE: 0}}, {"inhabitants": {"": 1}}],
)
def test_a_file_that_says_nothing_sure_is_refused(
    jambi: Database, folder: Path, fault: dict[str, object]
) -> None:
    publish(folder, **fault)
    with pytest.raises(CatalogueError, match=r"inhabitants\.json"):
        cities.load(jambi, folder)
