from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.domain.complaint import Channel
from geoapp.domain.drawn import DrawnPolygon
from geoapp.domain.place import LonLat
from geoapp.domain.work_filter import DeadlineState, Duty, Sort, WorkCursor, WorkFilter
from geoapp.errors import InvalidInput

NOW = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)


def read(**args: str) -> WorkFilter:
    return WorkFilter.read(args, now=NOW, timezone="Asia/Jakarta", me=7)


def test_nothing_asked_narrows_nothing() -> None:
    assert read() == WorkFilter(now=NOW)


def test_each_field_is_read() -> None:
    found = read(
        officer="me", channel="call_112,letter", deadline="overdue,paused", late="answer,verify",
        near="103.6,-1.6", within_m="300", service_area="roads_city", polygon="0,0,1,0,1,1", group="road",
    )  # fmt: skip
    assert found == WorkFilter(
        now=NOW,
        officer=7,
        channels=(Channel.CALL_112, Channel.LETTER),
        deadlines=(DeadlineState.OVERDUE, DeadlineState.PAUSED),
        late=(Duty.ANSWER, Duty.VERIFY),
        near=LonLat(103.6, -1.6),
        within_m=300,
        service_areas=("roads_city",),
        polygon=DrawnPolygon(((0, 0), (1, 0), (1, 1), (0, 0))),
        groups=("road",),
    )
    assert read(officer="none").unassigned
    assert read(officer="12").officer == 12


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        read(
            officer="0",
            channel="x",
            deadline="x",
            late="x",
            near="x",
            within_m="x",
            polygon="x",
            group="-",
        )
    assert {problem.field for problem in caught.value.fields} == {
        "officer", "channel", "deadline", "late", "near", "within_m", "polygon", "group",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("0,0,1,0,1,1", True),
        ("0,0,1,0,1,1,0,0", True),
        ("0,0,0,0,1,0,1,1,1,1", True),  # a finger that rests
        ("0,0,2,0,2,2,1,1,0,2", True),  # bent inwards
        ("0,0,1,1,1,0,0,1", False),  # a bow tie
        ("0,0,2,0,1,0,1,1", False),  # back along its own edge
        ("0,0,2,0,2,2,1,0,0,2", False),  # a corner on another edge
        ("0,0,1,1", False),
        ("0,0,1,1,2,2", False),  # no area
        ("0,0,1,0,200,1", False),
        ("0,0,1,0,1", False),
    ],
)
def test_a_polygon_is_one_line_around_an_area(text: str, valid: bool) -> None:
    """As drawn on squared paper; PostGIS's ST_IsValid says the same of all of them."""
    if valid:
        ring = DrawnPolygon.parse(text).ring
        assert ring[0] == ring[-1]
    else:
        with pytest.raises(InvalidInput):
            DrawnPolygon.parse(text)


@given(
    st.integers(0, 230 * 365 * 86400 * 10**6),
    st.integers(0, 2),
    st.floats(0, 4e7).map(lambda metres: round(metres, 3)),
    st.integers(1, 2**63 - 1),
)
def test_a_cursor_is_read_as_it_was_written(
    micros: int, rank: int, metres: float, number: int
) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    for cursor in (
        WorkCursor.newest(moment, number),
        WorkCursor.due(rank, moment, number),
        WorkCursor(Sort.NEAR, (metres,), number),
    ):
        assert WorkCursor.parse(str(cursor), cursor.sort) == cursor
        for other in set(Sort) - {cursor.sort}:
            with pytest.raises(InvalidInput):
                WorkCursor.parse(str(cursor), other)
    assert WorkCursor.newest(moment, number).moment == moment


@pytest.mark.parametrize("text", ["", "abc", "bmV3ZXN0XzFfMQ==", "ZHVlXzFfMV8x", "🙂", "x" * 200])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        WorkCursor.parse(text, Sort.NEWEST)


@given(st.floats(-180, 180), st.floats(-85, 85), st.floats(1, 100_000))
def test_a_box_around_holds_the_whole_circle(lon: float, lat: float, radius: float) -> None:
    """A degree of latitude is 110,574 m at least; of longitude 111,320 m x the cosine at most."""
    box = LonLat(lon, lat).box_around(radius)
    assert box.north - lat >= radius / 110_574 or box.north == 90
    assert lat - box.south >= radius / 110_574 or box.south == -90
    assert box.west <= lon <= box.east
