"""What a deadline's state is: the same by every SQL rule, and in the domain's words."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from geoapp.domain.complaint import CLOCK_RUNS, DUE_SOON_HOURS, OPEN, Status
from geoapp.domain.work_filter import DeadlineState

STATES = text("""
    SELECT status, moment.seconds_left,
           geoapp.deadline_state(status, due.at, due.at - moment.seconds_left * interval '1 second')
               AS state,
           geoapp.is_overdue(status, due.at, due.at - moment.seconds_left * interval '1 second')
               AS overdue,
           geoapp.is_due_soon(status, due.at, due.at - moment.seconds_left * interval '1 second')
               AS due_soon
    FROM unnest(cast(:statuses AS text[])) AS status
    CROSS JOIN unnest(cast(:left AS float8[])) AS moment (seconds_left)
    CROSS JOIN (SELECT timestamptz '2026-11-19 23:59:59+07' AS at) AS due
""")
HALF_A_DAY = DUE_SOON_HOURS * 3600
BY_TIME_LEFT = {
    -86400.0: "overdue",
    -0.001: "overdue",
    0.0: "due_soon",
    HALF_A_DAY - 0.001: "due_soon",
    float(HALF_A_DAY): "in_time",
    86400.0 * 365: "in_time",
}


def test_domain_and_database_agree_on_every_status_at_every_moment(db: Connection) -> None:
    rows = db.execute(STATES, {"statuses": list(Status), "left": list(BY_TIME_LEFT)}).all()
    assert len(rows) == 11 * 6
    for row in rows:
        if row.status == "on_hold":
            expected = "paused"
        elif row.status in CLOCK_RUNS:
            expected = BY_TIME_LEFT[row.seconds_left]
        else:
            expected = "done"
        assert row.state == expected, row
        assert row.overdue == (expected == "overdue"), row
        assert row.due_soon == (expected == "due_soon"), row
    assert set(CLOCK_RUNS) | {Status.ON_HOLD} == set(OPEN)
    assert {row.state for row in rows} - {"done"} == set(DeadlineState)


@pytest.mark.parametrize("rule", ["is_overdue", "is_due_soon", "deadline_state"])
def test_the_planner_looks_into_the_rules(db: Connection, rule: str) -> None:
    """Inlined, an index on the due moment serves them; a call would read every row."""
    plan = db.execute(
        text(f"EXPLAIN (VERBOSE) SELECT geoapp.{rule}(status, due_at, now()) FROM geoapp.complaint")
    )
    assert not [line for (line,) in plan if rule in line]


DUTIES = {"is_verify_late": "verified_at", "is_answer_late": "first_response_at"}


@pytest.mark.parametrize("rule", DUTIES)
def test_what_is_missing_is_late_after_its_deadline_while_the_clock_runs(
    db: Connection, rule: str
) -> None:
    asked = text(f"""
        SELECT status, missing, seconds_left,
               geoapp.{rule}(status, CASE WHEN NOT missing THEN due.at END, due.at,
                             due.at - seconds_left * interval '1 second') AS late
        FROM unnest(cast(:statuses AS text[])) AS status
        CROSS JOIN unnest(ARRAY[true, false]) AS missing
        CROSS JOIN unnest(ARRAY[-0.001, 0.0]) AS seconds_left
        CROSS JOIN (SELECT timestamptz '2026-11-19 23:59:59+07' AS at) AS due
    """)
    rows = db.execute(asked, {"statuses": list(Status)}).all()
    late = {(row.status, row.missing, float(row.seconds_left)) for row in rows if row.late}
    assert late == {(status.value, True, -0.001) for status in CLOCK_RUNS}
    # without a deadline nothing is late, and it isn't unknown either way in a WHERE
    undated = text(f"SELECT geoapp.{rule}('submitted', NULL, NULL, now())")
    assert not db.execute(undated).scalar_one()


@pytest.mark.parametrize("rule", DUTIES)
def test_the_planner_looks_into_what_is_missing(db: Connection, rule: str) -> None:
    plan = db.execute(
        text(
            f"EXPLAIN (VERBOSE) SELECT FROM geoapp.complaint WHERE city_code = '15.71'"
            f" AND geoapp.{rule}(status, {DUTIES[rule]}, verify_due_at, now())"
        )
    )
    assert not [line for (line,) in plan if rule in line]
