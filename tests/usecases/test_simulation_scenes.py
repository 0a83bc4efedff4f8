"""Drawn photos and supporters for a demo's complaints."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image
from sqlalchemy import text

from geoapp.media.illustrations import scene
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.usecases.simulation import simulate
from geoapp.usecases.simulation_scenes import furnish
from tests.asking import as_owner
from tests.support import default_city, send

PHOTOS = text("""
    SELECT complaint.simulated, complaint.supporters, photo.sha256, photo.small_sha256,
           photo.width, photo.height, photo.small_width, photo.small_height,
           (SELECT count(*) FROM geoapp.supporter
            WHERE supporter.complaint_id = complaint.id) AS counted,
           complaint.confidential
    FROM geoapp.complaint
    LEFT JOIN geoapp.photo ON photo.complaint_id = complaint.id
""")


@pytest.mark.parametrize("group", ["street_light", "road", "something_else"])
def test_a_scene_has_the_same_bytes_every_time_and_other_ones_by_number(group):
    assert scene(group, 1) == scene(group, 1)
    assert scene(group, 1)[0] != scene(group, 2)[0]


def test_simulated_complaints_get_scenes_that_are_stored_and_real_ones_none(jambi, tmp_path):
    city = default_city(jambi)
    send(jambi)
    simulate(jambi, city, days=10)
    storage = open_storage(Settings(home=tmp_path))
    given = furnish(jambi, city, storage)
    with as_owner(jambi) as connection:
        rows = connection.execute(PHOTOS).all()
    shown = [row for row in rows if row.sha256]
    assert given == len(shown) > 10
    assert all(row.simulated for row in shown)
    assert any(row.supporters for row in rows)
    assert all(row.supporters == row.counted for row in rows)
    assert not any(row.confidential and row.supporters for row in rows)
    for row in shown:
        for digest, width, height in (
            (row.sha256, row.width, row.height),
            (row.small_sha256, row.small_width, row.small_height),
        ):
            data = storage.get(f"{digest[:2]}/{digest}.jpg")
            assert hashlib.sha256(data).hexdigest() == digest
            with Image.open(io.BytesIO(data)) as picture:
                assert picture.size == (width, height)
    assert furnish(jambi, city, storage) == 0
