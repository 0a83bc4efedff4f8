"""Texts of a complaint's own page that its scripts show, by key."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from geoapp.web.strings_photos import photo_strings

_TICKET = {
    "reply_dispute_title": _("Not finished? Reply"),
    "reply_add_title": _("Add something"),
    "reply_dispute_label": _("What isn't finished yet?"),
    "reply_add_label": _("What should the agency know?"),
    "reply_dispute": _("Not finished yet"),
    "reply_add": _("Send"),
    "reply_until": _("You may say so until {moment}; then the report is closed."),
    "reply_empty": _("Please write what it is about."),
    "reply_sending": _("Sending …"),
    "reply_photos_wait": _("The photos are still on their way."),
    "reply_photos_bad": _("Please remove the photo that can't be used."),
    "reply_reopened": _("Thank you. The report is open again."),
    "reply_closed": _("Thank you. The report is closed."),
    "reply_added": _("Thank you. Your words are with the agency."),
    "reply_late": _("The time to reply is over. Please send a new report and name this one."),
    "reply_not_yours": _("This link isn't that of the report's sender."),
    "reply_too_many": _("Too many replies in a short time. Please try again in a few minutes."),
    "reply_failed": _("It couldn't be sent. Please try again."),
    "mine_sent": _("What you sent"),
    "mine_your_reply": _("Your reply"),
    "mine_agreed": _("You said that it is finished"),
    "mine_rated": _("You rated it {n} of 5"),
    "mine_escalated": _("You take it to the Ombudsman"),
    "mine_answer": _("Answer of the agency"),
    "mine_agency": _("Handled by {agency}"),
    "mine_authority": _("Passed on to {authority}"),
    "mine_merged": _("Merged with"),
    "mine_landmark": _("Landmark"),
    "mine_kelurahan": _("Kelurahan"),
    "mine_agency_label": _("Agency"),
    "mine_photos_failed": _("The photos can't be shown right now."),
    "mine_failed": _("Your own view of this report can't be loaded right now."),
    "stars_1": _("1 star: very bad"),
    "stars_2": _("2 stars: bad"),
    "stars_3": _("3 stars: fair"),
    "stars_4": _("4 stars: good"),
    "stars_5": _("5 stars: very good"),
    "rating_missing": _("Please choose one to five stars."),
    "rating_sent": _("Thank you for your rating."),
    "rating_until": _("You rated it on {moment}. You may change it until {until}."),
    "rating_change": _("Change the rating"),
    "rating_send": _("Send the rating"),
    "rating_late": _("The time to rate is over."),
    "escalation_title": _("The deadline has passed"),
    "escalation_why": _("It was to be finished by {moment}."),
    "escalation_title_done": _("You take it to the Ombudsman"),
    "escalation_since": _("Written into the history on {moment}. What you can do now:"),
    "escalation_sure": _("Yes, write it into the history"),
    "escalation_sure_hint": _("This step stays in the history. Press once more to confirm."),
    "escalation_early": _("The deadline hasn't passed, or it was finished in time."),
    "dossier_making": _("The document is being made …"),
    "dossier_made": _("The document has been downloaded."),
    "dossier_failed": _("The document can't be made right now. Please try again in a minute."),
    "contact_add": _("Add"),
    "contact_change": _("Change"),
    "data_erasing": _("Erasing …"),
    "data_making": _("The file is being made …"),
    "data_made": _("The file has been downloaded."),
    "data_erased": _("Erased. Thank you for having reported it."),
    "data_other_ticket": _("That isn't this report's ticket number. Nothing was erased."),
    "data_refused": _("That isn't possible right now."),
    "contact_field_name": _("Name"),
    "contact_field_email": _("E-mail"),
    "contact_field_phone": _("Telephone"),
    "contact_kept": _("Kept."),
    "contact_removed": _("Removed. No news will come any more."),
    "contact_sure": _("Press once more to remove everything."),
    "contact_nothing": _("Please fill in what is to change."),
    "contact_wrong_name": _("This name can't be kept."),
    "contact_wrong_email": _("Please type an e-mail address, for example name@example.org."),
    "contact_wrong_phone": _("Please type a telephone number, for example 0812 3456 7890."),
    "notify_hint": _(
        "Only for news of this report; every mail has a link to end them. "
        "Deleted {n} days after the report is closed."
    ),
    "notify_email_wrong": _("Please type an e-mail address, for example name@example.org."),
    "notify_will_come": _("News will come to {email}."),
    "notify_failed": _("It did not reach the server. Please try again."),
    "notify_too_many": _("Too often in a short time. Please try again in a few minutes."),
}


def ticket_strings() -> dict[str, str]:
    """The texts in the language of the request."""
    return photo_strings() | {key: str(text) for key, text in _TICKET.items()}
