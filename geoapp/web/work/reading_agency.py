"""``/api/v1/work``: an agency's figures, digest, answer templates and officers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from geoapp.domain.access import Permission
from geoapp.domain.casework import Figure, Template
from geoapp.errors import FieldProblem, InvalidInput, NotFound
from geoapp.usecases import digest as digests
from geoapp.usecases import numbers as figures
from geoapp.usecases import work
from geoapp.web import json_body
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.operations import Good, Operation, operation, read_query
from geoapp.web.api.queries import Query
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.work import api, queries
from geoapp.web.work.reading import answered

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class NewTemplate(BaseModel):
    """A text to answer with; without an agency it is for all of them."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, title="NewTemplate")

    agency: queries.Code | None = None
    name: Name
    body: Body


class ChangedTemplate(BaseModel):
    """Other words for a text; what is left out stays."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, title="ChangedTemplate")

    name: Name | None = None
    body: Body | None = None


class NumberPath(Query):
    """A number in the address."""

    number: Annotated[int, Field(ge=1, le=999_999_999)]


@api.get("/numbers")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="An agency's figures, each with its formula",
        query=queries.NumbersQuery,
        good={200: Good("The figures.")},
        faults=(401, 403, 422),
    )
)
def numbers() -> Response:
    """Answer the figures of one agency."""
    query = read_query(queries.NumbersQuery)
    found = figures.of_agency(
        site().database,
        current_city(),
        current_actor(),
        query.agency,
        since=day(query.since, "since"),
        until=day(query.until, "until"),
    )
    return answered(
        {
            "agency": agency_told(found.agency_code),
            "period": {"since": found.since.isoformat(), "until": found.until.isoformat()},
            "as_of": found.now.isoformat(),
            "figures": [figure_told(figure) for figure in found.figures],
        }
    )


@api.get("/digest")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="What an agency had to know on a morning; without a day the last one",
        query=queries.DigestQuery,
        good={200: Good("The digest.")},
        faults=(401, 403, 422),
    )
)
def digest() -> Response:
    """Answer the digest of one agency."""
    query = read_query(queries.DigestQuery)
    found = digests.of_agency(
        site().database, current_city(), current_actor(), query.agency, day(query.day, "day")
    )
    return answered(
        {
            "agency": agency_told(found.agency_code),
            "day": found.day.isoformat(),
            "made_at": found.made_at.isoformat(),
            **found.data,
        }
    )


@api.get("/templates")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="Texts to answer with: an agency's and everybody's",
        query=queries.OptionalAgencyQuery,
        good={200: Good("The texts in use, by name.")},
        faults=(401, 403, 422),
    )
)
def templates() -> Response:
    """Answer the texts in use."""
    query = read_query(queries.OptionalAgencyQuery)
    found = work.templates(site().database, current_city(), current_actor(), query.agency or None)
    return answered({"templates": [template_told(one) for one in found]})


@api.post("/templates")
@open_to(Permission.WORD_ANSWERS)
@operation(
    Operation(
        summary="Keep a new text to answer with",
        body=NewTemplate,
        good={201: Good("The text.")},
        faults=(400, 401, 403, 413, 415, 422),
    )
)
def add_template() -> Response:
    """Store a text."""
    new, _ = json_body.read(NewTemplate)
    found = work.add_template(
        site().database, current_city(), current_actor(), new.agency, new.name, new.body
    )
    return answered(template_told(found), status=201)


@api.post("/templates/<number>")
@open_to(Permission.WORD_ANSWERS)
@operation(
    Operation(
        summary="Word a text anew",
        path=NumberPath,
        body=ChangedTemplate,
        good={200: Good("The text.")},
        faults=(400, 401, 403, 413, 415, 422),
    )
)
def change_template(number: str) -> Response:
    """Change a text's name or words."""
    changed, _ = json_body.read(ChangedTemplate)
    found = work.change_template(
        site().database,
        current_city(),
        current_actor(),
        number_of(number),
        name=changed.name,
        body=changed.body,
    )
    return answered(template_told(found))


@api.post("/templates/<number>/retire")
@open_to(Permission.WORD_ANSWERS)
@operation(
    Operation(
        summary="Take a text out of use",
        path=NumberPath,
        good={200: Good("The text as it was.")},
        faults=(401, 403),
    )
)
def retire_template(number: str) -> Response:
    """Take a text out of use for good; answers that used it keep naming it."""
    found = work.change_template(
        site().database, current_city(), current_actor(), number_of(number), retired=True
    )
    return answered(template_told(found))


@api.get("/officers")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="Whom an agency can give a complaint to",
        query=queries.AgencyQuery,
        good={200: Good("Officers by name, with their areas; none is the whole city.")},
        faults=(401, 403, 422),
    )
)
def officers() -> Response:
    """Answer who works on the spot for an agency."""
    query = read_query(queries.AgencyQuery)
    found = work.officers(site().database, current_city(), current_actor(), query.agency)
    return answered(
        [
            {
                "id": officer.id,
                "name": officer.name,
                "areas": {
                    "kelurahan": list(officer.kelurahan),
                    "kecamatan": list(officer.kecamatan),
                    "service_areas": list(officer.service_areas),
                },
            }
            for officer in found
        ]
    )


def agency_told(code: str) -> dict[str, str]:
    """An agency by code and name."""
    agency = current_catalogue().agencies.get(code)
    return {"code": code, "name": agency.display if agency else code}


def figure_told(figure: Figure) -> dict[str, Any]:
    """A figure with what it was made of, in words and numbers."""
    return {
        "code": figure.code,
        "value": figure.value,
        "unit": figure.unit,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "formula": figures.FORMULAS[figure.code],
    }


def template_told(template: Template) -> dict[str, Any]:
    """A text to answer with."""
    return {
        "id": template.id,
        "agency": template.agency_code,
        "name": template.name,
        "body": template.body,
    }


def day(text: str, field: str) -> date | None:
    """A day of the calendar; None for an empty text.

    Raises:
        InvalidInput: there is no such day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{field} isn't a day.",
            "Send a day of the calendar such as 2026-03-01.",
            [FieldProblem(field, "no such day", text)],
        ) from None


def number_of(text: str) -> int:
    """The number in an address.

    Raises:
        NotFound: it isn't one; not Flask's converter, which hands any digits to int().
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound("There is no such text in use.", "Look at the list of texts again.")
    return int(text)
