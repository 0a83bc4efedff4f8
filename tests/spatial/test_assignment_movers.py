"""What is proven to stay really stays: nobody is forgotten by a change of boundaries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, text

from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.place import LonLat
from geoapp.spatial import assignment
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, cities
from tests.boundary_imports import in_force
from tests.reassigning import reassign
from tests.spatial.assignment_reference import Reference
from tests.spatial.square_world import (
    A,
    B,
    D,
    X,
    Y,
    draw_areas,
    draw_service_areas,
    file,
    run,
    unsure,
)

pytestmark = pytest.mark.long

CODE = "15.71"
SERVICES = ("pothole", "sidewalk_damaged", "drain_blocked", "tree_fallen", "dengue")


@pytest.fixture
def filled(jambi: Database, shared: Path) -> Database:
    """The approximate kelurahan in force; points anywhere and on the official set's corners."""
    corners = Reference(shared / "boundaries/kota-jambi/kelurahan.geojson", "code").awkward_points()
    draw = np.random.default_rng(71)
    anywhere = draw.uniform((103.52, -1.70), (103.69, -1.54), (800, 2))
    points = np.vstack([anywhere, draw.choice(corners, 400)])
    with jambi.transaction(Role.WORKER, CODE) as connection:
        for number, (lon, lat) in enumerate(points.tolist()):
            new = NewComplaint(
                service=SERVICES[number % len(SERVICES)],
                position=LonLat(lon, lat),
                channel=Channel.IMPORT,
            )
            assignment.store(
                connection, CODE, f"T-{number}", new, actor="import", keep_outside=True
            )
        for area in range(1, 5):
            named = NewComplaint(service="pothole", named_area=f"15.71.01.100{area}")
            assignment.store(
                connection, CODE, f"N-{area}", named, actor="import", keep_outside=True
            )
    return jambi


def moved_when_all_are_asked(database: Database) -> int:
    city = cities.find(database, CODE)
    attempt = activation.begin(database, city, None, None)
    with database.transaction(Role.WORKER, CODE) as connection:
        ids = connection.execute(text("SELECT id FROM geoapp.complaint")).scalars().all()
        all_of_them = [assignment.Mover(one) for one in ids]
        moving = assignment.decide(connection, CODE, attempt, all_of_them)
    activation.undo(database, city, attempt)
    return moving


def test_after_new_kelurahan_and_new_service_areas_nobody_is_left_behind(
    filled: Database, shared: Path
) -> None:
    city = cities.find(filled, CODE)
    assert activation.reassign(filled, city).moved == 0
    assert moved_when_all_are_asked(filled) == 0

    official = shared / "boundaries/kota-jambi/kelurahan.geojson"
    summary = in_force(filled, city, official, version="official", since=date(2026, 1, 1))
    # Approximate and official agree for about 73 % of the city, so a good part moves.
    assert summary.moved > 200
    assert moved_when_all_are_asked(filled) == 0

    with filled.transaction(Role.WORKER, CODE) as connection:
        draw_service_areas(
            connection,
            {"agency": "bpbd", "grp": "road", "priority": 50},
            {"agency": "dlh", "service": "dengue", "priority": 5, "coverage": "areas",
             "codes": ["15.71.01.1001", "15.71.05.1003"]},
            {"agency": "dishub", "service": "pothole", "priority": 1, "coverage": "polygon",
             "wkt": "POLYGON((103.6 -1.62,103.62 -1.62,103.62 -1.6,103.6 -1.6,103.6 -1.62))"},
        )  # fmt: skip
    assert activation.reassign(filled, city).moved > 0
    assert moved_when_all_are_asked(filled) == 0


def test_those_proven_to_stay_are_nearly_all_when_nothing_changed(filled: Database) -> None:
    with filled.transaction(Role.WORKER, CODE) as connection:
        asked = assignment.movers(connection, CODE)
        unsure = connection.execute(
            text(
                "SELECT count(*) FROM geoapp.complaint"
                " WHERE assignment_method <> 'covers' OR shown_within_m > 0"
            )
        ).scalar_one()
    # Those beside or outside every area, blurred ones (the kelurahan told to the public
    # goes by their public position), and the few on an edge
    assert 0 < len(asked) <= unsure + 20


def test_beside_every_area_it_stays_with_the_nearest_unless_something_near_changed(
    squares: Connection,
) -> None:
    beside = file(squares, x=-0.3)
    far = f"POLYGON(({X + 3 * D} {Y},{X + 4 * D} {Y},{X + 4 * D} {Y + D},{X + 3 * D} {Y + D},{X + 3 * D} {Y}))"
    draw_areas(squares, {"A": A, "B": B, "C": far})
    assert unsure(squares) == []

    # A newcomer that is nearer, and one that comes as near as 55 m, which can't be the nearest
    nearer = f"POLYGON(({X - D} {Y},{X - 0.4 * D} {Y},{X - 0.4 * D} {Y + D},{X - D} {Y + D},{X - D} {Y}))"
    farther = nearer.replace(f"{X - 0.4 * D}", f"{X - 0.8 * D}")
    draw_areas(squares, {"A": A, "B": B, "Z": farther})
    assert unsure(squares) == [beside.id]
    draw_areas(squares, {"A": A, "B": B, "Z": nearer})
    assert unsure(squares) == [beside.id]
    assert reassign(squares, CODE, unsure(squares)) == 1
    ((code,),) = run(squares, "SELECT kelurahan_code FROM geoapp.complaint")
    assert code == "Z"

    # and back: its area went, another is the nearest again
    draw_areas(squares, {"A": A, "B": B})
    assert reassign(squares, CODE, unsure(squares)) == 1
    ((code,),) = run(squares, "SELECT kelurahan_code FROM geoapp.complaint")
    assert code == "A"
