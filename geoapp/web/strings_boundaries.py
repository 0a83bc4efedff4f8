"""Words of ``/admin/boundaries``: of codes, and of the pages' scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

__all__ = ["boundary_strings", "boundary_words"]

SET_STATUS = {
    "staged": _("Waiting"),
    "active": _("In force"),
    "retired": _("Replaced"),
}

LAYERS = {
    "kelurahan": _("Kelurahan"),
    "service_area": _("Service areas"),
    "road": _("Roads"),
}

LAYER_THINGS = {
    "kelurahan": _("Areas"),
    "service_area": _("Areas"),
    "road": _("Road lines"),
}

LAYER_COUNTS = {
    "kelurahan": _("%(n)s areas"),
    "service_area": _("%(n)s areas"),
    "road": _("%(n)s road lines"),
}

LAYER_NONE = {
    "kelurahan": _("Complaints can't be placed until there are kelurahan."),
    "service_area": _("Every complaint goes to the agency of its service."),
    "road": _("No complaint is offered to a province or the nation."),
}

RUN_TITLES = {
    "deciding": _("Finding out what would change"),
    "decided": _("Coming into force"),
    "switched": _("In force; complaints are being brought along"),
    "done": _("Everything is brought along"),
    "undone": _("Given up before it came into force"),
}

WAY = {
    "read": _("Brought in"),
    "checked": _("Checked"),
    "previewed": _("Previewed"),
    "in_force": _("In force"),
    "retired": _("Replaced"),
}

CHANGES = {
    "new": _("new"),
    "gone": _("gone"),
    "moved": _("other edges"),
    "renamed": _("other name"),
    "same": _("same"),
}

HOW = {
    "merged": _("merged into one"),
    "split": _("split into several"),
    "dropped": _("dropped, nothing in its place"),
}

NAMED = {
    "grant": _("Grant of %(who)s"),
    "service_area": _("Service area %(who)s"),
    "saved_filter": _("Filter kept by %(who)s"),
}

OVERLAPS = {
    "lowest_code": _("to the one that decides there today (the lowest code)"),
    "longest_border": _("to the one with the longest common border"),
    "largest": _("to the larger one"),
    "smallest": _("to the smaller one"),
    "keep": _("leave them as they are"),
}

FIELDS = {
    "code": _("code"),
    "name": _("name"),
    "parent_code": _("code of the kecamatan"),
    "parent_name": _("name of the kecamatan"),
    "ref": _("number of the road"),
    "authority": _("who keeps the road"),
}

JS_STRINGS = {
    "b_gap": _("Gap"),
    "b_overlap": _("Overlap"),
    "b_changed": _("Changed by cleaning"),
    "b_between": _("between {names}"),
    "b_inside": _("inside {names}"),
    "b_listed": _("{n} listed, the largest first"),
    "b_listed_one": _("{n} listed"),
    "b_more": _("Show {n} more"),
    "b_none_faults": _("No gaps and no overlaps"),
    "b_none_faults_hint": _("The areas fit together."),
    "b_none_changes": _("Nothing differs from the set in force"),
    "b_none_compared": _("No set of this layer is in force to compare with"),
    "b_none_moves": _("No complaint would move"),
    "b_no_preview": _("There is no preview yet"),
    "b_no_preview_hint": _("Ask for it below; then the complaints that would move stand here."),
    "b_map_failed": _("The shapes can't be loaded"),
    "b_new": _("new"),
    "b_gone": _("gone"),
    "b_moved": _("other edges"),
    "b_renamed": _("other name"),
    "b_moved_1": _("other edges: share of its ground below 10%"),
    "b_moved_2": _("10 to 50%"),
    "b_moved_3": _("more than 50%"),
    "b_before": _("edges in force"),
    "b_same": _("unchanged"),
    "b_road_nation": _("national road"),
    "b_road_province": _("provincial road"),
    "b_road_city": _("city road"),
    "b_changes_listed": _("{n} areas differ, the most changed first"),
    "b_changes_listed_one": _("{n} area differs"),
    "b_moves_listed": _("{n} complaints would move, the largest group first"),
    "b_moves_listed_one": _("{n} complaint would move"),
    "b_moves_n": _("{n} complaints"),
    "b_moves_n_one": _("{n} complaint"),
    "b_nowhere": _("in no area"),
    "b_key_moving": _("Complaint that would move"),
    "b_key_moving_many": _("Complaints that would move, larger where more"),
    "b_key_gap": _("Gap: ground of nobody"),
    "b_key_overlap": _("Overlap: ground of two"),
    "b_key_changed": _("What cleaning changed"),
    "b_key_number": _("The number is that of the list; small signs show theirs closer up."),
    "b_preparing": _("Getting ready"),
    "b_deciding": _("{done} of {total} complaints looked at"),
    "b_switching": _("The new boundaries come into force now."),
    "b_applying": _("Complaints are brought along: {done} of {total}"),
    "b_lost": _("The server doesn't answer; what has begun goes on there."),
    "b_sending": _("Sending the file: {done} of {total} MB"),
    "b_reading": _("Reading and checking. This may take a minute."),
    "b_too_large": _("This file has {size} MB; at most {most} MB are taken."),
    "b_cut_off": _("The file did not arrive whole. Nothing was stored; please send it again."),
    "b_closes": _("closes {n} of {all} gaps"),
    "b_sort": _("Sort by {column}"),
}


def boundary_words() -> dict[str, dict[str, str]]:
    """The words of codes by kind, in the reader's language."""
    kinds: dict[str, Mapping[str, Any]] = {
        "set_status": SET_STATUS,
        "layers": LAYERS,
        "layer_things": LAYER_THINGS,
        "layer_counts": LAYER_COUNTS,
        "layer_none": LAYER_NONE,
        "run_titles": RUN_TITLES,
        "way": WAY,
        "set_changes": CHANGES,
        "how": HOW,
        "named": NAMED,
        "overlap_ways": OVERLAPS,
        "file_fields": FIELDS,
    }
    return {
        kind: {code: str(word) for code, word in words.items()} for kind, words in kinds.items()
    }


def boundary_strings() -> dict[str, str]:
    """What the pages' scripts say, by key."""
    titles = {f"b_run_{code}": str(word) for code, word in RUN_TITLES.items()}
    return titles | {key: str(word) for key, word in JS_STRINGS.items()}
