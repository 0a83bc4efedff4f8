"""Texts of ``/command/statistics``: of its files, and of what its scripts show."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

COLUMNS = {
    "code": _("Code"),
    "name": _("Name"),
    "parent": _("Kecamatan"),
    "month": _("Month"),
    "received": _("Came in"),
    "set_aside": _("Set aside"),
    "followed_up": _("Followed up"),
    "followed_up_of": _("Followed up, of"),
    "followed_up_share": _("Share followed up"),
    "resolved_in_time": _("Resolved on time"),
    "resolved_in_time_of": _("Resolved on time, of"),
    "resolved_in_time_share": _("Share resolved on time"),
    "answered_in_time": _("Answered on time"),
    "answered_in_time_of": _("Answered on time, of"),
    "answered_in_time_share": _("Share answered on time"),
    "median_first_response_hours": _("First response, median (hours)"),
    "p90_first_response_hours": _("First response, 90% (hours)"),
    "open": _("Still open"),
    "overdue": _("Overdue"),
    "oldest_open_at": _("Oldest open one came"),
    "begins": _("From"),
    "total": _("Total"),
    "from_days": _("From days"),
    "to_days": _("Under days"),
    "figure": _("Figure"),
    "n": _("Number"),
    "of": _("Out of"),
    "share": _("Share"),
    "hours": _("Hours"),
    "formula": _("How it is made"),
    "median_first_response": _("First response, median"),
    "p90_first_response": _("First response, 90%"),
    "oldest_open": _("Oldest open one"),
}
"""Of columns and figures, by their codes in `usecases.statistics_tables`."""

TABLES = {
    "agency": _("Agencies"),
    "kelurahan": _("Kelurahan"),
    "group": _("Groups"),
    "month": _("Months"),
    "arrivals": _("Came in"),
    "backlog": _("Backlog"),
    "summary": _("Summary"),
}

FIELDS = {
    "bbox": _("Part of the map"),
    "group": _("Group"),
    "service": _("Service"),
    "status": _("Status"),
    "kelurahan": _("Kelurahan"),
    "kecamatan": _("Kecamatan"),
    "agency": _("Agency"),
    "overdue": _("Overdue"),
    "q": _("Words"),
    "officer": _("Officer"),
    "service_area": _("Service area"),
    "channel": _("Channel"),
    "deadline": _("Deadline"),
    "late": _("Late"),
    "authority": _("Road authority"),
    "polygon": _("Drawn area"),
    "near": _("Around"),
    "until": _("Until"),
}
"""Of filters that may hold beside group and period."""

SCRIPT = {
    "st_sorted_up": _("Sorted by {column}, smallest first"),
    "st_sorted_down": _("Sorted by {column}, largest first"),
    "st_median": _("Median"),
    "st_p90": _("90%"),
    "st_hours": _("{n} hours"),
    "st_total": _("Total"),
}


def column_names() -> dict[str, str]:
    """What columns and figures are called, in the language of the current request."""
    return {code: str(text) for code, text in COLUMNS.items()}


def table_names() -> dict[str, str]:
    """What tables are called."""
    return {code: str(text) for code, text in TABLES.items()}


def field_names() -> dict[str, str]:
    """What filters are called."""
    return {code: str(text) for code, text in FIELDS.items()}


def statistics_strings() -> dict[str, str]:
    """What the page's scripts show."""
    return {key: str(text) for key, text in SCRIPT.items()}
