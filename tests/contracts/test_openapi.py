from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from geoapp.app import create_app
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.web.api.openapi import describe


@pytest.fixture
def app(jambi: Database, settings: Settings) -> Flask:
    return create_app(settings, jambi)


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def test_the_description_is_a_valid_openapi_document(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_route_of_the_api_describes_itself(app: Flask) -> None:
    undescribed = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/tiles/"))
        and not hasattr(app.view_functions[rule.endpoint], "operation")
    ]
    assert undescribed == []


def test_every_operation_names_its_errors_in_the_one_shape(document: dict[str, Any]) -> None:
    for path, method, described in operations(document):
        faults = {
            status: answer
            for status, answer in described["responses"].items()
            if status == "default" or int(status) >= 400
        }
        assert {"404", "405", "default"} <= set(faults), (path, method)
        for answer in faults.values():
            assert answer["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/ErrorAnswer"
            }
        if described.get("parameters") and any(
            parameter["in"] == "query" for parameter in described["parameters"]
        ):
            assert "422" in faults


def test_operations_have_names_of_their_own_and_path_parameters_are_described(
    document: dict[str, Any],
) -> None:
    names = [described["operationId"] for _, _, described in operations(document)]
    assert len(names) == len(set(names))
    for path, _, described in operations(document):
        in_path = set(re.findall(r"\{(\w+)\}", path))
        assert in_path == {
            parameter["name"]
            for parameter in described["parameters"]
            if parameter["in"] == "path" and parameter["required"]
        }


def test_the_description_knows_its_citys_prefix(app: Flask, document: dict[str, Any]) -> None:
    assert document["servers"] == [{"url": "/"}]
    prefixed = app.test_client().get("/kota-jambi/api/v1/openapi.json").get_json()
    assert prefixed["servers"] == [{"url": "/kota-jambi"}]
    assert prefixed["paths"] == describe(app, "/")["paths"]


def test_ranges_of_numbers_are_in_the_description(document: dict[str, Any]) -> None:
    def shape(path: str, name: str) -> dict[str, Any]:
        parameters = document["paths"][path]["get"]["parameters"]
        return next(one["schema"] for one in parameters if one["name"] == name)

    assert shape("/api/v1/complaints", "limit") == {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000,
        "default": 100,
    }
    assert shape("/api/v1/hotspots", "window_days") == {
        "type": "integer",
        "minimum": 1,
        "maximum": 3660,
    }
    assert shape("/tiles/complaints/{z}/{x}/{y}.mvt", "z")["maximum"] == 18
    assert shape("/api/v1/complaints", "overdue") == {"type": "boolean"}
