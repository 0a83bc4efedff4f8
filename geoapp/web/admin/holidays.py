"""``/admin/holidays``: the days no deadline in working days counts."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.administration import Holiday, HolidayKind
from geoapp.errors import NotFound
from geoapp.usecases import administration_calendar as calendar
from geoapp.web.access import current_actor, open_to
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import YEARS, Form
from geoapp.web.admin.views import day_text, done
from geoapp.web.context import current_city, site

KINDS = tuple(kind.value for kind in HolidayKind)


@blueprint.get("/holidays")
@open_to(Permission.ADMINISTER)
def holidays() -> tuple[str, int]:
    """A year's days off."""
    return _page(Form({"kind": HolidayKind.NATIONAL.value}))


@blueprint.post("/holidays")
@open_to(Permission.ADMINISTER)
def holiday_add() -> tuple[str, int] | Response:
    """Another day off."""
    form = Form()
    added = _read(form)
    if form.sound and added is not None:
        with form.refusals():
            calendar.add_holiday(site().database, current_city(), current_actor(), added)
            told = _("%(day)s is a day off now.", day=day_text(added.day))
            return done("admin.holidays", told, year=added.day.year)
    return _page(form)


@blueprint.get("/holidays/<day>")
@open_to(Permission.ADMINISTER)
def holiday(day: str) -> tuple[str, int]:
    """One day off, to be changed."""
    known = _known(day)
    form = Form({"day": known.day, "name": known.name, "kind": known.kind.value})
    return _one_page(known, form)


@blueprint.post("/holidays/<day>")
@open_to(Permission.ADMINISTER)
def holiday_change(day: str) -> tuple[str, int] | Response:
    """Another name, kind or date."""
    known = _known(day)
    form = Form()
    changed = _read(form)
    if form.sound and changed is not None:
        with form.refusals():
            calendar.change_holiday(
                site().database, current_city(), current_actor(), known.day, changed
            )
            return done("admin.holidays", _("The change is stored."), year=changed.day.year)
    return _one_page(known, form)


@blueprint.post("/holidays/<day>/remove")
@open_to(Permission.ADMINISTER)
def holiday_remove(day: str) -> Response:
    """An ordinary day again."""
    gone = calendar.drop_holiday(site().database, current_city(), current_actor(), _date(day))
    told = _("%(day)s is an ordinary day again.", day=day_text(gone.day))
    return done("admin.holidays", told, year=gone.day.year)


def _read(form: Form) -> Holiday | None:
    day = form.day("day")
    name = form.text("name", most=120)
    kind = HolidayKind(form.choice("kind", KINDS))
    return None if day is None else Holiday(day, name, kind)


def _date(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise NotFound(f"{day!r} is no date.", "Choose from the calendar.") from None


def _known(day: str) -> Holiday:
    return calendar.holiday(site().database, current_city(), current_actor(), _date(day))


def _page(form: Form) -> tuple[str, int]:
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else None
    if year is not None and year not in YEARS:
        year = None
    told = calendar.calendar(site().database, current_city(), current_actor(), year)
    years = sorted({*told.years, told.today.year, told.today.year + 1, told.year})
    page = render_template(
        "admin/holidays.html", calendar=told, years=years, form=form, kinds=KINDS
    )
    return page, form.status


def _one_page(known: Holiday, form: Form) -> tuple[str, int]:
    return render_template("admin/holiday.html", known=known, form=form, kinds=KINDS), form.status
