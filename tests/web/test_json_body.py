from __future__ import annotations

import json

import pytest

from geoapp.errors import InvalidInput, MalformedBody
from geoapp.web.intake_form import ComplaintForm
from geoapp.web.json_body import parse, validate

GOOD = {"service": "pothole", "lon": 103.6, "lat": -1.6, "description": "Lubang di jalan raya"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"lon": NaN}',
        b'{"lon": Infinity}',
        b'{"lon": -Infinity}',
        b'{"lon": 1e400}',
        b'{"lon": ' + b"1" * 5000 + b"}",
        b'{"lon": 0.' + b"1" * 5000 + b"}",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"a": "\xff"}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_not_plain_json_is_refused(body):
    with pytest.raises(MalformedBody) as problem:
        parse(body)
    assert problem.value.remedy


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (rb'{"description": "a\u0000b"}', "description"),
        (rb'{"description": "a\ud800b"}', "description"),
        (rb'{"x": {"y": ["ok", "\udfff"]}}', "x.y.1"),
        (rb'{"a\u0000": 1}', "a\\x00"),
    ],
)
def test_texts_that_cannot_be_stored_are_named(body, field):
    with pytest.raises(InvalidInput) as problem:
        parse(body)
    assert [fault.field for fault in problem.value.fields] == [field]
    json.dumps([fault.as_dict() for fault in problem.value.fields]).encode()


def test_brackets_inside_texts_are_no_depth():
    assert parse(json.dumps({"description": "[" * 1000 + '"\\'}).encode())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"service": None}, "service"),
        ({"lon": 181}, "lon"),
        ({"lat": -91}, "lat"),
        ({"lat": None}, "lat"),
        ({"lon": "103"}, "lon"),
        ({"anonymous": "yes"}, "anonymous"),
        ({"description": "short"}, "description"),
        ({"description": " " * 20}, "description"),
        ({"description": "x" * 2001}, "description"),
        ({"description": "\u202e" * 20}, "description"),
        ({"description": "ten letters\u0007"}, "description"),
        ({"landmark": "x" * 201}, "landmark"),
        ({"observed_at": "2999-01-01T00:00:00Z"}, "observed_at"),
        ({"observed_at": "2001-01-01T00:00:00Z"}, "observed_at"),
        ({"observed_at": "2026-01-01T00:00:00"}, "observed_at"),
        ({"accuracy_m": -1}, "accuracy_m"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_each_fault_is_told_by_its_field(module_app, change, field):
    # the past is told from the future by the database's clock, which an application has
    with module_app.app_context(), pytest.raises(InvalidInput) as problem:
        validate(ComplaintForm, GOOD | change)
    assert field in [fault.field for fault in problem.value.fields]


def test_direction_marks_are_taken_out_of_texts():
    form = validate(ComplaintForm, GOOD | {"description": "Lubang \u202edi\u202c jalan raya"})
    assert form.description == "Lubang di jalan raya"
