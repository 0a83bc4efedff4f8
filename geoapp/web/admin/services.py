"""``/admin/services``: what is promised for each kind of complaint, through time."""

from __future__ import annotations

from datetime import date

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.administration import ServiceTerms, as_data
from geoapp.domain.catalogue import Clock
from geoapp.usecases import administration_catalogue as catalogue
from geoapp.web.access import current_actor, open_to
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import Form
from geoapp.web.admin.views import agency_names, done
from geoapp.web.context import current_catalogue, current_city, site

CLOCKS = tuple(clock.value for clock in Clock)
TARGET_MOST = {Clock.HOURS: 8_784, Clock.WORKING_DAYS: 366}
"""A promise of more than a year is a slip of the key."""
METRES_MOST = 5_000
"""As the database's own check has it."""


@blueprint.get("/services")
@open_to(Permission.ADMINISTER)
def services() -> str:
    """All services by group, with what is promised today."""
    where = (site().database, current_city(), current_actor())
    today = catalogue.today(*where)
    known = catalogue.services(*where)
    groups = [
        (group, sorted(own, key=lambda one: one.shown(today).terms.position))
        for group in current_catalogue().groups.values()
        if (own := [one for one in known if one.group_code == group.code])
    ]
    names = agency_names(catalogue.agencies(*where), today)
    return render_template("admin/services.html", groups=groups, today=today, names=names)


@blueprint.get("/services/new")
@open_to(Permission.ADMINISTER)
def service_form() -> tuple[str, int]:
    """The form for another service."""
    today = catalogue.today(site().database, current_city(), current_actor())
    start = {
        "valid_from": today,
        "clock": Clock.HOURS.value,
        "verify_clock": Clock.WORKING_DAYS.value,
        "verify_target": 3,
        "answer_clock": Clock.WORKING_DAYS.value,
        "answer_target": 5,
        "blur_m": 0,
        "duplicate_radius_m": 50,
        "needs_place": True,
    }
    return _new_page(Form(start))


@blueprint.post("/services/new")
@open_to(Permission.ADMINISTER)
def service_add() -> tuple[str, int] | Response:
    """Another service."""
    where = (site().database, current_city(), current_actor())
    form = Form()
    code = form.text("code", most=40, needed=False)
    group = form.choice("group", current_catalogue().groups)
    valid_from = form.day("valid_from")
    position = catalogue.next_position(catalogue.services(*where))
    terms = _terms(form, _agencies(), glyph=group, position=position)
    if form.sound and valid_from is not None:
        with form.refusals():
            code = catalogue.add_service(
                *where, code=code, group_code=group, valid_from=valid_from, terms=terms
            )
            return done("admin.service", _("%(name)s is added.", name=terms.name), code=code)
    return _new_page(form)


@blueprint.get("/services/<code>")
@open_to(Permission.ADMINISTER)
def service(code: str) -> tuple[str, int]:
    """One service: its promises through time, and the form to change them."""
    return _page(code, None)


@blueprint.post("/services/<code>")
@open_to(Permission.ADMINISTER)
def service_change(code: str) -> tuple[str, int] | Response:
    """Another promise from a day on."""
    where = (site().database, current_city(), current_actor())
    form = Form()
    valid_from, last_day = form.day("valid_from"), form.optional_day("last_day")
    shown = catalogue.service(*where, code).versions[-1].terms
    terms = _terms(form, _agencies(), glyph=shown.glyph, position=shown.position)
    if form.sound and valid_from is not None:
        with form.refusals():
            catalogue.change_service(
                *where, code, valid_from=valid_from, last_day=last_day, terms=terms
            )
            return done("admin.service", _("The change is stored."), code=code)
    return _page(code, form)


def _agencies(today: date | None = None) -> dict[str, str]:
    where = (site().database, current_city(), current_actor())
    return agency_names(catalogue.agencies(*where), today or catalogue.today(*where))


def _terms(form: Form, agencies: dict[str, str], *, glyph: str, position: int) -> ServiceTerms:
    clock, target = _promise(form, "clock", "target")
    verify_clock, verify_target = _promise(form, "verify_clock", "verify_target")
    answer_clock, answer_target = _promise(form, "answer_clock", "answer_target")
    return ServiceTerms(
        name=form.text("name"),
        name_en=form.text("name_en"),
        agency_code=form.choice("agency_code", agencies),
        clock=clock,
        target=target,
        verify_clock=verify_clock,
        verify_target=verify_target,
        answer_clock=answer_clock,
        answer_target=answer_target,
        blur_m=form.number("blur_m", 0, METRES_MOST),
        duplicate_radius_m=form.number("duplicate_radius_m", 0, METRES_MOST),
        needs_place=form.flag("needs_place"),
        glyph=glyph,
        position=position,
    )


def _promise(form: Form, clock_field: str, target_field: str) -> tuple[Clock, int]:
    clock = Clock(form.choice(clock_field, CLOCKS))
    return clock, form.number(target_field, 1, TARGET_MOST[clock])


def _new_page(form: Form) -> tuple[str, int]:
    page = render_template(
        "admin/service_new.html",
        form=form,
        agencies=_agencies(),
        groups=current_catalogue().groups.values(),
    )
    return page, form.status


def _page(code: str, form: Form | None) -> tuple[str, int]:
    where = (site().database, current_city(), current_actor())
    known = catalogue.service(*where, code)
    today = catalogue.today(*where)
    if form is None:
        shown = known.versions[-1]
        form = Form(
            as_data(shown.terms)
            | {
                "valid_from": max(today, shown.valid_from),
                "last_day": shown.last_day if shown.valid_from > today else None,
            }
        )
    page = render_template(
        "admin/service.html",
        service=known,
        group=current_catalogue().groups.get(known.group_code or ""),
        today=today,
        form=form,
        agencies=_agencies(today),
    )
    return page, form.status
