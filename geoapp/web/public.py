"""The citizens' pages: map, report, a complaint's own page, about."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, render_template, request, url_for

from geoapp.domain import photo
from geoapp.errors import NotFound
from geoapp.usecases import boundary_words, explanation, livemap, notices
from geoapp.web import page
from geoapp.web.access import Audience, open_to
from geoapp.web.context import (
    LANGUAGES,
    addressed_city,
    current_catalogue,
    current_city,
    current_language,
    site,
)
from geoapp.web.moments import moment
from geoapp.web.photos import public_links
from geoapp.web.set_names import day_before, set_name
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
    if addressed_city() is None and site().cities():
        return render_template("cities.html", cities=site().cities())
    return render_template("map.html", **page.shell(current_city()))


@blueprint.get("/about")
@open_to(Audience.EVERYBODY)
def about() -> str:
    """Where the data comes from and what the map doesn't show."""
    current_city()
    return render_template("about.html")


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
    complaint["photos"] = public_links(complaint.get("photos", ()))
    address = url_for("public.ticket", ticket=complaint["ticket"], _external=True)
    # A new kelurahan or agency is an entry too, with neither status nor words.
    for entry in complaint["timeline"]:
        entry["told"] = entry["status"] or entry["words"] or entry["photos"]
        entry["photos"] = public_links(entry["photos"])
    settings, shown = site().settings, page.config()
    shown |= {
        "i18n": shown["i18n"] | ticket_strings(),
        "photos": {"most": photo.MOST, "max_mb": settings.photo_max_mb},
        "contact": {"days": settings.contact_days, "notices": notices.offered(settings, city)},
    }
    why = explanation.public_reasons(
        site().database, city, current_catalogue(), complaint["ticket"]
    )
    return render_template(
        "ticket.html",
        complaint=complaint,
        why=why,
        page_url=address,
        ombudsman=city.ombudsman,
        config=shown,
        **pages,
    )


from geoapp.web import area_pages, report_pages  # noqa: E402, F401 - they add their pages
