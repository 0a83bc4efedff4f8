"""Errors as answers: one table from exception to status, one JSON shape, one page.

JSON is for programs and speaks English; pages speak the reader's language. The one
exception is `errors.OutsideCity`, whose message the report page shows as it comes.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from geoapp import errors
from geoapp.web.access import key_sent
from geoapp.web.context import current_language, site

log = logging.getLogger(__name__)

STATUS: dict[type[errors.GeoappError], int] = {
    errors.MalformedBody: 400,
    errors.KeyReused: 422,
    errors.OutsideCity: 422,
    errors.InvalidInput: 422,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.CityUnknown: 404,
    errors.TooLarge: 413,
    errors.RateLimited: 429,
    errors.Conflict: 409,
    errors.DatabaseUnavailable: 503,
    errors.StorageUnavailable: 503,
    errors.DossierNotMade: 503,
    errors.GeoappError: 500,
}
"""Status of an error: its own entry or that of its nearest parent."""

HTTP_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    412: "precondition_failed",
    413: "too_large",
    414: "too_large",
    415: "unsupported_media_type",
}


AWAY = (errors.DatabaseUnavailable, errors.StorageUnavailable, errors.DossierNotMade)
"""Something this server leans on is away: the same request may be sent again."""


def status_of(error: errors.GeoappError) -> int:
    """HTTP status for an error of the tree."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _outside_in_words(error: errors.OutsideCity) -> errors.OutsideCity:
    """The same error in the reader's language: "Di luar Kota Jambi, 1,2 km ke utara"."""
    towards = {
        "N": _("to the north"),
        "NE": _("to the north-east"),
        "E": _("to the east"),
        "SE": _("to the south-east"),
        "S": _("to the south"),
        "SW": _("to the south-west"),
        "W": _("to the west"),
        "NW": _("to the north-west"),
    }
    kilometres = format_decimal(round(error.distance_m / 1000, 1))
    message = _(
        "Outside %(city)s, %(distance)s km %(towards)s",
        city=error.city,
        distance=kilometres,
        towards=towards[error.direction],
    )
    return errors.OutsideCity(
        message,
        _("Move the pin into the city."),
        distance_m=error.distance_m,
        direction=error.direction,
        city=error.city,
    )


def body_of(error: errors.GeoappError) -> dict[str, Any]:
    """The one JSON error shape; see ``ErrorAnswer`` in the API's description."""
    inner: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "fields": [],
    }
    if isinstance(error, errors.InvalidInput):
        inner["fields"] = [problem.as_dict() for problem in error.fields]
    if isinstance(error, errors.OutsideCity):
        inner["outside"] = {"distance_m": error.distance_m, "direction": error.direction}
    return {"error": inner}


def register(app: Flask) -> None:
    """Teach the application to answer every error in one of the two forms."""
    app.register_error_handler(errors.GeoappError, _geoapp_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, _unexpected)


def _geoapp_error(error: errors.GeoappError) -> Response:
    status = status_of(error)
    if isinstance(error, errors.OutsideCity):
        error = _outside_in_words(error)
    if status >= 500 and not isinstance(error, AWAY):
        log.error("%s %s fails", request.method, _route(), exc_info=error)
        with _language():
            said = errors.GeoappError(_("Something failed on our side."))
        return _answer(status, said, worded=True)
    if isinstance(error, errors.NotSignedIn) and wants_page() and key_sent() is None:
        return _to_the_door(error)
    # The tree's own messages are English; most of a page's words stand in its template.
    worded = isinstance(error, errors.OutsideCity) or current_language() == "en"
    response = _answer(status, error, worded=worded)
    if isinstance(error, errors.RateLimited):
        response.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, AWAY):
        response.headers["Retry-After"] = "2"
    if isinstance(error, errors.NotSignedIn):
        response.headers["WWW-Authenticate"] = 'Bearer realm="geoapp"'
    return response


def _to_the_door(error: errors.NotSignedIn) -> Response:
    """Send a visitor of a staff page to the sign-in, and from there back to the page.

    Who is signed in and owes a second factor goes to set one up.
    """
    back = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
    door = url_for("accounts.login", next=back)
    if isinstance(error, errors.SecondFactorOwed):
        door = url_for("accounts.authenticator")
    answer = redirect(door, 303)
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[return-value]


def http_error(error: HTTPException) -> Response:
    """The answer to an error that the framework raised, in the words of this program."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    worded = True
    with _language():
        if isinstance(error, CSRFError):
            said: errors.GeoappError = errors.InvalidInput(
                _("This form has expired."),
                _("Go back, load the page again and send it once more."),
            )
        elif isinstance(error, RequestEntityTooLarge):
            limit = (request.max_content_length or site().settings.max_body_bytes) // 1024
            said = errors.TooLarge(
                _("What was sent is too large."), _("Send at most %(limit)s kB.", limit=limit)
            )
        elif status == 404:
            said = errors.NotFound(_("There is no such page."), _("Check the address."))
        else:
            said = errors.GeoappError(error.description or error.name)
            worded = False  # werkzeug speaks English, to programmers
    said.code = HTTP_CODES.get(status, said.code)
    response = _answer(status, said, worded=worded)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _unexpected(error: Exception) -> Response:
    # The number joins the visitor's words with our log; the log has no personal data.
    number = uuid.uuid4().hex[:8]
    log.error("%s %s failed (%s)", request.method, _route(), number, exc_info=error)
    with _language():
        said = errors.GeoappError(
            _("Something failed on our side."), _("Quote number %(number)s.", number=number)
        )
    said.code = "internal"
    return _answer(500, said, worded=True)


def _route() -> str:
    """The address as the router knows it: what stands in its variables may be a secret."""
    return request.url_rule.rule if request.url_rule is not None else "an unknown address"


def _language() -> AbstractContextManager[object]:
    """What is said within it is in the reader's language on a page, else in English."""
    return nullcontext() if wants_page() else force_locale("en")


def _answer(status: int, error: errors.GeoappError, *, worded: bool) -> Response:
    """JSON for programs; a page for people, where the page can be made.

    Args:
        worded: the error's words are in the reader's language, so a page may show them.
    """
    if wants_page():
        try:
            shown = error if worded else None
            page = Response(render_template("error.html", status=status, error=shown), status)
        except Exception:
            # The error page itself must never fail, whatever does.
            log.exception("the error page can't be shown")
            page = Response(f"{error.message} {error.remedy}", status, mimetype="text/plain")
        page.headers["Cache-Control"] = "no-store"
        return page
    response: Response = jsonify(body_of(error))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_page() -> bool:
    """Whether the asker is a browser on a page rather than a program on the API."""
    if request.path.startswith(("/api/", "/tiles/", "/live", "/health", "/static/")):
        return False
    return "text/html" in request.accept_mimetypes.values() or g.get("page", False)
