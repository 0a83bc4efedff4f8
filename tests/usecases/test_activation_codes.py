"""Codes that a staged set leaves behind: service areas that name them, ground they lose."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoapp.domain.activation import ActivationState, How, Mapped
from geoapp.domain.catalogue import City
from geoapp.errors import InvalidInput
from geoapp.store.database import Database
from geoapp.usecases import activation, cities, service_areas
from tests.activating import (
    CODE,
    EAST,
    MERGED,
    MIDDLE,
    NORTH,
    STARTS,
    WEST,
    ask,
    changing,
    squares,
    stage,
)
from tests.people import hire
from tests.roads import draw_roads, network

_RULE = """
    INSERT INTO geoapp.service_area (city_code, set_id, code, name, agency_code, group_code,
                                     priority, coverage, area_codes)
    SELECT city_code, id, :code, 'UPTD ' || :code, 'dlh', 'road', 1, 'areas', :codes
    FROM geoapp.boundary_set WHERE layer = 'service_area' AND status = 'active'
"""
_NAMED = """
    SELECT area.code, area.area_codes FROM geoapp.service_area AS area
    JOIN geoapp.boundary_set AS sets ON sets.id = area.set_id
    WHERE area.coverage = 'areas' AND sets.status = 'active' ORDER BY area.code
"""
_IN_FORCE = "SELECT id FROM geoapp.boundary_set WHERE layer = 'service_area' AND status = 'active'"
INTO = {WEST: Mapped(How.MERGED, (MERGED,)), MIDDLE: Mapped(How.DROPPED)}


@pytest.fixture
def city(jambi: Database, tmp_path: Path) -> tuple[City, int]:
    """The city before the change, and the staged set."""
    return changing(jambi, tmp_path)


def test_a_draft_left_open_over_a_switch_brings_no_retired_code_back(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    ask(jambi, _RULE, code="west", codes=[WEST, NORTH])
    ask(jambi, _RULE, code="middle", codes=[MIDDLE])
    draft = service_areas.draft(jambi, home, "system")
    activation.activate(jambi, home, staged, STARTS, mapping=INTO)
    assert ask(jambi, _NAMED) == [("west", [NORTH, MERGED])]

    codes = {code.code: code for code in activation.retiring(jambi, home, draft)}
    assert set(codes) == {WEST, MIDDLE}
    assert (codes[WEST].level, codes[WEST].name) == ("kelurahan", "Kelurahan 1001")
    assert codes[WEST].suggestion == Mapped(How.MERGED, (MERGED,))
    assert codes[WEST].named_by[0].id == "west"
    with pytest.raises(InvalidInput) as refused:
        activation.activate(jambi, home, draft, STARTS)
    assert [problem.field for problem in refused.value.fields] == [WEST, MIDDLE]
    wrong = {WEST: Mapped(How.MERGED, (MIDDLE,)), MIDDLE: Mapped(How.DROPPED)}
    with pytest.raises(InvalidInput, match="has no kelurahan"):
        activation.begin(jambi, home, draft, STARTS, mapping=wrong)
    assert activation.under_way(jambi, home) is None

    activation.activate(jambi, home, draft, STARTS, mapping=INTO)
    assert ask(jambi, _IN_FORCE) == [(draft,)]
    # The one that named a dropped code alone is gone: it never reaches further than before.
    assert ask(jambi, _NAMED) == [("west", [NORTH, MERGED])]


def test_a_copy_of_a_retired_set_is_asked_about_too_and_again_at_the_switch(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    ask(jambi, _RULE, code="west", codes=[WEST])
    former = ask(jambi, _IN_FORCE)[0][0]
    activation.activate(jambi, home, staged, STARTS, mapping=INTO)
    in_force = ask(jambi, _IN_FORCE)
    copy = activation.reactivate(jambi, home, former)
    run = activation.begin(jambi, home, copy, STARTS, mapping=INTO)
    activation.decide(jambi, home, run)
    # Somebody else's statement in between, past the pages that refuse it.
    change = (
        "UPDATE geoapp.service_area SET area_codes = :codes WHERE set_id = :set AND code = 'west'"
    )
    ask(jambi, change, codes=[WEST], set=copy)
    with pytest.raises(InvalidInput, match=WEST):
        activation.switch(jambi, home, run)
    assert ask(jambi, _IN_FORCE) == in_force
    activation.undo(jambi, home, run)
    activation.activate(jambi, home, copy, STARTS, mapping=INTO)
    assert ask(jambi, _NAMED) == [("west", [MERGED])]


def test_a_grant_whose_service_area_goes_with_its_last_code_is_asked_about(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    ask(jambi, _RULE, code="middle", codes=[MIDDLE])
    ask(jambi, _RULE, code="north", codes=[NORTH])
    draft = service_areas.draft(jambi, home, "system")
    ask(jambi, "UPDATE geoapp.service_area SET area_codes = :codes WHERE code = 'middle'"
               " AND set_id <> :draft", codes=[NORTH], draft=draft)  # fmt: skip
    activation.activate(jambi, home, staged, STARTS)
    hire(jambi, "field_officer", agency="dlh", service_areas=["middle"])
    with pytest.raises(InvalidInput) as refused:
        activation.begin(jambi, home, draft, STARTS, mapping=INTO)
    assert [problem.field for problem in refused.value.fields] == ["middle"]
    both = {**INTO, "middle": Mapped(How.MERGED, ("north",))}
    activation.activate(jambi, home, draft, STARTS, mapping=both)
    held = "SELECT service_area_codes FROM geoapp.account_grant WHERE revoked_at IS NULL"
    assert ask(jambi, held) == [(["north"],)]


CARVED, ELSEWHERE = "15.71.01.1010", "15.71.03.3001"


def test_codes_that_stay_and_lose_ground_are_told_to_whoever_names_them(
    jambi: Database, city: tuple[City, int], tmp_path: Path
) -> None:
    home, _ = city
    # Of WEST the northern quarter becomes a code of its own; EAST goes whole to another
    # kecamatan's new code in its western third; NORTH loses half a per cent to MIDDLE.
    carved = squares(
        tmp_path / "carved.geojson",
        {
            WEST: (103.55, -1.63, 103.57, -1.615),
            CARVED: (103.55, -1.615, 103.57, -1.61),
            MIDDLE: (103.57, -1.63, 103.59, -1.6099),
            NORTH: (103.55, -1.6099, 103.59, -1.59),
            ELSEWHERE: (103.59, -1.63, 103.60, -1.59),
            EAST: (103.60, -1.63, 103.62, -1.59),
        },
    )
    new = stage(jambi, home, carved)
    hire(jambi, "field_officer", kelurahan=[WEST], name="Alone")
    hire(jambi, "field_officer", kelurahan=[WEST, CARVED], name="Both")
    hire(jambi, "field_officer", kecamatan=["15.71.01"], name="Kecamatan")
    hire(jambi, "field_officer", kecamatan=["15.71.02"], name="East")
    hire(jambi, "field_officer", kelurahan=[NORTH], name="North")
    ask(jambi, _RULE, code="west", codes=[WEST])
    told = activation.shrinking(jambi, home, new)
    assert activation.retiring(jambi, home, new) == []
    assert [
        (one.code, sorted(by.who for by in one.named_by), [(to.code, to.share) for to in one.to])
        for one in told
    ] == [
        (WEST, ["Alone", "UPTD west"], [(CARVED, pytest.approx(0.25, abs=0.001))]),
        (EAST, ["East"], [(ELSEWHERE, pytest.approx(1 / 3, abs=0.001))]),
    ]
    assert told[0].share == pytest.approx(0.25, abs=0.001)
    # A warning, no demand.
    activation.activate(jambi, home, new, STARTS)


def test_a_kelurahan_that_goes_to_another_kecamatan_is_lost_to_who_named_the_former(
    jambi: Database, city: tuple[City, int], tmp_path: Path
) -> None:
    home, _ = city
    other = squares(
        tmp_path / "other.geojson",
        {
            WEST: (103.55, -1.63, 103.57, -1.61),
            MIDDLE: (103.57, -1.63, 103.59, -1.61),
            NORTH: (103.55, -1.61, 103.59, -1.59),
            EAST: (103.59, -1.63, 103.62, -1.59),
        },
    )
    moved = other.read_text("utf-8").replace(
        '"kecamatan_code": "15.71.01", "kecamatan": "Kecamatan 01"',
        '"kecamatan_code": "15.71.02", "kecamatan": "Kecamatan 02"', 1,
    )  # fmt: skip
    other.write_text(moved, encoding="utf-8")
    new = stage(jambi, home, other)
    hire(jambi, "field_officer", kecamatan=["15.71.01"], name="Kecamatan")
    hire(jambi, "field_officer", kelurahan=[WEST], name="Alone")
    told = activation.shrinking(jambi, home, new)
    assert [(one.code, [by.who for by in one.named_by], one.share) for one in told] == [
        (WEST, ["Kecamatan"], pytest.approx(1))
    ]


def test_resumed_a_preview_is_finished_and_only_what_was_wanted_comes_into_force(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    run = activation.begin(jambi, home, staged, STARTS)
    assert activation.resume(jambi, home, run).state is ActivationState.DECIDED
    assert activation.resume(jambi, home, run).state is ActivationState.DECIDED
    activation.want(jambi, home, run)
    assert activation.resume(jambi, home, run).state is ActivationState.DONE


def test_wanted_while_it_is_still_deciding_it_is_carried_out_once_that_is_known(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    run = activation.begin(jambi, home, staged, STARTS)
    assert activation.want(jambi, home, run).state is ActivationState.DECIDING
    assert activation.resume(jambi, home, run).state is ActivationState.DONE


def test_an_activation_that_broke_off_while_deciding_is_known_as_one(
    jambi: Database, city: tuple[City, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, staged = city

    def killed(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    for begin in (
        lambda: activation.activate(jambi, home, staged, STARTS),
        lambda: activation.reassign(jambi, home),
    ):
        with monkeypatch.context() as broken:
            broken.setattr("geoapp.usecases.activation_steps.decide", killed)
            with pytest.raises(KeyboardInterrupt):
                begin()
        begun = activation.under_way(jambi, home)
        assert begun is not None
        assert (begun.state, begun.wanted) == (ActivationState.DECIDING, True)
        assert activation.resume(jambi, home, begun.id).state is ActivationState.DONE


def test_the_planner_knows_a_copied_set_of_roads_at_once(jambi: Database) -> None:
    former = draw_roads(jambi, network(1, 20))
    known = "SELECT reltuples FROM pg_class WHERE oid = 'geoapp.road_segment'::regclass"
    before = ask(jambi, known)[0][0]
    activation.reactivate(jambi, cities.find(jambi, CODE), former)
    assert ask(jambi, known)[0][0] == 2 * before
