"""Why a complaint goes where it goes, as programs, staff and everybody are told."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import text

from tests.asking import as_owner
from tests.casework import World
from tests.people import hire, sign_in

ADDRESS = "/api/v1/assignments/explain"
# Inside the approximate cell of Kelurahan Jelutung, 78 m from its edge.
AT = {"lon": 103.6105, "lat": -1.6125, "service": "pothole"}


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


@pytest.fixture
def as_staff(module_app, emptied):
    def ask(actor, path):
        client = module_app.test_client()
        sign_in(client, actor)
        return client.get(path)

    return ask


def section(html: str, pattern: str) -> str:
    found = re.search(pattern, html, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def test_a_pin_is_told_polygon_rule_distance_and_sets(client):
    told = client.get(ADDRESS, query_string=AT | {"accuracy_m": 10}).json
    assert told["point"] == [103.6105, -1.6125]
    assert told["verdict"]["kelurahan"] == {"code": "15.71.08.1006", "name": "Jelutung"}
    assert told["verdict"]["edge_distance_m"] == pytest.approx(78, abs=1)
    assert [one["code"] for one in told["covering"]] == ["15.71.08.1006"]
    assert told["accuracy"] == {"accuracy_m": 10.0, "doubtful": False, "question": None}
    assert [(rule["n"], rule["code"], rule["won"]) for rule in told["rules"]] == [
        (1, "roads_city", True),
        (2, "pothole", False),
    ]
    # drainage, street lights and waste have rules of their own
    assert told["rules_of_other_services"] == 3
    assert told["agency"]["code"] == "pupr_bina_marga"
    assert told["sets"]["kelurahan"]["approximate"] is True
    assert told["sets"]["service_area"]["version"] == "city-wide-1"
    assert told["sets"]["road"] is None
    assert told["sentences"][0] == {
        "id": "Titik berada di dalam Kelurahan Jelutung, 78 m dari batasnya.",
        "en": "The point lies inside Kelurahan Jelutung, 78 m from its boundary.",
    }


def test_the_explanation_says_what_locate_and_a_submission_say(client):
    told = client.get(ADDRESS, query_string=AT).json
    located = client.get("/api/v1/locate", query_string=AT).json
    assert told["agency"] == located["agency"]
    assert told["verdict"]["kelurahan"] == located["kelurahan"]


def test_a_rough_fix_is_asked_between_the_kelurahan_it_may_be(client):
    told = client.get(ADDRESS, query_string=AT | {"accuracy_m": 90}).json
    assert told["accuracy"]["doubtful"]
    names = [one["kelurahan"]["name"] for one in told["alternatives"]]
    assert len(names) >= 1
    assert told["accuracy"]["question"]["en"].startswith("Is this in Jelutung")
    assert names[0] in told["accuracy"]["question"]["id"]


def test_outside_is_told_with_distance_and_direction_as_locate_does(client):
    where = {"lon": 103.0, "lat": -1.6, "service": "pothole"}
    told = client.get(ADDRESS, query_string=where)
    assert told.status_code == 422
    assert told.json["error"]["code"] == "outside_city"
    located = client.get("/api/v1/locate", query_string=where).json
    assert told.json == located


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lon": "x"}, "lon"),
        ({"lat": "91"}, "lat"),
        ({"service": "ufo"}, "service"),
        ({"accuracy_m": "-1"}, "accuracy_m"),
        ({"akurasi": "3"}, "akurasi"),
    ],
)
def test_what_cannot_be_read_is_named(client, changed, field):
    told = client.get(ADDRESS, query_string=AT | changed)
    assert told.status_code == 422
    assert field in {fault["field"] for fault in told.json["error"]["fields"]}


def test_staff_is_told_the_stored_decision_its_history_and_where_else_it_may_go(staff, as_staff):
    ticket = staff.new(accuracy_m=90.0)
    staff.act(staff.operator, "assign", ticket, agency="dlh", reason="Salah instansi")
    told = as_staff(staff.operator, f"/api/v1/work/complaints/{ticket}/explain").json
    assert told["verdict"]["method"] == "manual"
    assert told["verdict"]["place_method"] == "covers"
    assert told["accuracy"]["doubtful"]
    assert [one["method"] for one in told["decisions"]] == ["manual", "covers"]
    assert told["decisions"][0]["decided_by"]["name"] == staff.operator.name
    assert told["decisions"][0]["reason"] == "Salah instansi"
    assert told["decisions"][1]["set"]["approximate"] is True
    # what the rules say of this place is one click away again
    assert [one["agency"]["code"] for one in told["elsewhere"]] == ["pupr_bina_marga"]


def test_only_who_may_triage_is_offered_other_agencies(staff, as_staff, module_database):
    ticket = staff.new()
    staff.act(staff.operator, "assign", ticket, agency="dlh", reason="Salah instansi")
    head = hire(module_database, "agency_head", agency="dlh")
    path = f"/api/v1/work/complaints/{ticket}/explain"
    assert as_staff(head, path).json["elsewhere"] == []
    assert "data-reroute" not in as_staff(head, f"/case/{ticket}").text
    assert 'data-reroute="pupr_bina_marga"' in as_staff(staff.operator, f"/case/{ticket}").text


def test_a_case_beyond_sight_is_not_explained(staff, as_staff, module_database):
    ticket = staff.new()
    far = hire(module_database, "field_officer", agency="dlh", kelurahan=["15.71.07.1002"])
    assert as_staff(far, f"/api/v1/work/complaints/{ticket}/explain").status_code == 404
    assert as_staff(staff.operator, "/api/v1/work/complaints/%00/explain").status_code == 404


def test_a_complaint_s_page_gives_its_reasons_by_number(client, staff):
    ticket = staff.new()
    told = section(client.get(f"/c/{ticket}?lang=id").text, r'<details class="c-why".*?</details>')
    assert told.startswith(
        "Mengapa Dinas PUPR, Bina Marga? Titik berada di dalam Kelurahan Jelutung, 78 m"
    )
    assert "Wilayah layanan “Jalan kota” berlaku" in told


def test_a_blurred_complaint_s_reasons_give_no_distance_and_follow_its_public_place(
    client, staff, module_database
):
    here = staff.new(service="waste_burning")
    there = staff.new(service="waste_burning")
    with as_owner(module_database) as owner:
        owner.execute(
            # the second one truly lies elsewhere; what everybody sees of both is the same
            text(
                "UPDATE geoapp.complaint SET shown_within_m = 100,"
                " public_kelurahan_code = '15.71.08.1001',"
                " geom = CASE WHEN ticket = :there THEN ST_Translate(geom, 0.002, 0) ELSE geom END"
                " WHERE ticket IN (:here, :there)"
            ),
            {"here": here, "there": there},
        )
    pattern = r'<details class="c-why".*?</details>'
    first, second = (section(client.get(f"/c/{one}").text, pattern) for one in (here, there))
    assert first == second
    assert "Jelutung" not in first  # the true kelurahan; the public one is Cempaka Putih
    assert not re.search(r"\d m\b", first)
    assert "Letaknya diketahui sampai Kelurahan" in first


def test_a_confidential_complaint_s_page_gives_no_reasons(client, staff):
    ticket = staff.new(confidential=True)
    assert "c-why" not in client.get(f"/c/{ticket}").text
