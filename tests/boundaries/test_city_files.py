"""City folders follow boundaries/README.md, and the checker notices when they do not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.boundaries.city_format import load, problems

ROOT = Path(__file__).resolve().parents[2]
JAMBI = ROOT / "boundaries" / "kota-jambi"
BOSTON = ROOT / "tests" / "data" / "boston"


@pytest.mark.parametrize("folder", [JAMBI, BOSTON], ids=["kota-jambi", "boston"])
def test_a_city_folder_follows_the_format(folder: Path) -> None:
    assert problems(folder) == []


def first_version(content: Any) -> Any:
    return content["services"][0]["versions"][0]


FAULTS = {
    "a group that is not there": ("services", lambda c: c["services"][0].update(group="roads")),
    "an agency that is not there": ("services", lambda c: first_version(c).update(agency="pu")),
    "an unknown key": ("services", lambda c: first_version(c).update(taget=24)),
    "a missing key": ("agencies", lambda c: c["agencies"][0]["versions"][0].pop("in_city")),
    "a target of nothing": ("services", lambda c: first_version(c).update(target=0)),
    "an answer due at once": ("services", lambda c: first_version(c).update(answer_target=0)),
    "a clock of weeks": ("services", lambda c: first_version(c).update(verify_clock="weeks")),
    "a version that never ends twice": (
        "services",
        lambda c: c["services"][0]["versions"].append(dict(first_version(c))),
    ),
    "a version that ends first": (
        "services",
        lambda c: first_version(c).update(valid_to="2017-01-01"),
    ),
    "swapped axes": ("city", lambda c: c["city"].update(centre=[-1.6, 103.6])),
    "a colour by name": ("groups", lambda c: c["groups"][0].update(colour="red")),
    "a service area for nothing": (
        "service_areas",
        lambda c: c["service_areas"][0].update(group=None),
    ),
    "a service area in no area": (
        "service_areas",
        lambda c: c["service_areas"][0].update(coverage="areas"),
    ),
    "a code twice": ("groups", lambda c: c["groups"].append(c["groups"][0])),
    "another format": ("holidays", lambda c: c.update(format="geoapp-holidays/2")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_city_folder_is_noticed(fault: str, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(JAMBI, folder)
    name, break_it = FAULTS[fault]
    content = load(folder)[name]
    break_it(content)
    (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    assert problems(folder) != []


def test_boston_names_every_type_of_its_complaints() -> None:
    """158 values of the column type, most often "Street Light Outages" (counted in the file)."""
    services = load(BOSTON)["services"]["services"]
    assert len(services) == 158 + 1
    assert services[0]["versions"][0]["name"] == "Street Light Outages"
    assert services[-1]["code"] == "other"
