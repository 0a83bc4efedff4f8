"""``/api/v1/work``: the numbers of the command center, its shades and its days."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from flask import Response
from pydantic import AwareDatetime, Field

from geoapp.domain.access import Permission
from geoapp.domain.complaint import Channel, Status
from geoapp.domain.summary import Summary
from geoapp.usecases import summary as numbers
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.models import Answer, Count
from geoapp.web.api.operations import Good, Operation, operation, read_query
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.work import api, queries
from geoapp.web.work.reading import answered

DEADLINES = ("overdue", "due_soon", "in_time", "paused", "done")


class ShareAnswer(Answer):
    """*n* of *of*."""

    n: Count
    of: Count


class CountAnswer(Answer):
    """How many, and how many of them are open."""

    total: Count
    open: Count


class BeforeAnswer(Answer):
    """The same question, asked one length of the period earlier; null where nobody knows."""

    since: AwareDatetime
    until: AwareDatetime
    as_of: AwareDatetime = Field(description="Status, deadline and answers are those of then.")
    open: Count | None
    overdue: Count | None
    new_today: Count | None = Field(
        description="Received in as long a time up to then as today has lasted."
    )
    median_first_response_s: float | None
    followed_up: ShareAnswer | None


class WorkSummaryAnswer(Answer):
    """Counts of what fits; each `by_…` leaves its own field of the filter out."""

    as_of: AwareDatetime
    total: Count
    open: Count
    overdue: Count
    due_soon: Count = Field(description="The clock runs, due within 12 hours.")
    new_today: Count = Field(description="Received since the city's midnight.")
    median_first_response_s: Annotated[
        float | None,
        Field(description="Kaplan-Meier: whoever still waits counts as waiting longer."),
    ]
    followed_up: ShareAnswer
    resolved_in_time: ShareAnswer
    by_group: dict[str, CountAnswer]
    by_agency: dict[str, CountAnswer]
    by_status: dict[str, Count]
    by_deadline: dict[str, Count]
    by_channel: dict[str, Count]
    before: BeforeAnswer | None = Field(description="Null without `since`.")


@api.get("/summary")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="The numbers of what an account sees, each against the same period before",
        query=queries.WorkFilterQuery,
        good={200: Good("The numbers.", WorkSummaryAnswer)},
        faults=(401, 403, 422),
    )
)
def summary() -> Response:
    """Answer the numbers of what fits the filter."""
    query = read_query(queries.WorkFilterQuery)
    found = numbers.of_staff(
        site().database, current_city(), current_actor(), query.wanted(site().database.now())
    )
    return answered(WorkSummaryAnswer.model_validate(_told(found)).model_dump(mode="json"))


def _told(found: Summary) -> dict[str, object]:
    """*found* with every group, agency, status, deadline and channel named, zeros included."""
    catalogue, told = current_catalogue(), asdict(found)
    nothing = {"total": 0, "open": 0}
    for field, codes in (("by_group", catalogue.groups), ("by_agency", catalogue.agencies)):
        told[field] = dict.fromkeys(codes, nothing) | told[field]
    for field, names in (
        ("by_status", [status.value for status in Status]),
        ("by_deadline", DEADLINES),
        ("by_channel", [channel.value for channel in Channel]),
    ):
        told[field] = dict.fromkeys(names, 0) | told[field]
    return told
