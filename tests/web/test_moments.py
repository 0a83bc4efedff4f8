"""Moments as the interface's wording asks for them: weekday, day, time in the city's zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import Babel

from geoapp.web.moments import moment

# In Jambi it is 2027 already; the clock of the machine that runs this test says nothing.
NOW = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)


@contextmanager
def page(language: str) -> Iterator[None]:
    """A request of a Jambi page (UTC+7, no daylight saving) in *language*."""
    app = Flask(__name__)
    app.extensions["geoapp"] = SimpleNamespace(database=SimpleNamespace(now=lambda: NOW))
    Babel(app, default_locale=language, default_timezone="Asia/Jakarta")
    with app.test_request_context("/"):
        yield


def test_a_moment_is_said_in_the_citys_zone_and_the_pages_language() -> None:
    # 01:42 UTC is 08.42 in Jakarta on the same day, a Sunday (1 January 2027 is a Friday).
    instant = "2027-11-21T01:42:07Z"
    with page("id"):
        assert moment(instant) == "Minggu, 21 Nov, 08.42"
    with page("en"):
        assert moment(instant) == "Sunday, 21 Nov, 08:42"


def test_another_year_than_the_citys_is_named() -> None:
    with page("id"):
        # 19 November 2026 was a Thursday.
        assert moment(datetime(2026, 11, 19, 1, 42, tzinfo=UTC)) == "Kamis, 19 Nov 2026, 08.42"


@pytest.mark.parametrize("nothing", [None, "", "kemarin"])
def test_what_is_no_moment_is_left_empty(nothing: str | None) -> None:
    with page("id"):
        assert moment(nothing) == ""
