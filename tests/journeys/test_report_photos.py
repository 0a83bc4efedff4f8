"""Photos of a report in a real browser: their place, their way over a bad connection, refusals."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import expect

from geoapp.domain.place import LonLat
from geoapp.embedded import Cluster
from geoapp.store.database import Database
from tests.journeys import reporting
from tests.journeys.conftest import LAPTOP, Watch
from tests.journeys.reporting import PICTURES, file, phone, pick, row, stored
from tests.report_photos import exif, heic, jpeg, picture
from tests.servers import Server
from tests.support import send

pytestmark = pytest.mark.browser

LEGOK = reporting.centre("Legok")
WIB = timezone(timedelta(hours=7))


def taken(minutes_ago: float) -> datetime:
    return (datetime.now(UTC) - timedelta(minutes=minutes_ago)).astimezone(WIB)


def patches(watch_page: Any) -> list[tuple[str, int]]:
    """Every piece this page sends: where to, and where it begins."""
    sent: list[tuple[str, int]] = []

    def note(request: Any) -> None:
        if request.method == "PATCH":
            sent.append((request.url.rpartition("/")[2], int(request.headers["upload-offset"])))

    watch_page.on("request", note)
    return sent


def test_a_photo_proposes_its_place_and_goes_with_the_report(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    lon, lat = LEGOK
    send(
        jambi,
        service="street_light_out",
        description="Lampu di simpang padam sejak Senin",
        position=LonLat(lon + 0.0001, lat),
    )
    moment = taken(12.4)
    with phone(browser, city_server) as (page, watch):
        assert not [url for url in watch.requests if "/dist/tus.js" in url]
        page.screenshot(path=PICTURES / "report-photo-empty-360.png")
        pick(page, file("IMG_1.jpg", jpeg(picture(), exif(lon, lat, moment))))
        stored(page)
        assert [url for url in watch.requests if "/dist/tus.js" in url]
        pick(page, file("IMG_2.heic", heic(picture(480, 640)), "image/heic"))
        stored(page, 2)
        # Chromium can't show HEIC: the server's small picture stands there.
        small = row(page, 2).locator("img")
        page.wait_for_function("(image) => image.naturalWidth > 0", arg=small.element_handle())
        assert small.evaluate("(image) => [image.naturalWidth, image.naturalHeight]") == [360, 480]
        page.screenshot(path=PICTURES / "report-photo-360.png")

        reporting.choose_street_light(page)
        offer = page.get_by_role("group", name="Foto ini diambil di Kel. Legok, 12 menit lalu.")
        offer.wait_for()
        # Offered, not taken: the pin still has no place.
        assert page.locator("#where-next").get_attribute("aria-disabled") == "true"
        page.screenshot(path=PICTURES / "report-offer-360.png")
        offer.get_by_role("button", name="Pakai letak foto").click()
        page.locator("#where-answer").get_by_text("Kelurahan Legok").wait_for()
        assert page.locator(".r-offer").count() == 0
        reporting.settle_place(page)

        page.get_by_role("heading", name="Apakah ini masalah yang sama?").wait_for()
        card = page.locator("#alike-list li")
        expect(card).to_have_count(1)
        assert re.search(r"\d+ m dari pin · baru saja", card.inner_text())
        assert (
            "Ada 1 laporan lampu jalan dalam jarak 25 m."
            in page.locator("#alike-count").inner_text()
        )
        expect(page.locator(".around-k")).to_have_text(["1"])
        page.screenshot(path=PICTURES / "report-alike-360.png")
        page.get_by_role("button", name="Bukan, laporan saya berbeda").click()

        assert page.locator("#describe-seen").is_checked()
        reporting.describe(page)
        page.screenshot(path=PICTURES / "report-check-photos-360.png")
        told = reporting.submitted(page)
        page.screenshot(path=PICTURES / "report-sent-photos-360.png")

        complaint = reporting.kept(jambi, told["ticket"])
        # EXIF holds the place to 0.3 mm, the draft to 11 cm.
        assert (complaint.lon, complaint.lat) == pytest.approx((lon, lat), abs=2e-6)
        assert abs(complaint.observed_at - moment) < timedelta(seconds=1)
        photos = reporting.photos_of(jambi, told["ticket"])
        assert [(one.width, one.height, one.position) for one in photos] == [
            (640, 480, 1),
            (480, 640, 2),
        ]
        assert all(one.found is None for one in photos)
        # Nothing is left on the phone.
        page.reload()
        page.locator("#sent-ticket").get_by_text(told["ticket"]).wait_for()
        page.locator("#sent-again").click()
        page.get_by_role("button", name="Lanjut tanpa foto").wait_for()
        assert watch.errors == []
        assert watch.foreign(city_server) == []


def test_a_photo_of_another_city_is_said_to_be_so(browser: Any, shown_server: Server) -> None:
    with phone(browser, shown_server) as (page, _watch):
        pick(page, file("jakarta.jpg", jpeg(picture(), exif(106.8272, -6.1754, taken(62)))))
        stored(page)
        reporting.choose_street_light(page)
        offer = page.locator(".r-offer")
        assert "Foto ini diambil di luar Kota Jambi, 1 jam lalu." in offer.inner_text()
        assert offer.get_by_role("button").all_inner_texts() == ["Saya tunjukkan di peta"]
        offer.get_by_role("button").click()
        expect(offer).to_have_count(0)
        assert page.locator("#where-next").get_attribute("aria-disabled") == "true"


@pytest.mark.long
def test_an_upload_goes_on_where_the_connection_broke(browser: Any, city_server: Server) -> None:
    # 1.4 megapixels of noise: some 2.5 MB, five pieces
    photo = jpeg(picture(1400, 1000, noise=True), quality=95)
    assert 3 * 512 * 1024 < len(photo) < 4_000_000
    with phone(browser, city_server) as (page, watch):
        sent = patches(page)
        reporting.slow(page, 700)
        pick(page, file("besar.jpg", photo))
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            pass
        page.context.set_offline(True)
        row(page, 1).get_by_text("Tidak ada sambungan. Dilanjutkan otomatis.").wait_for()
        page.screenshot(path=PICTURES / "report-photo-offline-360.png")
        # Meanwhile the report goes on.
        page.locator("#photo-next").click()
        page.locator("#what-search").wait_for()
        page.locator("#report-back").click()
        before = len(sent)
        page.context.set_offline(False)
        stored(page)
        again = [offset for _, offset in sent[before:]]
        assert again
        assert again[0] >= 512 * 1024
        assert len({address for address, _ in sent}) == 1
        begun = [url for url in watch.requests if url.endswith("/api/v1/photos")]
        assert len(begun) == 1


@pytest.mark.long
def test_an_upload_goes_on_after_the_page_was_loaded_anew(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    photo = jpeg(picture(1400, 1000, noise=True), quality=95)
    with phone(browser, city_server) as (page, watch):
        sent = patches(page)
        reporting.slow(page, 700)
        pick(page, file("besar.jpg", photo))
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            pass
        page.reload()
        before = len(sent)
        row(page, 1).wait_for()
        stored(page)
        assert sent[before][1] >= 512 * 1024
        assert len({address for address, _ in sent}) == 1
        assert len([url for url in watch.requests if url.endswith("/api/v1/photos")]) == 1

        reporting.choose_street_light(page)
        reporting.point_at(page, *LEGOK)
        reporting.settle_place(page)
        reporting.describe(page)
        told = reporting.submitted(page)
        assert [one.width for one in reporting.photos_of(jambi, told["ticket"])] == [1400]


@pytest.mark.long
def test_a_report_waits_for_its_photos_or_goes_without_them(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    photo = jpeg(picture(1400, 1000, noise=True), quality=95)
    with phone(browser, city_server) as (page, _watch):
        pick(page, file("satu.jpg", jpeg(picture())))
        stored(page)
        reporting.slow(page, 120)
        pick(page, file("besar.jpg", photo))
        reporting.choose_street_light(page)
        reporting.point_at(page, *LEGOK)
        reporting.settle_place(page)
        reporting.describe(page)
        page.locator("#check-send").click()
        page.get_by_text("1 dari 2 foto sudah sampai.").wait_for()
        expect(page.locator("#check-send")).to_have_text("Menunggu foto")
        page.wait_for_function("() => document.getElementById('check-uploads-bar').value > 5")
        page.screenshot(path=PICTURES / "report-waits-360.png")
        with page.expect_response(lambda answer: answer.url.endswith("/api/v1/complaints")) as got:
            page.get_by_role("button", name="Kirim tanpa foto yang belum sampai").click()
        ticket = got.value.json()["ticket"]
        page.locator("#sent-ticket").get_by_text(ticket).wait_for()
        assert [one.width for one in reporting.photos_of(jambi, ticket)] == [640]

        page.locator("#sent-again").click()
        reporting.slow(page, 2000)
        pick(page, file("besar.jpg", photo))
        reporting.choose_street_light(page)
        reporting.point_at(page, *LEGOK)
        page.locator("#where-next").click()
        page.locator("#confirm-choices").get_by_text("Ya, Kelurahan Legok").click()
        page.locator("#confirm-form button[type=submit]").click()
        page.locator("#alike-no").click()
        reporting.describe(page)
        page.locator("#check-send").click()
        page.locator("#sent-ticket:not(:empty)").wait_for()
        second = page.locator("#sent-ticket").inner_text()
        assert second != ticket
        assert [one.width for one in reporting.photos_of(jambi, second)] == [1400]


@pytest.mark.long
def test_a_file_that_is_no_photo_says_why_and_stands_in_nobodys_way(
    browser: Any, city_server: Server, jambi: Database
) -> None:
    with phone(browser, city_server) as (page, _watch):
        broken = jpeg(picture())[:900]
        pick(
            page,
            file("surat.pdf", b"%PDF-1.4 something", "application/pdf"),
            file("palsu.jpg", b"This only calls itself a photo, and does so at some length."),
            file("potong.jpg", broken),
        )
        row(page, 1).get_by_text("Hanya foto: JPEG, PNG, WebP, atau HEIC.").wait_for()
        row(page, 2).get_by_text("Berkas ini bukan foto JPEG, PNG, WebP, atau HEIC.").wait_for()
        row(page, 3).get_by_text("Foto ini rusak atau terpotong.").wait_for()
        assert page.locator("#photo-count").inner_text() == "0 dari 5 foto"
        page.screenshot(path=PICTURES / "report-photo-refused-360.png")
        page.get_by_role("button", name="Hapus foto 2").click()
        expect(page.locator("#photo-list .ph")).to_have_count(2)
        six = [file(f"{n}.jpg", jpeg(picture(64 + n, 64))) for n in range(6)]
        pick(page, *six)
        page.get_by_text("Paling banyak 5 foto: 1 foto tidak diambil.").wait_for()
        assert page.locator("#photo-count").inner_text() == "5 dari 5 foto"
        assert not page.locator("#photo-pick").is_visible()

        reporting.choose_street_light(page)
        reporting.point_at(page, *LEGOK)
        reporting.settle_place(page)
        reporting.describe(page)
        page.get_by_text("2 foto tidak ikut dalam laporan.").wait_for()
        told = reporting.submitted(page)
        assert [one.width for one in reporting.photos_of(jambi, told["ticket"])] == [
            64,
            65,
            66,
            67,
            68,
        ]


@pytest.mark.long
def test_a_server_without_its_database_loses_no_draft(
    browser: Any, cluster: Cluster, city_server: Server, jambi: Database
) -> None:
    with phone(browser, city_server) as (page, _watch):
        pick(page, file("satu.jpg", jpeg(picture())))
        stored(page)
        reporting.choose_street_light(page)
        reporting.point_at(page, *LEGOK)
        reporting.settle_place(page)
        reporting.describe(page)
        with reporting.gone(cluster, jambi):
            with page.expect_response(
                lambda answer: answer.url.endswith("/api/v1/complaints")
            ) as answered:
                page.locator("#check-send").click()
            assert answered.value.status == 503
            page.get_by_text("Laporan belum terkirim").wait_for()
            assert "Draf aman di ponsel ini" in page.locator("#check-failed").inner_text()
            page.screenshot(path=PICTURES / "report-503-360.png")
        page.reload()
        page.locator("#check-promise").wait_for()
        expect(page.locator(".ph-strip .ph-thumb")).to_have_count(1)
        told = reporting.submitted(page)
        assert len(reporting.photos_of(jambi, told["ticket"])) == 1
        assert reporting.kept(jambi, told["ticket"]).description == reporting.SAID


def test_photos_are_picked_on_a_laptop_too(browser: Any, shown_server: Server) -> None:
    context = browser.new_context(**LAPTOP, locale="id-ID")
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{shown_server.url}/report?lang=en")
    page.get_by_role("button", name="Go on without a photo").wait_for()
    # Nobody holds a laptop's camera up to a pothole.
    assert not page.locator(".ph-camera").is_visible()
    pick(page, file("satu.png", jpeg(picture(1200, 500))))
    row(page, 1).get_by_text("Photo stored").wait_for()
    assert page.locator(".ph-thumb canvas").evaluate("(one) => one.width / one.height") == 2.4
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path=PICTURES / "report-photo-1440.png")
    assert watch.errors == []
    context.close()
