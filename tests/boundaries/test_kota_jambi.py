"""The default city says what is published about Kota Jambi."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.boundaries.city_format import load

JAMBI = Path(__file__).resolve().parents[2] / "boundaries" / "kota-jambi"


@pytest.fixture(scope="module")
def city() -> dict[str, Any]:
    return load(JAMBI)


def versions(city: dict[str, Any]) -> dict[str, Any]:
    return {s["code"]: s["versions"][-1] for s in city["services"]["services"]}


def test_about_seventy_services_in_sixteen_groups_with_none_empty(city: dict[str, Any]) -> None:
    """SIKESAL has 70 services."""
    services = city["services"]["services"]
    assert 65 <= len(services) <= 80
    groups = [g["code"] for g in city["groups"]["groups"]]
    assert groups[:8] == [
        "road", "drainage", "street_light", "waste", "water", "traffic", "tree", "public_order",
    ]  # fmt: skip
    assert {s["group"] for s in services} == set(groups)
    assert len(groups) == 16


@pytest.mark.parametrize(
    ("service", "agency"),
    [
        ("pothole", "pupr_bina_marga"),
        ("drain_blocked", "pupr_sda"),
        ("ponding", "pupr_sda"),
        ("street_light_out", "perkim_lpju"),
        ("waste_uncollected", "dlh"),
        ("tree_fallen", "dlh"),
        ("water_no_flow", "tirta_mayang"),
        ("parking_illegal", "dishub"),
        ("traffic_light_out", "dishub"),
        ("social_aid", "dinsos"),
        ("identity_card", "disdukcapil"),
        ("business_licence", "dpmptsp"),
    ],
)
def test_services_go_to_the_agency_that_acts_in_the_city(
    city: dict[str, Any], service: str, agency: str
) -> None:
    assert versions(city)[service]["agency"] == agency


def test_road_drainage_and_light_services_never_leave_their_agency(city: dict[str, Any]) -> None:
    wanted = {"road": "pupr_bina_marga", "drainage": "pupr_sda", "street_light": "perkim_lpju"}
    areas = city["service_areas"]["service_areas"]
    for group, agency in wanted.items():
        codes = [s["code"] for s in city["services"]["services"] if s["group"] == group]
        assert {versions(city)[code]["agency"] for code in codes} == {agency}
        assert [(a["agency"], a["coverage"]) for a in areas if a["group"] == group] == [
            (agency, "city")
        ]


def test_hour_targets_are_those_of_the_citys_own_app(city: dict[str, Any]) -> None:
    """SIKESAL: 24, 48 or 72 hours."""
    hours = {v["target"] for v in versions(city).values() if v["clock"] == "hours"}
    assert hours == {24, 48, 72}


def test_public_objects_are_shown_exactly_and_households_are_not(city: dict[str, Any]) -> None:
    by_code = versions(city)
    for service in city["services"]["services"]:
        if service["group"] in {"road", "drainage", "street_light", "tree"}:
            assert by_code[service["code"]]["blur_m"] == 0, service["code"]
        if service["group"] == "social":
            assert by_code[service["code"]]["blur_m"] >= 50, service["code"]
    for code in ("water_no_flow", "noise", "dengue", "disturbance"):
        assert by_code[code]["blur_m"] >= 50


def test_agencies_outside_the_city_are_marked(city: dict[str, Any]) -> None:
    outside = {a["code"] for a in city["agencies"]["agencies"] if not a["versions"][-1]["in_city"]}
    assert outside == {"bpjn_jambi", "pupr_provinsi", "bwss"}


def test_2026_has_17_national_holidays_and_8_days_of_collective_leave(
    city: dict[str, Any],
) -> None:
    """Counts: SKB 3 Menteri for 2026. Collective leave always falls on a working weekday."""
    holidays = city["holidays"]["holidays"]
    kinds = [h["kind"] for h in holidays]
    assert (kinds.count("national"), kinds.count("collective_leave")) == (17, 8)
    days = [date.fromisoformat(h["day"]) for h in holidays]
    assert days == sorted(set(days))
    assert {day.year for day in days} == {2026}
    leave = [d for d, k in zip(days, kinds, strict=True) if k == "collective_leave"]
    assert all(day.weekday() < 5 for day in leave)


def test_the_envelope_holds_the_published_bounding_box(city: dict[str, Any]) -> None:
    west, south, east, north = city["city"]["city"]["envelope"]
    assert west < 103.5242
    assert east > 103.6811
    assert south < -1.6961
    assert north > -1.5467
