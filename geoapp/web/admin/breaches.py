"""``/admin/privacy/breaches``: an account or key in the wrong hands, and whom to tell."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.usecases import accounts, breach
from geoapp.web import strings_privacy as words
from geoapp.web.access import current_actor, open_to
from geoapp.web.accounts.door import lifetime
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import YEARS, Form
from geoapp.web.admin.views import done
from geoapp.web.context import current_city, now, site

Answer = tuple[str, int] | Response


@blueprint.get("/privacy/breaches/new")
@open_to(Permission.ADMINISTER)
def breach_form() -> Answer:
    """The form: who, from when to when, since when it is known."""
    here = now().astimezone(ZoneInfo(current_city().timezone))
    return _form_page(
        Form({"until": f"{here:%Y-%m-%dT%H:%M}", "discovered_at": f"{here:%Y-%m-%dT%H:%M}"})
    )


@blueprint.post("/privacy/breaches/new")
@open_to(Permission.ADMINISTER)
def breach_record() -> Answer:
    """Look into it and keep what was found."""
    form = Form()
    people, keys = _offered()
    chosen = form.choices("accounts", [value for value, _name in people])
    chosen_keys = form.choices("api_keys", [value for value, _name in keys])
    since, until, known = (_moment(form, name) for name in ("since", "until", "discovered_at"))
    what = form.text("what", most=1000, needed=False)
    if not chosen and not chosen_keys and form.sound:
        form.wrong("accounts", _("Please choose at least one."))
    if form.sound and since and until and known:
        with form.refusals():
            made = breach.look_into_as(
                site().database,
                current_city(),
                current_actor(),
                accounts=sorted(map(int, chosen)),
                keys=sorted(map(int, chosen_keys)),
                since=since,
                until=_whole_minute(until),
                discovered_at=known,
                everybody=form.flag("everybody"),
                what=what,
            )
            return done("admin.breach_page", _("The breach is recorded."), number=made.number)
    return _form_page(form)


@blueprint.get("/privacy/breaches/<int:number>")
@open_to(Permission.ADMINISTER)
def breach_page(number: int) -> str:
    """What was found, the time that is left, the text to send, the list of people."""
    city = current_city()
    found = breach.one(site().database, city, current_actor(), number)
    left = found.left(now())
    hours = int(left.total_seconds() // 3600)
    return render_template(
        "admin/breach.html",
        breach=found,
        left=left,
        hours=hours,
        minutes=int(left.total_seconds() % 3600 // 60),
        categories=words.CATEGORIES,
        opened=words.OPENED,
        names={f"account:{one['id']}": one["name"] for one in found.told["accounts"]},
        notice=breach.notice(city, found, site().settings.public_url),
    )


@blueprint.get("/privacy/breaches/<int:number>/notice.txt")
@open_to(Permission.ADMINISTER)
def breach_notice(number: int) -> Response:
    """The text to send, as a file."""
    city = current_city()
    found = breach.one(site().database, city, current_actor(), number)
    text = breach.notice(city, found, site().settings.public_url)
    response = Response(text, mimetype="text/plain; charset=utf-8")
    name = f"{city.slug}-breach-{number}.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/privacy/breaches/<int:number>/people.csv")
@open_to(Permission.ADMINISTER)
def breach_people(number: int) -> Response:
    """Whom to tell, with their addresses; each is noted as read by whoever asks."""
    city, actor = current_city(), current_actor()
    breach.one(site().database, city, actor, number)
    rows = breach.people(site().database, site().vault, city, actor, number)
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv; charset=utf-8")
    name = f"{city.slug}-breach-{number}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _offered() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Accounts and keys to choose from."""
    known = accounts.everybody(site().database, current_city(), current_actor(), lifetime())
    people = [(str(one.id), f"{one.name} · {one.email or _('machine')}") for one in known]
    keys = [
        (str(key.id), f"{one.name} · {key.name} ({key.hint}…)") for one in known for key in one.keys
    ]
    return people, keys


def _moment(form: Form, name: str) -> datetime | None:
    """A moment as the city's clocks show it."""
    raw = form.typed(name).strip()
    try:
        value: datetime | None = datetime.fromisoformat(raw)
    except ValueError:
        value = None
    if value is None or value.tzinfo is not None or value.year not in YEARS:
        form.wrong(name, _("Please give a date and a time."))
        return None
    return breach.in_city(current_city(), value)


def _whole_minute(end: datetime) -> datetime:
    """The end of the minute that was typed; of the one that is running, now."""
    return max(end, min(end + timedelta(minutes=1), now()))


def _form_page(form: Form) -> tuple[str, int]:
    people, keys = _offered()
    return render_template(
        "admin/breach_new.html", form=form, people=people, keys=keys
    ), form.status
