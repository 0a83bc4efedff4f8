"""``/command``: the map that operators watch, with everything around it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from geoapp.domain.access import Permission, reach
from geoapp.web import page
from geoapp.web.access import current_actor, open_to
from geoapp.web.context import current_catalogue, current_city
from geoapp.web.strings_command import command_strings
from geoapp.web.work import pages, wall
from geoapp.web.work.queue import work_config

THEME = "theme"
"""Cookie of a browser whose reader chose the dark look: ``dark``; anything else is light."""


@pages.get("/command")
@open_to(Permission.READ_NUMBERS)
def command() -> Response | str:
    """The live map of what the viewer may see; with ``?wall`` the wall's page."""
    if "wall" in request.args:
        return wall.answer(part())
    city = current_city()
    return render_template(
        "command/command.html",
        config=command_config(),
        theme=theme(),
        part=part(),
        **page.shell(city),
    )


def part() -> str:
    """What the viewer sees of the city, in words; empty for all of it."""
    grants = reach(current_actor(), Permission.READ)
    if not grants:
        return ""
    known = current_catalogue().agencies
    names = []
    for grant in grants:
        agency = known.get(grant.agency_code) if grant.agency_code else None
        areas = "" if grant.everywhere else str(_("Some areas of the city"))
        if agency is not None and areas:
            names.append(f"{agency.display} ({areas})")
        else:
            names.append(agency.display if agency else areas)
    return ", ".join(dict.fromkeys(filter(None, names)))


def theme() -> str:
    """The look the browser has chosen: ``light`` or ``dark``."""
    return "dark" if request.cookies.get(THEME) == "dark" else "light"


def command_config() -> dict[str, Any]:
    """The page's configuration with what its scripts need beside those of the queue."""
    shared = work_config()
    city = current_city()
    return shared | {
        "i18n": shared["i18n"] | command_strings(),
        "services": [
            {
                "code": service.code,
                "group": service.group_code,
                "name": service.name.as_dict(city.locale),
            }
            for service in current_catalogue().services.values()
        ],
    }
