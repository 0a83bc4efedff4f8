"""What a record's own timestamps tell, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from geoapp.domain.complaint import NewComplaint, Status
from geoapp.domain.history import Step, told_by

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
    assert told_by(new) == (Step(Status.SUBMITTED, T), Step(Status.REJECTED, T))


def test_a_history_never_runs_backwards() -> None:
    early = T - timedelta(days=1)
    new = NewComplaint(service="x", submitted_at=T, closed_at=early, status=Status.CLOSED)
    assert told_by(new) == (Step(Status.SUBMITTED, T), Step(Status.CLOSED, T))


def test_a_resolved_complaint_that_was_reopened_ends_reopened() -> None:
    later = T + timedelta(hours=5)
    new = NewComplaint(service="x", submitted_at=T, resolved_at=later, status=Status.REOPENED)
    assert told_by(new)[-1] == Step(Status.REOPENED, later)
