"""Texts of the list of likely duplicates: what its script shows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

DUPLICATES = {
    "dup_count": _("{n} likely duplicates"),
    "dup_count_one": _("{n} likely duplicate"),
    "dup_more": _("{n} and more likely duplicates"),
    "dup_none": _("Nothing looks like a duplicate"),
    "dup_none_why": _(
        "Open complaints of one group that lie close together and came lately would stand here."
    ),
    "dup_failed": _("The list could not be loaded"),
    "dup_failed_why": _("What was shown stays; the page tries again by itself."),
    "dup_lead": _("Goes on"),
    "dup_lead_why": _("The others follow this one."),
    "dup_make_lead": _("Let this one go on"),
    "dup_merge": _("Merge into {ticket}"),
    "dup_merge_all": _("Merge all {n} into {ticket}"),
    "dup_different": _("Not a duplicate"),
    "dup_away": _("{distance} away"),
    "dup_same_place": _("same place"),
    "dup_apart": _("{time} apart"),
    "dup_words": _("{share}% the same words"),
    "dup_other_service": _("another service"),
    "dup_merged": _("{tickets} merged into {ticket}."),
    "dup_parted": _("{one} and {other} are kept apart from now on."),
    "dup_undo": _("Undo the merge"),
    "dup_undo_why": _("Why aren't they the same?"),
    "dup_undone": _("{ticket} is taken out of the merge."),
    "dup_supporters": _("supported by {n}"),
    "dup_no_photo": _("No photo"),
    "dup_group": _("Likely the same: {tickets}"),
    "dup_nothing_here": _("Choose a group first: J and K go from one to the next."),
}


def duplicate_strings() -> dict[str, str]:
    """Every text in the language of the current request."""
    return {key: str(text) for key, text in DUPLICATES.items()}
