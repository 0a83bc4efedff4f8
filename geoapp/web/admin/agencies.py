"""``/admin/agencies``: what agencies are called, through time."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.administration import AgencyTerms
from geoapp.usecases import administration_catalogue as catalogue
from geoapp.web.access import current_actor, open_to
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import Form
from geoapp.web.admin.views import done
from geoapp.web.context import current_city, site


@blueprint.get("/agencies")
@open_to(Permission.ADMINISTER)
def agencies() -> str:
    """All agencies as they are called today, with what is planned."""
    where = (site().database, current_city(), current_actor())
    today = catalogue.today(*where)
    known = sorted(
        catalogue.agencies(*where),
        key=lambda agency: (
            not agency.shown(today).terms.in_city,
            agency.shown(today).terms.short_name.lower(),
        ),
    )
    return render_template("admin/agencies.html", agencies=known, today=today)


@blueprint.get("/agencies/new")
@open_to(Permission.ADMINISTER)
def agency_form() -> tuple[str, int]:
    """The form for another agency."""
    today = catalogue.today(site().database, current_city(), current_actor())
    return _new_page(Form({"valid_from": today, "in_city": True}))


@blueprint.post("/agencies/new")
@open_to(Permission.ADMINISTER)
def agency_add() -> tuple[str, int] | Response:
    """Another agency."""
    form = Form()
    code = form.text("code", most=40, needed=False)
    valid_from = form.day("valid_from")
    terms = _terms(form)
    if form.sound and valid_from is not None:
        with form.refusals():
            code = catalogue.add_agency(
                site().database,
                current_city(),
                current_actor(),
                code=code,
                valid_from=valid_from,
                terms=terms,
            )
            return done("admin.agency", _("%(name)s is added.", name=terms.short_name), code=code)
    return _new_page(form)


@blueprint.get("/agencies/<code>")
@open_to(Permission.ADMINISTER)
def agency(code: str) -> tuple[str, int]:
    """One agency: what it was and will be called, and the form to change that."""
    return _page(code, None)


@blueprint.post("/agencies/<code>")
@open_to(Permission.ADMINISTER)
def agency_change(code: str) -> tuple[str, int] | Response:
    """Another name from a day on."""
    form = Form()
    valid_from, last_day = form.day("valid_from"), form.optional_day("last_day")
    terms = _terms(form)
    if form.sound and valid_from is not None:
        with form.refusals():
            catalogue.change_agency(
                site().database,
                current_city(),
                current_actor(),
                code,
                valid_from=valid_from,
                last_day=last_day,
                terms=terms,
            )
            return done("admin.agency", _("The change is stored."), code=code)
    return _page(code, form)


def _terms(form: Form) -> AgencyTerms:
    return AgencyTerms(
        name=form.text("name"),
        name_en=form.text("name_en"),
        short_name=form.text("short_name", most=60),
        unit=form.text("unit", needed=False) or None,
        in_city=form.flag("in_city"),
    )


def _new_page(form: Form) -> tuple[str, int]:
    return render_template("admin/agency_new.html", form=form), form.status


def _page(code: str, form: Form | None) -> tuple[str, int]:
    where = (site().database, current_city(), current_actor())
    known = catalogue.agency(*where, code)
    today = catalogue.today(*where)
    if form is None:
        shown = known.versions[-1]
        terms = shown.terms
        form = Form(
            {
                "valid_from": max(today, shown.valid_from),
                "last_day": shown.last_day if shown.valid_from > today else None,
                "name": terms.name,
                "name_en": terms.name_en,
                "short_name": terms.short_name,
                "unit": terms.unit,
                "in_city": terms.in_city,
            }
        )
    page = render_template("admin/agency.html", agency=known, today=today, form=form)
    return page, form.status
