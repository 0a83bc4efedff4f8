from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoapp.domain.complaint import Status
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import BBox
from geoapp.errors import FieldProblem, InvalidInput

NOW = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)
FIELDS = (
    "bbox", "group", "service", "status", "kelurahan", "kecamatan", "agency", "since", "until",
    "overdue", "q",
)  # fmt: skip


def parse(**args: str) -> ComplaintFilter:
    return ComplaintFilter.parse(args, now=NOW, timezone="Asia/Jakarta")


def faults(**args: str) -> set[str]:
    with pytest.raises(InvalidInput) as caught:
        parse(**args)
    return {problem.field for problem in caught.value.fields}


def test_nothing_asked_narrows_nothing() -> None:
    assert parse() == ComplaintFilter(now=NOW)
    assert parse(**dict.fromkeys(set(FIELDS) - {"overdue"}, "")) == ComplaintFilter(now=NOW)


def test_names_it_does_not_know_are_left_alone() -> None:
    assert parse(lang="id", utm_source="x") == ComplaintFilter(now=NOW)


def test_comma_lists_keep_their_order_and_lose_repeats() -> None:
    found = parse(group="road,tree,road", kelurahan="15.71.07.1002")
    assert found.groups == ("road", "tree")
    assert found.kelurahan == ("15.71.07.1002",)


@pytest.mark.parametrize(
    ("named", "statuses", "recent_done"),
    [
        # from the contract: open, done, current, all
        (
            "open",
            {"submitted", "verified", "assigned", "in_progress", "on_hold", "reopened"},
            False,
        ),
        ("done", {"resolved", "closed"}, False),
        (
            "current",
            {"submitted", "verified", "assigned", "in_progress", "on_hold", "reopened"},
            True,
        ),
        ("all", set(), False),
        ("rejected", {"rejected"}, False),
        ("done,verified", {"resolved", "closed", "verified"}, False),
        # everything that is done includes what was done lately
        (
            "current,done",
            {
                "submitted",
                "verified",
                "assigned",
                "in_progress",
                "on_hold",
                "reopened",
                "resolved",
                "closed",
            },
            False,
        ),
        ("all,open", set(), False),
    ],
)
def test_named_sets_of_statuses(named: str, statuses: set[str], recent_done: bool) -> None:
    found = parse(status=named)
    assert {status.value for status in found.statuses} == statuses
    assert found.recent_done is recent_done


def test_the_asker_decides_what_no_status_means() -> None:
    found = ComplaintFilter.parse({}, now=NOW, timezone="UTC", status="done")
    assert set(found.statuses) == {Status.RESOLVED, Status.CLOSED}


def test_days_are_the_citys_days() -> None:
    # Jambi is UTC+7 all year: its 1 March begins at 17:00 of 28 February in London.
    found = parse(since="2026-03-01", until="2026-03-31")
    assert found.since == datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert found.until == datetime(2026, 3, 31, 17, tzinfo=UTC)


def test_a_day_of_a_zone_with_summer_time_may_have_23_hours() -> None:
    args = {"since": "2026-03-08", "until": "2026-03-08"}
    found = ComplaintFilter.parse(args, now=NOW, timezone="America/New_York")
    assert found.since is not None
    assert found.until is not None
    assert found.until - found.since == timedelta(hours=23)


def test_moments_carry_their_offset_and_an_unescaped_plus_is_read() -> None:
    wanted = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    assert parse(since="2026-03-01T08:30:00+07:00").since == wanted
    assert parse(since="2026-03-01T08:30:00 07:00").since == wanted
    assert parse(since="2026-03-01T01:30Z").since == wanted
    # a moment named as the end is included
    assert parse(until="2026-03-01T01:30:00Z").until == wanted + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P90D", timedelta(days=90)),
        ("PT12H", timedelta(hours=12)),
        ("P2W", timedelta(days=14)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
    ],
)
def test_a_duration_counts_back_from_now(text: str, length: timedelta) -> None:
    assert parse(since=text).since == NOW - length


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("status", "opened"),
        ("status", "open,"),
        ("status", "open," * 40 + "open"),
        ("since", "2026-13-01"),
        ("since", "2026-02-29"),
        ("since", "yesterday"),
        ("since", "2026-03-01T08:30:00"),
        ("since", "2026-03-01T25:00:00Z"),
        ("since", "0001-01-01"),
        ("since", "0001-01-01T00:00:00+14:00"),
        ("since", "1969-12-31T23:59:59Z"),
        ("until", "2300-01-01"),
        ("until", "9999-12-31"),
        ("until", "P3D"),
        ("since", "P1M"),
        ("since", "P"),
        ("since", "PT"),
        ("since", "P1DT"),
        ("since", "P99999D"),
        ("since", "P٩D"),
        ("since", "٢٠٢٦-03-01"),
        ("overdue", "yes"),
        ("overdue", ""),
        ("bbox", "1,2,3"),
        ("bbox", "nan,0,1,1"),
        ("bbox", "1e400,0,1,1"),
        ("bbox", "104,-1.7,103,-1.5"),
        ("bbox", "103,-1.5,104,-1.7"),
        ("bbox", "181,0,182,1"),
        ("bbox", "0,-91,1,1"),
        ("group", "road;drop"),
        ("group", ",road"),
        ("group", "-road"),
        ("group", "road\x00"),
        ("service", "\ud800"),
        ("agency", "x" * 65),
        ("kelurahan", ",".join(f"a{n}" for n in range(201))),
        ("q", "x" * 101),
        ("q", "a b c d e f g h i"),
        ("q", "jalan\x00"),
        ("q", "\udfff"),
    ],
)
def test_a_bad_field_is_named(field: str, text: str) -> None:
    assert faults(**{field: text}) == {field}


def test_until_before_since_is_refused_and_the_same_day_is_not() -> None:
    assert faults(since="2026-03-02", until="2026-03-01") == {"until"}
    assert parse(since="2026-03-02", until="2026-03-02").until is not None


def test_all_bad_fields_are_named_at_once() -> None:
    named = faults(status="x", since="x", until="x", bbox="x", overdue="x", group="!")
    assert named == {"status", "since", "until", "bbox", "overdue", "group"}


def test_box_words_and_flags() -> None:
    found = parse(bbox="103.5,-1.7,103.7,-1.5", q="  jalan   rusak ", overdue="false")
    assert found.bbox == BBox(103.5, -1.7, 103.7, -1.5)
    assert found.words == ("jalan", "rusak")
    assert found.overdue is False
    assert parse(overdue="true").overdue is True


# the first draw of a text builds the table of all characters
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        st.one_of(
            st.text(st.characters()),
            st.from_regex(r"P[0-9]{0,6}[DWMY]?(T[0-9]{0,9}[HMS]?)?", fullmatch=True),
            st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{5,8}(Z|[+-][0-9:]{5}))?"),
            st.from_regex(r"(-?[0-9.e]{1,6},){3}-?[0-9.]{1,6}", fullmatch=True),
        ),
    )
)
def test_whatever_is_sent_it_is_read_or_refused(args: dict[str, str]) -> None:
    problems: tuple[FieldProblem, ...] = ()
    try:
        parse(**args)
    except InvalidInput as problem:
        problems = problem.fields or (FieldProblem("none named", ""),)
    assert {fault.field for fault in problems} <= set(args)
    for fault in problems:
        json.dumps(fault.as_dict(), ensure_ascii=False).encode()
