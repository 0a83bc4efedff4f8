"""``/admin/service-areas``: who acts where, drawn and edited in a draft."""

from __future__ import annotations

import json
from typing import Any

from flask import Response as FlaskResponse
from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.service_area import (
    PRIORITIES,
    USUAL_PRIORITY,
    Coverage,
    ServiceArea,
    code_from,
)
from geoapp.domain.shape import MAX_TEXT, Shape
from geoapp.errors import ChangedMeanwhile, InvalidInput, NotFound
from geoapp.usecases import service_area_files as files
from geoapp.usecases import service_area_rules
from geoapp.usecases import service_areas as use
from geoapp.web.access import allowed, current_actor, open_to
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import WHOLE, Form
from geoapp.web.admin.grants import offered
from geoapp.web.admin.views import done
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.moments import moment
from geoapp.web.page import config, shell
from geoapp.web.strings_admin import page_words
from geoapp.web.strings_areas import area_strings, area_words

SNAP_PX = 18
"""How near a corner must come to a neighbour's to snap to it, on the screen."""

_FORMS = frozenset({"admin.service_area_add", "admin.service_area_change"})


@blueprint.url_value_preprocessor
def _room_for_shapes(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A polygon's text may be larger than any other form, from those who may send one."""
    if endpoint in _FORMS and request.method == "POST" and allowed(Permission.ADMINISTER):
        request.max_content_length = request.max_form_memory_size = 2 * MAX_TEXT


def _where() -> tuple[Any, Any]:
    return site().database, current_city()


def _context(**more: Any) -> dict[str, Any]:
    words, shared = page_words(), config()
    catalogue = current_catalogue()
    return {
        "words": words | area_words(),
        "config": shared | {"i18n": shared["i18n"] | words["js"] | area_strings()},
        "catalogue": catalogue,
        "snap_px": SNAP_PX,
        **more,
    }


@blueprint.get("/service-areas")
@open_to(Permission.ADMINISTER)
def service_areas() -> str:
    """The rules by agency, what only the code decides, and who acts where for one service."""
    by = current_actor()
    there = use.standing(*_where(), by)
    shown = there.shown
    held = use.areas(*_where(), shown.id, by) if shown else []
    services = current_catalogue().services
    service = services.get(request.args.get("service", "")) or next(iter(services.values()), None)
    acting = None
    if shown and service:
        acting = service_area_rules.rules(*_where(), shown.id, service, by)
    kelurahan = offered().kelurahan
    by_agency: dict[str, list[Any]] = {}
    for each in held:
        by_agency.setdefault(each.area.agency_code or "", []).append(each)
    return render_template(
        "admin/service_areas.html",
        **_context(
            there=there,
            shown=shown,
            by_agency=by_agency,
            clashes=use.clashes(*_where(), shown.id, by) if shown else [],
            service=service,
            acting=acting,
            kelurahan=kelurahan,
            # Kelurahan may have been retired since the rule was stored.
            stale=[
                (each.area, gone)
                for each in held
                if (gone := [code for code in each.area.area_codes if code not in kelurahan])
            ],
        ),
    )


@blueprint.get("/service-areas/new")
@open_to(Permission.ADMINISTER)
def service_area_form() -> tuple[str, int]:
    """The form for another rule."""
    start: dict[str, object] = {"priority": USUAL_PRIORITY, "coverage": Coverage.POLYGON.value}
    return _page(Form(start | _proposed()), None, "")


def _proposed() -> dict[str, object]:
    """What the list of rules that don't fit proposes in the address; an unknown code is left out."""
    catalogue, asked = current_catalogue(), request.args
    found: dict[str, object] = {}
    if asked.get("service", "") in catalogue.services:
        found["service"] = asked["service"]
    if asked.get("agency", "") in catalogue.agencies:
        found["agency"] = asked["agency"]
    if asked.get("kelurahan", "") in offered().kelurahan:
        found |= {"coverage": Coverage.AREAS.value, "kelurahan": (asked["kelurahan"],)}
    return found


@blueprint.post("/service-areas/new")
@open_to(Permission.ADMINISTER)
def service_area_add() -> tuple[str, int] | Response:
    """Another rule; the first change begins a draft."""
    form = Form()
    shown = use.standing(*_where(), current_actor()).shown
    taken = use.areas(*_where(), shown.id, current_actor()) if shown else []
    name = form.text("name", most=120)
    code = form.text("code", most=63, needed=False)
    code = code or code_from(name, [held.area.code for held in taken])
    if any(held.area.code == code for held in taken):
        form.wrong("code", _("The code %(value)s is taken already.", value=code))
    area = _read(form, code, name)
    if area is not None and form.sound and _put(form, area, seen=""):
        return done("admin.service_areas", _("%(name)s is stored in the draft.", name=name))
    return _page(form, None, "")


@blueprint.get("/service-areas/areas/<code>")
@open_to(Permission.ADMINISTER)
def service_area(code: str) -> tuple[str, int]:
    """One rule: its form and its map."""
    area = _one(code)
    return _page(Form(_start(area)), area, area.revision)


@blueprint.post("/service-areas/areas/<code>")
@open_to(Permission.ADMINISTER)
def service_area_change(code: str) -> tuple[str, int] | Response:
    """Another content of a rule, unless somebody else changed it since the page was loaded."""
    form = Form()
    area = _read(form, code, form.text("name", most=120))
    if area is not None and form.sound and _put(form, area, seen=form.typed("seen")):
        return done("admin.service_areas", _("%(name)s is stored in the draft.", name=area.name))
    return _page(form, _one(code, gone=True), form.typed("seen"), code=code)


@blueprint.post("/service-areas/areas/<code>/remove")
@open_to(Permission.ADMINISTER)
def service_area_remove(code: str) -> tuple[str, int] | Response:
    """Take a rule out of the draft; what is in force stays until that is activated."""
    by, area = current_actor(), _one(code)
    form = Form(_start(area), blank=True)
    try:
        gone = use.remove(
            *_where(), use.draft(*_where(), by), code, by, seen=request.form.get("seen", "")
        )
    except ChangedMeanwhile:
        form.clash(WHOLE, _changed_by(code))
        return _page(form, area, area.revision)
    return done("admin.service_areas", _("%(name)s is taken out of the draft.", name=gone.name))


@blueprint.get("/service-areas/neighbours.json")
@open_to(Permission.ADMINISTER)
def service_area_neighbours() -> FlaskResponse:
    """What a line snaps to: kelurahan in force and the other polygons, to the last digit."""
    by = current_actor()
    shown = use.standing(*_where(), by).shown
    besides = request.args.get("besides", "")
    return _json(use.neighbours(*_where(), shown.id if shown else None, besides=besides, by=by))


@blueprint.get("/service-areas/export.geojson")
@open_to(Permission.ADMINISTER)
def service_area_export() -> FlaskResponse:
    """The rules shown, as a file that the import reads."""
    by = current_actor()
    shown = use.standing(*_where(), by).shown
    if shown is None:
        raise NotFound("There are no service areas yet.", "Add one.")
    answer = _json(files.geojson(*_where(), shown.id, by))
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="service-areas-{current_city().slug}-{shown.id}.geojson"'
    )
    return answer


def _json(value: dict[str, Any]) -> FlaskResponse:
    # Flask's own writer sorts keys and rounds nothing, but escapes every letter that isn't ASCII.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return FlaskResponse(text, mimetype="application/geo+json")


def _one(code: str, *, gone: bool = False) -> ServiceArea | Any:
    """The rule as it is shown now; with *gone* None stands for one that was taken out."""
    by = current_actor()
    shown = use.standing(*_where(), by).shown
    try:
        return use.one(*_where(), shown.id if shown else 0, code, by)
    except NotFound:
        if gone:
            return None
        raise


def _start(area: ServiceArea) -> dict[str, object]:
    return {
        "code": area.code,
        "name": area.name,
        "agency": area.agency_code,
        "group": area.group_code,
        "service": area.service_code,
        "priority": area.priority,
        "coverage": area.coverage.value,
        "kelurahan": area.area_codes,
        "geometry": area.geometry.text if area.geometry else None,
    }


def _read(form: Form, code: str, name: str) -> ServiceArea | None:
    """What the form says; None, with faults noted, where it can't be read.

    Of kelurahan and shape only what goes with the chosen coverage counts: the form keeps the
    rest, so that changing one's mind loses nothing.
    """
    catalogue = current_catalogue()
    coverage = Coverage(form.choice("coverage", [each.value for each in Coverage]))
    shape = None
    text = form.typed("geometry")
    if coverage is Coverage.POLYGON and text.strip():
        try:
            shape = Shape.parse(text)
        except InvalidInput as problem:
            form.wrong("geometry", _(problem.message))
    area = ServiceArea(
        code=code,
        name=name,
        agency_code=form.choice("agency", ("", *catalogue.agencies)) or None,
        group_code=form.choice("group", ("", *catalogue.groups)) or None,
        service_code=form.choice("service", ("", *catalogue.services)) or None,
        priority=form.number("priority", PRIORITIES.start, PRIORITIES.stop - 1),
        coverage=coverage,
        area_codes=tuple(form.chosen("kelurahan")) if coverage is Coverage.AREAS else (),
        geometry=shape,
    )
    return area if form.sound else None


def _put(form: Form, area: ServiceArea, *, seen: str) -> bool:
    """Whether the rule was stored; else the form says why not."""
    by = current_actor()
    with form.refusals():
        try:
            use.put(*_where(), use.draft(*_where(), by), area, by, seen=seen)
        except ChangedMeanwhile:
            form.clash(WHOLE, _changed_by(area.code))
    if "area_codes" in form.faults:
        form.faults.setdefault("kelurahan", []).extend(form.faults.pop("area_codes"))
    return form.sound


def _changed_by(code: str) -> str:
    last = use.last_change(*_where(), code, current_actor())
    if last is None:
        told = _("Somebody else changed this service area since you opened it.")
    else:
        told = _(
            "%(who)s changed this service area since you opened it: %(when)s.",
            who=last[0],
            when=moment(last[1]),
        )
    return " ".join(
        (told, _("What is stored now is listed below; storing again puts yours in its place."))
    )


def _page(form: Form, area: ServiceArea | None, seen: str, *, code: str = "") -> tuple[str, int]:
    conflict = form.status == 409
    page = render_template(
        "admin/service_area.html",
        **_context(
            form=form,
            area=area,
            code=code or (area.code if area else ""),
            # Whoever has been told what changed may overwrite it.
            seen=(area.revision if area else "") if conflict else seen,
            conflict=conflict,
            offered=offered(),
            priorities=PRIORITIES,
            **shell(current_city()),
        ),
    )
    return page, form.status
