"""What a record's own timestamps tell, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from geoapp.domain.complaint import NewComplaint, Status
from geoapp.domain.history import Milestones, Step, milestones, told_by

T = datetime(2026, 1, 5, 3, tzinfo=UTC)


def test_each_moment_becomes_the_step_it_stands_for() -> None:
    new = NewComplaint(
        service="x", submitted_at=T, first_response_at=T + timedelta(hours=1),
        resolved_at=T + timedelta(hours=2), closed_at=T + timedelta(hours=3), status=Status.CLOSED,
    )  # fmt: skip
    assert [step.status for step in told_by(new)] == [
        Status.SUBMITTED, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED,
    ]  # fmt: skip


def test_the_last_step_is_the_records_status_even_without_a_moment() -> None:
    new = NewComplaint(service="x", submitted_at=T, status=Status.REJECTED)
    assert told_by(new) == (Step(Status.SUBMITTED, T), Step(Status.REJECTED, T, told=False))


def test_a_history_never_runs_backwards() -> None:
    early = T - timedelta(days=1)
    new = NewComplaint(service="x", submitted_at=T, closed_at=early, status=Status.CLOSED)
    assert told_by(new) == (Step(Status.SUBMITTED, T), Step(Status.CLOSED, T))


def test_a_resolved_complaint_that_was_reopened_ends_reopened() -> None:
    later = T + timedelta(hours=5)
    new = NewComplaint(service="x", submitted_at=T, resolved_at=later, status=Status.REOPENED)
    assert told_by(new)[-1] == Step(Status.REOPENED, later, told=False)


def at(hours: float) -> datetime:
    return T + timedelta(hours=hours)


def test_milestones_are_the_first_steps_that_say_or_presuppose_them() -> None:
    steps = (
        Step(Status.SUBMITTED, T), Step(Status.VERIFIED, at(1)), Step(Status.ASSIGNED, at(2)),
        Step(Status.RESOLVED, at(3)), Step(Status.REOPENED, at(4)), Step(Status.ASSIGNED, at(5)),
        Step(Status.RESOLVED, at(6)),
    )  # fmt: skip
    assert milestones(steps) == Milestones(
        verified_at=at(1), assigned_at=at(2), handled_at=at(3),
        hold_since=None, held_status=None, reopenings=1,
    )  # fmt: skip
    # Work without a step of its own before it: it was verified and assigned by then.
    begun = milestones((Step(Status.SUBMITTED, T), Step(Status.IN_PROGRESS, at(2))))
    assert (begun.verified_at, begun.assigned_at, begun.handled_at) == (at(2), at(2), None)


def test_a_status_without_a_moment_is_no_milestone() -> None:
    told = told_by(NewComplaint(service="x", submitted_at=T, status=Status.RESOLVED))
    assert milestones(told).handled_at is None
    told = told_by(
        NewComplaint(service="x", submitted_at=T, first_response_at=at(1), status=Status.RESOLVED)
    )
    assert (milestones(told).assigned_at, milestones(told).handled_at) == (at(1), None)


def test_what_is_on_hold_says_since_when_and_from_where() -> None:
    steps = (Step(Status.SUBMITTED, T), Step(Status.ASSIGNED, at(1)), Step(Status.ON_HOLD, at(2)))
    held = milestones(steps)
    assert (held.hold_since, held.held_status) == (at(2), Status.ASSIGNED)
    # Back from hold: nothing is paused any more.
    back = milestones((*steps, Step(Status.IN_PROGRESS, at(3))))
    assert (back.hold_since, back.held_status) == (None, None)
    # Put on hold nobody says when: no pause can be reckoned.
    unknown = milestones(told_by(NewComplaint(service="x", status=Status.ON_HOLD)))
    assert (unknown.hold_since, unknown.held_status) == (None, Status.SUBMITTED)
