"""Dates and times as sentences of the interface say them."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_datetime
from flask_babel import get_locale, get_timezone

from geoapp.web.context import now

__all__ = ["moment"]


def moment(value: str | datetime | None) -> str:
    """Say a moment with its weekday: ``Sabtu, 21 Nov, 08.42``; the year when it is another one.

    The zone is the request's (the city's, see the Babel selectors), the language the page's.
    Scripts say the same with ``moment(value, true)`` of ``js/shared/format.js``.

    Args:
        value: An aware datetime or an RFC 3339 text; a naive one is taken as UTC.

    Returns:
        The text, or an empty one for ``None`` and for what is not a moment.
    """
    if not value:
        return ""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return ""
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    locale, zone = get_locale(), get_timezone()
    year = "" if value.astimezone(zone).year == now().astimezone(zone).year else " y"
    separator = ":" if locale and locale.language == "en" else "."
    pattern = f"EEEE, d MMM{year}, HH{separator}mm"
    return str(format_datetime(value, pattern, tzinfo=zone, locale=locale or "id"))
