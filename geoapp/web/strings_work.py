"""Texts of the pages for staff: the queue's and the case's scripts, and names of codes.

Only these pages carry them; `geoapp.web.strings` has what every page needs.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from geoapp.web.strings_reporter import REPORTER

__all__ = ["channel_names", "deadline_words", "digest_lists", "role_names", "work_strings"]

STEPS = {
    "step_verify": _("Verify"),
    "step_assign": _("Assign"),
    "step_take": _("Take it"),
    "step_give": _("Give to an officer"),
    "step_start": _("Start the work"),
    "step_finish": _("Finish"),
    "step_cannot_do": _("Can't be done"),
    "step_answer": _("Answer"),
    "step_note": _("Internal note"),
    "step_hold": _("Put on hold"),
    "step_resume": _("Resume"),
    "step_hand_over": _("Hand over to another agency"),
    "step_reject": _("Archive"),
    "step_out_of_authority": _("Outside authority"),
    "step_keep": _("Keep with the city"),
    "step_merge": _("Merge"),
    "step_unmerge": _("Take out of the merge"),
    "step_split": _("Split"),
    "step_reopen": _("Reopen"),
    "step_close": _("Close the case"),
    "step_confidential": _("Make confidential"),
    "step_public": _("Make public"),
    "about_finish": _("Say what was done. The reporter reads it."),
    "about_keep": _("The other authority isn't offered it any more; nothing else changes."),
    "about_hold": _("The deadline stands still until the complaint is resumed."),
    "about_merge": _("This complaint follows the other one; its reporter is told the same."),
    "about_split": _("A new complaint appears at the same place, with the same day of submission."),
    "about_confidential": _("The public sees neither text nor place any more."),
    "about_public": _("Everybody can read the text and see the place again."),
}

FORMS = {
    "cancel": _("Cancel"),
    "optional": _("(optional)"),
    "please_choose": _("Please choose"),
    "field_missing": _("Please fill this in."),
    "field_reason": _("Reason"),
    "reason_is_public": _("The reporter reads this reason."),
    "reason_is_internal": _("Only staff reads this reason."),
    "ready_reasons": _("Ready reasons"),
    "ready_hold": _(
        "We need a more exact place.|We need a photo of the spot.|"
        "We are waiting for material.|We are waiting for another agency."
    ),
    "ready_hand_over": _("It lies within their duties.|It lies in their service area."),
    "ready_cannot_do": _(
        "The place can't be found.|It needs equipment we don't have.|It lies on private ground."
    ),
    "ready_out_of_authority": _(
        "This is a national road.|This is a provincial road.|This belongs to a utility company."
    ),
    "ready_keep": _(
        "It lies on a side road of the city.|It is the pavement, which the city keeps."
    ),
    "ready_reopen": _("The problem is still there.|It was closed by mistake."),
    "ready_unmerge": _("These are two different problems."),
    "field_class": _("Why is it archived?"),
    "class_junk": _("Junk or prank"),
    "class_too_general": _("Too general"),
    "class_not_a_complaint": _("Not a complaint"),
    "class_other": _("Something else"),
    "class_junk_words": _("This report holds nothing that can be acted on."),
    "class_too_general_words": _(
        "The report doesn't say where or what exactly. Please report again with the place."
    ),
    "class_not_a_complaint_words": _("This is a question or a wish, not a complaint."),
    "field_text_answer": _("Answer to the reporter"),
    "field_text_finish": _("What was done"),
    "field_text_note": _("Note"),
    "field_text_split": _("Description of the part that is split off"),
    "note_is_internal": _("Only staff reads this note."),
    "answer_is_public": _("Everybody who has the ticket number reads this."),
    "field_template": _("Start from a template"),
    "template_none": _("No template"),
    "template_alone": _("Waiting for content: a template alone doesn't count as followed up."),
    "answer_normative": _("Merely normative: not a follow-up yet"),
    "preview": _("What the reporter will read"),
    "field_agency": _("Agency"),
    "agency_stay": _("Stays with {agency}"),
    "agency_decided": _("The agency that was decided for each"),
    "field_officer": _("Officer"),
    "officers_none": _("This agency has no officers yet"),
    "field_service": _("Kind of problem"),
    "field_authority": _("Whose authority is it?"),
    "authority_hint": _("The name of the authority or company; the reporter reads it."),
    "field_lead": _("Ticket number of the complaint it repeats"),
    "lead_hint": _("Type the number, or choose one nearby."),
    "near_title": _("Open complaints within 300 m"),
    "near_none": _("No other open complaint within 300 m."),
    "do_for_many": _("{step}: {n} complaints"),
    "step_done": _("{step}: done for {ticket}"),
    "step_gone": _("“{step}” isn't possible any more"),
    "typed_was": _("What you had typed:"),
    "more_steps": _("More"),
}

PROBLEMS = {
    "changed_meanwhile": _("Somebody else acted on this complaint meanwhile"),
    "changed_by_other": _("Somebody else was faster; nothing of yours was stored."),
    "changed_by_self": _("You changed this complaint elsewhere since this page was loaded."),
    "changed_since": _("This complaint has changed meanwhile"),
    "left_to_agency": _("Handed over to {agency}; no longer with your agency."),
    "left_by_step": _("“{step}” is done; your account doesn't see this complaint any more."),
    "back_to_queue": _("Back to the queue"),
    "sign_in_new_tab": _("Sign in in a new tab"),
    "typed_is_kept": _("What you typed stays in this form."),
    "load_newest": _("Load the newest state"),
    "not_reached": _("The server was not reached"),
    "not_reached_why": _("Nothing was changed. Check the connection and try again."),
    "refused_step": _("“{step}” is possible only while a complaint is: {statuses}."),
    "refused_step_refused": _("The complaint's state doesn't allow it."),
    "refused_forbidden": _("Your account may not do this with this complaint."),
    "refused_not_signed_in": _("Your session has ended. Sign in again; what you typed stays here."),
    "refused_not_found": _("Your account doesn't see this complaint any more."),
    "refused_invalid_input": _("Something in the form can't be used; see below the field."),
    "refused_invalid_field": _("Something in the form can't be used; see below the field."),
    "refused_other": _("The server refused it. Nothing was changed."),
    "refused_lead": _("This can't be the complaint it repeats."),
    "refused_text": _("Please say in your own words what was done or will be done."),
    "refused_reason": _("This reason can't be used."),
    "refused_agency": _("This agency can't be chosen."),
    "refused_officer": _("This officer can't be chosen."),
    "refused_service": _("This kind of problem can't be chosen."),
    "refused_authority": _("Please name the authority."),
}

QUEUE = {
    "duty_verify": _("To be verified"),
    "duty_answer": _("To be answered"),
    "duty_progress": _("In progress"),
    "duty_hold": _("On hold"),
    "duty_done": _("Resolved, waiting to be closed"),
    "duty_offered": _("Offered to another authority"),
    "duty_open": _("All open"),
    "duty_all": _("All, also done"),
    "any": _("All"),
    "deadline_late_verify": _("Overdue: verification"),
    "deadline_late_answer": _("Overdue: first answer"),
    "deadline_overdue": _("Overdue: resolution"),
    "late_verify": _("Verification {time} overdue"),
    "late_answer": _("First answer {time} overdue"),
    "deadline_due_soon": _("Less than 12 hours"),
    "deadline_in_time": _("In time"),
    "officer_me": _("Me"),
    "officer_none": _("Nobody yet"),
    "filter_name_group": _("Group"),
    "filter_name_kelurahan": _("Kelurahan"),
    "filter_name_kecamatan": _("Kecamatan"),
    "filter_name_agency": _("Agency"),
    "filter_name_officer": _("Officer"),
    "filter_name_deadline": _("Deadline"),
    "filter_name_channel": _("Channel"),
    "filter_name_q": _("Words"),
    "clear_filters": _("Clear the filters"),
    "filters_refused": _("These filters can't be used"),
    "empty_filters": _("Nothing under “{duty}” with these filters: {filters}."),
    "empty_duty": _("Nothing waits under “{duty}”."),
    "n_cases": _("{n} complaints"),
    "n_cases_one": _("{n} complaint"),
    "n_newer": _("{n} new complaints"),
    "n_newer_one": _("{n} new complaint"),
    "n_selected": _("{n} selected"),
    "unselect": _("Clear the selection"),
    "nothing_for_all": _("No step is possible for all of them."),
    "only_reading": _("Your account only reads."),
    "bulk_done": _("{step}: done for all {n}"),
    "bulk_partly": _("{step}: done for {done}, not for {failed}"),
    "select_case": _("Select {name}"),
    "outside_areas": _("Outside every kelurahan"),
    "confidential": _("Confidential"),
    "repeats": _("repeats {ticket}"),
    "not_now": _("“{step}” isn't possible now"),
    "whole_page": _("Open the whole page"),
    "previous_case": _("Previous complaint"),
    "next_case": _("Next complaint"),
    "case_missing": _("No such complaint"),
    "case_missing_why": _("Your account doesn't see a complaint with this number."),
    "case_failed": _("The complaint could not be loaded"),
    "case_changed": _("New state: {status}"),
    "case_no_point": _("This complaint has no point on the map."),
    "case_map": _("Map of {ticket}: its point and the polygon that decided."),
    "done_in_time": _("Done in time"),
    "done_late": _("Done {time} late"),
    "credit_exact": _("true positions"),
}

FIGURES = {
    "figure_open": _("Open now"),
    "figure_overdue": _("Overdue"),
    "figure_verify_late": _("Verifications overdue"),
    "figure_answer_late": _("First answers overdue"),
    "figure_due_soon": _("Less than 12 hours"),
    "figure_median_first_response": _("First response, median"),
    "figure_answered_in_time": _("Answered in time"),
    "figure_resolved_in_time": _("Resolved in time"),
    "figure_followed_up": _("Followed up"),
    "figure_reopened": _("Reopened after being resolved"),
    "figure_nobody": _("Without an officer"),
    "formula_open": _("Complaints in your sight that aren't finished now, those on hold included."),
    "formula_overdue": _("Open complaints past their resolution deadline now; none on hold."),
    "formula_due_soon": _("Open complaints whose resolution is due within 12 hours."),
    "formula_nobody": _("Open complaints that no officer has yet."),
    "choose_agency": _("Choose an agency to see its figures"),
    "of_all": _("{n} of {all}"),
    "from_cases": _("from {n} complaints"),
    "right_now": _("right now"),
}

# Every table of this module is merged into one; a key must not occur twice.
WORK_STRINGS = {**STEPS, **FORMS, **PROBLEMS, **QUEUE, **FIGURES, **REPORTER}

_ROLES = {
    "operator": _("Operator"),
    "agency_admin": _("Agency admin"),
    "agency_head": _("Agency head"),
    "field_officer": _("Field officer"),
    "city_admin": _("City admin"),
    "auditor": _("Auditor"),
}
_CHANNELS = {
    "web": _("Web page"),
    "api": _("Other program"),
    "import": _("Import"),
    "simulation": _("Simulation"),
    "sp4n": _("SP4N-LAPOR!"),
    "call_112": _("Call Center 112"),
    "media": _("Mass media"),
    "letter": _("Letter"),
    "counter": _("Counter"),
}
_DEADLINES = {
    "overdue": _("Overdue"),
    "due_soon": _("Less than 12 hours"),
    "in_time": _("In time"),
    "paused": _("Deadline paused"),
    "done": "",
}

_DIGEST = {
    "overdue": _("Overdue"),
    "verify_late": _("Verifications overdue"),
    "answer_late": _("First answers overdue"),
    "due_today": _("Due today"),
    "on_hold": _("On hold"),
    "on_hold_long": _("On hold longer than 10 working days"),
    "new": _("New in the last 24 hours"),
}


def work_strings() -> dict[str, str]:
    """Return every text of staff's scripts in the language of the current request."""
    return {key: str(text) for key, text in WORK_STRINGS.items()}


def role_names() -> dict[str, str]:
    """What a role is called."""
    return {code: str(name) for code, name in _ROLES.items()}


def channel_names() -> dict[str, str]:
    """What the door a complaint came through is called."""
    return {code: str(name) for code, name in _CHANNELS.items()}


def deadline_words() -> dict[str, str]:
    """A deadline's state, for pages without scripts."""
    return {code: str(name) for code, name in _DEADLINES.items()}


def digest_lists() -> dict[str, str]:
    """What the lists of a morning's digest are called, in their order."""
    return {code: str(name) for code, name in _DIGEST.items()}
