"""Codes that retire in filters that somebody keeps: listed, mapped, never widened."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoapp.domain.activation import How, Mapped, NamedKind
from geoapp.domain.catalogue import City
from geoapp.errors import InvalidInput
from geoapp.store.database import Database
from geoapp.usecases import activation, saved_filters
from tests.activating import EAST, MERGED, MIDDLE, NORTH, STARTS, WEST, ask, changing
from tests.people import hire

INTO = {WEST: Mapped(How.MERGED, (MERGED,)), MIDDLE: Mapped(How.DROPPED)}
QUERIES = "SELECT name, query FROM geoapp.saved_filter ORDER BY name"


@pytest.fixture
def city(jambi: Database, tmp_path: Path) -> tuple[City, int]:
    """The city before the change, and the staged set."""
    return changing(jambi, tmp_path)


def test_filters_are_listed_and_ask_for_the_new_codes_afterwards(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    olivia = hire(jambi, "operator", name="Olivia")
    kept = {
        "both": f"kelurahan={WEST},{NORTH}&status=open",
        "dropped": f"status=open&kelurahan={MIDDLE}",
        "half": f"kelurahan={MIDDLE},{EAST}",
        "other": f"group=road&kelurahan={EAST}",
        "then": f"boundaries=then&kelurahan={WEST}",
        "unknown": "kelurahan=99.99.99.9999",
        "words": f"q={WEST}",
    }
    for name, query in kept.items():
        saved_filters.add(jambi, home, olivia, name=name, query=query, shared=False)
    codes = {code.code: code for code in activation.retiring(jambi, home, staged)}
    assert set(codes) == {WEST, MIDDLE}
    assert {(by.kind, by.who) for by in codes[WEST].named_by} == {
        (NamedKind.SAVED_FILTER, "Olivia")
    }
    assert len(codes[MIDDLE].named_by) == 2
    with pytest.raises(InvalidInput) as refused:
        activation.activate(jambi, home, staged, STARTS)
    assert [problem.field for problem in refused.value.fields] == [WEST, MIDDLE]

    activation.activate(jambi, home, staged, STARTS, mapping=INTO)
    assert dict(ask(jambi, QUERIES)) == kept | {
        "both": f"kelurahan={','.join(sorted((NORTH, MERGED)))}&status=open",
        "half": f"kelurahan={EAST}",
    }
    assert ask(jambi, "SELECT data -> 'filters_mapped' FROM geoapp.admin_event"
                      " WHERE kind = 'boundaries.activated' ORDER BY id DESC LIMIT 1") == [(2,)]  # fmt: skip


def test_a_filter_kept_since_holds_nothing_up(jambi: Database, city: tuple[City, int]) -> None:
    home, staged = city
    run = activation.begin(jambi, home, staged, STARTS)
    activation.decide(jambi, home, run)
    olivia = hire(jambi, "operator")
    query = f"kelurahan={WEST}"
    saved_filters.add(jambi, home, olivia, name="late", query=query, shared=False)
    activation.run(jambi, home, run)
    assert ask(jambi, QUERIES) == [("late", query)]
