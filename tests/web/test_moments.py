"""Moments as the interface's wording asks for them: weekday, day, time in the city's zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel

from geoapp.web.moments import moment

YEAR = datetime.now(UTC).year


@contextmanager
def page(language: str) -> Iterator[None]:
    """A request of a Jambi page (UTC+7, no daylight saving) in *language*."""
    app = Flask(__name__)
    Babel(app, default_locale=language, default_timezone="Asia/Jakarta")
    with app.test_request_context("/"):
        yield


def weekday(names: list[str]) -> str:
    """The weekday of 21 November of the current year, from the standard library's calendar."""
    return names[datetime(YEAR, 11, 21, tzinfo=UTC).weekday()]


def test_a_moment_is_said_in_the_citys_zone_and_the_pages_language() -> None:
    # 01:42 UTC is 08.42 in Jakarta on the same day.
    instant = f"{YEAR}-11-21T01:42:07Z"
    with page("id"):
        names = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
        assert moment(instant) == f"{weekday(names)}, 21 Nov, 08.42"
    with page("en"):
        names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        assert moment(instant) == f"{weekday(names)}, 21 Nov, 08:42"


def test_another_year_is_named() -> None:
    with page("id"):
        # 19 November 2020 was a Thursday.
        assert moment(datetime(2020, 11, 19, 1, 42, tzinfo=UTC)) == "Kamis, 19 Nov 2020, 08.42"


@pytest.mark.parametrize("nothing", [None, "", "kemarin"])
def test_what_is_no_moment_is_left_empty(nothing: str | None) -> None:
    with page("id"):
        assert moment(nothing) == ""
