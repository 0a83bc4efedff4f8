"""Summary, shades and days equal hand-written SQL over the plain tables, for filters by dice."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from geoapp.domain.area_numbers import Level
from geoapp.domain.catalogue import City
from geoapp.domain.shades import Measure
from geoapp.domain.work_filter import WorkFilter
from geoapp.store.database import Database
from geoapp.usecases import daily, shades, summary
from tests import command_world
from tests.asking import as_owner
from tests.command_world import DEADLINE, OPEN, Asked
from tests.complaint_rows import NOW
from tests.databases import clone, drop
from tests.people import hire
from tests.support import default_city
from tests.work_rows import put

DRAWN = 80
SEEDS = [*range(16), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(16, DRAWN))]
IS_OPEN = f"status IN {OPEN}"
MIDNIGHT = NOW - timedelta(hours=12)  # noon in Jambi


@dataclass
class Here:
    database: Database
    city: City
    officer: int
    askers: list[tuple[Any, str]]
    """Accounts, each with what it sees, as a condition."""
    owner: Connection


@pytest.fixture(scope="module")
def here(cluster, jambi_template) -> Iterator[Here]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    officer = hire(database, "field_officer", agency="dlh").account_id
    with as_owner(database) as connection:
        command_world.populate(connection, random.Random(20_26), many=420, officer=officer)
    askers = [
        (hire(database, "operator"), "true"),
        (hire(database, "agency_head", agency="dlh"), "agency_code = 'dlh'"),
        (hire(database, "agency_admin", agency="pupr_bina_marga", kecamatan=["15.71.08"]),
         "agency_code = 'pupr_bina_marga' AND kecamatan_code = '15.71.08'"),
    ]  # fmt: skip
    with as_owner(database) as owner:
        yield Here(database, default_city(database), officer, askers, owner)
    database.dispose()
    drop(cluster, name)


def drawn(here: Here, seed: int, *, period: bool = False) -> tuple[Any, Asked, WorkFilter]:
    """Who asks, for what (of a *period*); the filter by hand holds what the account sees."""
    dice = random.Random(seed)
    actor, sees = here.askers[seed % 5 if seed % 5 < 3 else 0]
    asked = command_world.draw(dice, here.officer)
    if period and asked.since is None:
        command_world.draw_period(dice, asked)
    asked.where["sight"] = sees
    wanted = WorkFilter.read(asked.query, now=NOW, timezone="Asia/Jakarta", me=actor.account_id)
    return actor, asked, wanted


def rows(here: Here, question: str, values: dict[str, Any]) -> list[Any]:
    return list(here.owner.execute(text(question), values))


def by_code(here: Here, column: str, asked: Asked, *without: str) -> dict[str, tuple[int, int]]:
    found = rows(
        here,
        f"SELECT {column} AS code, count(*), count(*) FILTER (WHERE {IS_OPEN})"
        f" FROM geoapp.complaint WHERE {asked.sql(*without)} GROUP BY 1",
        asked.values,
    )
    return {row[0]: (row[1], row[2]) for row in found}


def median(waits: list[tuple[float, bool]]) -> float | None:
    """When half have their answer, by Kaplan and Meier: step by step, as in a textbook."""
    share = 1.0
    for moment in sorted({seconds for seconds, answered in waits if answered}):
        at_risk = sum(seconds >= moment for seconds, _ in waits)
        share *= 1 - sum(answered and seconds == moment for seconds, answered in waits) / at_risk
        if share <= 0.5 + 1e-9:
            return moment
    return None


def waits_of(here: Here, condition: str, values: dict[str, Any]) -> list[tuple[float, bool]]:
    found = rows(
        here,
        "SELECT extract(epoch FROM coalesce(first_response_at, :now) - submitted_at)::float8,"
        f" first_response_at IS NOT NULL FROM geoapp.complaint WHERE {condition}"
        f" AND (first_response_at IS NOT NULL OR {IS_OPEN})",
        values,
    )
    return [(row[0], row[1]) for row in found]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_of_the_summary_is_what_sql_says(here, seed):
    actor, asked, wanted = drawn(here, seed)
    told = summary.of_staff(here.database, here.city, actor, wanted)
    (expected,) = rows(
        here,
        f"""SELECT count(*) AS total, count(*) FILTER (WHERE {IS_OPEN}) AS open,
            count(*) FILTER (WHERE ({DEADLINE}) = 'overdue') AS overdue,
            count(*) FILTER (WHERE ({DEADLINE}) = 'due_soon') AS due_soon,
            count(*) FILTER (WHERE submitted_at >= :midnight) AS new_today,
            count(*) FILTER (WHERE handled_at IS NOT NULL AND status NOT IN ('rejected','duplicate')),
            count(*) FILTER (WHERE status NOT IN ('rejected','duplicate')),
            count(*) FILTER (WHERE resolved_at <= due_at AND status NOT IN ('rejected','duplicate')),
            count(*) FILTER (WHERE (resolved_at IS NOT NULL AND status NOT IN ('rejected','duplicate'))
                OR (resolved_at IS NULL AND (({DEADLINE}) = 'overdue'
                                             OR (status = 'on_hold' AND due_at < hold_since))))
            FROM geoapp.complaint WHERE {asked.sql()}""",
        asked.values | {"midnight": MIDNIGHT},
    )
    assert (told.total, told.open, told.overdue, told.due_soon, told.new_today) == expected[:5]
    assert (told.followed_up.n, told.followed_up.of) == expected[5:7]
    assert (told.resolved_in_time.n, told.resolved_in_time.of) == expected[7:9]
    wanted_median = median(waits_of(here, asked.sql(), asked.values))
    assert told.median_first_response_s == pytest.approx(wanted_median)
    for found, column, field in (
        (told.by_group, "group_code", "group"), (told.by_agency, "agency_code", "agency"),
    ):  # fmt: skip
        assert {code: (one.total, one.open) for code, one in found.items()} == by_code(
            here, column, asked, field
        )
    for totals, column, field in (
        (told.by_status, "status", "status"), (told.by_channel, "channel", "channel"),
        (told.by_deadline, DEADLINE, "deadline"),
    ):  # fmt: skip
        expected_totals = {
            code: one[0] for code, one in by_code(here, column, asked, field).items()
        }
        assert totals == expected_totals


THEN = """(SELECT complaint.*, complaint.status AS status_now,
    (SELECT event.status FROM geoapp.complaint_event AS event
     WHERE event.complaint_id = complaint.id AND event.status IS NOT NULL AND event.at <= :then
     ORDER BY event.at DESC, event.id DESC LIMIT 1) AS status_then,
    coalesce((SELECT (event.data ->> 'due_at_before')::timestamptz
              FROM geoapp.complaint_event AS event
              WHERE event.complaint_id = complaint.id AND event.kind = 'deadline' AND event.at > :then
              ORDER BY event.at, event.id LIMIT 1), due_at) AS due_then
    FROM geoapp.complaint) AS past"""


def of_then(condition: str) -> str:
    """A condition by hand, about status and deadline as they were."""
    words = condition.replace("due_at", "due_then").replace(":now", ":then")
    return re.sub(r"\bstatus\b", "status_then", words)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_period_before_is_what_the_history_says(here, seed):
    actor, asked, wanted = drawn(here, seed, period=True)
    before = summary.of_staff(here.database, here.city, actor, wanted).before
    if "officer" in asked.query:
        assert before is None
        return
    assert before is not None
    assert asked.since is not None
    length = (asked.until or NOW) - asked.since
    then = NOW - length
    values = asked.values | {
        "then": then, "begin": asked.since - length, "end": asked.since,
        "recent": then - (NOW - MIDNIGHT),
    }  # fmt: skip
    where = of_then(asked.sql("since", "until"))
    (expected,) = rows(
        here,
        f"""SELECT count(*) FILTER (WHERE {of_then(IS_OPEN)}) AS open,
            count(*) FILTER (WHERE ({of_then(DEADLINE)}) = 'overdue') AS overdue,
            count(*) FILTER (WHERE submitted_at >= :recent),
            count(*) FILTER (WHERE handled_at <= :then AND status_then NOT IN ('rejected','duplicate')),
            count(*) FILTER (WHERE status_then NOT IN ('rejected','duplicate'))
            FROM {THEN}
            WHERE {where} AND submitted_at >= :begin AND submitted_at < :end AND submitted_at < :then""",
        values,
    )
    assert (before.open, before.overdue, before.new_today) == expected[:3]
    assert (before.followed_up.n, before.followed_up.of) == expected[3:]
    waits = rows(
        here,
        f"""SELECT extract(epoch FROM CASE WHEN first_response_at <= :then THEN first_response_at
                                           ELSE :then END - submitted_at)::float8,
            coalesce(first_response_at <= :then, false)
            FROM {THEN}
            WHERE {where} AND submitted_at >= :begin AND submitted_at < :end AND submitted_at < :then
              AND (first_response_at <= :then OR {of_then(IS_OPEN)})""",
        values,
    )
    assert before.median_first_response_s == pytest.approx(median([tuple(one) for one in waits]))
    assert (before.since, before.until, before.as_of) == (asked.since - length, asked.since, then)


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_every_shade_is_what_sql_says(here, seed):
    actor, asked, wanted = drawn(here, seed)
    level = random.Random(seed).choice(list(Level))
    found = {
        measure: {
            area.code: area
            for area in shades.of_staff(
                here.database, here.city, actor, wanted, measure, level
            ).areas
        }
        for measure in Measure
        if measure is not Measure.PER_1000
    }
    column = f"{level.value}_code"
    counted = rows(
        here,
        f"SELECT {column}, count(*), count(*) FILTER (WHERE {IS_OPEN}),"
        f" count(*) FILTER (WHERE ({DEADLINE}) = 'overdue')"
        f" FROM geoapp.complaint WHERE {asked.sql()} AND {column} IS NOT NULL GROUP BY 1",
        asked.values,
    )
    assert {code: one.n for code, one in found[Measure.COUNT].items() if one.n} == {
        row[0]: row[1] for row in counted
    }
    areas = rows(
        here,
        "SELECT CASE :level WHEN 'kelurahan' THEN code ELSE parent_code END,"
        " sum(ST_Area(ST_Transform(geom, 32748))) / 1e6"
        " FROM geoapp.area JOIN geoapp.boundary_set AS sets ON sets.id = area.set_id"
        " WHERE sets.layer = 'kelurahan' AND sets.status = 'active' GROUP BY 1",
        {"level": level.value},
    )
    assert set(found[Measure.COUNT]) == {row[0] for row in areas}
    totals = {row[0]: row for row in counted}
    for code, km2 in areas:
        _, total, opened, overdue = totals.get(code, (code, 0, 0, 0))
        # on the map's plane a square kilometre is up to 0.1 % off
        assert found[Measure.PER_KM2][code].value == pytest.approx(total / km2, rel=2e-3)
        late = found[Measure.OVERDUE_SHARE][code]
        assert (late.n, late.of) == (overdue, opened)
        assert late.value == (overdue / opened if opened else None)
        waits = waits_of(here, f"{asked.sql()} AND {column} = '{code}'", asked.values)
        times = found[Measure.MEDIAN_RESPONSE][code]
        assert times.value == pytest.approx(median(waits))
        assert (times.n, times.of) == (sum(answered for _, answered in waits), len(waits))


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_every_day_is_what_sql_says(here, seed):
    actor, asked, wanted = drawn(here, seed)
    told = daily.of_staff(here.database, here.city, actor, wanted)
    for day in told.days[:: max(1, len(told.days) // 12)]:
        begin = datetime.combine(day.day, datetime.min.time(), NOW.tzinfo) - timedelta(hours=7)
        (expected,) = rows(
            here,
            f"""SELECT count(*) FILTER (WHERE submitted_at >= :begin AND submitted_at < :end),
                count(*) FILTER (WHERE (
                    SELECT event.status FROM geoapp.complaint_event AS event
                    WHERE event.complaint_id = complaint.id AND event.status IS NOT NULL
                      AND event.at < :end ORDER BY event.id DESC LIMIT 1) IN {OPEN})
                FROM geoapp.complaint WHERE {asked.sql()}""",
            asked.values | {"begin": begin, "end": begin + timedelta(days=1)},
        )
        assert (day.received, day.open_at_end) == tuple(expected), day
    found = [day.day for day in told.days]
    assert found == [found[0] + timedelta(days=n) for n in range(len(found))] if found else True
    if asked.until is None and told.days:
        (still,) = rows(
            here, f"SELECT count(*) FROM geoapp.complaint WHERE {asked.sql()} AND {IS_OPEN}",
            asked.values,
        )  # fmt: skip
        assert told.days[-1].open_at_end == still[0]
    (all_of_them,) = rows(
        here, f"SELECT count(*) FROM geoapp.complaint WHERE {asked.sql()}", asked.values
    )
    assert sum(day.received for day in told.days) == all_of_them[0]


def test_the_filters_find_something_mostly(here):
    """Dice that only ever find nothing would prove nothing."""
    found = [
        summary.of_staff(here.database, here.city, actor, wanted).total
        for actor, _, wanted in (drawn(here, seed) for seed in range(DRAWN))
    ]
    assert sum(total > 5 for total in found) > 40
    assert len(set(found)) > 25


def test_without_a_history_nobody_says_how_it_stood(jambi):
    operator, city = hire(jambi, "operator"), default_city(jambi)
    with as_owner(jambi) as connection:
        row = put(connection, submitted_at=NOW - timedelta(days=40), updated_at=NOW)
        put(connection, submitted_at=NOW - timedelta(days=5), updated_at=NOW)
        connection.execute(
            text("DELETE FROM geoapp.complaint_event WHERE complaint_id = :id"), {"id": row["id"]}
        )

    def before(**query):
        wanted = WorkFilter.read({"since": "P30D"} | query, now=NOW, timezone="Asia/Jakarta", me=1)
        return summary.of_staff(jambi, city, operator, wanted).before

    told = before()
    assert (told.open, told.overdue, told.median_first_response_s, told.followed_up) == (None,) * 4
    assert told.new_today == 0
    assert before(status="open").new_today is None
    days = daily.of_staff(
        jambi, city, operator, WorkFilter.read({}, now=NOW, timezone="Asia/Jakarta", me=1)
    ).days
    assert days[0].received == 1
    assert {day.open_at_end for day in days} == {None}
