"""January 2023 again: 62 kelurahan become 68 while people go on submitting."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from bench.reassign import STARTS, build, watching, wrong
from geoapp.embedded import Cluster
from geoapp.store.database import Database
from geoapp.usecases import activation
from tests.boundary_change import answers
from tests.databases import clone, drop

POINTS = 100_000


@pytest.mark.long
def test_every_answer_then_and_now_is_what_whole_polygons_say(
    cluster: Cluster, empty_template: str, shared: Path, tmp_path: Path
) -> None:
    assert shared.is_dir()
    name = clone(cluster, empty_template)
    database = Database(cluster.url("geoapp_app", name))
    world = build(database, cluster, tmp_path, POINTS)
    with watching(world, 0.1) as seen:
        done = activation.activate(database, world.city, world.new, STARTS)
    engine = create_engine(world.owner_url, poolclass=NullPool)
    with engine.connect() as owner:
        found = answers(
            owner,
            old=world.old,
            new=world.new,
            starts=STARTS.isoformat(),
            acknowledged=world.complaints + seen.submitted,
        )
    engine.dispose()
    database.dispose()
    drop(cluster, name)
    assert seen.problems == []
    assert seen.submitted > 0
    assert not wrong(found), found
    assert done.moved > 0.1 * POINTS
