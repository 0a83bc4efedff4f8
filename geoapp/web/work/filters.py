"""``/api/v1/work/filters``: filters that staff keeps by name."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode

from flask import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from werkzeug.datastructures import MultiDict

from geoapp.domain import saved_filter
from geoapp.domain.access import Permission
from geoapp.errors import FieldProblem, InvalidInput, NotFound
from geoapp.usecases import saved_filters
from geoapp.web import json_body
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.models import Answer
from geoapp.web.api.operations import Good, Operation, operation, read_query
from geoapp.web.api.queries import Query
from geoapp.web.context import current_city, site
from geoapp.web.intake_form import plain
from geoapp.web.work import api, queries
from geoapp.web.work.reading import answered

Name = Annotated[str, Field(min_length=1, max_length=saved_filter.NAME_MOST), AfterValidator(plain)]
FilterText = Annotated[
    str,
    Field(
        max_length=saved_filter.QUERY_MOST,
        description="Parameters of the list of complaints, as an address carries them.",
        examples=["group=road&status=open"],
    ),
]


class FilterForm(BaseModel):
    """A filter to be kept."""

    model_config = ConfigDict(extra="forbid", title="NewFilter")

    name: Name
    query: FilterText
    shared: bool = False


class FilterChangeForm(BaseModel):
    """What is to be changed; the rest stays."""

    model_config = ConfigDict(extra="forbid", title="FilterChange")

    name: Name | None = None
    query: FilterText | None = None
    shared: bool | None = None


class FilterAnswer(Answer):
    """A filter that is kept."""

    id: int
    name: str
    query: str
    shared: bool = Field(description="Read by everybody of the city who reads figures.")
    owner: str
    mine: bool
    may_change: bool


class FiltersAnswer(Answer):
    """The asker's own first, then what others share; each by name."""

    filters: list[FilterAnswer]


class FilterPath(Query):
    """A filter that is kept."""

    number: Annotated[int, Field(ge=1, lt=10**18)]


@api.get("/filters")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="The filters that the asker keeps, and those that others share",
        good={200: Good("The filters.", FiltersAnswer)},
        faults=(401, 403),
    )
)
def filters() -> Response:
    """Answer the filters that the asker may choose from."""
    found = saved_filters.every(site().database, current_city(), current_actor())
    return answered({"filters": [asdict(one) for one in found]})


@api.post("/filters")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="Keep a filter by name",
        body=FilterForm,
        good={201: Good("As it is kept.", FilterAnswer)},
        faults=(400, 401, 403, 409, 413, 415, 422),
    )
)
def filter_add() -> Response:
    """Keep one more."""
    saved_filters.keeps(current_actor())
    form, _ = json_body.read(FilterForm)
    kept = saved_filters.add(
        site().database,
        current_city(),
        current_actor(),
        name=form.name,
        query=_checked(form.query),
        shared=form.shared,
    )
    return answered(asdict(kept), 201)


@api.post("/filters/<number>")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="Rename, replace, share or unshare a filter",
        path=FilterPath,
        body=FilterChangeForm,
        good={200: Good("As it is kept now.", FilterAnswer)},
        faults=(400, 401, 403, 409, 413, 415, 422),
    )
)
def filter_change(number: str) -> Response:
    """Change one."""
    saved_filters.keeps(current_actor())
    form, _ = json_body.read(FilterChangeForm)
    kept = saved_filters.change(
        site().database,
        current_city(),
        current_actor(),
        _number(number),
        name=form.name,
        query=None if form.query is None else _checked(form.query),
        shared=form.shared,
    )
    return answered(asdict(kept))


@api.post("/filters/<number>/remove")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="Forget a filter",
        path=FilterPath,
        good={204: Good("It is forgotten.")},
        faults=(401, 403),
    )
)
def filter_remove(number: str) -> Response:
    """Forget one."""
    saved_filters.remove(site().database, current_city(), current_actor(), _number(number))
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise NotFound("There is no such filter.", "Load the list again.")
    return int(text)


def _checked(query: str) -> str:
    """*query* in one form: each parameter once, in the order of their description.

    Raises:
        InvalidInput: it isn't a filter; names every parameter that can't be read.
    """
    try:
        pairs = parse_qsl(
            query, keep_blank_values=False, strict_parsing=bool(query), max_num_fields=40
        )
        read = read_query(queries.WorkFilterQuery, MultiDict(pairs))
        read.wanted(site().database.now())
    except ValueError:
        raise InvalidInput(
            "The filter can't be read.",
            "Send what follows the question mark of the list's address.",
            [FieldProblem("query", "isn't a list of parameters", query)],
        ) from None
    except InvalidInput as problem:
        raise InvalidInput(
            problem.message,
            problem.remedy,
            [FieldProblem(f"query.{one.field}", one.message, one.value) for one in problem.fields],
        ) from None
    given = {name: value for name, value in read.model_dump().items() if value not in {"", None}}
    return urlencode(given, quote_via=quote, safe=",:.")
