"""One validator in front of every JSON body.

``json.loads`` accepts NaN and 1e400, recurses into any depth, and lets NUL and lone
surrogates through to the database driver. Here they are refused, naming the field.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from geoapp.errors import FieldProblem, InvalidInput, MalformedBody

MAX_DEPTH = 16
MAX_DIGITS = 400
"""Digits of a number: Python would spend quadratic time on a million of them."""

Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model]) -> tuple[Model, bytes]:
    """The request's body as *model*, and the bytes it came as.

    Raises:
        UnsupportedMediaType: it isn't declared as JSON (a form of another site can't).
        MalformedBody: it isn't JSON we read.
        InvalidInput: fields are missing, unknown or out of range; all of them are named.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON with Content-Type: application/json.")
    body = request.get_data()
    return validate(model, parse(body)), body


def parse(body: bytes) -> dict[str, Any]:
    """*body* as a JSON object whose texts can be stored.

    Raises:
        MalformedBody: not UTF-8, not JSON, not an object, too deep, or with numbers that
            aren't finite.
        InvalidInput: a text holds NUL or half of a surrogate pair.
    """
    _check_depth(body)
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short,
            object_pairs_hook=_unique,
        )
    except UnicodeDecodeError:
        raise MalformedBody("The body isn't UTF-8.", "Send JSON in UTF-8.") from None
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, MalformedBody):
            raise
        raise MalformedBody("The body isn't JSON.", f"Correct it: {problem}.") from None
    if not isinstance(value, dict):
        raise MalformedBody("The body isn't a JSON object.", 'Send {"service": …}.')
    problems = list(_unstorable(value, ""))
    if problems:
        raise InvalidInput("Some texts can't be stored.", "Remove the characters named.", problems)
    return value


def validate(model: type[Model], value: Any) -> Model:
    """*value* as *model*.

    Raises:
        InvalidInput: with one problem per fault.
    """
    try:
        return model.model_validate(value)
    except ValidationError as problem:
        faults = [
            FieldProblem(
                ".".join(map(str, fault["loc"])) or "body",
                fault["msg"].removeprefix("Value error, "),
                None if fault["type"] == "missing" else fault["input"],
            )
            for fault in problem.errors(include_url=False, include_context=False)
        ]
        named = "; ".join(f"{fault.field}: {fault.message}" for fault in faults[:5])
        raise InvalidInput(
            f"The input can't be accepted: {named}.", "Correct the fields named.", faults
        ) from None


def _check_depth(body: bytes) -> None:
    """Count brackets before parsing; those inside texts may only make it stricter by chance
    of an unbalanced text, so texts are skipped."""
    depth, inside, escaped = 0, False, False
    for byte in body:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedBody(
                    "The body is nested too deeply.", f"At most {MAX_DEPTH} levels are read."
                )
        elif byte in b"]}":
            depth -= 1


def _no_constant(name: str) -> NoReturn:
    raise MalformedBody(f"The body contains {name}.", "Send finite numbers.")


def _finite(text: str) -> float:
    if len(text) > MAX_DIGITS:
        raise MalformedBody("A number has too many digits.", "Send ordinary numbers.")
    number = float(text)
    if not math.isfinite(number):
        raise MalformedBody(f"The number {text[:40]} isn't finite.", "Send finite numbers.")
    return number


def _short(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise MalformedBody("A number has too many digits.", "Send ordinary numbers.")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise MalformedBody(f"The field {key[:40]!r} is given twice.", "Send it once.")
        result[key] = value
    return result


def _unstorable(value: Any, place: str) -> list[FieldProblem]:
    """Texts that PostgreSQL can't hold, by the path of their field."""
    found: list[FieldProblem] = []
    if isinstance(value, str):
        if "\x00" in value:
            found.append(FieldProblem(place or "body", "contains a NUL character"))
        elif any("\ud800" <= letter <= "\udfff" for letter in value):
            found.append(FieldProblem(place or "body", "contains half of a surrogate pair"))
    elif isinstance(value, dict):
        for key, inner in value.items():
            shown = key.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")[:40]
            found += _unstorable(key, f"{place}.{shown}".lstrip("."))
            found += _unstorable(inner, f"{place}.{shown}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _unstorable(inner, f"{place}.{index}".lstrip("."))
    return found
