"""Deadlines against a table worked by hand with a wall calendar; times are WIB (UTC+7).

2026 begins on a Thursday. Off in Kota Jambi, weekends aside: 1 and 16 January; 16 and 17
February; 18, 19, 20, 23 and 24 March (Nyepi and Idul Fitri with collective leave); 3 April;
1, 14, 15, 27 and 28 May; 1 and 16 June; 17 and 25 August; 24 and 25 December. Of 2027
nothing is shipped. The comments count the working days; "|" is a weekend.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

CITY = "15.71"
WIB = ZoneInfo("Asia/Jakarta")

NEW_YEAR = "2027-01-01"
MADE_UP = "a made-up set"
"""1 January 2027, and every day from 1 July to 30 September 2026."""


def wib(moment: str) -> datetime:
    """A local moment; a day alone is its end."""
    if len(moment) == 10:
        moment += " 23:59:59"
    return datetime.fromisoformat(moment).replace(tzinfo=WIB)


def make_up_holidays(connection: Connection) -> None:
    connection.execute(
        text("""
            INSERT INTO geoapp.holiday (city_code, day, name, kind)
            SELECT :city, day::date, 'made up', 'local'
            FROM (SELECT generate_series(date '2026-07-01', date '2026-09-30', interval '1 day')
                  UNION SELECT date '2027-01-01') AS made (day)
            ON CONFLICT DO NOTHING"""),
        {"city": CITY},
    )


TARGETS = [
    # clock hours pass on any day
    ("hours", 24, "2026-11-21 22:30", "2026-11-22 22:30:00", "Saturday night to Sunday night"),
    ("hours", 72, "2026-03-19 08:00", "2026-03-22 08:00:00", "from Nyepi into Idul Fitri"),
    ("hours", 48, "2026-12-30 23:59:59", "2027-01-01 23:59:59", "over the year's end"),
    ("hours", 24, "2026-02-28 12:00", "2026-03-01 12:00:00", "2026 is no leap year"),
    ("hours", 24, "2028-02-28 12:00", "2028-02-29 12:00:00", "2028 is one"),
    ("hours", 72, "2026-06-15 00:00", "2026-06-18 00:00:00", "midnight to midnight"),
    # working days end with the day
    ("working_days", 1, "2026-11-16 10:00", "2026-11-17", "Monday: 17"),
    ("working_days", 3, "2026-11-16 10:00", "2026-11-19", "Monday: 17 18 19"),
    ("working_days", 5, "2026-11-16 10:00", "2026-11-23", "17 18 19 20 | 23"),
    ("working_days", 1, "2026-11-20 16:00", "2026-11-23", "Friday: | 23"),
    ("working_days", 3, "2026-11-21 22:30", "2026-11-25", "Saturday night: | 23 24 25"),
    ("working_days", 5, "2026-11-22 08:00", "2026-11-27", "Sunday: 23 24 25 26 27"),
    ("working_days", 1, "2026-11-16 23:59:59.999", "2026-11-17", "just before midnight: 17"),
    ("working_days", 1, "2026-11-17 00:00", "2026-11-18", "at midnight the day is the next: 18"),
    ("working_days", 3, "2026-03-13 10:00", "2026-03-25", "| 16 17 (18-24 off) 25"),
    ("working_days", 5, "2026-03-13 10:00", "2026-03-27", "| 16 17 (18-24 off) 25 26 27"),
    ("working_days", 1, "2026-03-17 23:59", "2026-03-25", "the eve of Nyepi: (18-24 off) 25"),
    ("working_days", 1, "2026-03-21 06:00", "2026-03-25", "on Idul Fitri: (23 24 off) 25"),
    ("working_days", 3, "2026-03-24 12:00", "2026-03-27", "on collective leave: 25 26 27"),
    # 10 11 12 13 | 16 17 | 25 26 27 | 30 31 April 1 2 (3 off) | 6: 4 + 2 + 3 + 4 + 1 = 14
    ("working_days", 14, "2026-03-09 09:00", "2026-04-06", "14 days around Idul Fitri"),
    # January 6-9 (4), 12-15 (4, 16 off), 19-23 (5), 26-30 (5) = 18; February 5 + 5 + 3 + 5 = 36;
    # March 5 + 5 + 2 + 3 + 2 (30 31) = 53; April 1 2 = 55, 6-10 = 60
    ("working_days", 60, "2026-01-05 07:30", "2026-04-10", "60 days, the law's most"),
    ("working_days", 3, "2026-12-22 10:00", "2026-12-29", "23 (24 25 off) | 28 29"),
    ("working_days", 5, "2026-12-23 10:00", "2027-01-01", "28 29 30 31, 1 January isn't shipped"),
    # 18 | 21 22 23 (24 25 off) | 28 29 30 31 January 1 | 4: 1 + 3 + 4 + 1 + 1 = 10
    ("working_days", 10, "2026-12-17 10:00", "2027-01-04", "ten days into 2027"),
    ("working_days", 1, "2026-04-02 10:00", "2026-04-06", "(3 off) | Easter is a Sunday | 6"),
    ("working_days", 1, "2026-05-29 10:00", "2026-06-02", "Friday: | (1 off) 2"),
    ("working_days", 2, "2026-05-26 10:00", "2026-06-02", "(27 28 off) 29 | (1 off) 2"),
    ("working_days", 3, "2026-05-13 10:00", "2026-05-20", "(14 15 off) | 18 19 20"),
    ("working_days", 1, "2026-08-14 10:00", "2026-08-18", "| (17 off) 18"),
    ("working_days", 5, "2026-08-17 10:00", "2026-08-24", "on the holiday: 18 19 20 21 | 24"),
    ("working_days", 6, "2026-08-17 10:00", "2026-08-26", "18 19 20 21 | 24 (25 off) 26"),
    ("working_days", 3, "2026-02-13 10:00", "2026-02-20", "| (16 17 off) 18 19 20"),
    ("working_days", 2, "2026-01-15 10:00", "2026-01-20", "(16 off) | 19 20"),
    ("working_days", 1, "2025-12-31 10:00", "2026-01-02", "(1 off) 2"),
]  # fmt: skip
TARGETS_MADE_UP = [
    # 92 days off in a row: more than three times the target and 60
    ("working_days", 1, "2026-06-30 10:00", "2026-10-01", "(July to September off) 1"),
    ("working_days", 3, "2026-06-30 10:00", "2026-10-05", "1 2 | 5"),
    ("working_days", 3, "2026-08-12 10:00", "2026-10-05", "begun inside: 1 2 | 5"),
    ("working_days", 5, "2026-12-23 10:00", "2027-01-04", "28 29 30 31 (1 off) | 4"),
    ("working_days", 10, "2026-12-17 10:00", "2027-01-05", "18 | 21 22 23 | 28-31 (1 off) | 4 5"),
    ("hours", 24, "2026-12-31 10:00", "2027-01-01 10:00:00", "hours don't ask for holidays"),
]  # fmt: skip

DUE_AT = text("SELECT geoapp.due_at(:city, :clock, :target, :begun)")


def row_name(row: object) -> str | None:
    return row if isinstance(row, str) and " " in row and not row[:4].isdigit() else None


@pytest.mark.parametrize(("clock", "target", "begun", "due", "why"), TARGETS, ids=row_name)
def test_a_target_runs_out_as_the_calendar_says(
    jambi_db: Connection, clock: str, target: int, begun: str, due: str, why: str
) -> None:
    values = {"city": CITY, "clock": clock, "target": target, "begun": wib(begun)}
    assert jambi_db.execute(DUE_AT, values).scalar_one() == wib(due), why


@pytest.mark.parametrize(("clock", "target", "begun", "due", "why"), TARGETS_MADE_UP, ids=row_name)
def test_a_target_runs_out_as_a_made_up_calendar_says(
    jambi_db: Connection, clock: str, target: int, begun: str, due: str, why: str
) -> None:
    make_up_holidays(jambi_db)
    values = {"city": CITY, "clock": clock, "target": target, "begun": wib(begun)}
    assert jambi_db.execute(DUE_AT, values).scalar_one() == wib(due), why


PAUSES = [
    # clock hours: as much later as the pause was long
    ("hours", "2026-11-22 22:30:00", [("2026-11-21 23:00", "2026-11-22 08:15")],
     "2026-11-23 07:45:00", "9 h 15 min over a Saturday night"),
    ("hours", "2026-11-19 10:00:00", [("2026-11-18 10:00", "2026-11-18 10:05")],
     "2026-11-19 10:05:00", "five minutes"),
    ("hours", "2026-11-16 10:00:00", [("2026-11-17 10:00", "2026-11-18 10:00")],
     "2026-11-17 10:00:00", "overdue by a day at the hold, and still by a day"),
    ("hours", "2026-03-18 10:00:00", [("2026-03-17 10:00", "2026-03-27 10:00")],
     "2026-03-28 10:00:00", "ten days over Idul Fitri"),
    ("hours", "2026-11-19 10:00:00",
     [("2026-11-17 08:00", "2026-11-17 09:00"), ("2026-11-18 20:00", "2026-11-18 22:30")],
     "2026-11-19 13:30:00", "twice: 1 h and 2 h 30 min"),
    ("hours", "2026-12-31 20:00:00", [("2026-12-31 18:00", "2027-01-01 06:00")],
     "2027-01-01 08:00:00", "twelve hours over the year's end"),
    # working days: one for each that ends in the pause
    ("working_days", "2026-11-19", [("2026-11-17 09:00", "2026-11-17 16:00")],
     "2026-11-19", "resumed on the same day"),
    ("working_days", "2026-11-19", [("2026-11-17 16:00", "2026-11-18 08:00")],
     "2026-11-20", "over night: the 17th"),
    ("working_days", "2026-11-24", [("2026-11-20 10:00", "2026-11-23 10:00")],
     "2026-11-25", "over a weekend: the 20th"),
    ("working_days", "2026-11-24", [("2026-11-21 10:00", "2026-11-22 20:00")],
     "2026-11-24", "within a weekend: none"),
    ("working_days", "2026-11-24", [("2026-11-22 10:00", "2026-11-23 07:30")],
     "2026-11-24", "Sunday to Monday morning: none"),
    ("working_days", "2026-11-19", [("2026-11-17 23:59:59", "2026-11-18 00:00")],
     "2026-11-19", "the last second of the 17th: no hour"),
    ("working_days", "2026-11-19", [("2026-11-17 23:10", "2026-11-18 00:09:59")],
     "2026-11-19", "a second less than an hour over midnight"),
    ("working_days", "2026-11-19", [("2026-11-17 23:10", "2026-11-18 00:10")],
     "2026-11-20", "one hour over midnight: the 17th"),
    ("working_days", "2026-11-19", [("2026-11-17 23:59:59", "2026-11-18 00:59:59")],
     "2026-11-20", "one hour from the last second on: the 17th"),
    ("working_days", "2026-11-19",
     [("2026-11-16 23:40", "2026-11-17 00:20"), ("2026-11-17 23:40", "2026-11-18 00:20")],
     "2026-11-19", "40 minutes over two midnights: each alone is less than an hour"),
    ("hours", "2026-11-19 10:00:00", [("2026-11-17 23:59:59", "2026-11-18 00:00")],
     "2026-11-19 10:00:01", "clock hours move by one second too"),
    ("working_days", "2026-11-19", [("2026-11-18 00:00", "2026-11-18 23:59:59")],
     "2026-11-19", "all of the 18th but its end"),
    ("working_days", "2026-11-19", [("2026-11-17 23:59:59.5", "2026-11-18 08:00")],
     "2026-11-19", "after the end of the 17th: none"),
    ("working_days", "2026-05-20", [("2026-05-13 09:00", "2026-05-18 09:00")],
     "2026-05-21", "the 13th, then 14 and 15 off and a weekend"),
    ("working_days", "2026-03-27", [("2026-03-17 10:00", "2026-03-26 10:00")],
     "2026-03-31", "the 17th and the 25th: | 30 31"),
    ("working_days", "2026-03-17", [("2026-03-16 10:00", "2026-03-17 10:00")],
     "2026-03-25", "the 16th; the day after the due day is the 25th"),
    # April 6-10, 13-17, 20-24, 27-30 (1 May off): 5 + 5 + 5 + 4 = 19 end in it;
    # after the 10th: 13-17 (5), 20-24 (10), 27-30 (14), May 4-8 (19)
    ("working_days", "2026-04-10", [("2026-04-06 09:00", "2026-05-04 09:00")],
     "2026-05-08", "four weeks"),
    # the 16th: to the 20th; the 18th and 19th: | 23 24
    ("working_days", "2026-11-19",
     [("2026-11-16 10:00", "2026-11-17 10:00"), ("2026-11-18 10:00", "2026-11-20 10:00")],
     "2026-11-24", "twice, the second past the first due day"),
    ("working_days", "2026-11-16", [("2026-11-18 10:00", "2026-11-20 10:00")],
     "2026-11-18", "overdue by a day and a half at the hold: the 18th and 19th"),
    ("working_days", "2026-11-18", [("2026-11-18 10:00", "2026-11-19 10:00")],
     "2026-11-19", "the due day itself ends in the pause"),
    ("working_days", "2026-11-21", [("2026-11-16 10:00", "2026-11-17 10:00")],
     "2026-11-23", "due on a Saturday (imported): the 16th, | 23"),
    ("working_days", "2026-11-18 12:00:00", [("2026-11-16 10:00", "2026-11-16 11:00")],
     "2026-11-18 12:00:00", "due at noon (imported) stays when nothing moves"),
    # 23 28 29 30 31 and 1 January end in it: 6; after the 29th: 30 31 1 | 4 5 6
    ("working_days", "2026-12-29", [("2026-12-23 10:00", "2027-01-04 09:00")],
     "2027-01-06", "over the year's end"),
    # 5 January 2026 to 7 January 2029 are 157 weeks: 785 weekdays, less the 20 holidays of
    # 2026 after the 5th. One working day was left at the hold, the 6th, besides the 5th:
    # so after Monday 8 January 2029 Tuesday the 9th.
    ("working_days", "2026-01-06", [("2026-01-05 10:00", "2029-01-08 10:00")],
     "2029-01-09", "three years"),
]  # fmt: skip

RESUMED = text("SELECT geoapp.resumed_due(:city, :clock, :due, :held, :resumed)")


def resumed(connection: Connection, clock: str, due: datetime, held: str, until: str) -> datetime:
    values = {"city": CITY, "clock": clock, "due": due, "held": wib(held), "resumed": wib(until)}
    moved: datetime = connection.execute(RESUMED, values).scalar_one()
    return moved


@pytest.mark.parametrize(("clock", "due", "pauses", "moved", "why"), PAUSES, ids=row_name)
def test_a_pause_moves_a_deadline_as_the_calendar_says(
    jambi_db: Connection,
    clock: str, due: str, pauses: list[tuple[str, str]], moved: str, why: str,
) -> None:  # fmt: skip
    found = wib(due)
    for held, until in pauses:
        found = resumed(jambi_db, clock, found, held, until)
    assert found == wib(moved), why


def test_holidays_made_up_during_a_pause_move_nothing(jambi_db: Connection) -> None:
    make_up_holidays(jambi_db)
    # 23 28 29 30 31 end in it: 5; after the 29th: 30 31 (1 off) | 4 5 6
    found = resumed(
        jambi_db, "working_days", wib("2026-12-29"), "2026-12-23 10:00", "2027-01-04 09:00"
    )
    assert found == wib("2027-01-06")
    # June 30 and October 1 end in it; after the 1st: 2 | 5
    found = resumed(
        jambi_db, "working_days", wib("2026-10-01"), "2026-06-30 10:00", "2026-10-02 10:00"
    )
    assert found == wib("2026-10-05")


@pytest.mark.parametrize("clock", ["hours", "working_days"])
def test_without_a_pause_nothing_moves(jambi_db: Connection, clock: str) -> None:
    due = wib("2026-11-19")
    values = {"city": CITY, "clock": clock, "due": due, "held": None, "resumed": due}
    assert jambi_db.execute(RESUMED, values).scalar_one() == due
    assert resumed(jambi_db, clock, due, "2026-11-18 10:00", "2026-11-16 10:00") == due
    values |= {"due": None, "held": due}
    assert jambi_db.execute(RESUMED, values).scalar_one() is None


THREE = [
    # service, begun, verification (3 working days), first answer (5), resolution, why
    ("pothole", "2026-11-21 22:30", "2026-11-25", "2026-11-27", "2026-11-24 22:30:00",
     "72 h from a Saturday night: | 23 24 25 26 27"),
    ("pothole", "2026-03-13 10:00", "2026-03-25", "2026-03-27", "2026-03-16 10:00:00",
     "16 17 (18-24 off) 25 26 27; hours pass over the weekend"),
    ("bridge_damaged", "2026-12-22 23:59:59", "2026-12-29", "2026-12-31", "2026-12-23 23:59:59",
     "24 h just before midnight: 23 (24 25 off) | 28 29 30 31"),
    ("bridge_damaged", "2026-12-23 00:00", "2026-12-30", "2027-01-01", "2026-12-24 00:00:00",
     "a second later: 28 29 30 31, 1 January"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "begun", "verify", "answer", "due", "why"), THREE, ids=row_name
)
def test_a_complaint_has_three_deadlines(
    jambi_db: Connection,
    service: str, begun: str, verify: str, answer: str, due: str, why: str,
) -> None:  # fmt: skip
    values = {"city": CITY, "service": service, "at": wib(begun)}
    found = jambi_db.execute(
        text("SELECT * FROM geoapp.deadlines(:city, :service, :at)"), values
    ).one()
    assert tuple(found) == (wib(verify), wib(answer), wib(due)), why


def test_the_version_of_the_day_of_submission_promises(jambi_db: Connection) -> None:
    # On 1 July a new version: verification in 4 h, answer in 1 working day, resolution in 10.
    jambi_db.execute(
        text("""
            WITH closed AS (
                UPDATE geoapp.service_version SET valid_to = '2026-07-01'
                WHERE city_code = :city AND service_code = 'pothole' RETURNING *)
            INSERT INTO geoapp.service_version (
                city_code, service_code, valid_from, name, name_en, clock, target, agency_code,
                blur_m, duplicate_radius_m, needs_place, glyph, position, verify_clock,
                verify_target, answer_target)
            SELECT city_code, service_code, '2026-07-01', name, name_en, 'working_days', 10,
                   agency_code, blur_m, duplicate_radius_m, needs_place, glyph, position, 'hours',
                   4, 1
            FROM closed"""),
        {"city": CITY},
    )
    asked = text("SELECT * FROM geoapp.deadlines(:city, 'pothole', :at)")
    # Tuesday 30 June, a second before midnight in Jambi: 1 2 3, | 6 7; 72 h
    old = jambi_db.execute(asked, {"city": CITY, "at": wib("2026-06-30 23:59:59")}).one()
    assert tuple(old) == (wib("2026-07-03"), wib("2026-07-07"), wib("2026-07-03 23:59:59"))
    # Wednesday 1 July: 4 h; 2; 2 3 | 6-10 | 13 14 15
    new = jambi_db.execute(asked, {"city": CITY, "at": wib("2026-07-01 00:00")}).one()
    assert tuple(new) == (wib("2026-07-01 04:00"), wib("2026-07-02"), wib("2026-07-15"))
    # before there was a service at all
    assert not jambi_db.execute(asked, {"city": CITY, "at": wib("2017-12-31")}).all()


def test_days_are_those_of_the_citys_zone(jambi_db: Connection) -> None:
    # 17:30 UTC on Monday 16 November is Tuesday in Jambi (UTC+7) and noon of Monday in Boston.
    asked = text(
        "SELECT geoapp.working_days_after(:city, '2026-11-16 17:30+00', 1)"
        " = cast(:due AS timestamptz)"
    )
    assert jambi_db.execute(asked, {"city": CITY, "due": "2026-11-18 23:59:59+07"}).scalar_one()
    jambi_db.execute(
        text("UPDATE geoapp.city SET timezone = 'America/New_York' WHERE code = :city"),
        {"city": CITY},
    )
    assert jambi_db.execute(asked, {"city": CITY, "due": "2026-11-17 23:59:59-05"}).scalar_one()
    # The clocks there go back on Sunday 1 November: the Friday before is still UTC-4.
    asked = text(
        "SELECT geoapp.working_days_after(:city, '2026-10-30 10:00-04', 1)"
        " = cast('2026-11-02 23:59:59-05' AS timestamptz)"
    )
    assert jambi_db.execute(asked, {"city": CITY}).scalar_one()


def test_another_citys_holidays_are_working_days_here(jambi_db: Connection) -> None:
    jambi_db.execute(
        text("""
        INSERT INTO geoapp.city SELECT (jsonb_populate_record(city, '{"code": "99.99",
            "slug": "elsewhere", "host": null, "unprefixed": false}')).* FROM geoapp.city WHERE code = '15.71'
    """)
    )
    jambi_db.execute(
        text("INSERT INTO geoapp.holiday VALUES ('99.99', '2026-11-17', 'x', 'local')")
    )
    asked = text("SELECT geoapp.working_days_after(:city, :at, 1)")
    begun = wib("2026-11-16 10:00")
    assert jambi_db.execute(asked, {"city": CITY, "at": begun}).scalar_one() == wib("2026-11-17")
    assert jambi_db.execute(asked, {"city": "99.99", "at": begun}).scalar_one() == wib("2026-11-18")


def test_counting_days_one_by_one_comes_to_the_same(jambi_db: Connection) -> None:
    """Every start of three years, targets to 60, against a walk from day to day."""
    make_up_holidays(jambi_db)
    off = set(
        jambi_db.execute(
            text("SELECT day FROM geoapp.holiday WHERE city_code = :city"), {"city": CITY}
        ).scalars()
    )
    first = date(2025, 6, 1)
    working = [
        day
        for day in (first + timedelta(days=n) for n in range(1500))
        if day.weekday() < 5 and day not in off
    ]
    starts = [first + timedelta(days=n) for n in range(1096)]
    rows = jambi_db.execute(
        text("""
            SELECT start.day, target.days,
                   (geoapp.working_days_after(
                       :city, (start.day + time '12:00') AT TIME ZONE 'Asia/Jakarta', target.days)
                    AT TIME ZONE 'Asia/Jakarta')::date AS due
            FROM unnest(cast(:starts AS date[])) AS start (day)
            CROSS JOIN unnest(ARRAY[1, 3, 5, 14, 60]) AS target (days)"""),
        {"city": CITY, "starts": starts},
    ).all()
    assert len(rows) == 1096 * 5
    following = {}
    position = 0
    for start in starts:
        while working[position] <= start:
            position += 1
        following[start] = position
    wrong = [row for row in rows if row.due != working[following[row.day] + row.days - 1]]
    assert not wrong
