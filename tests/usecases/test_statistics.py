"""Statistics against hand-written SQL over random filters; boundaries of then and of today."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from geoapp.domain.figures import FigureRow
from geoapp.domain.place import LonLat
from geoapp.domain.statistics import Line, Step
from geoapp.domain.work_filter import WorkFilter
from geoapp.errors import Forbidden
from geoapp.store.database import Database
from geoapp.usecases import cities, numbers, statistics
from tests.asking import as_owner
from tests.complaint_rows import NOW, ZONE
from tests.databases import clone, drop
from tests.people import hire
from tests.support import default_city, send
from tests.usecases.statistics_world import (
    CHANNELS,
    FIGURES,
    PLACES,
    counted,
    fill,
    oldest,
    quantile,
    waits,
)
from tests.wards import EAST, MIDDLE, NORTH, SOUTH, WEST, draw

KEYS = {
    "agencies": "c.agency_code",
    "groups": "c.group_code",
    "kelurahan": "c.kelurahan_code",
    "total": "cast(NULL AS text)",
}
THEN = "coalesce(c.then_kelurahan_code, c.kelurahan_code)"
EVER, NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)
GROUPS = ("road", "waste", "drainage", "street_light")
AGENCIES = ("pupr_bina_marga", "dlh", "pupr_sda")


@pytest.fixture(scope="module")
def place(cluster, jambi_template) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    with as_owner(database) as owner:
        fill(owner, 260, seed=20260615)
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def operator(place):
    return hire(place, "operator")


def ask(database, actor, **args: str):
    city = default_city(database)
    now = NOW
    wanted = WorkFilter.read(args, now=now, timezone=city.timezone, me=actor.account_id)
    return statistics.of_staff(database, city, cities.catalogue(database, city), actor, wanted)


def random_filter(dice: random.Random) -> tuple[dict[str, str], list[str], dict[str, Any]]:
    """A query, what it means in hand-written SQL, and the values of that."""
    args: dict[str, str] = {}
    where: list[str] = ["true"]
    binds: dict[str, Any] = {"now": NOW, "since": EVER, "until": NEVER}
    if dice.random() < 0.8:
        days = dice.choice((2, 9, 30, 90, 180))
        args["since"], binds["since"] = f"P{days}D", NOW - timedelta(days=days)
    if dice.random() < 0.3:
        last = date(2026, 6, 14) - timedelta(days=dice.choice((0, 1)))
        args["until"] = last.isoformat()
        # the day ends at 17.00 UTC: Jambi is seven hours ahead
        binds["until"] = datetime(last.year, last.month, last.day, 17, tzinfo=UTC)
    for field, column, values, chance in (
        ("group", "c.group_code", GROUPS, 0.4),
        ("agency", "c.agency_code", AGENCIES, 0.3),
        ("channel", "c.channel", CHANNELS, 0.3),
        ("kelurahan", "c.kelurahan_code", PLACES[:3], 0.3),
        ("status", "c.status", ("submitted", "resolved", "on_hold", "assigned"), 0.2),
    ):
        if dice.random() < chance:
            chosen = dice.sample(values, dice.choice((1, 2)))
            args[field] = ",".join(chosen)
            where.append(f"{column} IN (" + ", ".join(f"'{one}'" for one in chosen) + ")")
    if dice.random() < 0.2:
        args["deadline"] = "overdue"
        where.append(
            "c.status IN ('submitted','verified','assigned','in_progress','reopened')"
            " AND c.due_at < :now"
        )
    if dice.random() < 0.4:
        args["boundaries"] = "then"
        where = [one.replace("c.kelurahan_code", THEN) for one in where]
    return args, where, binds


def value(row: FigureRow, figure: str) -> int:
    if figure.startswith(("followed_up", "resolved_in_time")):
        share = getattr(row, figure.removesuffix("_of"))
        return share.of if figure.endswith("_of") else share.n
    return getattr(row, figure)


def by_code(lines: tuple[Line, ...]) -> dict[str | None, FigureRow]:
    return {line.code: line.figures for line in lines}


@pytest.mark.parametrize("seed", range(12))
def test_every_number_equals_hand_written_sql_over_the_same_filter(place, operator, seed):
    args, where, binds = random_filter(random.Random(seed))
    told = ask(place, operator, **args)
    condition = " AND ".join(f"({one})" for one in where)
    tables = {
        "agencies": by_code(told.agencies),
        "groups": by_code(told.groups),
        "kelurahan": by_code(told.kelurahan),
        "total": {None: told.total},
    }
    with as_owner(place) as owner:
        for table, rows in tables.items():
            key = THEN if table == "kelurahan" and told.then else KEYS[table]
            for figure in FIGURES:
                found = {
                    code: value(row, figure) for code, row in rows.items() if value(row, figure)
                }
                expected = counted(owner, figure, key, condition, binds)
                assert found == expected, (args, table, figure)
            assert {
                code: row.oldest_open_at for code, row in rows.items() if row.oldest_open_at
            } == oldest(owner, key, condition, binds), (args, table)
            times: dict[str | None, list[tuple[float, bool]]] = defaultdict(list)
            for code, seconds, answered in waits(owner, key, condition, binds):
                times[code].append((seconds, answered))
            for code, row in rows.items():
                assert row.median_response_s == pytest.approx(
                    quantile(times[code], Fraction(1, 2))
                ), (args, table, code)
                assert row.p90_response_s == pytest.approx(
                    quantile(times[code], Fraction(1, 10))
                ), (args, table, code)
                assert (row.answered, row.waited) == (
                    sum(was for _, was in times[code]), len(times[code]),
                )  # fmt: skip
        # what came in, step by step, and how old the backlog is
        received = counted(owner, "received", "c.group_code", condition, binds)
        assert {code: sum(n) for code, n in told.arrivals.by_group.items()} == received
        for age in told.backlog:
            youngest = f"c.submitted_at <= :now - interval '{age.from_days} days'"
            eldest = (
                "true" if age.to_days is None
                else f"c.submitted_at > :now - interval '{age.to_days} days'"
            )  # fmt: skip
            within = f"({condition}) AND {youngest} AND {eldest}"
            of_age = {
                figure: sum(counted(owner, figure, "1", within, binds).values())
                for figure in ("open", "overdue")
            }
            assert {"open": age.open, "overdue": age.overdue} == of_age, (args, age)


def test_a_month_has_the_figures_of_a_period_that_is_this_month(place, operator):
    """But what is open: of a month that is what came in it."""
    whole = ask(place, operator)
    assert sum(line.figures.received for line in whole.months) == whole.total.received
    assert [line.code for line in whole.months] == sorted(line.code for line in whole.months)
    for line in whole.months[-3:-1]:
        first = date.fromisoformat(f"{line.code}-01")
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        month = ask(place, operator, since=first.isoformat(), until=last.isoformat()).total
        same = replace(
            month,
            key=line.code,
            is_total=False,
            **{
                name: getattr(line.figures, name)
                for name in ("open", "overdue", "verify_late", "answer_late", "oldest_open_at")
            },
        )
        # waiting counts until now in both, so the times agree too
        assert line.figures == same
        still = ask(place, operator, since=first.isoformat(), until=last.isoformat(), status="open")
        assert line.figures.open == still.total.received


def test_an_agency_s_figures_are_those_of_its_own_page(place, monkeypatch):
    """One formula under one name, wherever it is shown."""
    head = hire(place, "agency_head", agency="dlh")
    monkeypatch.setattr(place, "now", lambda: NOW)
    city = default_city(place)
    page = numbers.of_agency(
        place, city, head, "dlh", since=date(2026, 5, 1), until=date(2026, 6, 10)
    )
    (line,) = ask(place, head, since="2026-05-01", until="2026-06-10").agencies
    figures = {one.code: one for one in page.figures}
    assert line.code == "dlh"
    assert line.figures.open == figures["open"].value
    assert line.figures.overdue == figures["overdue"].value
    assert line.figures.median_response_s == pytest.approx(
        figures["median_first_response"].value * 3600
    )
    for code in ("followed_up", "resolved_in_time", "answered_in_time", "reopened"):
        share = getattr(line.figures, code)
        assert (share.n, share.of) == (figures[code].numerator, figures[code].denominator), code


def test_the_league_begins_with_the_most_overdue_not_with_the_most_answered(place, operator):
    """Also where what is overdue came before the period: it can't be waited out of sight."""
    lines = ask(place, operator, since="P2D").agencies
    overdue = [line.figures.overdue for line in lines]
    assert overdue == sorted(overdue, reverse=True)
    with as_owner(place) as owner:
        binds = {"now": NOW, "since": EVER, "until": NEVER}
        assert {line.code: line.figures.overdue for line in lines} == counted(
            owner, "overdue", "c.agency_code", "true", binds
        )


def test_who_reads_a_part_gets_the_figures_of_that_part(place):
    head = hire(place, "agency_head", agency="dlh")
    told = ask(place, head)
    assert told.partial
    assert [line.code for line in told.agencies] == ["dlh"]
    with as_owner(place) as owner:
        binds = {"now": NOW, "since": EVER, "until": NEVER}
        own = counted(owner, "received", "c.agency_code", "c.agency_code = 'dlh'", binds)
    assert told.total.received == own["dlh"]
    with pytest.raises(Forbidden):
        ask(place, hire(place, "field_officer", agency="dlh"))


@pytest.mark.parametrize(
    ("since", "step", "bars"),
    [("P7D", Step.DAY, 8), ("P30D", Step.WEEK, 6), ("2025-07-01", Step.MONTH, 12)],
)
def test_every_step_of_the_period_has_a_bar(place, operator, since, step, bars):
    # NOW is Monday, 15 June 2026, 12.00: seven days back is the 8th, thirty the 16th of May, a
    # Saturday, whose week began on the 11th; July to June are twelve months.
    arrivals = ask(place, operator, since=since).arrivals
    assert arrivals.step is step
    assert len(arrivals.starts) == bars
    if step is Step.WEEK:
        assert {day.weekday() for day in arrivals.starts} == {0}
        assert arrivals.starts[0] == date(2026, 5, 11)


WESTERN, EASTERN = (103.605, -1.605), (103.615, -1.605)


def test_today_and_then_count_the_same_complaints_in_other_areas(jambi):
    """Until 2024 one kelurahan W lay over everything; from then on the east is N.

    2023: west 1, east 2. 2025: west 1, east 1. Then: W has the three of 2023 and the western
    one of 2025. Today: W has the two western ones, N the three eastern ones.
    """
    with as_owner(jambi) as owner:
        draw(owner, {"W": ("West", "K", (WEST, SOUTH, EAST, NORTH))}, version="old",
             day=date(2020, 1, 1))  # fmt: skip
        draw(
            owner,
            {
                "W": ("West", "K", (WEST, SOUTH, MIDDLE, NORTH)),
                "N": ("New", "M", (MIDDLE, SOUTH, EAST, NORTH)),
            },
            version="new",
            day=date(2024, 1, 1),
        )
    before, since = datetime(2023, 6, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)
    for position, at in (
        (WESTERN, before), (EASTERN, before), (EASTERN, before), (WESTERN, since), (EASTERN, since),
    ):  # fmt: skip
        send(jambi, position=LonLat(*position), submitted_at=at)
    operator = hire(jambi, "operator")
    received = {}
    for boundaries in ("then", "today"):
        told = ask(jambi, operator, boundaries=boundaries)
        received[boundaries] = {line.code: line.figures.received for line in told.kelurahan}
        assert told.total.received == sum(received[boundaries].values()) == 5
        # all are open since years: the league counts them where the boundaries say
        assert [line.code for line in told.kelurahan] == (
            ["W", "N"] if boundaries == "then" else ["N", "W"]
        )
    assert received == {"then": {"W": 4, "N": 1}, "today": {"N": 3, "W": 2}}
    first = ask(jambi, operator, boundaries="then", since="2023-01-01", until="2023-12-31")
    # N is of no set of 2023, but what is open now is told whenever it came
    assert {line.code: (line.figures.received, line.figures.open) for line in first.kelurahan} == {
        "W": (3, 4), "N": (0, 1),
    }  # fmt: skip
    assert [one.version for one in first.sets] == ["old"]


def test_the_city_s_clock_says_in_which_month_a_complaint_came(jambi):
    """31 May 17.30 UTC is the first of June in Jambi."""
    send(jambi, submitted_at=datetime(2026, 5, 31, 17, 30, tzinfo=UTC))
    told = ask(jambi, hire(jambi, "operator"))
    assert [line.code for line in told.months] == ["2026-06"]
    assert default_city(jambi).timezone == ZONE
