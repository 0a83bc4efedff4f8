"""What is reported already around a pin, as everybody is told it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from geoapp.domain.place import LonLat
from tests.asking import as_owner
from tests.support import send

PIN = {"service": "pothole", "lon": 103.6105, "lat": -1.6125}
METRE = 1 / 110_574
"""Degrees of latitude that are a metre, at the equator (WGS 84)."""


def put(database, north_m=0.0, **changes):
    """A complaint so many metres north of the pin; its ticket."""
    at = LonLat(PIN["lon"], PIN["lat"] + north_m * METRE)
    return send(database, position=at, **changes)["ticket"]


def alter(database, ticket, assignments):
    with as_owner(database) as connection:
        connection.execute(
            text(f"UPDATE geoapp.complaint SET {assignments} WHERE ticket = :ticket"),
            {"ticket": ticket},
        )


def near(client, **changes):
    answer = client.get("/api/v1/complaints/alike", query_string=PIN | changes)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_those_within_the_services_radius_come_nearest_first(client, emptied):
    """Potholes are alike within 30 m, whatever else of the road is meant."""
    far, at, middle = put(emptied, 29), put(emptied, 0), put(emptied, 12, service="road_damaged")
    put(emptied, 31)
    put(emptied, 5, service="waste_burning")
    told = near(client)
    assert told["radius_m"] == 30
    assert [one["ticket"] for one in told["complaints"]] == [at, middle, far]
    assert [one["distance_m"] for one in told["complaints"]] == [0, 12, 29]
    first = told["complaints"][0]
    assert (first["lon"], first["lat"], first["supporters"]) == (103.6105, -1.6125, 0)
    assert first["service_name"] == {"id": "Jalan berlubang", "en": "Pothole"}
    assert first["submitted_at"]


@pytest.mark.parametrize(
    "assignments",
    [
        "confidential = true",
        "status = 'resolved', resolved_at = now()",
        "status = 'closed'",
        "status = 'rejected'",
        "status = 'duplicate'",
        "location_kind = 'area', geom = null, public_geom = null, tile18 = default",
    ],
)
def test_only_open_public_points_are_offered(client, emptied, assignments):
    ticket = put(emptied)
    if "location_kind" in assignments:
        assignments = "location_kind = 'area', geom = null, public_geom = null"
    alter(emptied, ticket, assignments)
    assert near(client)["complaints"] == []


def test_the_distance_is_to_where_everybody_is_shown_it(client, emptied):
    """A blurred complaint that truly lies at the pin is found where the map has it, or not."""
    ticket = put(emptied)
    alter(
        emptied,
        ticket,
        "public_geom = ST_SetSRID(ST_MakePoint(103.6105, -1.6125 + 20.0 / 110574), 4326),"
        " shown_within_m = 50",
    )
    [one] = near(client)["complaints"]
    assert (one["distance_m"], one["landmark"]) == (20, None)
    assert one["lat"] != PIN["lat"]
    alter(
        emptied,
        ticket,
        "public_geom = ST_SetSRID(ST_MakePoint(103.6105, -1.6125 + 40.0 / 110574), 4326)",
    )
    assert near(client)["complaints"] == []


def test_ten_at_most_and_the_nearest_of_them(client, emptied):
    tickets = [put(emptied, metres) for metres in range(12)]
    assert [one["ticket"] for one in near(client)["complaints"]] == tickets[:10]


def test_a_service_without_a_place_has_nothing_alike(client, emptied):
    with as_owner(emptied) as connection:
        service = connection.execute(
            text(
                "SELECT service_code FROM geoapp.service_version WHERE duplicate_radius_m = 0 LIMIT 1"
            )
        ).scalar_one_or_none()
    if service is None:
        pytest.skip("absent: a service that is alike nowhere")
    assert near(client, service=service) == {"radius_m": 0, "complaints": []}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"service": "nothing"}, "service"), ({"lon": "nan"}, "lon"), ({"lat": "91"}, "lat")],
)
def test_what_can_t_be_asked_is_named(client, changes, field):
    answer = client.get("/api/v1/complaints/alike", query_string=PIN | changes)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["error"]["fields"]] == [field]
