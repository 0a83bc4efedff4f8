"""What an endpoint says of itself, so that its description is made of what it runs on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from flask import Response, request
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from geoapp.domain.filters import unstorable
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.web.json_body import validate

View = TypeVar("View", bound=Callable[..., object])
QueryModel = TypeVar("QueryModel", bound=BaseModel)

JSON = "application/json"
GEOJSON = "application/geo+json"

EVERYWHERE = frozenset({"lang"})
"""Parameters that any address may carry."""

FAULTS = {
    400: "The body isn't JSON we read.",
    401: "Nobody is signed in, or the API key isn't one of ours.",
    403: "Who asks may not do this; the message says why.",
    404: "There is no such thing, or the address names no city.",
    405: "Another method is wanted.",
    409: "The state of things doesn't allow it.",
    412: "Another version of the upload protocol is wanted; Tus-Version says which.",
    413: "The body is too large.",
    415: "The body must be application/json.",
    422: "Fields can't be accepted; all of them are named.",
    429: "Too many submissions from one sender; Retry-After says when to come back.",
    503: "The database can't be reached; send the same request again.",
}
"""What an error status means, whichever endpoint answers it."""


@dataclass(frozen=True, slots=True)
class Good:
    """A good answer: its body's model, or a description of bytes, or neither (no body).

    *also* are other media types that the same may be asked for in.
    """

    description: str
    body: type[BaseModel] | None = None
    media: str = JSON
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An endpoint's description.

    Attributes:
        good: answers by status below 400.
        faults: further error statuses beside 404, 405 and 503, which any may give.
        query: model of the address's parameters.
        path: model of the variables in the path.
        headers: request headers, name to description.
        body: model of the JSON body.
        bytes_body: media type of a body of bytes, instead of one in JSON.
    """

    summary: str
    good: Mapping[int, Good]
    faults: tuple[int, ...] = ()
    query: type[BaseModel] | None = None
    path: type[BaseModel] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: type[BaseModel] | None = None
    bytes_body: str | None = None


def operation(described: Operation) -> Callable[[View], View]:
    """Attach *described* to a view; put it below the route's decorator."""

    def attach(view: View) -> View:
        view.operation = described  # type: ignore[attr-defined]
        return view

    return attach


def read_query(model: type[QueryModel], args: MultiDict[str, str] | None = None) -> QueryModel:
    """The address's parameters as *model*.

    Raises:
        InvalidInput: one is unknown, given twice, can't be stored, or doesn't fit the model.
    """
    args = request.args if args is None else args
    problems = [
        FieldProblem(name, "given twice; separate values by commas")
        for name in model.model_fields
        if len(args.getlist(name)) > 1
    ]
    # A misspelt filter would otherwise narrow nothing, and nobody would notice.
    problems += [
        FieldProblem(name, "isn't known here; known are " + ", ".join(model.model_fields))
        for name in args
        if name not in model.model_fields and name not in EVERYWHERE
    ]
    values = {name: args[name] for name in model.model_fields if name in args}
    problems += [
        FieldProblem(name, fault, value)
        for name, value in values.items()
        if (fault := unstorable(value))
    ]
    if problems:
        raise InvalidInput(
            "The address's parameters can't be read.", "Correct the fields named.", problems
        )
    return validate(model, values)


def answer(
    body: BaseModel, *, media: str = JSON, cache: str = "no-cache", version: str | None = None
) -> Response:
    """*body* as JSON; *not modified* when the asker holds it already.

    Args:
        cache: the Cache-Control header.
        version: what the ETag is made of; default is the text itself.
    """
    response = Response(body.model_dump_json(), mimetype=media)
    response.headers["Cache-Control"] = cache
    if version is None:
        response.add_etag(weak=True)
    else:
        response.set_etag(version, weak=True)
    response.make_conditional(request)
    return response


def known_versions() -> frozenset[str]:
    """ETags the asker holds, weak or strong alike."""
    return frozenset(re.findall(r'"([^"]*)"', request.headers.get("If-None-Match", "")))
