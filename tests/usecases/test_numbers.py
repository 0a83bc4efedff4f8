"""An agency's figures against arithmetic done by hand, and its morning digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geoapp.domain.complaint import OPEN
from geoapp.errors import Forbidden, InvalidInput, NotFound
from geoapp.store import numbers as store
from geoapp.store.database import Database, Role
from geoapp.usecases import digest, numbers
from tests.asking import as_owner
from tests.complaint_rows import CITY, NOW
from tests.databases import clone, drop
from tests.people import hire
from tests.support import default_city
from tests.work_rows import put

AGENCY = "pupr_bina_marga"  # of potholes
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SINCE = datetime(2026, 5, 31, 17, tzinfo=UTC)  # the first of June in Jambi
UNTIL = datetime(2026, 6, 15, 17, tzinfo=UTC)  # the end of the fifteenth


@pytest.fixture(scope="module")
def own(cluster, jambi_template) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def place(own) -> Database:
    with as_owner(own) as connection:
        connection.execute(
            text(
                "TRUNCATE geoapp.complaint, geoapp.assignment, geoapp.complaint_event,"
                " geoapp.agency_digest CASCADE"
            )
        )
    return own


def day(number: int, month: int = 6) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def figures(database, **changes):
    """(value, numerator, denominator) by code, as an agency head reads them."""
    head = hire(database, "agency_head", agency=AGENCY)
    values = {"since": SINCE, "until": UNTIL, "now": NOW} | changes
    with database.transaction(Role.STAFF, CITY, account=head.account_id) as connection:
        return {
            one.code: (one.value, one.numerator, one.denominator)
            for one in store.figures(connection, CITY, AGENCY, **values)
        }


def fill(connection) -> None:
    """The fortnight that the expected values are reckoned from; NOW is 15 June, 12.00."""
    # answered after 2 h, resolved after 20 h, all in time
    put(
        connection,
        status="closed",
        submitted_at=day(10),
        first_response_at=day(10) + 2 * HOUR,
        handled_at=day(10) + 2 * HOUR,
        answer_due_at=day(15),
        resolved_at=day(10) + 20 * HOUR,
        due_at=day(13),
    )
    # answered after 4 h, an hour late, and only with words that promise nothing
    put(
        connection,
        status="in_progress",
        submitted_at=day(10),
        due_at=day(20),
        first_response_at=day(10) + 4 * HOUR,
        answer_due_at=day(10) + 3 * HOUR,
    )
    # answered after 6 h, resolved after 80 h though 72 h were promised, reopened once
    put(
        connection,
        status="resolved",
        submitted_at=day(11),
        first_response_at=day(11) + 6 * HOUR,
        handled_at=day(11) + 6 * HOUR,
        answer_due_at=day(16),
        resolved_at=day(11) + 80 * HOUR,
        due_at=day(14),
        reopenings=1,
    )
    # waits for 5 h, nothing due yet
    put(
        connection,
        status="submitted",
        submitted_at=NOW - 5 * HOUR,
        answer_due_at=day(20),
        due_at=day(18),
    )
    # waits for 10 h; on hold, so that its passed deadlines don't count
    put(
        connection,
        status="on_hold",
        submitted_at=NOW - 10 * HOUR,
        answer_due_at=NOW - HOUR,
        due_at=NOW - HOUR,
        hold_since=NOW - 2 * HOUR,
    )
    # from before the period: overdue since the 12th; its answer was due in May
    put(
        connection,
        status="assigned",
        submitted_at=day(20, 5),
        answer_due_at=day(27, 5),
        due_at=day(12),
    )
    # waits for an answer that was due on the 10th
    put(connection, status="verified", submitted_at=day(3), answer_due_at=day(10), due_at=day(25))
    # set aside or passed on, without an answer
    for status in ("rejected", "duplicate", "out_of_authority"):
        put(connection, status=status, submitted_at=day(12), answer_due_at=day(13), due_at=day(14))
    # another agency's
    put(connection, service="waste_burning", status="submitted", submitted_at=day(1), due_at=day(2))


# Open: in progress, submitted, on hold, assigned, verified = 5; overdue: the assigned one.
# Late answers now: assigned and verified; none of them has a verification that was due.
# Waiting for the first answer, in hours, + for "not yet": 2 4 5+ 6 10+ and 12.2 days+.
#   S(2) = 5/6, S(4) = 5/6 x 4/5 = 4/6, S(6) = 4/6 x 2/3 = 4/9 <= 1/2: the median is 6 h.
# Answered in the period: in time, late, in time; missing: the one due on the 10th: 2 of 4.
# Received in the period without set aside: closed, in progress, resolved, submitted, on hold,
#   verified, out of authority = 7; handled: 2.
# Resolved in the period: in time, late; missing: the one due on the 12th: 1 of 3.
# Received and resolved: 2; reopened: 1.
BY_HAND = {
    "open": (5, 5, 5),
    "overdue": (1, 1, 5),
    "verify_late": (0, 0, 5),
    "answer_late": (2, 2, 5),
    "median_first_response": (6, 3, 6),
    "answered_in_time": (0.5, 2, 4),
    "followed_up": (2 / 7, 2, 7),
    "resolved_in_time": (1 / 3, 1, 3),
    "reopened": (0.5, 1, 2),
}


@pytest.mark.parametrize("code", BY_HAND)
def test_a_figure_is_what_was_reckoned_by_hand(place, code):
    with as_owner(place) as connection:
        fill(connection)
    found = figures(place)[code]
    assert found == (pytest.approx(BY_HAND[code][0]), *BY_HAND[code][1:])


def test_every_figure_has_a_formula_in_both_languages(place):
    assert set(figures(place)) == set(BY_HAND) <= set(numbers.FORMULAS)
    for formula in numbers.FORMULAS.values():
        assert formula["id"]
        assert formula["en"]


def test_nothing_to_count_is_no_share_and_no_median(place):
    found = figures(place)
    for code in ("open", "overdue", "verify_late", "answer_late"):
        assert found.pop(code) == (0, 0, 0)
    assert set(found.values()) == {(None, 0, 0)}


def test_there_is_no_median_while_more_than_half_wait(place):
    with as_owner(place) as connection:
        put(connection, submitted_at=day(10), first_response_at=day(10) + HOUR)
        for _ in range(2):
            put(connection, submitted_at=day(10), status="assigned")
    assert figures(place)["median_first_response"] == (None, 1, 3)
    with as_owner(place) as connection:
        put(connection, submitted_at=day(10), first_response_at=day(10) + 3 * HOUR)
    # 1 and 3 hours of four: S(3) = 3/4 x 2/3 = 1/2
    assert figures(place)["median_first_response"] == (pytest.approx(3), 2, 4)


@pytest.mark.parametrize("status", [s for s in OPEN if s != "on_hold"])
def test_the_overdue_are_those_whose_clock_runs(place, status):
    with as_owner(place) as connection:
        put(connection, status=status, submitted_at=day(1), due_at=NOW - timedelta(seconds=1))
        put(connection, status=status, submitted_at=day(1), due_at=NOW + timedelta(seconds=1))
    assert figures(place)["overdue"] == (1, 1, 2)


@pytest.mark.parametrize("code", ["verify", "answer"])
def test_late_now_is_what_is_missing_while_its_clock_runs(place, code):
    done = {"verify": "verified_at", "answer": "first_response_at"}[code]
    past = {"submitted_at": day(1), "due_at": day(30), f"{code}_due_at": day(14)}
    with as_owner(place) as connection:
        put(connection, **past, status="submitted")
        put(connection, **past, status="assigned")
        put(connection, **past, status="assigned", **{done: day(15)})
        put(connection, **past, status="on_hold", hold_since=day(13))
        put(connection, **past | {f"{code}_due_at": day(16)}, status="submitted")
        put(connection, **past, status="rejected")
    assert figures(place)[f"{code}_late"] == (2, 2, 5)


@pytest.mark.parametrize(
    ("held", "counted"), [(day(11), 0), (day(13), 1)], ids=["paused in time", "late before it"]
)
@pytest.mark.parametrize("figure", ["answered_in_time", "resolved_in_time"])
def test_a_hold_takes_nothing_late_out_of_the_shares(place, figure, held, counted):
    """What was due on the 12th and held on the 13th had been missed; nothing gets better by it."""
    due = {"answered_in_time": "answer_due_at", "resolved_in_time": "due_at"}[figure]
    with as_owner(place) as connection:
        dates = {"due_at": day(30), "answer_due_at": day(30), due: day(12)}
        put(connection, status="on_hold", submitted_at=day(1), hold_since=held, **dates)
    value, met, of = figures(place)[figure]
    assert (met, of) == (0, counted)
    assert value == (0 if counted else None)


def test_a_period_is_whole_days_of_the_city(place):
    """A complaint of 23.59 in Jambi (16.59 UTC) is of that day; one of 00.00 of the next."""
    now = place.now()
    today = now.astimezone(ZoneInfo("Asia/Jakarta")).date()
    yesterday = today - DAY
    midnight = datetime.combine(today, datetime.min.time(), ZoneInfo("Asia/Jakarta"))
    with as_owner(place) as connection:
        put(connection, submitted_at=midnight - timedelta(minutes=1))
        put(connection, submitted_at=midnight)
    head = hire(place, "agency_head", agency=AGENCY)

    def received(since: date, until: date) -> int:
        found = numbers.of_agency(
            place, default_city(place), head, AGENCY, since=since, until=until
        )
        return next(one.denominator for one in found.figures if one.code == "followed_up")

    assert received(yesterday, yesterday) == 1
    assert received(yesterday, today) == 2
    assert received(today, today) == 1
    assert received(yesterday - DAY, yesterday - DAY) == 0


def test_figures_are_for_those_who_read_all_of_the_agency(place):
    city = default_city(place)
    for role, grant in (
        ("operator", {}), ("city_admin", {}), ("auditor", {}),
        ("agency_admin", {"agency": AGENCY}), ("agency_head", {"agency": AGENCY}),
    ):  # fmt: skip
        assert numbers.of_agency(place, city, hire(place, role, **grant), AGENCY).figures
    for role, grant in (
        ("agency_head", {"agency": "dlh"}),
        ("agency_admin", {"agency": AGENCY, "kelurahan": ["15.71.08.1006"]}),
        ("field_officer", {"agency": AGENCY}),
    ):
        with pytest.raises(Forbidden):
            numbers.of_agency(place, city, hire(place, role, **grant), AGENCY)


def test_a_period_that_ends_before_it_begins_is_refused(place):
    with pytest.raises(InvalidInput):
        numbers.of_agency(
            place, default_city(place), hire(place, "auditor"), AGENCY,
            since=date(2026, 3, 2), until=date(2026, 3, 1),
        )  # fmt: skip


def make_digests(database) -> int:
    with database.transaction(Role.WORKER, CITY) as connection:
        return store.make_digests(connection, CITY)


def at_local(database, clock: str) -> None:
    """Move the city to a zone in which it is *clock* or a little later now.

    The database's own clock can't be set from here; the day begins elsewhere instead.
    """
    hours, minutes = map(int, clock.split(":"))
    now = database.now()
    offset = (hours * 60 + minutes) - (now.hour * 60 + now.minute)
    offset = (offset + 720) % 1440 - 720
    sign = "-" if offset > 0 else "+"  # POSIX counts westwards
    zone = f"<X>{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    with as_owner(database) as connection:
        connection.execute(
            text("UPDATE geoapp.city SET timezone = :zone WHERE code = '15.71'"), {"zone": zone}
        )


@pytest.fixture
def jambi_time(place):
    yield place
    with as_owner(place) as connection:
        connection.execute(
            text("UPDATE geoapp.city SET timezone = 'Asia/Jakarta' WHERE code = '15.71'")
        )


def test_a_digest_is_made_from_six_in_the_morning_and_once_a_day(jambi_time):
    at_local(jambi_time, "05:57")
    assert make_digests(jambi_time) == 0
    at_local(jambi_time, "06:00")
    assert make_digests(jambi_time) == 18  # agencies of Kota Jambi's catalogue
    assert make_digests(jambi_time) == 0


def test_a_digest_lists_what_an_agency_has_to_know(jambi_time):
    at_local(jambi_time, "09:00")
    now = jambi_time.now()
    with as_owner(jambi_time) as connection:
        old = now - 9 * DAY
        later = put(connection, status="assigned", submitted_at=old, due_at=now - HOUR)
        worst = put(connection, status="in_progress", submitted_at=old, due_at=now - 2 * DAY)
        today = put(connection, status="verified", submitted_at=old, due_at=now + 2 * HOUR)
        put(connection, status="assigned", submitted_at=old, due_at=now + 2 * DAY)
        held = put(connection, status="on_hold", submitted_at=old, due_at=now - DAY,
                   hold_since=now - 3 * DAY)  # fmt: skip
        longer = put(connection, status="on_hold", submitted_at=old, due_at=now - DAY,
                     hold_since=now - 40 * DAY)  # fmt: skip
        passed = {"verify_due_at": now - DAY, "answer_due_at": now - HOUR}
        unlooked = put(connection, status="submitted", submitted_at=old, due_at=now + 2 * DAY,
                       **passed)  # fmt: skip
        unanswered = put(connection, status="assigned", submitted_at=old, due_at=now + 2 * DAY,
                         verified_at=old, **passed | {"answer_due_at": now - 2 * HOUR})  # fmt: skip
        just = put(connection, status="on_hold", submitted_at=old, due_at=now, hold_since=now,
                   **passed)  # fmt: skip
        new = put(connection, status="submitted", submitted_at=now - 23 * HOUR, due_at=now + DAY)
        put(connection, status="closed", submitted_at=old, due_at=now - DAY)
        put(connection, service="waste_burning", submitted_at=now - HOUR, due_at=now - HOUR)
    make_digests(jambi_time)
    city = default_city(jambi_time)
    head = hire(jambi_time, "agency_head", agency=AGENCY)
    found = digest.of_agency(jambi_time, city, head, AGENCY)
    assert found.data["counts"] == {
        "overdue": 2, "verify_late": 1, "answer_late": 2, "due_today": 1, "on_hold": 3,
        "on_hold_long": 1, "new": 1,
    }  # fmt: skip
    verification = found.data["lists"]["verify_late"][0]
    assert datetime.fromisoformat(verification["due_at"]) == now - DAY
    tickets = {
        name: [entry["ticket"] for entry in entries]
        for name, entries in found.data["lists"].items()
    }
    assert tickets == {
        "overdue": [worst["ticket"], later["ticket"]],
        "verify_late": [unlooked["ticket"]],
        "answer_late": [unanswered["ticket"], unlooked["ticket"]],
        "due_today": [today["ticket"]],
        "on_hold": [longer["ticket"], held["ticket"], just["ticket"]],
        "on_hold_long": [longer["ticket"]],
        "new": [new["ticket"]],
    }


def test_a_digest_is_cut_but_its_counts_are_whole(jambi_time):
    at_local(jambi_time, "09:00")
    now = jambi_time.now()
    with as_owner(jambi_time) as connection:
        for number in range(53):
            put(
                connection,
                status="assigned",
                submitted_at=now - 9 * DAY,
                due_at=now - (number + 1) * HOUR,
            )
    make_digests(jambi_time)
    head = hire(jambi_time, "agency_head", agency=AGENCY)
    data = digest.of_agency(jambi_time, default_city(jambi_time), head, AGENCY).data
    assert data["counts"]["overdue"] == 53
    assert len(data["lists"]["overdue"]) == 50


def test_a_digest_is_read_by_its_own_agency_alone(jambi_time):
    at_local(jambi_time, "09:00")
    city = default_city(jambi_time)
    head = hire(jambi_time, "agency_head", agency=AGENCY)
    with pytest.raises(NotFound):
        digest.of_agency(jambi_time, city, head, AGENCY)
    make_digests(jambi_time)
    assert digest.of_agency(jambi_time, city, head, AGENCY).agency_code == AGENCY
    with pytest.raises(Forbidden):
        digest.of_agency(jambi_time, city, head, "dlh")
    with jambi_time.transaction(Role.STAFF, CITY, account=head.account_id) as connection:
        seen = connection.execute(text("SELECT DISTINCT agency_code FROM geoapp.agency_digest"))
        assert seen.scalars().all() == [AGENCY]
