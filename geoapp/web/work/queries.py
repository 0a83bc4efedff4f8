"""What staff can ask for: the parameters of the addresses below ``/api/v1/work``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from geoapp.domain import work_filter
from geoapp.domain.filters import CODE
from geoapp.domain.work_filter import Sort, WorkFilter
from geoapp.web.access import current_actor
from geoapp.web.api.queries import DIGITS, Codes, FilterQuery, Query
from geoapp.web.context import current_city


class WorkFilterQuery(FilterQuery):
    """The filter of the list and the tile; absent or empty fields don't narrow."""

    officer: Annotated[str, Field(max_length=20)] = ""
    service_area: Codes = ""
    channel: Annotated[str, Field(max_length=200)] = ""
    deadline: Annotated[str, Field(max_length=100)] = ""
    late: Annotated[str, Field(max_length=100)] = ""
    authority: Annotated[str, Field(max_length=20)] = ""
    polygon: Annotated[str, Field(max_length=work_filter.MAX_POLYGON)] = ""
    near: Annotated[str, Field(max_length=60)] = ""
    within_m: Annotated[str, Field(max_length=10)] = ""

    def wanted(self, now: datetime, status: str = "all") -> WorkFilter:
        """The filter it names, for the account that asks; *status* is meant when none is named."""
        args = {
            name: value
            for name, value in self.model_dump(include=set(WorkFilterQuery.model_fields)).items()
            if value is not None
        }
        return WorkFilter.read(
            args,
            now=now,
            timezone=current_city().timezone,
            me=current_actor().account_id,
            status=status,
        )


class WorkListQuery(WorkFilterQuery):
    """A page of the list."""

    sort: Literal["due", "newest", "near"] = "due"
    limit: Annotated[int, Field(ge=1, le=1000), DIGITS] = 100
    cursor: Annotated[str, Field(max_length=200)] = ""

    @property
    def order(self) -> Sort:
        """The order that *sort* names."""
        return Sort(self.sort)


Code = Annotated[str, Field(pattern=rf"^{CODE}$", max_length=64)]


class AgencyQuery(Query):
    """Of one agency."""

    agency: Code


class OptionalAgencyQuery(Query):
    """Of one agency, or of all."""

    agency: Annotated[str, Field(pattern=rf"^({CODE})?$", max_length=64)] = ""


class NumbersQuery(AgencyQuery):
    """An agency's figures over a period of whole days of the city, both included."""

    since: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    until: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""


class DigestQuery(AgencyQuery):
    """An agency's digest of a day, or the last one."""

    day: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
