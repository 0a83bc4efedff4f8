"""Why a complaint goes where it goes: hand-drawn squares, distances reckoned by hand."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from geoapp.domain.explanation import Explanation, RuleKind, Why
from geoapp.domain.explanation_words import metres, question
from geoapp.domain.place import LonLat
from geoapp.domain.reading import Place
from geoapp.spatial import explanation
from tests.spatial.square_world import (
    CODE,
    A,
    B,
    C,
    D,
    X,
    Y,
    draw_areas,
    draw_service_areas,
    file,
    run,
)

# A square is a thousandth of a degree wide: at 1.6° south 111.32 km * cos(1.6°) / 1000
WIDE_M = 111.3


@pytest.fixture
def squares(jambi_db: Connection) -> Connection:
    draw_areas(jambi_db, {"A": A, "B": B, "C": C})
    return jambi_db


def ask(
    connection: Connection, x: float, y: float = 0.5, *, accuracy_m: float | None = None,
    service: str = "pothole",
) -> Explanation:  # fmt: skip
    found = explanation.of_point(
        connection, CODE, service, LonLat(X + x * D, Y + y * D), accuracy_m
    )
    assert found is not None
    return found


def test_the_polygons_that_cover_the_point_are_named_with_the_way_to_their_edges(
    squares: Connection,
) -> None:
    draw_service_areas(squares)
    told = ask(squares, 1.75)
    # B ends at 2, C begins at 1.5: a quarter of a square to each
    assert [one.kelurahan.code for one in told.covering] == ["B", "C"]
    assert [one.edge_distance_m for one in told.covering] == pytest.approx(
        [WIDE_M / 4, WIDE_M / 4], rel=0.01
    )
    assert (told.kelurahan, told.method, told.ambiguous) == (Place("B", "B"), "covers", True)
    assert told.edge_distance_m == pytest.approx(WIDE_M / 4, rel=0.01)
    assert told.sets["kelurahan"].version == "squares"
    assert not told.approximate


def test_every_rule_is_told_in_the_order_tried_with_why_it_did_not_match(
    squares: Connection,
) -> None:
    draw_service_areas(
        squares,
        {"priority": 10, "coverage": "areas", "codes": ["B"], "agency": "dlh", "grp": "road"},
        {"priority": 20, "coverage": "polygon", "wkt": B, "agency": "dlh", "grp": "road"},
        {"priority": 30, "coverage": "city", "agency": "dlh", "grp": "waste"},
        {"priority": 40, "coverage": "areas", "codes": ["A"], "agency": "pupr_sda"},
        {"priority": 50, "coverage": "city", "agency": "dlh", "service": "pothole"},
    )
    told = ask(squares, 0.5)
    assert [(rule.n, rule.code, rule.matched, rule.why) for rule in told.rules] == [
        (1, "s0", False, Why.OTHER_AREAS),
        (2, "s1", False, Why.ELSEWHERE),
        (3, "s3", True, Why.WON),
        (4, "s4", True, Why.LATER),
        (5, "pothole", True, Why.LATER),
    ]
    assert told.rules_of_others == 1
    assert told.agency_code == "pupr_sda"
    assert told.rules[-1].kind is RuleKind.SERVICE_DEFAULT
    # from the middle of A to the near edge of B: half a square
    assert told.rules[1].distance_m == pytest.approx(WIDE_M / 2, rel=0.01)


def test_the_rule_told_as_won_is_the_one_that_decides_whatever_the_rules(
    squares: Connection,
) -> None:
    # equal priorities: the more particular comes before the general, then the code
    draw_service_areas(
        squares,
        {"coverage": "city", "agency": "dlh"},
        {"coverage": "city", "agency": "pupr_sda", "grp": "road"},
        {"coverage": "city", "agency": "perkim_lpju", "service": "pothole"},
        {"coverage": "city", "agency": "dlh", "service": "pothole"},
    )
    told = ask(squares, 0.5)
    stored = file(squares, x=0.5)
    assert [rule.code for rule in told.rules] == ["s2", "s3", "s1", "s0", "pothole"]
    assert [rule.code for rule in told.rules if rule.won] == ["s2"]
    assert (told.agency_code, stored.agency_code) == ("perkim_lpju", "perkim_lpju")


def test_next_door_is_told_with_the_agency_that_would_act_there(squares: Connection) -> None:
    draw_service_areas(
        squares, {"coverage": "areas", "codes": ["B"], "agency": "dlh", "priority": 1}
    )
    # a tenth of a square (11 m) from B, six tenths (67 m) from C
    told = ask(squares, 0.9)
    assert [(one.kelurahan.code, one.agency_code) for one in told.alternatives] == [("B", "dlh")]
    assert told.alternatives[0].distance_m == pytest.approx(WIDE_M / 10, rel=0.01)
    assert told.agency_code != "dlh"
    wide = ask(squares, 0.9, accuracy_m=80)
    assert [one.kelurahan.code for one in wide.alternatives] == ["B", "C"]


def test_a_fix_rougher_than_the_way_to_the_edge_is_doubtful_and_asks(squares: Connection) -> None:
    draw_service_areas(squares)
    sure = ask(squares, 0.9, accuracy_m=11)
    assert not sure.doubtful  # the edge is 11.1 m away
    rough = ask(squares, 0.9, accuracy_m=12)
    assert rough.doubtful
    assert question(rough.candidates) == {
        "id": "Apakah ini di A atau di B?",
        "en": "Is this in A or in B?",
    }
    assert not ask(squares, 0.9).doubtful


def test_a_gap_tells_the_nearest_and_how_far_it_is(squares: Connection) -> None:
    draw_service_areas(squares)
    told = ask(squares, -0.4)
    assert (told.method, told.covering) == ("nearest", ())
    assert told.edge_distance_m == pytest.approx(0.4 * WIDE_M, rel=0.01)


def test_outside_tells_that_rules_for_the_whole_city_do_not_reach(squares: Connection) -> None:
    draw_service_areas(squares, {"coverage": "city", "agency": "dlh"})
    told = ask(squares, -0.6)
    assert (told.method, told.kelurahan) == ("outside", None)
    assert told.rules[0].why is Why.OUTSIDE


def test_a_stored_complaint_is_explained_by_the_sets_that_decided_it(squares: Connection) -> None:
    draw_service_areas(
        squares, {"coverage": "areas", "codes": ["A"], "agency": "dlh", "priority": 1}
    )
    ticket = file(squares, x=0.9, accuracy_m=30.0).ticket
    draw_areas(squares, {"Z": A, "B": B})
    draw_service_areas(squares)
    run(squares, "SELECT set_config('geoapp.city', :city, true)")
    told = explanation.of_complaint(squares, CODE, ticket)
    assert told is not None
    assert told.kelurahan == Place("A", "A")
    assert [one.kelurahan.code for one in told.covering] == ["A"]
    assert [(rule.code, rule.won) for rule in told.rules] == [("s0", True), ("pothole", False)]
    assert told.doubtful
    # next door is today's: Z covers the point, B is 11 m away
    assert [one.kelurahan.code for one in told.alternatives] == ["Z", "B"]


def test_a_complaint_a_person_gave_away_keeps_how_its_place_was_found(squares: Connection) -> None:
    draw_service_areas(
        squares, {"coverage": "areas", "codes": ["A"], "agency": "dlh", "priority": 1}
    )
    stored = file(squares, x=0.5)
    run(
        squares,
        "INSERT INTO geoapp.assignment (city_code, complaint_id, decided_by, kelurahan_set,"
        " kelurahan_code, agency_code, method, ambiguous) SELECT city_code, id, 'account:1',"
        " kelurahan_set, kelurahan_code, 'pupr_sda', 'manual', false FROM geoapp.complaint"
        " WHERE id = :id",
        id=stored.id,
    )
    told = explanation.of_complaint(squares, CODE, str(stored.ticket))
    assert told is not None
    assert (told.method, told.place_method, told.agency_code) == ("manual", "covers", "pupr_sda")
    assert [rule.why for rule in told.rules] == [Why.BY_HAND, Why.BY_HAND]


def test_a_complaint_without_a_point_is_explained_by_its_kelurahan(squares: Connection) -> None:
    draw_service_areas(
        squares,
        {"coverage": "polygon", "wkt": A, "agency": "dlh", "priority": 1},
        {"coverage": "areas", "codes": ["A"], "agency": "pupr_sda", "priority": 2},
    )
    told = explanation.of_complaint(squares, CODE, str(file(squares, named_area="A").ticket))
    assert told is not None
    assert (told.position, told.edge_distance_m, told.alternatives) == (None, None, ())
    assert [rule.why for rule in told.rules] == [Why.NO_POINT, Why.WON, Why.LATER]


def test_what_everybody_is_told_of_a_blurred_complaint_follows_from_the_view_alone(
    squares: Connection,
) -> None:
    """Two complaints that the public view can't tell apart are explained by the same words."""
    draw_service_areas(
        squares,
        {"coverage": "polygon", "wkt": A, "agency": "dlh", "priority": 1},
        {"coverage": "areas", "codes": ["A", "B"], "agency": "dlh", "priority": 2},
    )
    tickets = [str(file(squares, x=x).ticket) for x in (0.5, 0.999, 1.5)]
    # true positions in the polygon, at its edge and next door; one public answer
    run(
        squares,
        "UPDATE geoapp.complaint SET shown_within_m = 50, public_kelurahan_code = 'A',"
        " public_kecamatan_code = 'P', public_geom = ST_SetSRID(ST_MakePoint(:x, :y), 4326)"
        " WHERE ticket = ANY (:tickets)",
        x=X + 0.9 * D, y=Y + 0.5 * D, tickets=tickets,
    )  # fmt: skip
    squares.execute(text("SET LOCAL ROLE geoapp_visitor"))
    told = [explanation.of_public(squares, CODE, ticket) for ticket in tickets]
    assert told[0] == told[1] == told[2]
    assert told[0] is not None
    assert (told[0].position, told[0].edge_distance_m, told[0].accuracy_m) == (None, None, None)
    assert (told[0].covering, told[0].alternatives) == ((), ())
    assert told[0].kelurahan == Place("A", "A")
    # the polygon is not said to cover it, though it covers the first two
    assert [rule.why for rule in told[0].rules] == [Why.NO_POINT, Why.WON, Why.LATER]


def test_an_agency_that_the_public_place_does_not_lead_to_is_not_explained_by_a_rule(
    squares: Connection,
) -> None:
    draw_service_areas(squares, {"coverage": "polygon", "wkt": A, "agency": "dlh", "priority": 1})
    ticket = str(file(squares, x=0.5).ticket)
    run(squares, "UPDATE geoapp.complaint SET shown_within_m = 50 WHERE ticket = :t", t=ticket)
    told = explanation.of_public(squares, CODE, ticket)
    assert told is not None
    assert (told.agency_code, told.by_rule) == ("dlh", False)
    assert not any(rule.won for rule in told.rules)


def test_a_confidential_complaint_is_explained_to_nobody_outside(squares: Connection) -> None:
    ticket = str(file(squares, x=0.5, confidential=True).ticket)
    assert explanation.of_public(squares, CODE, ticket) is None


@pytest.mark.parametrize(
    ("distance_m", "local"),
    [(0.2, "kurang dari 1 m"), (12.4, "12 m"), (999.6, "1,0 km"), (1234.0, "1,2 km")],
)
def test_distances_are_worded_as_people_say_them(distance_m: float, local: str) -> None:
    assert metres(distance_m)["id"] == local
