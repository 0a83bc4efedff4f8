"""``/admin/privacy``: what people asked for, who looked at contacts, data handed out and erased."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.privacy import Belonging
from geoapp.errors import NotFound
from geoapp.usecases import accounts, erasure, privacy_export
from geoapp.usecases import privacy as usecase
from geoapp.web import strings_privacy as words
from geoapp.web.access import current_actor, open_to
from geoapp.web.accounts.door import lifetime
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import Form
from geoapp.web.admin.views import done
from geoapp.web.api.my_data import private_zip
from geoapp.web.context import current_catalogue, current_city, site

PAGE = 25
_NOTICE = re.compile(r"breach notice (\d+)")

Answer = tuple[str, int] | Response


@blueprint.app_template_filter("purpose")
def _purpose(kept: str) -> str:
    """What a contact was shown for; what the program itself wrote, in the reader's language."""
    if kept == "erased":
        return str(_("the data was erased"))
    found = _NOTICE.fullmatch(kept)
    return str(_("notice of breach %(number)s", number=found[1])) if found else kept


@blueprint.get("/privacy")
@open_to(Permission.ADMINISTER)
def privacy() -> Answer:
    """Requests, accesses with a filter, and the form to find somebody."""
    return _page(Form())


@blueprint.post("/privacy/find")
@open_to(Permission.ADMINISTER)
def privacy_find() -> Answer:
    """What belongs to one person, to be handed out or erased."""
    form = Form()
    found = _found(form)
    if not form.sound:
        return _page(form)
    return _found_page(form, found)


@blueprint.post("/privacy/export")
@open_to(Permission.ADMINISTER)
def privacy_export_file() -> Answer:
    """What was chosen of it, as a ZIP."""
    form = Form()
    found = _found(form)
    if not form.sound:
        return _page(form)
    chosen, reason = _chosen(form, found), form.text("reason", most=usecase.REASON_MOST)
    if not form.faults:
        here = site()
        made = privacy_export.export_by_city(
            here.database, here.vault, here.photos, current_city(), current_actor(), chosen,
            reason=reason,
        )  # fmt: skip
        return private_zip(made)
    return _found_page(form, found)


@blueprint.post("/privacy/erase")
@open_to(Permission.ADMINISTER)
def privacy_erase() -> Answer:
    """What was chosen of it, gone for good; confirmed by typing the first ticket."""
    form = Form()
    found = _found(form)
    if not form.sound:
        return _page(form)
    chosen, reason = _chosen(form, found), form.text("reason", most=usecase.REASON_MOST)
    if form.typed("typed").strip().upper() != found[0].ticket:
        form.wrong("typed", _("Please type %(ticket)s.", ticket=found[0].ticket))
    if form.sound:
        here = site()
        with form.refusals():
            gone = erasure.erase_by_city(
                here.database, current_city(), current_actor(), here.settings.home, here.photos,
                chosen, reason=reason,
            )  # fmt: skip
            here.bell.ring()
            told = _("Erased: %(n)s reports, %(c)s contacts.", n=len(gone.tickets), c=gone.contacts)
            return done("admin.privacy", told)
    return _found_page(form, found)


def _found(form: Form) -> list[Belonging]:
    """What the form's person has; faults are noted beside the fields."""
    found: list[Belonging] = []
    ticket = form.text("ticket", most=40, needed=False)
    email = form.text("email", most=254, needed=False)
    phone = form.text("phone", most=40, needed=False)
    if not (ticket or email or phone) and form.sound:
        form.wrong("ticket", _("Please fill one of these in."))
    if form.sound:
        try:
            with form.refusals():
                found = usecase.find(
                    site().database, site().vault, current_city(),
                    ticket=ticket, email=email, phone=phone, alone=form.flag("alone"),
                )  # fmt: skip
        except NotFound as problem:
            form.wrong("form", _(problem.message))
    return found


def _chosen(form: Form, found: list[Belonging]) -> list[Belonging]:
    """What was ticked of it."""
    ticked = set(form.chosen("chosen"))
    chosen = [one for one in found if mark(one) in ticked]
    if not chosen:
        form.wrong("chosen", _("Please choose at least one."))
    return chosen


def mark(one: Belonging) -> str:
    """The value of its box."""
    return one.ticket if one.contact_id is None else f"follows-{one.contact_id}"


def _found_page(form: Form, found: list[Belonging]) -> tuple[str, int]:
    first = request.endpoint == "admin.privacy_find"
    page = render_template(
        "admin/privacy_found.html",
        form=form,
        found=found,
        mark=mark,
        ticked={mark(one) for one in found} if first else set(form.chosen("chosen")),
        why=words.WHY,
        services=current_catalogue().services,
    )
    return page, form.status


def _page(form: Form) -> tuple[str, int]:
    database, city, actor = site().database, current_city(), current_actor()
    narrowed = Form(dict(request.args.items()), blank=True)
    known = accounts.everybody(database, city, actor, lifetime())
    account = narrowed.typed("account")
    since, until = narrowed.optional_day("since"), narrowed.optional_day("until")
    zone = ZoneInfo(city.timezone)
    requests = usecase.requests(database, city, actor, before=_number("before"), most=PAGE + 1)
    accesses = usecase.accesses(
        database,
        city,
        actor,
        before=_number("accesses_before"),
        account=int(account) if account in {str(one.id) for one in known} else None,
        ticket=narrowed.text("ticket", most=40, needed=False),
        since=datetime(since.year, since.month, since.day, tzinfo=zone) if since else None,
        until=(
            datetime(until.year, until.month, until.day, tzinfo=zone) + timedelta(days=1)
            if until
            else None
        ),
        most=PAGE + 1,
    )
    page = render_template(
        "admin/privacy.html",
        form=form,
        narrowed=narrowed,
        accounts=[(str(one.id), one.name) for one in known],
        requests=requests[:PAGE],
        more=requests[PAGE - 1].id if len(requests) > PAGE else None,
        accesses=accesses[:PAGE],
        more_accesses=accesses[PAGE - 1].id if len(accesses) > PAGE else None,
        kinds=words.KINDS,
        counts=words.COUNTS,
        days=site().settings.contact_days,
    )
    return page, form.status


def _number(name: str) -> int | None:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
