"""``/agency/templates``: the texts that answers begin with, worded on plain forms."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.casework import Template
from geoapp.errors import NotFound
from geoapp.usecases import work
from geoapp.web.access import current_actor, open_to
from geoapp.web.admin.forms import Form
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.intake_form import plain
from geoapp.web.page import config
from geoapp.web.work import pages

NAME_MOST = 100
BODY_MOST = 2000
"""Letters; the form of an answer takes no longer text."""
EVERY = "*"
"""How the form names all agencies together."""


@pages.get("/agency/templates")
@open_to(Permission.WORD_ANSWERS)
def templates() -> tuple[str, int]:
    """The texts the viewer may choose from, by agency, and a form for another one."""
    offered = _agencies()
    return _page(Form({"agency": next(iter(offered), "")}))


@pages.post("/agency/templates")
@open_to(Permission.WORD_ANSWERS)
def template_add() -> tuple[str, int] | Response:
    """Another text."""
    form = Form()
    agency = form.choice("agency", _agencies())
    name, body = form.text("name", most=NAME_MOST), _body(form)
    if not form.sound:
        return _page(form)
    with form.refusals():
        work.add_template(
            site().database,
            current_city(),
            current_actor(),
            None if agency == EVERY else agency,
            name,
            body,
        )
        return _done(_("“%(name)s” is stored.", name=name))
    return _page(form)


@pages.get("/agency/templates/<int:number>")
@open_to(Permission.WORD_ANSWERS)
def template(number: int) -> tuple[str, int]:
    """One text, to be changed."""
    known = _known(number)
    return _one_page(known, Form({"name": known.name, "body": known.body}))


@pages.post("/agency/templates/<int:number>")
@open_to(Permission.WORD_ANSWERS)
def template_change(number: int) -> tuple[str, int] | Response:
    """Other words; answers already given stay as they are."""
    known = _known(number)
    form = Form()
    name, body = form.text("name", most=NAME_MOST), _body(form)
    if not form.sound:
        return _one_page(known, form)
    work.change_template(
        site().database, current_city(), current_actor(), number, name=name, body=body
    )
    return _done(_("The change is stored."))


@pages.post("/agency/templates/<int:number>/retire")
@open_to(Permission.WORD_ANSWERS)
def template_retire(number: int) -> Response:
    """No longer offered."""
    known = _known(number)
    work.change_template(site().database, current_city(), current_actor(), number, retired=True)
    return _done(_("“%(name)s” isn't offered any more.", name=known.name))


def _body(form: Form) -> str:
    """The text itself, its lines kept."""
    raw = form.typed("body").replace("\r\n", "\n")
    if not raw.strip():
        form.wrong("body", _("Please fill this in."))
        return ""
    try:
        body = plain(raw)
    except ValueError:
        form.wrong("body", _("Please remove characters that can't be printed."))
        return ""
    if len(body) > BODY_MOST:
        form.wrong("body", _("Please use at most %(most)s characters.", most=BODY_MOST))
    return body


def _agencies() -> dict[str, str]:
    """What the viewer may word texts for: codes with names, all agencies together first."""
    actor = current_actor()
    every = {EVERY: str(_("All agencies"))} if work.may_word(actor, None) else {}
    return every | {
        agency.code: agency.display
        for agency in sorted(current_catalogue().agencies.values(), key=lambda one: one.display)
        if work.may_word(actor, agency.code)
    }


def _texts() -> list[Template]:
    return work.templates(site().database, current_city(), current_actor())


def _known(number: int) -> Template:
    """The text with this number, if the viewer words it."""
    for text in _texts():
        if text.id == number and work.may_word(current_actor(), text.agency_code):
            return text
    raise NotFound("There is no such text in use.", "Look at the list of texts again.")


def _page(form: Form) -> tuple[str, int]:
    offered, texts = _agencies(), _texts()
    groups: list[dict[str, Any]] = [
        {
            "name": name,
            "texts": [text for text in texts if (text.agency_code or EVERY) == code],
            "mine": code in offered,
        }
        for code, name in ({EVERY: _("All agencies")} | offered).items()
    ]
    page = render_template(
        "work/templates.html",
        groups=[group for group in groups if group["texts"]],
        offered=list(offered.items()),
        form=form,
        name_most=NAME_MOST,
        body_most=BODY_MOST,
        config=config(),
    )
    return page, form.status


def _one_page(known: Template, form: Form) -> tuple[str, int]:
    names = _agencies()
    page = render_template(
        "work/template.html",
        known=known,
        whose=names.get(known.agency_code or EVERY, ""),
        form=form,
        name_most=NAME_MOST,
        body_most=BODY_MOST,
        config=config(),
    )
    return page, form.status


def _done(told: str) -> Response:
    flash(told)
    return redirect(url_for("work.templates"), 303)
