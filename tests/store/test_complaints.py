from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.domain.complaint import Status
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.reading import PageCursor
from geoapp.errors import InvalidInput
from geoapp.store import complaints
from geoapp.store.database import Database, Role
from tests.complaint_rows import CITY, NOW, ZONE, add, event

OPEN = {"submitted", "verified", "assigned", "in_progress", "on_hold", "reopened"}
SERVICES = ("pothole", "bridge_damaged", "pollution")


def wanted(**args: str) -> ComplaintFilter:
    return ComplaintFilter.parse(args, now=NOW, timezone=ZONE)


def as_visitor(connection: Connection) -> None:
    connection.execute(text("SET LOCAL ROLE geoapp_visitor"))


def tickets(connection: Connection, **args: str) -> list[str]:
    page = complaints.page(connection, CITY, wanted(**args), limit=1000)
    assert page.matched == len(page.complaints)
    return [complaint.ticket for complaint in page.complaints]


@pytest.fixture
def many(jambi_db: Connection) -> list[dict[str, Any]]:
    """Three hundred complaints of all sorts, some confidential; the visitor looks at them."""
    dice = random.Random(3)
    rows = []
    for _ in range(300):
        submitted_at = NOW - timedelta(hours=dice.randrange(0, 24 * 20))
        status = dice.choice(list(Status)).value
        rows.append(
            add(
                jambi_db,
                service=dice.choice(SERVICES),
                status=status,
                submitted_at=submitted_at,
                due_at=submitted_at + timedelta(hours=dice.randrange(1, 24 * 10)),
                resolved_at=submitted_at + timedelta(hours=dice.randrange(1, 24 * 10))
                if status in {"resolved", "closed"}
                else None,
                lon=dice.choice([None, 103.55 + dice.randrange(100) / 1000]),
                lat=-1.65 + dice.randrange(100) / 1000,
                kelurahan=dice.choice([None, "15.71.07.1002", "15.71.01.1002"]),
                confidential=dice.random() < 0.1,
            )
        )
    as_visitor(jambi_db)
    return rows


def is_overdue(row: dict[str, Any]) -> bool:
    # on hold the clock stands still
    return row["status"] in OPEN - {"on_hold"} and row["due_at"] < NOW


# Filters, and the same in plain Python over the rows as they were put in.
CASES: dict[str, tuple[dict[str, str], Callable[[dict[str, Any]], bool]]] = {
    "nothing": ({}, lambda _: True),
    "group": ({"group": "road"}, lambda row: row["group_code"] == "road"),
    "groups": (
        {"group": "road,waste"},
        lambda row: row["group_code"] in {"road", "waste"},
    ),
    "a group nobody has": ({"group": "nothing_such"}, lambda _: False),
    "service": ({"service": "pothole"}, lambda row: row["service"] == "pothole"),
    "open": ({"status": "open"}, lambda row: row["status"] in OPEN),
    "current": (
        {"status": "current"},
        lambda row: row["status"] in OPEN
        or (row["resolved_at"] is not None and row["resolved_at"] >= NOW - timedelta(days=2)),
    ),
    "kelurahan": (
        {"kelurahan": "15.71.07.1002"},
        lambda row: row["kelurahan"] == "15.71.07.1002",
    ),
    "kecamatan": (
        {"kecamatan": "15.71.07"},
        lambda row: row["kelurahan"] == "15.71.07.1002",
    ),
    "agency": (
        {"agency": "pupr_bina_marga"},
        lambda row: row["agency_code"] == "pupr_bina_marga",
    ),
    "overdue": ({"overdue": "true"}, is_overdue),
    "not overdue": ({"overdue": "false"}, lambda row: not is_overdue(row)),
    "since": ({"since": "P5D"}, lambda row: row["submitted_at"] >= NOW - timedelta(days=5)),
    "days": (
        # 8 to 10 June in Jambi, which is seven hours ahead
        {"since": "2026-06-08", "until": "2026-06-10"},
        lambda row: "2026-06-08"
        <= (row["submitted_at"] + timedelta(hours=7)).date().isoformat()
        <= "2026-06-10",
    ),
    "box with its edges": (
        {"bbox": "103.57,-1.62,103.6,-1.58"},
        lambda row: row["lon"] is not None
        and 103.57 <= row["lon"] <= 103.6
        and -1.62 <= row["lat"] <= -1.58,
    ),
    "words": ({"q": "lubang 7"}, lambda row: "7" in row["description"] + row["ticket"]),
    "all together": (
        {
            "group": "road", "status": "open", "since": "P15D", "overdue": "true",
            "bbox": "103.55,-1.65,103.63,-1.55", "kecamatan": "15.71.07",
        },
        lambda row: row["group_code"] == "road" and is_overdue(row)
        and row["submitted_at"] >= NOW - timedelta(days=15)
        and row["lon"] is not None and row["lon"] <= 103.63
        and row["kelurahan"] == "15.71.07.1002",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_filter_finds_what_plain_python_finds(
    jambi_db: Connection, many: list[dict[str, Any]], case: str
) -> None:
    args, fits = CASES[case]
    # words: rejected complaints keep their place, not their words
    expected = {
        row["ticket"]
        for row in many
        if not row["confidential"]
        and fits(
            row | {"description": "lubang"} if row["status"] == "rejected" else row,
        )
    }
    if case == "words":
        expected -= {row["ticket"] for row in many if row["status"] == "rejected"}
    found = tickets(jambi_db, **args)
    assert set(found) == expected
    assert len(found) == len(expected)
    if case not in {"a group nobody has", "all together"}:
        assert expected


@pytest.mark.parametrize("case", CASES)
def test_the_summary_counts_what_the_list_holds(
    jambi_db: Connection, many: list[dict[str, Any]], case: str
) -> None:
    args, _ = CASES[case]
    counted = complaints.summary(jambi_db, CITY, wanted(**args))
    listed = complaints.page(jambi_db, CITY, wanted(**args), limit=1000).complaints
    assert counted.total == len(listed)
    assert {s.value: n for s, n in counted.by_status.items() if n} == Counter(
        complaint.status.value for complaint in listed
    )
    still_open = [complaint for complaint in listed if complaint.status in OPEN]
    assert counted.open == len(still_open)
    running = [complaint for complaint in still_open if complaint.status != "on_hold"]
    assert counted.overdue == sum(complaint.due_at < NOW for complaint in running)
    assert counted.due_soon == sum(
        NOW <= complaint.due_at < NOW + timedelta(hours=12) for complaint in running
    )
    assert {code: total for code, (_, total) in counted.by_group.items()} == Counter(
        complaint.group_code for complaint in listed
    )


def test_an_empty_city_has_an_empty_page_and_zero_counts(jambi_db: Connection) -> None:
    as_visitor(jambi_db)
    page = complaints.page(jambi_db, CITY, wanted(), limit=100)
    assert (page.complaints, page.matched, page.next) == ((), 0, None)
    counted = complaints.summary(jambi_db, CITY, wanted())
    assert (counted.total, counted.open, dict(counted.by_group)) == (0, 0, {})
    assert not complaints.has_simulated(jambi_db, CITY)


def test_pages_follow_each_other_without_gap_or_repeat(jambi_db: Connection) -> None:
    # many share a moment: the id must decide
    rows = [
        add(jambi_db, submitted_at=NOW - timedelta(minutes=number // 4)) for number in range(23)
    ]
    as_visitor(jambi_db)
    seen: list[str] = []
    after: PageCursor | None = None
    for _ in range(10):
        page = complaints.page(jambi_db, CITY, wanted(), limit=5, after=after)
        assert page.matched == 23
        seen += [complaint.ticket for complaint in page.complaints]
        if page.next is None:
            break
        after = PageCursor.parse(str(page.next))
    newest_first = sorted(rows, key=lambda row: (row["submitted_at"], row["id"]), reverse=True)
    assert seen == [row["ticket"] for row in newest_first]


def test_a_new_complaint_does_not_shift_the_following_page(jambi_db: Connection) -> None:
    for number in range(6):
        add(jambi_db, ticket=f"OLD-{number}", submitted_at=NOW - timedelta(minutes=number))
    first = complaints.page(jambi_db, CITY, wanted(), limit=3)
    add(jambi_db, ticket="NEW-1", submitted_at=NOW + timedelta(seconds=1))
    second = complaints.page(jambi_db, CITY, wanted(), limit=3, after=first.next)
    assert [complaint.ticket for complaint in second.complaints] == ["OLD-3", "OLD-4", "OLD-5"]


@pytest.mark.parametrize(
    "junk", ["", "x", "####", "MTIz", "MS4x=", "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ", "é", "LTEuLTE"]
)
def test_a_made_up_cursor_is_refused(junk: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PageCursor.parse(junk)
    assert caught.value.fields[0].field == "cursor"


def test_a_confidential_complaint_is_in_no_answer(jambi_db: Connection) -> None:
    row = add(jambi_db, ticket="TOP-SECRET", confidential=True, simulated=True)
    as_visitor(jambi_db)
    assert tickets(jambi_db) == []
    assert tickets(jambi_db, q="SECRET") == []
    assert complaints.by_ticket(jambi_db, CITY, row["ticket"]) is None
    assert complaints.timeline(jambi_db, CITY, row["ticket"]) == []
    assert complaints.summary(jambi_db, CITY, wanted()).total == 0
    assert not complaints.has_simulated(jambi_db, CITY)
    state = complaints.ticket_state(jambi_db, CITY, row["ticket"])
    assert state is not None
    assert state.confidential
    assert state.status == "submitted"


def test_only_the_shown_position_is_found(jambi_db: Connection) -> None:
    row = add(
        jambi_db, lon=103.6020, lat=-1.6020, true_lon=103.6000, true_lat=-1.6000,
        shown_within_m=500, landmark="Rumah nomor 3",
    )  # fmt: skip
    as_visitor(jambi_db)
    assert tickets(jambi_db, bbox="103.5999,-1.6001,103.6001,-1.5999") == []
    assert tickets(jambi_db, bbox="103.6019,-1.6021,103.6021,-1.6019") == [row["ticket"]]
    found = complaints.by_ticket(jambi_db, CITY, row["ticket"])
    assert found is not None
    assert found.position is not None
    assert (found.position.lon, found.position.lat) == (103.6020, -1.6020)
    assert found.landmark is None


def test_percent_and_underscore_are_plain_characters(jambi_db: Connection) -> None:
    add(jambi_db, ticket="PCT", description="Diskon 100% semua")
    add(jambi_db, ticket="PLN", description="Diskon 1000 semua")
    assert tickets(jambi_db, q="100%") == ["PCT"]
    assert tickets(jambi_db, q="1_0") == []


def test_the_history_has_no_people_and_no_notes(jambi_db: Connection) -> None:
    row = add(jambi_db)
    event(jambi_db, row, "note", None, at=NOW + timedelta(hours=1))
    event(jambi_db, row, "status", "verified", at=NOW + timedelta(hours=2))
    as_visitor(jambi_db)
    told = complaints.timeline(jambi_db, CITY, row["ticket"])
    assert [(entry.kind, entry.status, entry.at) for entry in told] == [
        ("submitted", "submitted", NOW),
        ("status", "verified", NOW + timedelta(hours=2)),
    ]


def test_a_transaction_that_commits_late_changes_the_version(jambi: Database) -> None:
    def version() -> str:
        with jambi.transaction(Role.VISITOR, CITY) as connection:
            return complaints.data_version(connection, CITY)

    engine = create_engine(jambi.url, poolclass=NullPool)
    seen = [version()]
    with engine.connect() as slow:
        early = slow.begin()
        slow.execute(text("SET LOCAL ROLE geoapp_worker"))
        add(slow)
        seen.append(version())  # nothing in sight yet
        with jambi.transaction(Role.WORKER, CITY) as connection:
            add(connection)  # a later transaction that commits first
        seen.append(version())
        early.commit()
    seen.append(version())
    with jambi.transaction(Role.WORKER, CITY) as connection:
        add(connection)
    seen.append(version())
    engine.dispose()
    assert seen[0] == seen[1]
    assert len(set(seen[1:])) == 4
