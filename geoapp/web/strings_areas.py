"""Words of ``/admin/service-areas``: of codes, of refusals, and of what its scripts show."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

COVERAGES = {
    "city": _("The whole city"),
    "areas": _("These kelurahan"),
    "polygon": _("A polygon on the map"),
}

COVERAGE_HINTS = {
    "city": _("Everywhere in the city."),
    "areas": _("Follows the kelurahan's lines, also when they change; nothing to draw."),
    "polygon": _("Drawn on the map, or pasted as GeoJSON or WKT."),
}

AREAS = {
    "areas_snap": _("Corners snap to kelurahan and other areas within {n} px; Alt draws freely."),
    "areas_start": _("Click the first corner. {snap}"),
    "areas_next": _("{n} corners. Click on; click the first corner or “Done” to close."),
    "areas_next_one": _("{n} corner. Click the next one."),
    "areas_corners": _("{n} corners"),
    "areas_corners_one": _("{n} corner"),
    "areas_snapped": _("Snapped to {name}"),
    "areas_edit": _("{n} corners. Drag a corner; right-click takes one away. {snap}"),
    "areas_draw": _("Draw"),
    "areas_add": _("Add a part"),
    "areas_none": _("Nothing is drawn yet."),
    "areas_taken": _("The polygon is taken away; “Undo” brings it back."),
    "areas_text_bad": _("This text is not GeoJSON; WKT is read when you store."),
    "areas_no_neighbours": _("The lines to snap to cannot be loaded; draw freely or try again."),
    "areas_kelurahan": _("Kel. {name}"),
}

REFUSALS = (
    _("Use 1 to 63 letters, digits, and the signs _ . - inside."),
    _("Write 1 to 120 characters."),
    _("Give a whole number from 0 to 1000; lower ones come first."),
    _("The city has no agency %(value)s."),
    _("The city has no group %(value)s."),
    _("The city has no service %(value)s."),
    _("This service belongs to the group %(value)s: choose that, or none."),
    _("Choose at least one kelurahan."),
    _("These codes are not of the kelurahan in force: %(value)s. Take them out."),
    _("Kelurahan go with the coverage “these kelurahan” alone."),
    _("A shape goes with the coverage “polygon” alone."),
    _("Draw the polygon, or paste it as GeoJSON or WKT."),
    _("The polygon reaches far beyond the city, to %(value)s. Longitude comes first."),
    _("The polygon has no surface."),
    _("The polygon's line crosses itself at %(value)s."),
    _("The polygon isn't valid: %(value)s. Draw it anew there."),
    _("This text is too long for one shape."),
    _("This is neither GeoJSON nor WKT."),
    _("Give one shape; for several use the import."),
    _("Only a Polygon or MultiPolygon can say where somebody acts."),
    _("The shape is empty."),
    _("The shape has too many corners."),
    _("The shape's coordinates aren't nested as they should be."),
    _("The shape's brackets don't fit together."),
    _("A ring needs at least three different corners."),
    _("A corner is a longitude and a latitude."),
    _("Corners are longitude and latitude in degrees, longitude first."),
    _("This draft has been put in force meanwhile."),
    _("Load the page again: the next change begins another draft."),
    _("This draft is being put in force."),
    _("Wait until that is done or give the activation up, then change it."),
)
"""Refusals of the use cases, here to be translated: the pages look the sentences up."""


def area_words() -> dict[str, dict[str, str]]:
    """The words of codes by kind, in the reader's language."""
    kinds = {"coverages": COVERAGES, "coverage_hints": COVERAGE_HINTS}
    return {
        kind: {code: str(word) for code, word in words.items()} for kind, words in kinds.items()
    }


def area_strings() -> dict[str, str]:
    """The texts of the scripts in the language of the current request."""
    return {key: str(text) for key, text in AREAS.items()}
