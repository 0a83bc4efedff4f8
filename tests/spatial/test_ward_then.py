"""Ward then beside ward now, as it is stored with a complaint from before the set in force.

Two sets: until 2024 one kelurahan W over everything between 0 and 2 squares; from 2024 on W
is cut in the middle: W keeps the west, N is new in the east. Reckoned by hand.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from geoapp.domain.complaint import Channel, NewComplaint, Status
from geoapp.domain.history import Step
from geoapp.domain.place import LonLat
from geoapp.spatial.bulk import Filed, store_many
from tests.spatial.square_world import CODE, D, X, Y, file, run
from tests.wards import draw

OLD, NEW = datetime(2023, 6, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)


def box(west: float, east: float) -> tuple[float, float, float, float]:
    return (X + west * D, Y, X + east * D, Y + D)


@pytest.fixture
def cut(jambi_db: Connection) -> Connection:
    draw(jambi_db, {"W": ("West", "K", box(0, 2))}, version="old", day=date(2020, 1, 1))
    draw(
        jambi_db,
        {"W": ("West", "K", box(0, 1)), "N": ("New", "M", box(1, 2))},
        version="new",
        day=date(2024, 1, 1),
    )
    return jambi_db


def then_and_now(connection: Connection, ticket: object) -> tuple[object, ...]:
    [row] = run(
        connection,
        "SELECT kelurahan_code, kecamatan_code, then_kelurahan_code, then_kecamatan_code,"
        " public_then_kelurahan_code, public_then_kecamatan_code FROM geoapp.complaint"
        " WHERE ticket = :t",
        t=ticket,
    )
    return tuple(row)


def test_an_old_complaint_keeps_the_ward_of_its_day(cut: Connection) -> None:
    east = file(cut, x=1.5, submitted_at=OLD)
    assert then_and_now(cut, east.ticket) == ("N", "M", "W", "K", "W", "K")


def test_where_nothing_changed_nothing_is_kept(cut: Connection) -> None:
    west = file(cut, x=0.5, submitted_at=OLD)
    assert then_and_now(cut, west.ticket) == ("W", "K", None, None, None, None)
    later = file(cut, x=1.5, submitted_at=NEW)
    assert then_and_now(cut, later.ticket) == ("N", "M", None, None, None, None)
    today = file(cut, x=1.5)
    assert then_and_now(cut, today.ticket) == ("N", "M", None, None, None, None)


def test_the_day_the_set_begins_is_its_own_in_the_city_s_zone(cut: Connection) -> None:
    # Jambi is seven hours ahead: 17.00 UTC is midnight
    before = file(cut, x=1.5, submitted_at=datetime(2023, 12, 31, 16, 59, 59, tzinfo=UTC))
    first = file(cut, x=1.5, submitted_at=datetime(2023, 12, 31, 17, 0, tzinfo=UTC))
    assert then_and_now(cut, before.ticket)[2] == "W"
    assert then_and_now(cut, first.ticket)[2] is None


def test_what_lay_in_none_then_is_kept_as_none(cut: Connection) -> None:
    draw(cut, {"F": ("Far", "K", box(5, 6))}, version="far", day=date(2026, 1, 1))
    # 5.5 lies in F today; by the set of 2024 half a kilometre from any
    stored = file(cut, x=5.5, submitted_at=NEW)
    assert then_and_now(cut, stored.ticket) == ("F", "K", "", "", "", "")
    [row] = run(
        cut,
        "SELECT then_kelurahan_code, then_kecamatan_code FROM geoapp.complaint_work"
        " WHERE ticket = :t",
        t=stored.ticket,
    )
    assert tuple(row) == (None, None)


def test_a_complaint_without_a_point_stays_where_it_was_said_to_be(cut: Connection) -> None:
    named = file(cut, named_area="N", submitted_at=OLD)
    assert then_and_now(cut, named.ticket) == ("N", "M", None, None, None, None)


def test_a_blurred_complaint_s_public_ward_follows_from_its_public_point(cut: Connection) -> None:
    draw(cut, {"Z": ("All", "K", box(0, 2))}, version="one", day=date(2026, 1, 1))
    seen = set()
    for _ in range(12):
        # 2 m west of what was the edge between W and N
        stored = file(cut, "waste_burning", x=0.98, submitted_at=NEW)
        [row] = run(
            cut,
            "SELECT ST_X(public_geom) AS lon, then_kelurahan_code AS true_ward,"
            " public_then_kelurahan_code AS told FROM geoapp.complaint WHERE ticket = :t",
            t=stored.ticket,
        )
        assert row.true_ward == "W"
        assert row.told == ("W" if row.lon <= X + D else "N")
        seen.add(row.told)
    assert seen == {"W", "N"}  # each of twelve draws falls on one side about half the time


def test_a_batch_keeps_the_same(cut: Connection) -> None:
    filed = [
        Filed(
            NewComplaint(
                service="pothole",
                position=LonLat(X + x * D, Y + 0.5 * D),
                channel=Channel.IMPORT,
                submitted_at=at,
            ),
            (Step(Status.SUBMITTED, at),),
        )
        for x, at in [(1.5, OLD), (0.5, OLD), (1.5, NEW)]
    ]
    answers = store_many(cut, CODE, "JBI", filed, actor="import", keep_outside=True)
    assert [then_and_now(cut, answer.ticket)[2:] for answer in answers] == [
        ("W", "K", "W", "K"),
        (None, None, None, None),
        (None, None, None, None),
    ]
