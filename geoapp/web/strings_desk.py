"""Texts of what stands around the live map: numbers, alarms, activity, selection, saved filters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

__all__ = ["DESK"]

DESK = {
    # numbers
    "figures": _("Figures"),
    "kpi_open": _("Still open"),
    "kpi_new_today": _("New today"),
    "kpi_overdue": _("Overdue"),
    "kpi_median_first_response": _("First response"),
    "kpi_followed_up": _("Followed up"),
    "median": _("median"),
    "compared_with_days": _("compared with the {n} days before"),
    "compared_with_days_one": _("compared with the day before"),
    "compared_with_nothing": _("no period to compare with"),
    "change": _("change:"),
    "n_points": _("{n} points"),
    # alarms
    "alarms": _("Alarms"),
    "alarms_are_hotspots": _("Hotspots of the latest count, not warnings of something new."),
    "alarms_none": _("No place has more complaints than chance explains."),
    "n_hotspots": _("{n} hotspots"),
    "n_hotspots_one": _("{n} hotspot"),
    "hotspot_sentence": _(
        "{n} complaints in {days} days around {where}. Evenly spread it would be {even}."
    ),
    "hotspot_sentence_one": _(
        "{n} complaint in {days} days around {where}. Evenly spread it would be {even}."
    ),
    "look_on_map": _("Show on the map"),
    "list_around": _("List them"),
    "list_around_said": _("The list shows the complaints around this hotspot."),
    "look": _("Look"),
    # activity
    "activity_list": _("What happens, newest first"),
    "activity_of": _("All you may see, whatever the filters"),
    "activity_pause": _("Pause"),
    "activity_resume": _("Go on"),
    "activity_paused": _("The activity is paused."),
    "activity_resumed": _("The activity goes on."),
    "activity_none": _("Nothing has happened yet."),
    "n_happenings": _("{n} new"),
    "activity_submitted": _("New report"),
    "activity_support": _("{n} new supporters"),
    "activity_support_one": _("{n} new supporter"),
    "activity_assignment": _("Assigned"),
    "activity_answer": _("Answer to the reporter"),
    "activity_note": _("Internal note"),
    "activity_reply": _("The reporter replied"),
    "activity_officer": _("Officer changed"),
    "activity_deadline": _("Deadline moved"),
    "activity_flag": _("Visibility changed"),
    "activity_merged": _("Merged"),
    "activity_unmerged": _("Taken out of the merge"),
    "activity_split": _("Split"),
    "activity_authority": _("Kept with the city"),
    "activity_photo": _("Photo changed"),
    "activity_contact": _("The reporter changed the contact"),
    "activity_rating": _("Rated"),
    "activity_escalated": _("Taken to the Ombudsman"),
    "activity_erased": _("The reporter's data were removed"),
    "activity_flood": _("{n} changes at once"),
    "activity_flood_why": _("Too many to list one by one; map, list and figures follow."),
    "staff_retracted_why": _("It has left what your account sees."),
    # list and selection
    "select_all": _("Select all that are shown"),
    "by_deadline": _("by deadline"),
    "picked_all": _("{n} selected"),
    "picked_some": _("{n} of {all} selected: at most so many at once."),
    "picked_none": _("No complaint of this filter lies in the shape."),
    # saved filters
    "view": _("View"),
    "view_open": _("All that is open"),
    "view_own": _("Own filter"),
    "view_is": _("View: {name}"),
    "save": _("Save"),
    "save_filter": _("Save"),
    "save_filter_title": _("Save this filter"),
    "saved_name": _("Name of the view"),
    "saved_share": _("Show it to everybody in the command center"),
    "saved_mine": _("My views"),
    "saved_shared": _("Shared by others"),
    "saved_is_shared": _("shared"),
    "saved_none": _("No view is saved yet."),
    "saved_failed": _("Saved views could not be loaded."),
    "saved_as": _("Saved as “{name}”"),
    "saved_taken": _("You have a view of this name already."),
    "saved_refused": _("It can't be saved: the name is taken, or 50 views are kept already."),
    "saved_replace": _("Keep the present filter as “{name}”"),
    "saved_replaced": _("“{name}” holds the present filter now."),
    "saved_remove": _("Remove “{name}”"),
    "saved_removed": _("“{name}” is removed."),
}
"""By key, as the scripts of js/command/ ask for them."""
