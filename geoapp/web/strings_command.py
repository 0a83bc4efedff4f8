"""Texts of the live map's scripts, beside those every page of staff has."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from geoapp.web.strings_desk import DESK

COMMAND = {
    "all_of_them": _("All"),
    "only_one": _("Only one"),
    "more_rows": _("{n} more"),
    "fewer_rows": _("Fewer"),
    "n_chosen": _("{n} chosen"),
    "whole_city": _("Whole city"),
    "chosen_days": _("From – to …"),
    "since_day": _("since {day}"),
    "days_backwards": _("This day lies before the first one."),
    "of_complaints": _("of {n} complaints"),
    "of_complaints_one": _("of {n} complaint"),
    "figures_failed": _("The figures could not be loaded; the page tries again by itself."),
    "filters_refused_named": _("These filters can't be used: {names}"),
    "filter_name_service": _("Service"),
    "filter_name_status": _("Status"),
    "filter_name_since": _("Period"),
    "filter_name_until": _("Period"),
    "filter_name_polygon": _("Drawn area"),
    "filter_name_bbox": _("Place on the map"),
    "choose_filters": _("Choose filters"),
    "tiles_too_many": _("Too many complaints for these filters: narrow them, or the period."),
    "tiles_refused": _("The map can't be drawn with these filters."),
    "token_drawn": _("Drawn area"),
    "command_map_summary": _("{n} complaints, {overdue} overdue"),
    "deadline_overdue": _("Overdue"),
    "deadline_in_time": _("In time"),
    "deadline_paused": _("Paused"),
    "shade_count": _("Complaints"),
    "shade_per_km2": _("Complaints per km²"),
    "shade_per_1000": _("Complaints per 1,000 inhabitants"),
    "shade_overdue_share": _("Share overdue"),
    "shade_median_response": _("Median first response"),
    "shade_none": _("no figure"),
    "shade_source": _("Source: {source}"),
    "shade_refused": _("Areas can't be shaded by this measure: {why}"),
    "shade_failed": _("The shaded areas could not be loaded."),
    "shade_tip": _("{name}: {value}"),
    "shade_of": _("{n} of {of}"),
    "legend_cells": _("Complaints of these filters"),
    "legend_by_group": _("Open, by group"),
    "legend_aside": _("Not open"),
    "flag": _("{n} {group} · {days} days"),
    "rules_whole": _("Whole city"),
    "legend_alarm": _("Surest hotspots"),
    "legend_service_areas": _("Service areas"),
    "legend_duplicates": _("Likely the same"),
    "lasso_hint": _("Draw a line around complaints. Escape ends it."),
    "lasso_small": _("That was too small: draw around the complaints."),
    "play_title": _("Play back"),
    "play_start": _("Play"),
    "play_stop": _("Stop"),
    "play_close": _("Close the play back"),
    "play_window": _("Days shown at a time"),
    "play_day": _("Day"),
    "play_most": _("at most {n} a day"),
    "play_note": _("Colours tell how they stand today."),
    "play_span": _("{since} – {until}: {n} complaints came in"),
    "play_span_one": _("{since} – {until}: {n} complaint came in"),
    "duplicates_failed": _("Likely duplicates could not be loaded."),
    "service_areas_failed": _("The service areas could not be loaded."),
}


def command_strings() -> dict[str, str]:
    """Every text in the language of the current request."""
    return {key: str(text) for key, text in (COMMAND | DESK).items()}
