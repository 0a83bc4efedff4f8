"""``/u/<token>``: the way out of mails, in one click from a mail program or a page."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template, request

from geoapp.usecases import notices
from geoapp.web.access import Audience, open_to
from geoapp.web.context import current_city, site
from geoapp.web.security import csrf

blueprint = Blueprint("unsubscribe", __name__)


@blueprint.before_request
def _as_page() -> None:
    g.page = True


@blueprint.get("/u/<token>")
@open_to(Audience.EVERYBODY)
def show(token: str) -> Response:
    """How mails stand, with the choices; looking changes nothing, as programs look at links."""
    return _page(token, "look")


@blueprint.post("/u/<token>")
@open_to(Audience.EVERYBODY)
def choose(token: str) -> Response:
    """Do as chosen; without a choice, end the mails about this complaint (RFC 8058).

    No form token: a mail program has none, and the link itself is what proves the addressee.
    """
    choice = request.form.get("choice", "stop")
    return _page(token, choice if choice in notices.CHOICES else "stop")


csrf.exempt(blueprint)


def _page(token: str, choice: str) -> Response:
    here, city = site(), current_city()
    state, ticket = notices.choose(here.database, here.settings, city, token, choice)
    response = make_response(
        render_template("unsubscribe.html", state=state, ticket=ticket, chosen=choice != "look")
    )
    # the address is the key: it goes to no other page, into no cache and no index
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
