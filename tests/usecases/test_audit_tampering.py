"""A thousand tamperings with the history; `make validate-audit` prints what was found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geoapp.embedded import Cluster
from tests.databases import clone, drop
from tests.tampering import EVENTS, WAYS, Tampered, found, tally, tampered

TIMES = 1000


@pytest.fixture(scope="module")
def world(
    cluster: Cluster, jambi_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tampered]:
    name = clone(cluster, jambi_template)
    with tampered(cluster, name, tmp_path_factory.mktemp("seals")) as one:
        yield one
    drop(cluster, name)


def test_untouched_there_is_nothing_to_find(world: Tampered) -> None:
    report = world.verify()
    assert report.clean
    assert report.events == EVENTS
    assert report.unsealed.count == 1


@pytest.mark.parametrize("name", WAYS)
def test_every_way_of_tampering_is_found(world: Tampered, name: str) -> None:
    assert found(world, name, name)


@pytest.mark.long
def test_a_thousand_random_tamperings_are_all_found(world: Tampered) -> None:
    missed = {name: got for name, got in tally(world, TIMES).items() if not all(got)}
    assert missed == {}
    assert world.verify().clean
