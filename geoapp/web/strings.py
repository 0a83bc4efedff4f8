"""Texts that the browser's scripts show, by key.

The page configuration carries them as ``i18n`` in the language of the request, so the scripts hold
no sentence of their own. ``{name}`` is filled in by the script; a key ending in ``_one`` is used
for a count of one where the language needs it.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from geoapp.web.strings_support import SUPPORT

__all__ = ["JS_STRINGS", "js_strings"]

SHARED = {
    "just_now": _("just now"),
    "minutes_ago": _("{n} min ago"),
    "hours_ago": _("{n} h ago"),
    "days_ago": _("{n} days ago"),
    "days_ago_one": _("{n} day ago"),
    "n_minutes": _("{n} minutes"),
    "n_minutes_one": _("{n} minute"),
    "n_hours": _("{n} hours"),
    "n_hours_one": _("{n} hour"),
    "n_days": _("{n} days"),
    "n_days_one": _("{n} day"),
    "n_working_days": _("{n} working days"),
    "n_working_days_one": _("{n} working day"),
    "time_left": _("{time} left"),
    "overdue_by": _("{time} overdue"),
    "deadline_paused": _("Deadline paused"),
    "status_submitted": _("Submitted"),
    "status_verified": _("Verified"),
    "status_assigned": _("Assigned"),
    "status_in_progress": _("In progress"),
    "status_resolved": _("Resolved"),
    "status_closed": _("Closed"),
    "status_on_hold": _("On hold"),
    "status_rejected": _("Archived"),
    "status_out_of_authority": _("Outside authority"),
    "status_duplicate": _("Duplicate"),
    "status_reopened": _("Reopened"),
    "kelurahan_short": _("Kel. {name}"),
    "kecamatan_short": _("Kec. {name}"),
    "close": _("Close"),
    "try_again": _("Try again"),
    "shown_off": _("Shown up to {n} m off on the map to protect the reporter."),
    "simulated": _("Simulated data"),
    "approximate": _("approximate boundaries"),
}

REPORT = {
    "report_what_title": _("What is the problem?"),
    "report_where_title": _("Where is it?"),
    "report_confirm_title": _("Which kelurahan?"),
    "report_list_title": _("Choose the kelurahan"),
    "report_describe_title": _("Describe the problem"),
    "report_check_title": _("Check and send"),
    "report_sent_title": _("Report sent"),
    "report_step": _("Step {n} of 4"),
    "report_draft_saved": _("Draft saved on this phone"),
    "report_draft_unsaved": _(
        "This browser keeps no drafts: please finish before closing the page"
    ),
    "report_found": _("{n} kinds of problem found"),
    "report_found_one": _("{n} kind of problem found"),
    "report_found_none": _("Nothing matches these words"),
    "report_found_none_hint": _("Try another word, or choose from the groups."),
    "report_found_clear": _("Show all groups"),
    "report_catalogue_failed": _("The list of problems cannot be loaded"),
    "report_catalogue_failed_hint": _(
        "What you have entered is safe on this phone. Check the connection and try again."
    ),
    "report_target": _("Target {time}"),
    "report_by": _("by {moment}"),
    "report_will_handle": _("will handle this report"),
    "report_kelurahan": _("Kelurahan {name}"),
    "report_kecamatan": _("Kecamatan {name}"),
    "report_change": _("Change"),
    "report_change_service": _("Change the problem"),
    "report_change_place": _("Change the place"),
    "report_change_text": _("Change the description"),
    "report_move_map": _("Move the map until the pin fits"),
    "report_zoom_in": _("Zoom in to place the pin better"),
    "report_map_at": _("Map, pin in Kelurahan {name}. Arrow keys move the map."),
    "report_map_start": _("Map. Arrow keys move it under the pin, plus and minus zoom."),
    "report_where_start": _("Show the place on the map"),
    "report_where_start_hint": _(
        "Move the map, tap on it, or use your location. Then you see who will handle the report."
    ),
    "report_outside_hint": _("Move the map back into the city."),
    "report_unchecked": _("The area cannot be looked up right now"),
    "report_unchecked_hint": _(
        "The pin is kept. You can go on; the area is found when you send the report."
    ),
    "report_map_failed": _("The map cannot be shown"),
    "report_map_failed_hint": _("Choose the kelurahan from the list below instead."),
    "report_gps_accuracy": _("GPS accuracy ±{n} m"),
    "report_gps_searching": _("Looking for your location"),
    "report_gps_denied": _("Location is not allowed for this page: move the map instead"),
    "report_gps_unavailable": _("Your location was not found: move the map instead"),
    "report_gps_timeout": _("Your location was not found in time: move the map instead"),
    "report_gps_unsupported": _("This browser gives no location here: move the map instead"),
    "report_choose": _("Please choose"),
    "report_confirm_question": _("Is this in Kelurahan {name}?"),
    "report_list_question": _("In which kelurahan is it?"),
    "report_confirm_approximate": _("The boundaries on this map are approximate. You know better."),
    "report_confirm_ambiguous": _("Here the boundaries of several kelurahan overlap."),
    "report_confirm_near_edge": _("The pin is close to the boundary of a kelurahan."),
    "report_confirm_yes": _("Yes, Kelurahan {name}"),
    "report_confirm_no": _("No, Kelurahan {name}"),
    "report_confirm_other": _("Another kelurahan"),
    "report_confirm_unknown": _("I do not know"),
    "report_confirm_unknown_hint": _("The place of the pin decides"),
    "report_confirm_missing": _("Please choose an answer"),
    "report_areas_failed": _("The list of kelurahan cannot be loaded. Please try again."),
    "report_list_missing": _("Please choose a kelurahan"),
    "report_text_missing": _("Please describe the problem, in at least {min} characters"),
    "report_text_short": _("{n} more characters, please"),
    "report_text_short_one": _("{n} more character, please"),
    "report_text_long": _("{n} characters too many"),
    "report_text_long_one": _("{n} character too many"),
    "report_promise": _("Will be handled by {agency} in {kelurahan}, {target}."),
    "report_promise_placeless": _("Will be handled by {agency}, {target}."),
    "report_part_problem": _("Problem"),
    "report_part_place": _("Place and agency"),
    "report_part_text": _("Description"),
    "report_landmark": _("Landmark"),
    "report_no_place": _("Without a place on the map"),
    "report_is_anonymous": _("Your name is hidden (anonymous)"),
    "report_is_confidential": _("The content is hidden from the public (confidential)"),
    "report_send": _("Send the report"),
    "report_sending": _("Sending"),
    "report_refused_service": _("This problem is no longer in the list. Please choose another."),
    "report_refused_kelurahan": _(
        "This kelurahan is too far from the pin. Move the pin, or choose “I do not know”."
    ),
    "report_refused_text": _(
        "This text cannot be stored as it is: it is too long or holds characters that cannot be "
        "shown."
    ),
    "report_not_sent": _("The report has not been sent yet"),
    "report_not_sent_offline": _(
        "You are offline. The draft is safe on this phone and sends by itself when you are online, "
        "as long as this page is open."
    ),
    "report_not_sent_network": _(
        "The server was not reached. The draft is safe on this phone; nothing is sent twice."
    ),
    "report_not_sent_server": _(
        "The server cannot store it right now. The draft is safe on this phone; "
        "nothing is sent twice."
    ),
    "report_copy": _("Copy"),
    "report_copied": _("Copied"),
    "report_copy_failed": _("Copying is not possible here"),
    "report_share": _("Share"),
    "report_share_title": _("Report {ticket}"),
    "report_link_copied": _("Link copied"),
    "report_next_verified": _("Checked by an operator"),
    "report_next_verified_hint": _("whether it is complete and in the right hands"),
    "report_next_agency": _("Worked on by {agency}"),
    "report_next_by_pin": _("chosen by the problem and the place of the pin"),
    "report_next_by_area": _("chosen by the problem and the kelurahan"),
    "report_next_by_service": _("chosen by the problem"),
    "report_next_target": _("To be resolved by"),
    "ticket_now": _("New status: {status}"),
    "ticket_lost": _("Lost at {time}, reconnecting"),
}

MAP = {
    "n_complaints": _("{n} complaints"),
    "n_complaints_one": _("{n} complaint"),
    "n_overdue": _("{n} overdue"),
    "n_here": _("{n} complaints at this place"),
    "n_new": _("{n} new complaints"),
    "n_new_one": _("{n} new complaint"),
    "no_place": _("No place"),
    "sum_open": _("{n} open complaints"),
    "sum_open_one": _("{n} open complaint"),
    "sum_overdue": _("{n} overdue complaints"),
    "sum_overdue_one": _("{n} overdue complaint"),
    "sum_done": _("{n} resolved complaints"),
    "sum_done_one": _("{n} resolved complaint"),
    "sum_all": _("{n} complaints"),
    "sum_all_one": _("{n} complaint"),
    "sum_status": _("{n} complaints: {status}"),
    "last_period": _("last {period}"),
    "filter_open": _("All open"),
    "filter_overdue": _("Overdue"),
    "filter_done": _("Resolved or closed"),
    "filter_all": _("All"),
    "filter_area": _("Area"),
    "filter_whole": _("All of {name}"),
    "filter_any_time": _("Period"),
    "filter_group": _("Group"),
    "filter_status": _("Status"),
    "filter_words": _("Words"),
    "filter_service": _("Kind of problem"),
    "filter_agency": _("Agency"),
    "filter_refused": _("This filter cannot be used: {filters}"),
    "filter_refused_why": _(
        "It may come from an old or mistyped link. Without it the list loads again."
    ),
    "filter_days": _("{n} days"),
    "filter_days_one": _("{n} day"),
    "more_groups": _("{n} more groups"),
    "more_groups_one": _("{n} more group"),
    "fewer_groups": _("Fewer groups"),
    "token_words": _("Words: {words}"),
    "token_box": _("Place picked on the map"),
    "remove_filter": _("Remove filter: {name}"),
    "clear_words": _("Clear the words"),
    "clear_box": _("Clear the picked place"),
    "clear_area": _("Clear the area filter"),
    "clear_since": _("Clear the period filter"),
    "clear_group": _("Clear the group filter"),
    "clear_status": _("Clear the status filter"),
    "empty": _("No complaints match"),
    "empty_why": _("No complaints with these filters: {filters}."),
    "empty_none": _("There are no open complaints now."),
    "list_failed": _("The list could not be loaded"),
    "list_failed_why": _("The server does not answer. Nothing was lost; please try again."),
    "retracted": _("No longer shown"),
    "retracted_why": _("This report has become confidential."),
    "search_ticket": _("Open ticket {ticket}"),
    "search_words": _("Search “{words}” in complaints"),
    "card_where": _("Area"),
    "card_who": _("Handled by"),
    "card_target": _("Target"),
    "card_page": _("Open the page of this complaint"),
    "merged_with": _("Merged with {ticket}"),
    "card_missing": _("No such complaint"),
    "card_missing_why": _("The number is unknown, or the complaint is not public."),
    "card_failed": _("The complaint could not be loaded"),
    "only_area": _("Known only to the kelurahan, so it has no point on the map."),
    "no_point": _("This complaint has no place on the map."),
    "hotspots": _("Hotspots"),
    "hotspots_none": _("No hotspot in this period."),
    "hotspots_failed": _("Hotspots could not be loaded."),
    "hotspot_title": _("Hotspot: {group} ({level}%)"),
    "hotspot_counts": _("{n} complaints, {even} expected if even"),
    "more_hotspots": _("{n} more hotspots"),
    "more_hotspots_one": _("{n} more hotspot"),
    "set_aside": _("{n} complaints on one default point are left out of the count."),
    "set_aside_many": _("{n} complaints on {places} default points are left out of the count."),
    "legend_density": _("Complaints"),
    "legend_per_cell": _("per cell"),
    "legend_hotspots": _("Hotspot {range}"),
    "legend_open": _("Open, coloured by group"),
    "legend_overdue": _("Overdue"),
    "legend_done": _("Resolved, last 2 days"),
    "legend_nothing": _("Nothing is drawn here now."),
    "credit_boundaries": _("Boundaries: {source}"),
    "credit_approximate": _("Approximate boundaries"),
    "credit_blurred": _("positions blurred"),
    "credit_simulated": _("simulated data"),
    "locate_failed": _("Your location could not be found."),
    "locate_outside": _("You are outside {city}."),
    "lost_since": _("Lost at {time}, reconnecting"),
    "back_online": _("Connected again"),
    "announce_filtered": _("{n} of {total} complaints"),
    "announce_new": _("{n} new complaints"),
    "announce_new_named": _("New complaint: {name}"),
}

# Every table of this module is merged into one; a key must not occur twice.
JS_STRINGS = {**SHARED, **MAP, **REPORT, **SUPPORT}


def js_strings() -> dict[str, str]:
    """Return every script text in the language of the current request."""
    return {key: str(text) for key, text in JS_STRINGS.items()}
