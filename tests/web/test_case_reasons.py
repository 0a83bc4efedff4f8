"""Why a complaint is where it is: the place by its rule, the agency by whoever chose it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import text

from tests.asking import as_owner
from tests.casework import World
from tests.people import sign_in

_REASON = text("SELECT reason FROM geoapp.assignment ORDER BY id DESC LIMIT 1")


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


@pytest.fixture
def why(module_app, emptied, staff):
    """What stands under "Why …?" of a case, as a line of words."""

    def told(ticket, lang="id"):
        client = module_app.test_client()
        sign_in(client, staff.operator)
        page = client.get(f"/case/{ticket}?lang={lang}").text
        section = re.search(r'<section class="case-why".*?</section>', page, re.DOTALL)[0]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", section)).split())

    return told


def test_after_a_hand_over_the_place_keeps_its_rule_and_the_agency_names_who_chose_it(staff, why):
    ticket = staff.new()
    staff.act(staff.operator, "verify", ticket)
    staff.act(staff.operator, "assign", ticket)
    staff.act(staff.admin, "hand_over", ticket, agency="dlh", reason="Tumpukan sampah")
    told = why(ticket)
    newest = told.split("Keputusan sebelumnya")[0]
    assert newest.startswith(
        "Mengapa Dinas Lingkungan Hidup? Titik berada di dalam Kelurahan Jelutung"
    )
    assert "Dipilih petugas: Dinas Lingkungan Hidup oleh Adi" in newest
    assert "Tumpukan sampah" in newest
    assert "Given to Dinas Lingkungan Hidup by hand by Adi" in why(ticket, "en")


@pytest.mark.parametrize("stored", ["split:", "split from "])
def test_a_part_tells_where_it_came_from_in_the_reader_s_language(staff, why, stored):
    ticket = staff.new()
    staff.act(staff.operator, "verify", ticket)
    part = staff.act(staff.operator, "split", ticket, service="pothole", text="Lubang kedua").other
    with as_owner(staff.database) as owner:
        assert owner.execute(_REASON).scalar_one() == f"split:{ticket}"
        owner.execute(text("ALTER TABLE geoapp.assignment DISABLE TRIGGER USER"))
        owner.execute(
            text("UPDATE geoapp.assignment SET reason = :new WHERE reason = :old"),
            {"old": f"split:{ticket}", "new": f"{stored}{ticket}"},
        )
        owner.execute(text("ALTER TABLE geoapp.assignment ENABLE TRIGGER USER"))
    assert f"Pecahan dari {ticket}" in why(part)
    assert f"Split off from {ticket}" in why(part, "en")
    assert "split" not in why(part)
    assert "Titik berada di dalam Kelurahan Jelutung" in why(part)
