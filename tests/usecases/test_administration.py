"""What administrators change, asked below the web: cities apart, days in order, races."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geoapp.domain.access import Grant, StaffRole
from geoapp.domain.administration import AgencyTerms, Holiday, HolidayKind, Version, plan_change
from geoapp.errors import Conflict, Forbidden, InvalidInput
from geoapp.store import administration as store
from geoapp.store import administrators
from geoapp.store.database import Role
from geoapp.usecases import accounts, administration, cities
from geoapp.usecases import administration_calendar as calendar
from geoapp.usecases import administration_catalogue as catalogue
from tests.asking import as_owner
from tests.people import hire

TERMS = AgencyTerms(
    name="Dinas Pemakaman",
    name_en="Cemetery Office",
    short_name="Dinas Makam",
    unit=None,
    in_city=True,
)
OTHER_CITY = text("""
    INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale,
                             ticket_prefix, centre, envelope)
    SELECT '15.72', 'other', 'Kota Lain', 'Other City', timezone, metric_srid, locale, 'LAI',
           centre, envelope
    FROM geoapp.city WHERE code = '15.71'
""")
TODAY = date(2026, 11, 22)


@pytest.fixture
def city(jambi):
    return cities.find(jambi, "15.71")


@pytest.fixture
def admin(jambi):
    return hire(jambi, "city_admin")


def day(number):
    return TODAY + timedelta(days=number)


HISTORY = (
    Version(date(2018, 1, 1), day(10), TERMS),
    Version(day(10), day(20), TERMS),
    Version(day(30), None, TERMS),
)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        # today: within the first version, up to the second
        (0, 9, (day(0), day(10), date(2018, 1, 1), False)),
        # the very day the second begins: it is written anew, nothing is shortened
        (10, 19, (day(10), day(20), None, True)),
        # into the gap that no version covers
        (20, 29, (day(20), day(30), None, False)),
        (25, 25, (day(25), day(26), None, False)),
        # after all
        (40, None, (day(40), None, day(30), False)),
    ],
)
def test_a_new_version_finds_its_place(first, last, expected):
    change = plan_change(
        HISTORY, valid_from=day(first), last_day=None if last is None else day(last), today=TODAY
    )
    assert (change.valid_from, change.valid_to, change.shortens, change.replaces) == expected


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (-1, 5, "valid_from"),
        (5, 4, "last_day"),
        (0, 10, "last_day"),
        (0, None, "last_day"),
        (25, 30, "last_day"),
    ],
)
def test_a_version_that_does_not_fit_names_the_field(first, last, field):
    with pytest.raises(InvalidInput) as refused:
        plan_change(
            HISTORY,
            valid_from=day(first),
            last_day=None if last is None else day(last),
            today=TODAY,
        )
    assert [fault.field for fault in refused.value.fields] == [field]


def test_the_database_refuses_an_overlap_that_slipped_through(jambi, city, admin):
    today = catalogue.today(jambi, city, admin)
    catalogue.add_agency(jambi, city, admin, code="makam", valid_from=today, terms=TERMS)
    stale = plan_change((), valid_from=today + timedelta(days=5), last_day=None, today=today)
    with (
        pytest.raises(InvalidInput) as refused,
        jambi.transaction(Role.ADMIN, city.code, account=admin.account_id) as connection,
    ):
        store.put_agency_version(connection, city.code, "makam", stale, TERMS)
    assert [fault.field for fault in refused.value.fields] == ["valid_from"]
    assert len(catalogue.agency(jambi, city, admin, "makam").versions) == 1


def test_an_administrator_of_another_city_changes_nothing_here(jambi, city):
    with as_owner(jambi) as connection:
        connection.execute(OTHER_CITY)
    stranger = hire(jambi, "city_admin", city="15.72")
    day_off = Holiday(date(2031, 1, 2), "Libur", HolidayKind.LOCAL)
    before = [
        agency.versions for agency in catalogue.agencies(jambi, city, hire(jambi, "city_admin"))
    ]
    today = cities.today(city, jambi.now())
    for change in (
        lambda: calendar.add_holiday(jambi, city, stranger, day_off),
        lambda: catalogue.add_agency(
            jambi, city, stranger, code="makam", valid_from=today, terms=TERMS
        ),
        lambda: catalogue.change_agency(
            jambi, city, stranger, "dlh", valid_from=today, last_day=None, terms=TERMS
        ),
        lambda: accounts.invite(
            jambi, city, stranger, name="Budi", email="budi@example.org", grants=[]
        ),
    ):
        with pytest.raises((DBAPIError, Forbidden)):
            change()
    assert calendar.calendar(jambi, city, stranger, 2031).days == []
    after = [
        agency.versions for agency in catalogue.agencies(jambi, city, hire(jambi, "city_admin"))
    ]
    assert after == before
    assert administration.log(jambi, city, stranger, before=None, at_most=9) == []


@pytest.mark.parametrize("role", ["operator", "auditor", "agency_admin", "field_officer"])
def test_other_roles_are_refused_by_the_use_case_and_by_the_database(jambi, city, role):
    agency = "dlh" if role in {"agency_admin", "field_officer"} else None
    actor = hire(jambi, role, agency=agency)
    day_off = Holiday(date(2031, 1, 2), "Libur", HolidayKind.LOCAL)
    with pytest.raises(Forbidden):
        calendar.add_holiday(jambi, city, actor, day_off)
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        jambi.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection,
    ):
        store.add_holiday(connection, city.code, day_off)


def test_a_day_that_cannot_move_stays_where_it_was(jambi, city, admin):
    for number in (5, 6):
        day_off = Holiday(date(2031, 5, number), f"Libur {number}", HolidayKind.LOCAL)
        calendar.add_holiday(jambi, city, admin, day_off)
    clash = Holiday(date(2031, 5, 6), "Geser", HolidayKind.NATIONAL)
    with pytest.raises(InvalidInput):
        calendar.change_holiday(jambi, city, admin, date(2031, 5, 5), clash)
    assert [one.name for one in calendar.calendar(jambi, city, admin, 2031).days] == [
        "Libur 5",
        "Libur 6",
    ]


def test_a_coming_year_without_days_off_is_told(jambi, city, admin):
    told = calendar.calendar(jambi, city, admin)
    assert told.next_year_missing
    assert len(calendar.calendar(jambi, city, admin, 2026).days) == 25  # 17 and 8, the decree says
    coming = Holiday(date(told.today.year + 1, 1, 1), "Tahun Baru", HolidayKind.NATIONAL)
    calendar.add_holiday(jambi, city, admin, coming)
    assert not calendar.calendar(jambi, city, admin).next_year_missing


WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


def test_two_administrators_cannot_take_the_city_from_each_other(jambi, city):
    """Both are let in as administrators, and only then may either switch the other off."""
    one, other = hire(jambi, "city_admin"), hire(jambi, "city_admin")
    refused: list[str] = []

    def switch_off(by, whom):
        try:
            accounts.deactivate(jambi, city, by, whom.account_id)
        except Conflict as problem:
            refused.append(problem.message)

    pair = [threading.Thread(target=switch_off, args=args) for args in ((one, other), (other, one))]
    with jambi.transaction(Role.WORKER, city.code) as holding:
        administrators.wait(holding, city.code)
        for thread in pair:
            thread.start()
        until = time.monotonic() + 20
        while True:
            with as_owner(jambi) as connection:
                if connection.execute(WAITING).scalar() == 2:
                    break
            assert time.monotonic() < until
    for thread in pair:
        thread.join()
    with as_owner(jambi) as connection:
        left = connection.execute(text("SELECT count(*) FROM geoapp.account WHERE active")).scalar()
    assert left == 1
    assert refused == ["Nobody would administer the city then."]


def test_two_who_change_the_same_agency_wait_for_each_other(jambi, city, admin):
    today = catalogue.today(jambi, city, admin)
    catalogue.add_agency(jambi, city, admin, code="makam", valid_from=today, terms=TERMS)
    start = threading.Barrier(2)
    done: list[str] = []

    def rename(name):
        start.wait()
        catalogue.change_agency(
            jambi,
            city,
            admin,
            "makam",
            valid_from=today + timedelta(days=3),
            last_day=None,
            terms=replace(TERMS, short_name=name),
        )
        done.append(name)

    pair = [threading.Thread(target=rename, args=(name,)) for name in ("Satu", "Dua")]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    versions = catalogue.agency(jambi, city, admin, "makam").versions
    assert len(versions) == 2
    assert versions[1].terms.short_name == done[-1]
    assert len(administration.log(jambi, city, admin, before=None, at_most=9)) == 3


def test_a_role_that_administrators_grant_themselves_is_in_the_log(jambi, city, admin):
    """Nothing keeps them from it; docs/roles.md says so, and every auditor sees it."""
    accounts.grant(jambi, city, admin, admin.account_id, Grant(role=StaffRole.OPERATOR))
    newest = administration.log(jambi, city, hire(jambi, "auditor"), before=None, at_most=1)
    assert [(one.actor, one.kind, one.subject, one.data["role"]) for one in newest] == [
        (admin.label, "grant.added", admin.label, "operator")
    ]
