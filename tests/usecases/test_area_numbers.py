"""Figures by area, by the boundaries of then and of today; counted by hand.

Until 2024 one kelurahan W lay over everything (kecamatan K); from 2024 on W keeps the west
and N (kecamatan M) is new in the east. Complaints:

    2023 west 1, east 2      2025 west 1, east 1
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.area_numbers import STEPS, Level, shade, steps_for
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import LonLat
from geoapp.usecases import activation, area_numbers
from tests.asking import as_owner
from tests.people import hire, sign_in
from tests.support import default_city, send
from tests.wards import EAST, MIDDLE, NORTH, SOUTH, WEST, draw

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEFORE, SINCE = datetime(2023, 6, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)
WESTERN, EASTERN = LonLat(103.605, -1.605), LonLat(103.615, -1.605)


@pytest.fixture
def cut(jambi):
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
    for position, at in (
        (WESTERN, BEFORE), (EASTERN, BEFORE), (EASTERN, BEFORE), (WESTERN, SINCE), (EASTERN, SINCE),
    ):  # fmt: skip
        send(jambi, position=position, submitted_at=at)
    return jambi


def count(database, **args):
    wanted = ComplaintFilter.parse(args, now=NOW, timezone="Asia/Jakarta")
    level = Level(args.get("level", "kelurahan"))
    return area_numbers.of_public(database, default_city(database), wanted, level)


def totals(counted):
    return {row.code: row.total for row in counted.rows}


def test_today_counts_every_complaint_where_it_lies_now(cut):
    counted = count(cut)
    assert totals(counted) == {"W": 2, "N": 3}
    assert [one.version for one in counted.sets] == ["new"]


def test_then_counts_each_complaint_by_the_boundaries_of_its_day(cut):
    counted = count(cut, boundaries="then")
    # W: all three of 2023 and the western one of 2025
    assert totals(counted) == {"W": 4, "N": 1}
    assert [one.version for one in counted.sets][-2:] == ["old", "new"]


def test_kecamatan_follow_the_same_way(cut):
    assert totals(count(cut, level="kecamatan")) == {"K": 2, "M": 3}
    assert totals(count(cut, level="kecamatan", boundaries="then")) == {"K": 4, "M": 1}


def test_a_period_before_the_cut_knows_the_areas_of_then_alone(cut):
    old = count(cut, boundaries="then", since="2023-01-01", until="2023-12-31")
    assert totals(old) == {"W": 3}
    assert {row.valid_set for row in old.rows} == {"old"}
    assert [one.version for one in old.sets] == ["old"]
    assert totals(count(cut, since="2023-01-01", until="2023-12-31")) == {"W": 1, "N": 2}


def test_the_filter_s_kelurahan_are_those_of_the_boundaries_meant(cut):
    assert sum(totals(count(cut, kelurahan="N")).values()) == 3
    assert sum(totals(count(cut, kelurahan="N", boundaries="then")).values()) == 1


def test_all_rows_add_up_and_what_lies_nowhere_is_told_apart(cut):
    send(cut, service="water_bill", position=None)
    counted = count(cut)
    assert sum(totals(counted).values()) == 5
    assert (counted.nowhere.code, counted.nowhere.total) == (None, 1)


def test_share_in_time_is_of_what_was_resolved_or_is_late(cut):
    with as_owner(cut) as owner:
        owner.execute(
            text(
                "UPDATE geoapp.complaint SET status = 'resolved', resolved_at = due_at"
                " + CASE WHEN submitted_at < '2024-01-01' THEN interval '-1 h' ELSE '1 h' END"
                " WHERE kelurahan_code = 'N'"
            )
        )
    west, new = (next(r for r in count(cut).rows if r.code == code) for code in ("W", "N"))
    # two of 2023 in time, the one of 2025 an hour late
    assert (new.done, new.in_time, new.judged) == (3, 2, 3)
    # both open since years, none resolved
    assert (west.open, west.overdue, west.done, west.share_in_time) == (2, 2, 0, 0.0)


def test_an_activation_keeps_the_wards_of_then_as_a_historic_entry_gets_them(jambi):
    """The same complaints, told before the set came into force and entered after it."""
    city = default_city(jambi)
    with as_owner(jambi) as owner:
        draw(owner, {"W": ("West", "K", (WEST, SOUTH, EAST, NORTH))}, version="old",
             day=date(2020, 1, 1))  # fmt: skip
    for position, at in ((WESTERN, BEFORE), (EASTERN, BEFORE), (EASTERN, SINCE)):
        send(jambi, position=position, submitted_at=at)
    with as_owner(jambi) as owner:
        new = draw(
            owner,
            {
                "W": ("West", "K", (WEST, SOUTH, MIDDLE, NORTH)),
                "N": ("New", "M", (MIDDLE, SOUTH, EAST, NORTH)),
            },
            version="new",
            day=None,
        )
    activation.activate(jambi, city, new, date(2024, 1, 1), other_codes=True)
    assert totals(count(jambi)) == {"W": 1, "N": 2}
    assert totals(count(jambi, boundaries="then")) == {"W": 2, "N": 1}
    for position, at in ((WESTERN, BEFORE), (EASTERN, BEFORE), (EASTERN, SINCE)):
        send(jambi, position=position, submitted_at=at)
    assert totals(count(jambi)) == {"W": 2, "N": 4}
    assert totals(count(jambi, boundaries="then")) == {"W": 4, "N": 2}


@pytest.fixture
def client(cut, settings):
    app = create_app(settings, cut)
    yield app.test_client()
    app.extensions["geoapp"].hub.close()


def test_the_api_and_the_table_tell_the_same(client):
    told = client.get("/api/v1/areas/numbers?boundaries=then").json
    assert {row["code"]: row["total"] for row in told["rows"]} == {"W": 4, "N": 1}
    assert told["boundaries"] == "then"
    table = client.get("/api/v1/areas/numbers?boundaries=then&format=csv")
    assert table.mimetype == "text/csv"
    assert "attachment" in table.headers["Content-Disposition"]
    lines = table.text.removeprefix("\ufeff").split("\r\n")
    assert lines[0] == "code,name,parent,total,open,overdue,done,in_time,judged,valid_set"
    assert "N,New,M,1,1,1,0,0,1,new" in lines
    assert client.get("/api/v1/areas/numbers?boundaries=tomorrow").status_code == 422
    found = client.get("/api/v1/complaints?kelurahan=N&boundaries=then").json
    assert found["numberMatched"] == 1


def test_staff_counts_what_it_sees_and_others_may_not_ask(client, cut):
    path = "/api/v1/work/areas/numbers?boundaries=then"
    assert client.get(path).status_code == 401
    sign_in(client, hire(cut, "agency_head", agency="pupr_bina_marga"))
    told = client.get(path).json
    assert {row["code"]: row["total"] for row in told["rows"]} == {"W": 4, "N": 1}
    assert client.get(path + "&agency=dlh").json["rows"][0]["total"] == 0


@pytest.mark.parametrize("level", ["kelurahan", "kecamatan"])
def test_the_page_names_the_boundaries_and_shades_the_map(client, level):
    page = client.get(f"/areas?boundaries=then&level={level}&days=3650&lang=id").text
    assert "Batas saat itu" in page
    assert "old" in page
    assert "new" in page
    assert page.count('<path class="s-') == 2
    assert "Drawn for a test" in page


def test_shades_have_six_steps_and_grow_with_the_city():
    assert [shade(count, STEPS) for count in (0, 1, 2, 3, 4, 5, 6, 9, 1000)] == [
        0, 1, 2, 3, 4, 4, 5, 6, 6,
    ]  # fmt: skip
    assert steps_for(27) == STEPS
    assert steps_for(28) == (2, 4, 6, 8, 12, 18)
    assert steps_for(1000) == (50, 100, 150, 200, 300, 450)
