"""``/admin/misfits``: rules that don't fit, each with the way to a rule that does."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from geoapp.domain.access import Permission
from geoapp.usecases import misfits as finding
from geoapp.web.access import current_actor, open_to
from geoapp.web.admin import blueprint
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.work.misfits import told


@blueprint.get("/misfits")
@open_to(Permission.ADMINISTER)
def misfits() -> str:
    """What people give to another agency again and again, and a rule for it, filled in."""
    city, catalogue = current_city(), current_catalogue()
    found = finding.of_city(site().database, city, current_actor())
    return render_template(
        "admin/misfits.html",
        misfits=[_with_way(told(one, catalogue, city.locale)) for one in found],
        least=finding.LEAST,
        days=finding.WITHIN.days,
    )


def _with_way(one: dict[str, Any]) -> dict[str, Any]:
    """With the address of the form for a rule of its own."""
    wanted = {"service": one["service"]["code"], "agency": one["to"]["code"]}
    if one["kelurahan"]:
        wanted["kelurahan"] = one["kelurahan"]["code"]
    return one | {"make_rule": url_for("admin.service_area_form", **wanted)}
