"""The agency's queue, its figures and its digest, and the complaint's page for staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, url_for
from flask_babel import format_date, format_decimal

from geoapp.domain.access import Actor, Permission, may
from geoapp.domain.casework import WholeAgency
from geoapp.domain.complaint import Channel
from geoapp.domain.work_filter import WorkFilter
from geoapp.domain.workflow import STEPS
from geoapp.errors import NotFound
from geoapp.usecases import area_numbers, contacts, explanation, roads
from geoapp.usecases import digest as digests
from geoapp.usecases import numbers as figures
from geoapp.usecases import work as reading
from geoapp.web import area_pages, page
from geoapp.web.access import current_actor, open_to
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.photos import photo_config
from geoapp.web.strings_photos import step_photo_strings
from geoapp.web.strings_work import (
    channel_names,
    deadline_words,
    digest_lists,
    role_names,
    work_strings,
)
from geoapp.web.work import case_words, pages

PERIODS = (30, 7, 90, 365)
"""Days that the figures' page offers, the usual one first."""


@pages.app_template_filter("thousands")
def thousands(value: float) -> str:
    """A number as the reader's language writes it: ``1.284``, ``5,6``."""
    return str(format_decimal(value))


@pages.app_template_filter("day")
def day(value: date) -> str:
    """A day with its year: ``19 Nov 2026``."""
    return str(format_date(value, "d MMM y"))


@pages.after_request
def _private(response: Response) -> Response:
    # What one account sees must not come back to another one from a cache.
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@pages.get("/agency")
@open_to(Permission.READ)
def queue() -> str:
    """What the viewer may see, by deadline, with its map."""
    return render_template("work/queue.html", config=work_config(), **page.shell(current_city()))


@pages.get("/agency/numbers")
@open_to(Permission.READ_NUMBERS)
def numbers() -> str:
    """The agency's figures with what they are made of, over a period."""
    agency, days = _agency_asked(), _days_asked()
    found = None
    if agency:
        found = figures.of_agency(
            site().database,
            current_city(),
            current_actor(),
            agency,
            since=_today() - timedelta(days=days - 1),
            until=_today(),
        )
    return render_template(
        "work/numbers.html",
        **(_by_area(agency, days) if agency else {}),
        agency=agency,
        agencies=_agencies_read(),
        days=days,
        periods=PERIODS,
        found=found,
        formulas=figures.FORMULAS,
        names=work_strings(),
        config=work_config(),
    )


def _by_area(agency: str, days: int) -> dict[str, Any]:
    """The agency's figures by area, of the same period."""
    city, database, actor = current_city(), site().database, current_actor()
    asked = replace(area_pages.Asked.read(), agency=agency, days=days)
    args = asked.filter_args()
    wanted = WorkFilter.read(args, now=database.now(), timezone=city.timezone, me=actor.account_id)
    counted = area_numbers.of_staff(database, city, actor, wanted, asked.level)
    table = args | {"level": asked.level.value, "format": "csv"}
    return {
        "csv_address": f"{url_for('work_api.area_numbers_answer')}?{urlencode(table)}",
        **area_pages.context(counted, area_numbers.small_map(database, city, counted), asked),
    }


@pages.get("/agency/digest")
@open_to(Permission.READ_NUMBERS)
def digest() -> str:
    """What was overdue this morning; where heads of agencies land."""
    agency = _agency_asked()
    found = None
    if agency:
        try:
            found = digests.of_agency(site().database, current_city(), current_actor(), agency)
        except NotFound:
            found = None  # the first morning is still to come: the page says so
    return render_template(
        "work/digest.html",
        agency=agency,
        agencies=_agencies_read(),
        found=found,
        services=current_catalogue().services,
        names=digest_lists(),
        config=work_config(),
    )


def _agencies_read() -> list[dict[str, str]]:
    """Agencies whose figures the viewer may read: whole ones alone."""
    actor = current_actor()
    return [
        {"code": agency.code, "name": agency.display}
        for agency in current_catalogue().agencies.values()
        if may(actor, Permission.READ_NUMBERS, WholeAgency(agency.code))
    ]


def _agency_asked() -> str | None:
    """The agency in the address when the viewer may read it; else the only one there is."""
    agencies = [agency["code"] for agency in _agencies_read()]
    asked = request.args.get("agency", "")
    if asked in agencies:
        return asked
    return agencies[0] if len(agencies) == 1 else None


def _days_asked() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked in {str(days) for days in PERIODS} else PERIODS[0]


def _today() -> date:
    return site().database.now().astimezone(ZoneInfo(current_city().timezone)).date()


@pages.get("/case/<ticket>")
@open_to(Permission.READ)
def case(ticket: str) -> str | tuple[str, int]:
    """Everything about one complaint and what may be done with it.

    ``?part=live`` answers the part that changes alone, for the queue's drawer and for news.
    """
    city = current_city()
    try:
        opened = reading.case(site().database, city, current_actor(), ticket)
        explained = explanation.of_complaint(site().database, city, current_actor(), ticket)
        reporter = contacts.standing(site().database, city, current_actor(), ticket)
    except NotFound:
        return render_template("work/missing.html", ticket=ticket, config=work_config()), 404
    told = case_words.case(opened, current_catalogue(), city.locale)
    context: dict[str, Any] = {
        "case": told,
        "why": case_words.why(explained, current_catalogue()),
        "facts": case_words.facts(told),
        "reporter": reporter,
        "may_hide": any(
            may(current_actor(), permission, reading.standing_of(opened.case.complaint))
            for permission in (Permission.TRIAGE, Permission.HANDLE)
        ),
        "role_names": role_names(),
        "deadline_words": deadline_words(),
        "channel_names": channel_names(),
        "kind_icons": case_words.KIND_ICONS,
        "config": work_config(),
    }
    if request.args.get("part") == "live":
        return render_template("work/_case.html", **context)
    return render_template("work/case.html", **context, **page.shell(city))


def work_config() -> dict[str, Any]:
    """The page's configuration with what staff's scripts need; public pages never carry it."""
    actor, shared = current_actor(), page.config()
    return shared | {
        "i18n": shared["i18n"] | step_photo_strings() | work_strings(),
        "photos": photo_config(),
        "work": _work(actor),
    }


def _work(actor: Actor) -> dict[str, Any]:
    """Who looks, what they may do from which status, and the agencies there are.

    The steps come from the workflow's own table; the server judges each one again when it
    is taken, with the place of the very complaint.
    """
    agencies = {grant.agency_code for grant in actor.grants}
    steps: dict[str, Any] = {}
    for step, rule in STEPS.items():
        sources = {
            status.value
            for way in rule.ways
            if may(actor, way.permission)
            for status in way.sources
        }
        if sources:
            steps[step.value] = {
                "sources": sorted(sources),
                "needs": list(rule.needs),
                "optional": list(rule.optional),
            }
    catalogue = current_catalogue()
    return {
        "me": {"id": actor.account_id, "name": actor.name, "roles": sorted(actor.roles)},
        "agency": next(iter(agencies)) if len(agencies) == 1 else None,
        # a duty only where roads of other authorities are known
        "offers": may(actor, Permission.TRIAGE) and roads.known(site().database, current_city()),
        "steps": steps,
        "agencies": [
            {"code": agency.code, "name": agency.display} for agency in catalogue.agencies.values()
        ],
        "channels": [
            {"code": channel.value, "name": channel_names()[channel.value]} for channel in Channel
        ],
    }
