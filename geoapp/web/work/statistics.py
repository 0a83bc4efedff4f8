"""``/command/statistics``: the page, its tables as files, and the same figures as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from geoapp.channels import spreadsheet
from geoapp.domain.access import Permission
from geoapp.domain.statistics import FOLLOW_UP_LINE, Statistics
from geoapp.errors import NotFound
from geoapp.usecases import numbers, statistics
from geoapp.usecases import statistics_tables as tables
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.operations import Good, Operation, operation, read_query
from geoapp.web.context import current_catalogue, current_city, current_language, site
from geoapp.web.set_names import set_name
from geoapp.web.strings_statistics import (
    column_names,
    field_names,
    statistics_strings,
    table_names,
)
from geoapp.web.work import api, pages, queries, statistics_page
from geoapp.web.work.command import part, theme
from geoapp.web.work.queue import work_config
from geoapp.web.work.reading import answered

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages.add_app_template_filter(statistics_page.percent, "percent")
pages.add_app_template_filter(statistics_page.span, "span")
pages.add_app_template_filter(statistics_page.age, "age")


@api.get("/statistics")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="Statistics of what an account sees: by agency, kelurahan, group and month",
        query=queries.WorkFilterQuery,
        good={200: Good("Every table; what is open or overdue as it stands now.")},
        faults=(401, 403, 422),
    )
)
def statistics_answer() -> Response:
    """Answer every table of what the filter lets through."""
    query = read_query(queries.WorkFilterQuery)
    return answered(statistics.as_json(_found(query)))


@pages.get("/command/statistics")
@open_to(Permission.READ_NUMBERS)
def statistics_of_city() -> str:
    """Every table, with charts where scripts run."""
    asked = statistics_page.Asked.read()
    told = _found(asked.query)
    drawn = statistics.small_map(site().database, current_city(), told)
    arrivals = statistics_page.told_apart(told.arrivals)
    shared = work_config()
    return render_template(
        "command/statistics.html",
        config=shared
        | {
            "i18n": shared["i18n"] | statistics_strings(),
            "statistics": _charts(told, arrivals),
        },
        theme=theme(),
        part=part(),
        asked=asked,
        told=told,
        arrivals=arrivals,
        top=[line for line in told.kelurahan if line.code and line.figures.open][
            : statistics_page.TOP
        ],
        line=FOLLOW_UP_LINE,
        formulas={code: _in_language(words) for code, words in numbers.FORMULAS.items()},
        columns=column_names(),
        month_names=dict(zip((line.code for line in told.months), _months(told), strict=True)),
        group_names=_group_names()
        | {
            line.code: line.name
            for line in told.groups
            if line.code not in current_catalogue().groups
        },
        groups=current_catalogue().groups,
        periods=statistics_page.PERIODS,
        days=statistics_page.DAYS,
        **statistics_page.shaded(told, drawn),
    )


@pages.get("/command/statistics/<table>.<any(csv,xlsx):form>")
@open_to(Permission.READ_NUMBERS)
def statistics_file(table: str, form: str) -> Response:
    """One table, or all of them, as a file for a spreadsheet.

    Raises:
        NotFound: there is no such table.
    """
    if table not in {*tables.TABLES, tables.EVERYTHING}:
        raise NotFound("There is no such table.", "Take one of: " + ", ".join(tables.TABLES))
    asked = statistics_page.Asked.read()
    told, city = _found(asked.query), current_city()
    names = column_names() | table_names()
    if form == "csv":
        sheet = (
            tables.everything(told, city)
            if table == tables.EVERYTHING
            else tables.sheet(told, table, city, names)
        )
        # the byte order mark tells a spreadsheet the encoding
        response = Response("\ufeff" + spreadsheet.as_csv(sheet), mimetype="text/csv")
    else:
        wanted = tables.TABLES if table == tables.EVERYTHING else (table,)
        words = {code: _in_language(formula) for code, formula in numbers.FORMULAS.items()}
        sheets = [tables.summary(told, names, words, _facts(told, asked))]
        sheets += [tables.sheet(told, one, city, names | _group_names()) for one in wanted]
        response = Response(spreadsheet.as_xlsx(sheets), mimetype=XLSX)
    boundaries = "-then" if told.then else ""
    day = told.as_of.astimezone(ZoneInfo(city.timezone))
    name = f"statistics-{table}{boundaries}-{day:%Y-%m-%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _found(query: queries.WorkFilterQuery) -> Statistics:
    database = site().database
    return statistics.of_staff(
        database,
        current_city(),
        current_catalogue(),
        current_actor(),
        query.wanted(database.now()),
    )


def _facts(told: Statistics, asked: statistics_page.Asked) -> Iterator[tuple[str, str]]:
    """What a workbook says of itself below the figures."""
    yield str(_("City")), current_city().name.local
    if part():
        yield str(_("Part that your account reads")), part()
    yield str(_("As of")), str(format_datetime(told.as_of, "d MMM y HH.mm"))
    if told.since:
        yield str(_("From")), str(format_datetime(told.since, "d MMM y HH.mm"))
    if told.until:
        yield str(_("Until")), str(format_datetime(told.until, "d MMM y HH.mm"))
    yield (
        str(_("Boundaries")),
        str(_("Boundaries of then") if told.then else _("Today's boundaries")),
    )
    for one in told.sets:
        yield str(_("Source of the boundaries")), f"{set_name(one.version)}: {one.source}"
    if asked.filter.get("group"):
        yield field_names()["group"], asked.filter["group"]
    for other in asked.further():
        yield other["name"], other["value"]


def _charts(told: Statistics, arrivals: dict[str, Any]) -> dict[str, Any]:
    """What the charts are drawn from."""
    names = {
        code: _in_language_of(group.name) for code, group in current_catalogue().groups.items()
    }
    return {
        "arrivals": {
            "labels": arrivals["labels"],
            "series": [
                {
                    "code": one["code"],
                    "name": names.get(one["code"], one["code"]) or str(_("Others")),
                    "counts": one["counts"],
                }
                for one in arrivals["series"]
            ],
        },
        "months": {
            "labels": _months(told),
            "median_h": [_hours(line.figures.median_response_s) for line in told.months],
            "p90_h": [_hours(line.figures.p90_response_s) for line in told.months],
        },
    }


def _months(told: Statistics) -> list[str]:
    """What the months are called."""
    return [
        str(format_date(date.fromisoformat(f"{line.code}-01"), "MMM y")) for line in told.months
    ]


def _group_names() -> dict[str, str]:
    return {code: _in_language_of(group.name) for code, group in current_catalogue().groups.items()}


def _in_language(words: dict[str, str]) -> str:
    return words.get(current_language(), words["en"])


def _in_language_of(name: Any) -> str:
    return str(name.local if current_language() == current_city().locale else name.english)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 2)
