"""Fixtures of the spatial tests."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from tests.spatial.square_world import A, B, C, draw_areas, draw_service_areas


@pytest.fixture
def squares(jambi_db: Connection) -> Connection:
    draw_areas(jambi_db, {"A": A, "B": B, "C": C})
    draw_service_areas(jambi_db)
    return jambi_db
