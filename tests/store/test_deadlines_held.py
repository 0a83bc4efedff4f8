"""A hold never turns late into in time, nor in time into late: both clocks, many pauses."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from tests.complaint_rows import CITY

# Deadlines at the end of every day and at odd hours (imports, versions with another clock),
# pauses that begin before, at and after them, of minutes to weeks, over a city's holidays.
PAUSES = """
    WITH due AS (
        SELECT day + moment AS at
        FROM generate_series(timestamptz '2026-03-09 00:00+07', '2026-03-30 00:00+07', '1 day') AS day
        CROSS JOIN unnest(ARRAY[interval '23:59:59', '10:00', '00:00']) AS moment
    ),
    pause AS (
        SELECT due.at AS due_at, due.at + gap AS held_since, due.at + gap + length AS resumed_at
        FROM due
        CROSS JOIN unnest(ARRAY[interval '-6 days', '-20 hours', '-1 second', '0', '1 second',
                                '4 hours', '30 hours', '8 days']) AS gap
        CROSS JOIN unnest(ARRAY[interval '10 minutes', '2 hours', '19 hours', '3 days',
                                '17 days']) AS length
    )
    SELECT due_at, held_since, resumed_at,
           geoapp.resumed_due(:city, :clock, due_at, held_since, resumed_at) AS moved_to
    FROM pause
"""


@pytest.mark.parametrize("clock", ["hours", "working_days"])
def test_what_was_late_at_the_hold_is_late_when_it_goes_on(
    jambi_db: Connection, clock: str
) -> None:
    rows = jambi_db.execute(text(PAUSES), {"city": CITY, "clock": clock}).all()
    late = [row for row in rows if row.due_at < row.held_since]
    assert len(rows) == 22 * 3 * 8 * 5
    assert len(late) == 22 * 3 * 4 * 5
    assert [row for row in late if row.moved_to >= row.resumed_at] == []
    if clock == "hours":
        # and by as much as before
        assert {row.resumed_at - row.moved_to for row in late} == {
            row.held_since - row.due_at for row in late
        }
