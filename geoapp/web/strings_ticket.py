"""Texts of a complaint's own page that its scripts show, by key."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

_TICKET = {
    "reply_dispute_title": _("Not finished? Reply"),
    "reply_add_title": _("Add something"),
    "reply_dispute_label": _("What isn't finished yet?"),
    "reply_add_label": _("What should the agency know?"),
    "reply_dispute": _("Not finished yet"),
    "reply_add": _("Send"),
    "reply_empty": _("Please write what it is about."),
    "reply_sending": _("Sending …"),
    "reply_reopened": _("Thank you. The report is open again."),
    "reply_closed": _("Thank you. The report is closed."),
    "reply_added": _("Thank you. Your words are with the agency."),
    "reply_late": _("The time to reply is over. Please send a new report and name this one."),
    "reply_not_yours": _("This link isn't that of the report's sender."),
    "reply_too_many": _("Too many replies in a short time. Please try again in a few minutes."),
    "reply_failed": _("It couldn't be sent. Please try again."),
}


def ticket_strings() -> dict[str, str]:
    """The texts in the language of the request."""
    return {key: str(text) for key, text in _TICKET.items()}
