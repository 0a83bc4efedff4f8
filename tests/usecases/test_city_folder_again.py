"""Loading a city's folder again: what people changed on /admin stays, or is overwritten aloud."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp import resources
from geoapp.domain.administration import Holiday, HolidayKind
from geoapp.store.database import Database, Role
from geoapp.usecases import administration_calendar, administration_catalogue, cities
from tests.people import hire
from tests.support import default_city

CITY = "15.71"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped folder, with another promise, one more service and one more day off."""
    copied = tmp_path / "city"
    shutil.copytree(resources.path("boundaries") / "kota-jambi", copied)

    def edit(name: str, change: Any) -> None:
        file = copied / name
        held = json.loads(file.read_text(encoding="utf-8"))
        change(held)
        file.write_text(json.dumps(held), encoding="utf-8")

    def services(held: dict[str, Any]) -> None:
        by_code = {one["code"]: one for one in held["services"]}
        by_code["road_damaged"]["versions"][0]["target"] = 77
        held["services"].append({**by_code["pothole"], "code": "pothole_deep"})

    edit("services.json", services)
    edit(
        "holidays.json",
        lambda held: held["holidays"].append(
            {"day": "2026-12-30", "name": "Hari X", "name_en": "Day X", "kind": "local"}
        ),
    )
    return copied


@pytest.fixture
def changed(jambi: Database) -> Database:
    """A city whose administrator promised potholes otherwise, took a day off away, added one."""
    city, admin = default_city(jambi), hire(jambi, "city_admin")
    today = administration_catalogue.today(jambi, city, admin)
    known = administration_catalogue.service(jambi, city, admin, "pothole").on(today)
    assert known is not None
    administration_catalogue.change_service(
        jambi, city, admin, "pothole", valid_from=today, last_day=None,
        terms=replace(known.terms, target=9),
    )  # fmt: skip
    administration_calendar.drop_holiday(jambi, city, admin, date(2026, 12, 25))
    own = Holiday(day=date(2026, 12, 29), name="Hari Kota", kind=HolidayKind.LOCAL)
    administration_calendar.add_holiday(jambi, city, admin, own)
    return jambi


def targets(database: Database, code: str) -> list[int]:
    return [
        row.target
        for row in rows(
            database,
            "SELECT target FROM geoapp.service_version WHERE service_code = :code"
            " ORDER BY valid_from",
            code=code,
        )
    ]


def days(database: Database) -> set[date]:
    return {row.day for row in rows(database, "SELECT day FROM geoapp.holiday")}


def rows(database: Database, query: str, **values: object) -> list[Any]:
    with database.transaction(Role.WORKER, CITY) as connection:
        return list(connection.execute(text(query), values))


def replacements(database: Database) -> list[Any]:
    return rows(
        database, "SELECT actor, data FROM geoapp.admin_event WHERE kind = 'catalogue.replaced'"
    )


def test_what_nobody_changed_on_pages_follows_the_folder(jambi: Database, folder: Path) -> None:
    said: list[str] = []
    cities.load(jambi, folder, progress=said.append)
    assert targets(jambi, "road_damaged") == [77]
    assert date(2026, 12, 30) in days(jambi)
    assert not any("left" in line for line in said)


def test_what_people_changed_stays_and_is_listed_while_the_new_comes_in(
    changed: Database, folder: Path
) -> None:
    before = targets(changed, "road_damaged")
    said: list[str] = []
    cities.load(changed, folder, progress=said.append)
    assert targets(changed, "pothole")[-1] == 9
    assert targets(changed, "road_damaged") == before
    assert len(targets(changed, "pothole_deep")) == 1
    assert {date(2026, 12, 29), date(2026, 12, 30)} <= days(changed)
    assert date(2026, 12, 25) not in days(changed)
    left = [line for line in said if line.startswith("left")]
    assert left == [
        "left, though the folder differs: services pothole, road_damaged",
        "left, though the folder differs: holidays 2026-12-25, 2026-12-29",
    ]
    assert "--replace" in said[said.index(left[-1]) + 1]
    assert replacements(changed) == []


def test_replacing_overwrites_and_is_written_into_the_log(changed: Database, folder: Path) -> None:
    said: list[str] = []
    cities.load(changed, folder, replace=True, progress=said.append)
    assert 9 not in targets(changed, "pothole")
    assert targets(changed, "road_damaged") == [77]
    assert date(2026, 12, 25) in days(changed)
    assert date(2026, 12, 29) not in days(changed)
    assert not any("left" in line for line in said)
    ((actor, data),) = replacements(changed)
    assert actor == "system"
    assert data["services"] == ["pothole", "road_damaged"]
    assert data["holidays"] == ["2026-12-25", "2026-12-29"]
    # what was overwritten is nobody's change any more: the folder is followed again
    cities.load(changed, resources.path("boundaries") / "kota-jambi")
    assert targets(changed, "road_damaged") != [77]
    assert len(replacements(changed)) == 1
