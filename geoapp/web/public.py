"""The citizens' pages: map, report, a complaint's own page, about."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Flask, Response, g, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from geoapp.domain import photo
from geoapp.domain.complaint import Channel
from geoapp.errors import InvalidInput, NotFound, RateLimited
from geoapp.usecases import boundary_words, explanation, livemap
from geoapp.web import intake, page
from geoapp.web.access import Audience, open_to
from geoapp.web.context import (
    LANGUAGES,
    current_catalogue,
    current_city,
    current_language,
    site,
)
from geoapp.web.intake_form import (
    DESCRIPTION_LEAST,
    DESCRIPTION_MOST,
    LANDMARK_MOST,
    UNPRINTABLE,
    ComplaintForm,
)
from geoapp.web.json_body import validate
from geoapp.web.moments import moment
from geoapp.web.set_names import day_before, set_name
from geoapp.web.strings_report import report_strings
from geoapp.web.strings_ticket import ticket_strings

blueprint = Blueprint("public", __name__)


def register(app: Flask) -> None:
    """The pages, their filters, and the language they remember."""
    app.register_blueprint(blueprint)
    app.add_template_filter(moment)
    app.add_template_filter(_source_words, "source_words")
    app.add_template_filter(set_name)
    app.add_template_filter(day_before)

    @app.after_request
    def _remember_language(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in LANGUAGES and request.cookies.get("lang") != asked:
            response.set_cookie("lang", asked, max_age=31_536_000, samesite="Lax", httponly=True)
        return response


def _source_words(source: str) -> str:
    """Where boundaries come from, in the reader's language as far as it is known."""
    return source if current_language() == "id" else boundary_words.source_in_english(source)


@blueprint.before_request
def _as_page() -> None:
    g.page = True


@blueprint.after_request
def _never_stale(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-cache")
    response.headers.add("Vary", "Cookie")
    return response


@blueprint.get("/")
@open_to(Audience.EVERYBODY)
def live_map() -> str:
    """The live map; several cities and none named: the choice of them."""
    if request.environ.get("geoapp.city") is None and site().cities():
        return render_template("cities.html", cities=site().cities())
    return render_template("map.html", **page.shell(current_city()))


@blueprint.get("/about")
@open_to(Audience.EVERYBODY)
def about() -> str:
    """Where the data comes from and what the map doesn't show."""
    current_city()
    return render_template("about.html")


@blueprint.get("/report")
@open_to(Audience.EVERYBODY)
def report() -> str:
    """Drop a pin; works as a plain form where scripts don't run."""
    return _report_page({}, {})


@blueprint.post("/report")
@open_to(Audience.SENDERS)
def report_submit() -> Response | tuple[str, int]:
    """The plain form: same intake as the API, answered by the complaint's page."""
    values = {name: request.form.get(name, "").replace("\r\n", "\n") for name in request.form}
    sent: dict[str, Any] = {
        name: values[name]
        for name in ("service", "kelurahan", "description", "landmark")
        if values.get(name)
    }
    sent |= {flag: True for flag in ("anonymous", "confidential") if values.get(flag)}
    try:
        form = validate(ComplaintForm, sent)
        intake.count_sender()
        answer = intake.accept(form, Channel.WEB)
    except InvalidInput as problem:
        return _report_page(_in_words(problem), values), 422
    except RateLimited:
        wait = _("Too many reports in a short time. Please try again in a few minutes.")
        return _report_page({"description": [wait]}, values), 429
    followed = url_for(
        "public.ticket", ticket=answer["ticket"], _anchor=f"kunci={answer['follow_key']}"
    )
    return redirect(followed, 303)  # type: ignore[return-value]


@blueprint.get("/c/<ticket>")
@open_to(Audience.EVERYBODY)
def ticket(ticket: str) -> tuple[str, int] | str:
    """A complaint's own page; a confidential one tells its status and deadline only."""
    city = current_city()
    try:
        complaint = livemap.by_ticket(site().database, city, current_catalogue(), ticket.upper())
    except NotFound:
        return render_template("error.html", status=404, ticket=ticket), 404
    pages = page.shell(city) if complaint.get("lon") is not None else {}
    address = url_for("public.ticket", ticket=complaint["ticket"], _external=True)
    # A new kelurahan or agency is an entry too, with neither status nor words.
    for entry in complaint["timeline"]:
        entry["told"] = entry["status"] or entry["words"]
    shown = page.config()
    shown |= {"i18n": shown["i18n"] | ticket_strings()}
    why = explanation.public_reasons(
        site().database, city, current_catalogue(), complaint["ticket"]
    )
    return render_template(
        "ticket.html", complaint=complaint, why=why, page_url=address, config=shown, **pages
    )


def _in_words(problem: InvalidInput) -> dict[str, list[str]]:
    """What to do about each field, in the reader's language; the API's words are for programs."""
    words = {
        "service": _("Please choose what the problem is."),
        "kelurahan": _("Please choose the kelurahan."),
        "description": _(
            "Please describe the problem in %(least)s to %(most)s characters.",
            least=format_decimal(DESCRIPTION_LEAST),
            most=format_decimal(DESCRIPTION_MOST),
        ),
        "landmark": _(
            "Please use at most %(most)s characters.", most=format_decimal(LANDMARK_MOST)
        ),
    }
    unprintable = _("Please remove characters that can't be printed; type the text anew.")
    places = {"lon": "kelurahan", "lat": "kelurahan"}
    told: dict[str, list[str]] = {}
    for fault in problem.fields:
        field = places.get(fault.field, fault.field)
        if field in {"description", "landmark"} and fault.message.startswith(UNPRINTABLE):
            told[field] = [unprintable]
        elif field in words:
            told.setdefault(field, [words[field]])
    return told or {"description": [words["description"]]}


def _report_page(errors: dict[str, list[str]], values: dict[str, str]) -> str:
    city, catalogue = current_city(), current_catalogue()
    areas = livemap.area_list(site().database, city)
    by_group = [
        (
            {"code": group.code, "name": group.name.as_dict(city.locale)},
            [
                {"code": service.code, "name": service.name.as_dict(city.locale)}
                for service in catalogue.services.values()
                if service.group_code == group.code
            ],
        )
        for group in catalogue.groups.values()
    ]
    by_parent = [
        (parent, list(children))
        for parent, children in groupby(areas, key=lambda area: area["parent"] or _("Other"))
    ]
    return render_template(
        "report.html",
        services_by_group=[pair for pair in by_group if pair[1]],
        areas_by_parent=by_parent,
        form_errors=errors,
        form_values=values,
        config=_report_config(),
        **page.shell(city),
    )


def _report_config() -> dict[str, Any]:
    """The page's configuration with what the report's scripts need to know beside it."""
    settings = site().settings
    shown = page.config()
    return shown | {
        "i18n": shown["i18n"] | report_strings(),
        "photos": {"most": photo.MOST, "max_mb": settings.photo_max_mb},
        "contact": {"days": settings.contact_days, "notices": bool(settings.smtp_url)},
    }


from geoapp.web import area_pages  # noqa: E402, F401 - it adds its page to the blueprint
