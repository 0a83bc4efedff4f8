"""One validator in front of every JSON body.

``json.loads`` accepts NaN and 1e400, recurses into any depth, and lets NUL and lone
surrogates through to the database driver. Here they are refused, naming the field.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from geoapp.errors import FieldProblem, InvalidInput, MalformedBody

MAX_DEPTH = 16
MAX_DIGITS = 400
"""Digits of a number: Python would spend quadratic time on a million of them."""

# A text that never ends takes the rest: tried once, so the time stays linear.
_BRACKET_OR_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[][{}]', re.DOTALL)

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
            parse_constant=_constant,
            parse_float=_finite,
            parse_int=_short,
            object_pairs_hook=_unique,
        )
    except UnicodeDecodeError:
        raise _malformed("The body isn't UTF-8.", "Send JSON in UTF-8.") from None
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, MalformedBody):
            raise
        raise _malformed("The body isn't JSON.", f"Correct it: {problem}.") from None
    if not isinstance(value, dict):
        raise _malformed("The body isn't a JSON object.", 'Send {"service": …}.')
    numbers: list[FieldProblem] = []
    texts: list[FieldProblem] = []
    _find_faults(value, "", numbers, texts)
    if numbers:
        named = "; ".join(f"{fault.field}: {fault.message}" for fault in numbers[:5])
        raise MalformedBody(
            f"The body holds numbers that can't be read: {named}.",
            "Send finite, ordinary numbers.",
            numbers,
        )
    if texts:
        raise InvalidInput("Some texts can't be stored.", "Remove the characters named.", texts)
    return value


def validate(model: type[Model], value: Any) -> Model:
    """*value* as *model*.

    Raises:
        InvalidInput: with one problem per fault. Where *model* has ``UNECHOED``, names of
            fields (``*``: all), what was sent there isn't repeated: it is a person's.
    """
    unechoed: frozenset[str] = getattr(model, "UNECHOED", frozenset())
    try:
        return model.model_validate(value)
    except ValidationError as problem:
        faults = [
            FieldProblem(
                ".".join(map(str, fault["loc"])) or "body",
                fault["msg"].removeprefix("Value error, "),
                None
                if fault["type"] == "missing" or not unechoed.isdisjoint({"*", *fault["loc"][:1]})
                else fault["input"],
            )
            for fault in problem.errors(include_url=False, include_context=False)
        ]
        named = "; ".join(f"{fault.field}: {fault.message}" for fault in faults[:5])
        raise InvalidInput(
            f"The input can't be accepted: {named}.", "Correct the fields named.", faults
        ) from None


def _check_depth(body: bytes) -> None:
    """Count brackets before parsing; those inside texts don't count."""
    depth = 0
    for token in _BRACKET_OR_TEXT.finditer(body):
        first = token.group()[0]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _malformed(
                    "The body is nested too deeply.", f"At most {MAX_DEPTH} levels are read."
                )
        elif first in b"]}":
            depth -= 1


class _BadNumber:
    """Stands for a number that can't be used until its field is known."""

    def __init__(self, text: str, fault: str) -> None:
        self.text = text
        self.fault = fault


def _constant(name: str) -> _BadNumber:
    return _BadNumber(name, "isn't a finite number")


def _finite(text: str) -> float | _BadNumber:
    if len(text) > MAX_DIGITS:
        return _BadNumber(text, "has too many digits")
    number = float(text)
    return number if math.isfinite(number) else _BadNumber(text, "isn't a finite number")


def _short(text: str) -> int | _BadNumber:
    return int(text) if len(text) <= MAX_DIGITS else _BadNumber(text, "has too many digits")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            shown = _printable(key)
            raise MalformedBody(
                f"The field {shown!r} is given twice.",
                "Send it once.",
                [FieldProblem(shown, "is given twice")],
            )
        result[key] = value
    return result


def _malformed(message: str, remedy: str) -> MalformedBody:
    """A fault of the body as a whole."""
    return MalformedBody(message, remedy, [FieldProblem("body", message)])


def _printable(key: str) -> str:
    """A field's name as an answer may say it."""
    return key.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")[:40]


def _find_faults(
    value: Any, place: str, numbers: list[FieldProblem], texts: list[FieldProblem]
) -> None:
    """Gather numbers nobody can use and texts that PostgreSQL can't hold, by their path."""
    if isinstance(value, _BadNumber):
        numbers.append(FieldProblem(place, value.fault, value.text))
    elif isinstance(value, str):
        if "\x00" in value:
            texts.append(FieldProblem(place or "body", "contains a NUL character"))
        elif any("\ud800" <= letter <= "\udfff" for letter in value):
            texts.append(FieldProblem(place or "body", "contains half of a surrogate pair"))
    elif isinstance(value, dict):
        for key, inner in value.items():
            within = f"{place}.{_printable(key)}".lstrip(".")
            _find_faults(key, within, numbers, texts)
            _find_faults(inner, within, numbers, texts)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _find_faults(inner, f"{place}.{index}".lstrip("."), numbers, texts)
