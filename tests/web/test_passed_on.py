"""The public page of a complaint that was passed on: no promise of the city's agency stands."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.casework import World
from tests.people import sign_in
from tests.roads import jelutung_on_a_national_road

REASON = "Jl. Lintas adalah jalan nasional"


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


def head(client, ticket: str, lang: str = "id") -> str:
    """What the page says above the history, as a line of words."""
    page = client.get(f"/c/{ticket}?lang={lang}").text
    body = re.search(r'id="ticket-live"[^>]*>(.*?)<ol class="tl', page, re.DOTALL)[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def pass_on(staff: World, ticket: str) -> None:
    staff.act(staff.operator, "out_of_authority", ticket, reason=REASON, authority="BPJN Jambi")


def test_who_is_in_charge_stands_where_the_agency_and_its_target_stood(client, staff):
    ticket = staff.new()
    before = head(client, ticket)
    assert "menangani laporan ini" in before
    assert "Target selesai" in before
    assert "Mengapa Dinas PUPR" in before
    pass_on(staff, ticket)
    after = head(client, ticket)
    assert "Bukan wewenang" in after
    assert "BPJN Jambi yang berwenang atas hal ini, bukan kota" in after
    for gone in ("menangani laporan ini", "Target selesai", "Mengapa", "PUPR"):
        assert gone not in after
    assert "is in charge of this, not the city" in head(client, ticket, "en")


def test_once_it_is_over_nobody_handles_it_any_more(client, staff):
    done, twin = staff.new(), staff.new()
    staff.act(staff.operator, "assign", done)
    staff.act(staff.officer, "finish", done, text="Sudah ditambal.")
    assert "Bina Marga yang menangani laporan ini" in head(client, done)
    staff.act(staff.operator, "merge", twin, lead=staff.new())
    assert "menangani laporan ini" not in head(client, twin)


def test_opened_again_the_page_names_the_agency_and_not_whom_it_was_passed_on_to(client, staff):
    ticket = staff.new()
    pass_on(staff, ticket)
    staff.act(staff.operator, "reopen", ticket, reason="Ternyata trotoar kota")
    again = head(client, ticket)
    assert "menangani laporan ini" in again
    assert "BPJN" not in again


def test_a_confidential_one_tells_neither_whom_nor_until_when(client, staff):
    ticket = staff.new(confidential=True)
    assert "Target selesai" in head(client, ticket)
    pass_on(staff, ticket)
    told = head(client, ticket)
    assert "Bukan wewenang" in told
    assert "BPJN" not in told
    assert "Target selesai" not in told


def test_the_api_keeps_to_what_it_told_before(client, staff):
    ticket = staff.new()
    pass_on(staff, ticket)
    told = client.get(f"/api/v1/complaints/{ticket}").get_json()["properties"]
    assert told["agency"]["code"] == "pupr_bina_marga"
    assert "passed_to" not in told
    assert set(told["timeline"][-1]) == {"kind", "status", "at", "words", "lead", "photos"}
    assert told["timeline"][-1]["words"] == REASON


def test_the_road_that_a_case_names_is_drawn_with_it(client, staff, module_database):
    jelutung_on_a_national_road(module_database)
    ticket = staff.new()
    sign_in(client, staff.operator)
    features = client.get(f"/api/v1/work/complaints/{ticket}/area").get_json()["features"]
    assert [
        (one["properties"]["role"], one["properties"]["name"], one["geometry"]["type"])
        for one in features
    ] == [("won", "Jelutung", "MultiPolygon"), ("road", "Jl. Lintas", "MultiLineString")]
