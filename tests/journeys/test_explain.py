"""The citizen is asked where the fix can't tell; staff re-routes with one press and a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoapp.domain.place import LonLat
from tests.asking import as_owner
from tests.journeys.conftest import LAPTOP, PHONE, Watch
from tests.journeys.staff import staffed
from tests.journeys.test_pin_to_map import choose_street_light
from tests.wards import METRES_OF_A_DEGREE, MIDDLE, legok_and_murni

PICTURES = Path(__file__).resolve().parents[2] / "screenshots" / "journeys"

pytestmark = pytest.mark.browser


def test_a_fix_rougher_than_the_way_to_the_edge_asks_which_kelurahan_it_is(
    browser, jambi, city_server
):
    with as_owner(jambi) as owner:
        legok_and_murni(owner)
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        **PHONE,
        geolocation={
            "longitude": MIDDLE - 12 / METRES_OF_A_DEGREE,
            "latitude": -1.605,
            "accuracy": 40,
        },
        permissions=["geolocation"],
        locale="id-ID",
    )
    phone = context.new_page()
    watch = Watch(phone)
    choose_street_light(phone, city_server)
    phone.locator("#map-locate").click()
    phone.locator("#where-answer").get_by_text("Kelurahan Legok").wait_for()
    phone.locator("#where-next").click()
    phone.get_by_role("heading", name="Apakah ini di Legok atau di Murni?").wait_for()
    assert (
        phone.locator("#confirm-why").inner_text() == "Ketelitian GPS ±40 m, batas 12 m dari sini."
    )
    phone.locator("#confirm-choices").get_by_text("Kelurahan Murni").click()
    phone.screenshot(path=PICTURES / "report-which-360.png")
    phone.locator("#confirm-form button[type=submit]").click()
    phone.locator("#describe-text").fill("Lampu padam sejak tiga malam, jalan gelap sekali.")
    phone.locator("#describe-form button[type=submit]").click()
    phone.locator("#check-send").click()
    ticket = phone.locator("#sent-ticket", has_text="JBI-").inner_text()
    phone.goto(f"{city_server.url}/c/{ticket}")
    phone.locator(".c-why summary").click()
    reasons = phone.locator(".c-why li").all_inner_texts()
    assert reasons[0] == "Letaknya di Kelurahan Murni."
    assert "“Lampu di Murni” berlaku: yang menangani Dinas Lingkungan Hidup" in reasons[-1]
    phone.screenshot(path=PICTURES / "ticket-why-360.png", full_page=True)
    assert watch.errors == []
    context.close()


def test_an_operator_gives_it_next_door_with_one_press_and_a_reason(
    browser, cluster, jambi_template, tmp_path
):
    with staffed(cluster, jambi_template, tmp_path, browser) as office:
        with as_owner(office.world.database) as owner:
            legok_and_murni(owner)
        ticket = office.world.new(
            service="street_light_out",
            position=LonLat(MIDDLE - 12 / METRES_OF_A_DEGREE, -1.605),
            accuracy_m=40.0,
        )
        page = office.page(office.world.operator, f"/case/{ticket}", **LAPTOP)
        why = page.locator(".case-why")
        assert "Titik berada di dalam Kelurahan Legok, 12 m dari batasnya." in why.inner_text()
        page.screenshot(path=PICTURES / "case-why-1440.png")
        why.get_by_role("button", name="Alihkan ke Dinas Lingkungan Hidup").click()
        form = page.locator(".step-form")
        assert form.locator("[name=agency]").input_value() == "dlh"
        form.locator("[name=reason]").fill("Tiangnya di sisi Murni")
        page.screenshot(path=PICTURES / "case-reroute-1440.png")
        form.locator("button.primary").click()
        why.get_by_text("Dipilih petugas: Dinas Lingkungan Hidup").wait_for()
        assert office.world.row(ticket).agency_code == "dlh"
        # and back, as easily
        why.get_by_role("button", name="Alihkan ke Dinas Perkim, Bidang LPJU").wait_for()
        phone = office.page(office.world.operator, f"/case/{ticket}", **PHONE)
        phone.locator(".case-why").scroll_into_view_if_needed()
        phone.screenshot(path=PICTURES / "case-why-360.png", full_page=True)
        assert phone.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        office.close_pages()
