"""``/api/v1/openapi.json``: the API described by what it runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import ErrorAnswer
from geoapp.web.api.operations import FAULTS, JSON, Good, Operation, answer, operation

_REF = "#/components/schemas/{model}"


class Description(BaseModel):
    """An OpenAPI document; its own specification says what it holds."""

    model_config = {"extra": "allow"}
    openapi: str


@blueprint.get("/openapi.json")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(summary="This description", good={200: Good("An OpenAPI 3.1 document.", Description)})
)
def description() -> Response:
    """Answer ``/openapi.json``."""
    document = describe(current_app, request.script_root or "/")
    return answer(Description.model_validate(document), cache="public, max-age=60")


def describe(app: Flask, base: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of every route of *app* that carries an `Operation`.

    Args:
        base: what all paths start with: the city's prefix, or a slash.
    """
    routes = sorted(_routes(app), key=lambda route: (route[0], route[1]))
    named = _schemas([described for _, _, described in routes])
    paths: dict[str, dict[str, Any]] = {}
    for path, method, described in routes:
        paths.setdefault(path, {})[method] = _operation(path, method, described, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Complaint map",
            "version": "1",
            "description": "Complaints of a city, who must act on them, and where they cluster. "
            "Positions are WGS 84 degrees, longitude first; times carry their offset. "
            "Errors are written in English, for programs: go by their code. Only the message "
            "of `outside_city` follows the language (the parameter `lang`, else "
            "Accept-Language, else the city's own), because pages show it to people.",
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": named.pop("definitions")},
    }


def _routes(app: Flask) -> Iterator[tuple[str, str, Operation]]:
    """Path, method and description of every described route."""
    for rule in app.url_map.iter_rules():
        described = getattr(app.view_functions[rule.endpoint], "operation", None)
        if described is not None:
            path = re.sub(r"<(?:[^<>:]+:)?([^<>:]+)>", r"{\1}", rule.rule)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield path, method.lower(), described


def _schemas(operations: list[Operation]) -> dict[Any, Any]:
    """References by (model, mode), and all ``definitions`` they point into."""
    used: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
        (ErrorAnswer, "serialization"): None
    }
    for described in operations:
        for good in described.good.values():
            if good.body is not None:
                used[good.body, "serialization"] = None
        if described.body is not None:
            used[described.body, "validation"] = None
    references, whole = models_json_schema(list(used), ref_template=_REF)
    return {**references, "definitions": whole.get("$defs", {})}


def _operation(
    path: str, method: str, described: Operation, named: dict[Any, Any]
) -> dict[str, Any]:
    answers = {str(status): _good(good, named) for status, good in described.good.items()}
    fault = {JSON: {"schema": named[ErrorAnswer, "serialization"]}}
    for status in sorted({404, 405, 503, *described.faults}):
        answers[str(status)] = {"description": FAULTS[status], "content": fault}
    answers["default"] = {"description": "Any other error.", "content": fault}
    if method == "get" and 200 in described.good:
        answers["304"] = {"description": HTTPStatus.NOT_MODIFIED.phrase}
    found: dict[str, Any] = {
        "operationId": method + "_" + re.sub(r"\W+", "_", path).strip("_"),
        "summary": described.summary,
        "parameters": [
            *_parameters(described.path, "path"),
            *_parameters(described.query, "query"),
            *(
                {
                    "name": name,
                    "in": "header",
                    "description": about,
                    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                }
                for name, about in described.headers.items()
            ),
        ],
        "responses": dict(sorted(answers.items())),
    }
    if described.body is not None:
        schema = named[described.body, "validation"]
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    elif described.bytes_body is not None:
        found["requestBody"] = {"required": True, "content": {described.bytes_body: {}}}
    return found


def _good(good: Good, named: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": good.description}
    if good.body is not None:
        found["content"] = {good.media: {"schema": named[good.body, "serialization"]}}
    elif good.media != JSON:
        found["content"] = {good.media: {}}
    for media in good.also:
        found.setdefault("content", {})[media] = {"schema": {"type": "string"}}
    return found


def _parameters(model: type[BaseModel] | None, place: str) -> Iterator[dict[str, Any]]:
    """A model's fields as parameters of the path or the query."""
    if model is None:
        return
    schema = model.model_json_schema(ref_template=_REF)
    required = set(schema.get("required", ()))
    for name, described in schema["properties"].items():
        shape = dict(described)
        # Null can't be written in an address: an absent parameter is simply absent.
        if options := shape.pop("anyOf", None):
            kept = next(option for option in options if option.get("type") != "null")
            shape = {**kept, **shape}
        about = shape.pop("description", None)
        shape.pop("title", None)
        if shape.get("type") == "boolean":
            shape.pop("enum", None)
        if shape.get("default", "") in ("", None):
            shape.pop("default", None)
        parameter = {"name": name, "in": place, "schema": shape}
        if about:
            parameter["description"] = about
        if name in required:
            parameter["required"] = True
        yield parameter
