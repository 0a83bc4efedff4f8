"""What the pages under ``/admin`` have in common."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, url_for
from flask_babel import format_date
from werkzeug.wrappers import Response

from geoapp.domain.administration import AgencyTerms, Versioned
from geoapp.web.context import site


def done(endpoint: str, told: str, **values: object) -> Response:
    """Go on to a page and say there what was done.

    The catalogue this process remembers is dropped, so the change shows at once; other
    processes follow within the seconds they may remember it.
    """
    site().forget_catalogues()
    flash(told)
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]


def day_text(value: date | None) -> str:
    """A date in words, ``22 Nov 2026``; empty for none."""
    return "" if value is None else str(format_date(value, "d MMM y"))


def agency_names(known: list[Versioned[AgencyTerms]], day: date) -> dict[str, str]:
    """What to call each agency on *day*, by code, in the order of these names."""
    names = {agency.code: agency.shown(day).terms.short_name for agency in known}
    return dict(sorted(names.items(), key=lambda pair: pair[1].lower()))
