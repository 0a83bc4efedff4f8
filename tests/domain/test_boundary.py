"""What codes say about parents and cities, and how a quality report reads."""

from __future__ import annotations

import json

import pytest

from geoapp.domain.boundary import (
    CrsFinding,
    Gap,
    Overlap,
    QualityReport,
    Refusal,
    Repair,
    belongs_to_city,
    parent_code_of,
)


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("15.71.01.1001", "15.71.01"),  # Kemendagri kelurahan → kecamatan
        ("1571010001", "1571010"),  # BPS village → its seven-digit district
        ("15.71.01", None),  # a kecamatan's parent is no kecamatan
        ("3", None),  # a Boston ward
        ("IDN.8.5.1.1_1", None),  # GADM
        ("15.71.01.100", None),  # not a code of any known form
    ],
)
def test_the_parent_of_an_indonesian_code_is_its_prefix(code: str, parent: str | None) -> None:
    assert parent_code_of(code) == parent


@pytest.mark.parametrize(
    ("code", "city", "answer"),
    [
        ("15.71.01.1001", "15.71", True),
        ("15.05.01.1003", "15.71", False),
        ("15.7", "15.71", True),  # not a Kemendagri code: can't be judged
        ("1505010003", "15.71", True),  # BPS numbers its cities otherwise
        ("3", "boston", True),
    ],
)
def test_only_kemendagri_codes_tell_the_city(code: str, city: str, answer: bool) -> None:
    assert belongs_to_city(code, city) is answer


def _report(**changes: object) -> QualityReport:
    values: dict[str, object] = {
        "area_count": 2,
        "vertex_count": 10,
        "total_area_km2": 2.0,
        "bbox": (103.5, -1.7, 103.7, -1.5),
        "crs": CrsFinding("EPSG:32748", True, "read as UTM 48S"),
    }
    return QualityReport(**{**values, **changes})  # type: ignore[arg-type]


def test_a_report_survives_json() -> None:
    report = _report(
        gaps=(Gap(("a", "b"), 12.5, (103.6, -1.6)), Gap(("a",), 0.5, (103.6, -1.6))),
        overlaps=(Overlap(("a", "b"), 3.0, (103.6, -1.6)),),
        refused=(Refusal("c", "nothing is left"),),
        duplicate_names={"Baru": ("a", "b")},
    )
    read = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert read["gap_area_m2"] == 13.0
    assert read["overlap_area_m2"] == 3.0
    assert read["gaps"][0] == {"codes": ["a", "b"], "area_m2": 12.5, "at": [103.6, -1.6]}
    assert read["refused"] == [{"code": "c", "why": "nothing is left"}]
    assert read["duplicate_names"] == {"Baru": ["a", "b"]}
    assert read["crs"]["guessed"] is True


def test_the_summary_says_what_was_guessed_mended_and_found() -> None:
    text = "\n".join(
        _report(
            repairs=(Repair("a", "Ring Self-intersection", -0.001),),
            dropped_z=2,
            other_city=7,
            gaps=(Gap(("a",), 2_653.0, (0, 0)), Gap(("b",), 0.2, (0, 0))),
        ).lines()
    )
    assert "EPSG:32748 (guessed): read as UTM 48S" in text
    assert "repaired a: Ring Self-intersection, area +0.00 m²" in text
    assert "third coordinate of 2 features" in text
    assert "7 areas of other cities" in text
    assert "2 interior gaps, 2,653 m² in all, largest 2,653 m², 1 of them under 1 m²" in text
    assert "no overlapping pairs" in text
