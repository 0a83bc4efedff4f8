"""The page of field teams."""

from __future__ import annotations

from dataclasses import asdict

from flask import render_template

from geoapp.domain.access import Permission
from geoapp.usecases import field
from geoapp.web import page
from geoapp.web.access import current_actor, open_to
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.photos import photo_config
from geoapp.web.strings_field import field_strings
from geoapp.web.strings_photos import step_photo_strings
from geoapp.web.work import pages


@pages.get("/field")
@open_to(Permission.WORK)
def field_page() -> str:
    """The open work inside the account's areas, for a phone in the sun."""
    actor, city = current_actor(), current_city()
    own = field.own_areas(site().database, city, current_catalogue(), actor)
    shown = page.config()
    shown |= {
        "i18n": shown["i18n"] | step_photo_strings() | field_strings(),
        "photos": photo_config(),
        "me": {"id": actor.account_id, "label": actor.label, "name": actor.name},
        "own": asdict(own),
    }
    return render_template("field/field.html", config=shown, **page.shell(city))
