"""The simulated season: repeatable, flagged, plausible, with a hotspot known beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from geoapp.domain.catalogue import City
from geoapp.errors import DatabaseUnavailable, InvalidInput
from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, intake_bulk, simulation
from geoapp.usecases.intake_bulk import Loader
from geoapp.usecases.simulation import seed_if_empty, simulate
from geoapp.usecases.simulation_recipe import recipe_of
from geoapp.usecases.simulation_weather import weather

CITY = "15.71"
NOW = datetime(2026, 11, 19, 8, 42, tzinfo=ZoneInfo("Asia/Jakarta"))
OPEN = "status IN ('submitted','verified','assigned','in_progress','on_hold','reopened')"


@pytest.fixture
def city(jambi: Database) -> City:
    return cities.find(jambi, CITY)


def ask(database: Database, sql: str, **values: Any) -> Any:
    with database.transaction(Role.WORKER, CITY) as connection:
        return connection.execute(text(sql), values).all()


def contents(database: Database) -> list[Any]:
    return ask(
        database,
        "SELECT c.external_id, service_code, description, landmark, c.status, submitted_at,"
        " resolved_at, ST_AsText(geom), anonymous, array_agg(e.status || e.at ORDER BY e.id)"
        " FROM geoapp.complaint c JOIN geoapp.complaint_event e ON e.city_code = c.city_code"
        " AND e.complaint_id = c.id GROUP BY c.city_code, c.id ORDER BY c.external_id",
    )


def test_a_season_looks_like_the_city_it_stands_for(jambi: Database, city: City) -> None:
    told = simulate(jambi, city, now=NOW)
    # The mock screens' figures: 1,284 complaints in 90 days, 154 open, 53 of them overdue.
    assert 1300 <= told.stored <= 1750
    [[quarter, opened, overdue]] = ask(
        jambi,
        "SELECT count(*) FILTER (WHERE submitted_at > cast(:now AS timestamptz) - interval '90 days'),"
        f" count(*) FILTER (WHERE {OPEN}), count(*) FILTER (WHERE {OPEN} AND due_at < :now)"
        " FROM geoapp.complaint",
        now=NOW,
    )
    assert 1000 <= quarter <= 1500
    assert 80 <= opened <= 200
    assert 30 <= overdue <= 90
    # All flagged, all within the city, none after the end, every status met.
    [[wrong]] = ask(
        jambi,
        "SELECT count(*) FROM geoapp.complaint WHERE NOT simulated OR channel <> 'simulation'"
        " OR source <> 'simulation' OR assignment_method IN ('outside', 'nearest')"
        " OR submitted_at > :now OR resolved_at > :now OR closed_at > :now",
        now=NOW,
    )
    assert wrong == 0
    statuses = {status for (status,) in ask(jambi, "SELECT DISTINCT status FROM geoapp.complaint")}
    assert statuses >= {
        "submitted", "verified", "assigned", "in_progress", "resolved", "closed", "on_hold",
        "rejected", "out_of_authority", "duplicate",
    }  # fmt: skip
    kinds = {k for (k,) in ask(jambi, "SELECT DISTINCT location_kind FROM geoapp.complaint")}
    assert kinds == {"point", "area", "none"}
    # Roads lead, as in SIKESAL's published mix; lights follow (their hotspot not counted).
    groups = dict(
        ask(
            jambi,
            "SELECT group_code, count(*)::float FROM geoapp.complaint"
            " WHERE external_id NOT LIKE '%planted%' GROUP BY 1",
        )
    )
    assert 0.13 <= groups["road"] / told.stored <= 0.30
    assert 0.09 <= groups["street_light"] / told.stored <= 0.22


def test_histories_agree_with_the_complaints_they_belong_to(jambi: Database, city: City) -> None:
    simulate(jambi, city, days=60, now=NOW)
    [[disagreeing]] = ask(
        jambi,
        "WITH told AS (SELECT complaint_id, array_agg(status ORDER BY id) AS statuses,"
        " array_agg(at ORDER BY id) AS moments FROM geoapp.complaint_event GROUP BY 1)"
        " SELECT count(*) FROM geoapp.complaint c JOIN told ON complaint_id = id"
        " WHERE statuses[1] <> 'submitted' OR moments[1] <> submitted_at"
        " OR statuses[cardinality(statuses)] <> c.status"
        " OR moments <> (SELECT array_agg(m ORDER BY m) FROM unnest(moments) m)"
        " OR moments[cardinality(moments)] > :now"
        " OR (resolved_at IS NOT NULL) <> (c.status IN ('resolved', 'closed'))",
        now=NOW,
    )
    assert disagreeing == 0


def test_the_same_seed_city_and_end_make_the_same_rows(
    jambi: Database, city: City, database: Database
) -> None:
    cities.load_default(database)
    simulate(jambi, city, days=30, now=NOW, seed=5)
    simulate(database, city, days=30, now=NOW, seed=5)
    first = contents(jambi)
    assert len(first) > 200
    assert contents(database) == first
    again = simulate(jambi, city, days=30, now=NOW, seed=5)
    assert (again.stored, again.known) == (0, len(first))
    other = simulate(jambi, city, days=30, now=NOW, seed=6)
    assert other.known == 0
    assert other.stored > 0


def test_a_day_is_the_same_whatever_season_it_lies_in(jambi: Database, city: City) -> None:
    def day(days: int, end: datetime) -> list[Any]:
        maker = simulation._Maker(jambi, city, days, None, 1, end)
        return [
            (row.new.service, row.new.description, row.new.position, row.new.submitted_at)
            for row in maker.day(date(2026, 11, 10))
        ]

    assert day(90, NOW) == day(20, NOW.astimezone(UTC) + timedelta(days=3))
    assert len(day(90, NOW)) > 3


def test_the_planted_hotspot_is_there_and_is_found(jambi: Database, city: City) -> None:
    from geoapp.usecases import hotspots

    told = simulate(jambi, city, now=NOW).planted
    assert told is not None
    [[near]] = ask(
        jambi,
        "SELECT count(*) FROM geoapp.complaint WHERE service_code = :service"
        " AND submitted_at > cast(:now AS timestamptz) - make_interval(days => :days)"
        " AND ST_DWithin(geom::geography,"
        " ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, :radius + 1)",
        service=told.service, now=NOW, days=told.days, lon=told.lon, lat=told.lat,
        radius=told.radius_m,
    )  # fmt: skip
    assert near >= told.count
    [run] = hotspots.compute_all(jambi, Settings(), city.code, NOW, groups=[told.group])
    west, south, east, north = run.clusters[0].bbox
    assert run.clusters[0].confidence == 99
    assert west <= told.lon <= east
    assert south <= told.lat <= north


def test_the_default_point_is_named_as_such_and_is_no_hotspot(jambi: Database, city: City) -> None:
    from geoapp.usecases import hotspots

    told = simulate(jambi, city, now=NOW)
    assert told.default_point is not None
    assert told.at_default_point >= 20
    runs = hotspots.compute_all(jambi, Settings(), city.code, NOW)
    aside = {(a.lon, a.lat) for run in runs for a in run.set_aside}
    assert aside == {(told.default_point.lon, told.default_point.lat)}


def test_heavy_rain_brings_floods_and_then_bad_roads(jambi: Database, city: City) -> None:
    recipe = recipe_of(city, cities.catalogue(jambi, city))
    days = weather(recipe.rain, "1/15.71", date(2024, 1, 1), date(2025, 12, 31))
    heavy = [day for day in days.values() if day.heavy]
    dry = [day for day in days.values() if day.rain_mm == 0]
    flood = [sum(day.factor["flood"] for day in of) / len(of) for of in (heavy, dry)]
    assert flood[0] > 4 * flood[1]
    # Jun-Sep is dry, Nov-Jan is the peak (domain facts); roads follow with a lag.
    month = {m: [day for at, day in days.items() if at.month == m] for m in range(1, 13)}
    mean = {m: sum(day.rain_mm for day in of) / len(of) for m, of in month.items()}
    assert max(mean[m] for m in (6, 7, 8, 9)) < min(mean[m] for m in (11, 12, 1))
    wear = {m: sum(day.factor["wear"] for day in of) / len(of) for m, of in month.items()}
    assert wear[1] > wear[8]
    # "Usual" is one: the rate given is the rate of a usual year.
    for rhythm in ("wear", "runoff", "flood", "storm", "dry"):
        usual = sum(day.factor[rhythm] for day in days.values()) / len(days)
        assert 0.6 < usual < 1.5


def test_a_city_without_a_recipe_speaks_by_its_services_names(jambi: Database, city: City) -> None:
    elsewhere = replace(city, slug="elsewhere")
    recipe = recipe_of(elsewhere, cities.catalogue(jambi, city))
    assert len(recipe.services) == len(cities.catalogue(jambi, city).services)
    told = simulate(jambi, elsewhere, days=10, now=NOW)
    assert told.planted is None
    assert told.stored > 50


def test_a_city_without_boundaries_says_what_to_do(database: Database) -> None:
    from pathlib import Path

    folder = Path(__file__).resolve().parent.parent / "data" / "boston"
    boston = cities.load(database, folder)
    with pytest.raises(InvalidInput, match="Import its boundaries first"):
        simulate(database, boston, days=5, now=NOW)


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 4000}, {"rate": 0}, {"rate": -1}])
def test_impossible_lengths_and_rates_are_refused(
    jambi: Database, city: City, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        simulate(jambi, city, now=NOW, **wrong)


def test_an_empty_city_is_seeded_once(jambi: Database, city: City, settings: Settings) -> None:
    short = replace(settings, demo_days=20)
    told = seed_if_empty(jambi, city, short)
    assert told is not None
    assert told.stored > 100
    assert seed_if_empty(jambi, city, short) is None


def test_a_season_that_was_cut_off_is_completed(
    jambi: Database, city: City, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(settings, demo_days=60)
    original = Loader.store
    calls = []

    def failing(self: Loader, rows: Any) -> Any:
        calls.append(len(rows))
        if len(calls) == 2:
            raise DatabaseUnavailable("gone")
        return original(self, rows)

    monkeypatch.setattr(intake_bulk.Loader, "store", failing)
    with pytest.raises(DatabaseUnavailable):
        seed_if_empty(jambi, city, short)
    monkeypatch.setattr(intake_bulk.Loader, "store", original)
    told = seed_if_empty(jambi, city, short)
    assert told is not None
    assert told.known >= 490
    assert told.stored > 100
    assert seed_if_empty(jambi, city, short) is None


def test_a_city_with_a_real_complaint_is_left_alone(
    jambi: Database, city: City, settings: Settings
) -> None:
    from geoapp.domain.complaint import NewComplaint
    from geoapp.domain.history import told_by
    from geoapp.spatial.bulk import Filed

    real = NewComplaint(service="pothole", description="Nyata", named_area="15.71.08.1006")
    Loader(jambi, city, actor="import", keep_outside=False).store([Filed(real, told_by(real))])
    assert seed_if_empty(jambi, city, settings) is None


def test_the_command_tells_what_it_planted(
    jambi: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geoapp.cli import main

    monkeypatch.setenv("GEOAPP_DATABASE_URL", str(jambi.url))
    told = CliRunner().invoke(main, ["simulate", "--days", "12", "--until", "2026-11-19T08:42"])
    assert told.exit_code == 0, told.output
    assert (
        "simulated complaints stored, 0 were there already (2026-11-08 to 2026-11-19)"
        in told.output
    )
    assert "Planted hotspot: 26 street_light within 400 m of" in told.output
