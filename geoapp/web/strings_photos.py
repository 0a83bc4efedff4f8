"""Texts of photos on their way, by key: for pages on which photos are picked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

_PHOTOS = {
    "photo_n": _("Photo {n}"),
    "photo_count": _("{n} of {most} photos"),
    "photo_without": _("Go on without a photo"),
    "photo_waiting": _("Waiting for its turn"),
    "photo_sending": _("Sending: {share}%"),
    "photo_drawing": _("Arrived, being prepared"),
    "photo_kept": _("Photo stored"),
    "photo_skipped": _("Left out"),
    "photo_gone": _("No longer stored. Please choose this photo again."),
    "photo_refused": _("This file cannot be used as a photo. Please choose another."),
    "photo_not_a_photo": _("Only photos: JPEG, PNG, WebP or HEIC."),
    "photo_empty": _("This file is empty. Please choose another."),
    "photo_too_large": _("This photo has {mb} MB; at most {most} MB are taken."),
    "photo_too_large_told": _("This photo is too large; at most {most} MB are taken."),
    "photo_too_many": _("At most {most} photos: {n} of them were left out."),
    "photo_no_connection": _("No connection. Goes on by itself."),
    "photo_server_waits": _("The server cannot store it right now. Tried again by itself."),
    "photo_too_many_now": _("Many photos in a short time. Goes on in a minute."),
    "photo_remove": _("Remove photo {n}"),
    "photo_removed": _("Photo {n} removed"),
    "photo_of": _("Photo of report {ticket}"),
}

_WITH_WORDS = {
    "optional": _("(optional)"),
    "photos_label": _("Photos"),
    "photo_take": _("Take a photo"),
    "photo_choose": _("Choose photos"),
    "photo_bad": _("Please remove the photo that can't be used."),
    "photos_wait": _("The photos are still on their way. It is sent as soon as they have arrived."),
    "photos_as_the_answer": _(
        "The reporter sees them; everybody, where the report is public. No faces or number plates."
    ),
    "photos_internal": _("Only staff sees them."),
    "refused_photos": _("A photo isn't there any more. Please remove it and choose it again."),
}


def photo_strings() -> dict[str, str]:
    """The texts in the language of the request."""
    return {key: str(text) for key, text in _PHOTOS.items()}


def step_photo_strings() -> dict[str, str]:
    """Those, and the texts of picking photos for a step."""
    return photo_strings() | {key: str(text) for key, text in _WITH_WORDS.items()}
