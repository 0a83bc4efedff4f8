"""A field officer's phone: the work in its areas, the steps, a bad connection, a denied location."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from geoapp.domain.place import LonLat
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.staff import Staffed, empty, staffed
from tests.support import JELUTUNG

pytestmark = [pytest.mark.browser, pytest.mark.long]

# Both inside the approximate cell of Kelurahan Jelutung; 0.004 degrees are 440 m.
EAST = LonLat(JELUTUNG.lon + 0.004, JELUTUNG.lat - 0.001)
HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} </script>"
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
# The network's faults and the server's refusals are told in words; the browser notes them too.
EXPECTED = (
    "status of 409",
    "status of 404",
    "net::ERR_FAILED",
    "net::ERR_TIMED_OUT",
    "net::ERR_INTERNET_DISCONNECTED",
)


@pytest.fixture(scope="module")
def office(cluster, jambi_template, tmp_path_factory, browser) -> Iterator[Staffed]:
    with staffed(cluster, jambi_template, tmp_path_factory.mktemp("field"), browser) as running:
        yield running


@pytest.fixture
def crew(office) -> Iterator[Staffed]:
    empty(office)
    yield office
    office.close_pages(EXPECTED)


def assigned(crew: Staffed, **changes: Any) -> str:
    ticket = crew.world.new(**changes)
    crew.world.act(crew.world.operator, "assign", ticket)
    return ticket


def phone(crew: Staffed, path: str = "/field", **look: Any) -> Any:
    return crew.page(crew.world.officer, path, **(PHONE | look))


def kinds(crew: Staffed, ticket: str) -> list[tuple[str, str | None]]:
    return [(event.kind, event.status) for event in crew.world.events(ticket)]


def test_a_job_is_taken_started_and_finished_by_thumb(crew):
    ticket = assigned(crew, description=HOSTILE)
    page = phone(crew)
    page.locator("#f-title", has_text="1 pekerjaan").wait_for()
    assert "Jelutung" in page.locator("#f-sub").inner_text()
    page.locator("a.job").tap()
    page.get_by_text(HOSTILE).wait_for()
    page.get_by_role("button", name="Ambil").tap()
    page.locator(".kv dd", has_text="Anda").wait_for()
    assert crew.world.row(ticket).officer_id == crew.world.officer.account_id
    page.get_by_role("button", name="Mulai").tap()
    page.locator(".st-in_progress").wait_for()
    page.get_by_role("button", name="Selesaikan").tap()
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Tuliskan dengan kata sendiri").wait_for()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    assert page.evaluate(OVERFLOW) <= 0
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    assert crew.world.row(ticket).status == "resolved"
    words = [event.data.get("text") for event in crew.world.events(ticket)]
    assert "Lubang ditambal dengan aspal dingin" in words
    page.get_by_role("button", name="Kembali").tap()
    page.get_by_text("Tidak ada pekerjaan terbuka di wilayah Anda").wait_for()


def test_every_target_at_the_thumb_is_large_enough(crew):
    assigned(crew)
    page = phone(crew)
    page.locator("a.job").wait_for()
    sizes = """(selector) => [...document.querySelectorAll(selector)].filter((node) => node.offsetParent)
        .map((node) => node.getBoundingClientRect()).map((box) => Math.min(box.width, box.height))"""
    pressed = ".field button, .field a[href], .f-sign"
    assert min(page.evaluate(sizes, pressed)) >= 44
    page.locator("a.job").tap()
    page.get_by_role("button", name="Tidak bisa").tap()
    assert min(page.evaluate(sizes, ".field button, .field a[href], .f-reasons label")) >= 44


def test_what_cannot_be_done_goes_back_with_its_reason(crew):
    ticket = assigned(crew)
    page = phone(crew, f"/field?open={ticket}")
    page.get_by_role("button", name="Tidak bisa").tap()
    page.get_by_role("button", name="Kembalikan").tap()
    page.get_by_text("Pilih atau tuliskan alasannya").wait_for()
    page.get_by_label("Alat atau bahan tidak ada").check()
    page.locator("#f-words").fill("Perlu truk tangga")
    page.get_by_role("button", name="Kembalikan").tap()
    page.locator(".tl b", has_text="Dikembalikan").wait_for()
    last = crew.world.events(ticket)[-1]
    assert last.data["reason"] == "Alat atau bahan tidak ada: Perlu truk tangga"
    assert crew.world.row(ticket).officer_id is None


@pytest.mark.parametrize("reloaded", [False, True])
def test_a_lost_answer_is_sent_again_and_nothing_happens_twice(crew, reloaded):
    ticket = assigned(crew)
    crew.world.act(crew.world.officer, "start", ticket)
    page = phone(crew, f"/field?open={ticket}")
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")

    def swallow(route: Any) -> None:
        route.fetch()  # the server does it; its answer never arrives
        route.abort("timedout")

    page.route("**/steps", swallow)
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Belum terkirim").wait_for()
    assert crew.world.row(ticket).status == "resolved"
    page.unroute("**/steps")
    if reloaded:
        page.reload()  # the case itself tells that it has happened
    else:
        page.get_by_role("button", name="Kirim lagi").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    page.get_by_text("Selesai dan dikabarkan kepada pelapor").first.wait_for()
    assert [kind for kind, _ in kinds(crew, ticket)].count("answer") == 1
    assert page.evaluate("JSON.stringify(Object.values(sessionStorage))").count("aspal") == 0


def test_a_request_that_never_arrived_is_sent_again_with_the_words_typed(crew):
    ticket = assigned(crew)
    crew.world.act(crew.world.officer, "start", ticket)
    page = phone(crew, f"/field?open={ticket}")
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    page.route("**/steps", lambda route: route.abort())
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Yang Anda tulis tersimpan").wait_for()
    assert crew.world.row(ticket).status == "in_progress"
    # Not even a reload forgets what was on its way.
    page.reload()
    page.get_by_role("button", name="Kirim lagi").wait_for()
    page.get_by_role("button", name="Kembali", exact=True).tap()
    page.get_by_text("Belum terkirim: Selesaikan, Jalan berlubang").wait_for()
    page.get_by_role("button", name="Buka", exact=True).tap()
    page.get_by_role("button", name="Ubah tulisan").tap()
    page.unroute("**/steps")
    page.locator("#f-words").fill("Lubang ditambal, aspal dingin 2 karung")
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    assert crew.world.events(ticket)[-2].data["text"] == "Lubang ditambal, aspal dingin 2 karung"


@pytest.mark.parametrize("left", [False, True])
def test_a_step_taken_without_connection_is_sent_by_itself_when_it_is_back(crew, left):
    ticket = assigned(crew)
    crew.world.act(crew.world.officer, "start", ticket)
    page = phone(crew)
    page.locator("a.job").tap()
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    page.context.set_offline(True)
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.locator("#f-retry").wait_for()
    assert crew.world.row(ticket).status == "in_progress"
    page.get_by_role("button", name="Kembali", exact=True).tap()
    page.get_by_text("Belum terkirim: Selesaikan").wait_for()
    page.locator("#f-off", has_text="Luring").wait_for()
    if not left:
        page.get_by_role("button", name="Buka", exact=True).tap()
    page.context.set_offline(False)
    if left:
        page.get_by_text("Tidak ada pekerjaan terbuka di wilayah Anda").wait_for()
        page.get_by_text("Belum terkirim").wait_for(state="hidden")
    else:
        page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    page.locator("#f-off").wait_for(state="hidden")
    assert crew.world.row(ticket).status == "resolved"
    assert [kind for kind, _ in kinds(crew, ticket)].count("answer") == 1


def test_a_kept_step_is_sent_by_itself_when_the_page_is_loaded_again(crew):
    ticket = assigned(crew)
    page = phone(crew, f"/field?open={ticket}")
    page.route("**/steps", lambda route: route.abort())
    page.get_by_role("button", name="Mulai").tap()
    page.get_by_text("Belum terkirim").wait_for()
    page.unroute("**/steps")
    page.goto(f"{crew.server.url}/field?lang=en")
    page.locator(".f-running", has_text="In progress now").wait_for()
    assert crew.world.row(ticket).status == "in_progress"


def test_what_waits_is_named_in_the_language_of_the_page(crew):
    ticket = assigned(crew)
    page = phone(crew, f"/field?open={ticket}")
    page.route("**/steps", lambda route: route.abort())
    page.get_by_role("button", name="Mulai").tap()
    page.get_by_text("Belum terkirim").wait_for()
    page.goto(f"{crew.server.url}/field?lang=en")
    page.get_by_text("Not sent yet: Start the work, Pothole").wait_for()


def test_a_step_sent_by_itself_that_came_too_late_tells_what_happened(crew):
    ticket = assigned(crew)
    crew.world.act(crew.world.officer, "start", ticket)
    page = phone(crew, f"/field?open={ticket}")
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    page.route("**/steps", lambda route: route.abort())
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Belum terkirim").wait_for()
    crew.world.act(crew.world.operator, "hold", ticket, reason="Menunggu foto")
    page.unroute("**/steps")
    page.goto(f"{crew.server.url}/field")
    page.get_by_text("Tidak diterima: Selesaikan").wait_for()
    page.get_by_role("button", name="Buka", exact=True).tap()
    assert page.locator("blockquote").inner_text() == "Lubang ditambal dengan aspal dingin"


def test_the_open_job_follows_the_office_and_says_when_it_is_gone(crew):
    ticket = assigned(crew)
    crew.world.act(crew.world.officer, "start", ticket)
    page = phone(crew, f"/field?open={ticket}")
    page.get_by_role("button", name="Selesaikan").wait_for()
    crew.world.act(crew.world.operator, "hold", ticket, reason="Menunggu foto")
    page.get_by_text("Sementara itu: Ditunda, oleh Olivia").wait_for()
    page.get_by_text("Tidak ada yang dapat Anda lakukan").wait_for()
    crew.world.act(crew.world.operator, "resume", ticket)
    page.get_by_role("button", name="Selesaikan").wait_for()
    crew.world.act(crew.world.admin, "hand_over", ticket, agency="dlh", reason="Bukan jalan kota")
    gone = f"Pekerjaan {ticket} tidak lagi ada pada Anda"
    page.locator("#f-strip", has_text=gone).wait_for()
    page.get_by_text("Tidak ada pekerjaan terbuka di wilayah Anda").wait_for()


def test_the_running_job_comes_first_and_the_next_one_follows(crew):
    first, second = assigned(crew), assigned(crew, position=EAST)
    crew.world.act(crew.world.officer, "start", second)
    page = phone(crew)
    page.locator("a.job").first.locator(".f-running", has_text="Sedang dikerjakan").wait_for()
    page.locator("a.job").first.tap()
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    assert page.locator(".f-now").inner_text().split() == ["Selesai"]
    page.get_by_role("button", name="Pekerjaan berikutnya").tap()
    page.locator(".f-number", has_text=first).wait_for()


def test_numbers_that_would_cover_each_other_are_one_stop_that_spreads(crew):
    tickets = [assigned(crew) for _ in range(3)]
    page = phone(crew)
    page.locator(".f-stop", has_text="1–3").wait_for()
    assert page.locator(".f-stop").count() == 1
    page.locator(".f-stop").tap()
    page.locator(".f-stop:text-is('2')").tap()
    page.locator(".f-number").wait_for()
    assert page.locator(".f-number").inner_text() in tickets


def test_whoever_was_faster_is_named_and_the_words_stay(crew):
    ticket = assigned(crew)
    crew.world.act(crew.world.officer, "start", ticket)
    page = phone(crew, f"/field?open={ticket}")
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    crew.world.act(crew.world.admin, "note", ticket, text="Tunggu alat berat")
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Sementara itu: Catatan internal, oleh Adi").wait_for()
    assert page.locator("#f-words").input_value() == "Lubang ditambal dengan aspal dingin"
    assert crew.world.row(ticket).status == "in_progress"
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Pekerjaan ini sudah selesai").wait_for()
    assert crew.world.row(ticket).status == "resolved"


def test_a_step_that_is_no_longer_possible_shows_the_words_typed(crew):
    ticket = assigned(crew)
    crew.world.act(crew.world.officer, "start", ticket)
    page = phone(crew, f"/field?open={ticket}")
    page.get_by_role("button", name="Selesaikan").tap()
    page.locator("#f-words").fill("Lubang ditambal dengan aspal dingin")
    crew.world.act(crew.world.operator, "hold", ticket, reason="Menunggu foto")
    page.get_by_role("button", name="Kirim, selesai").tap()
    page.get_by_text("Sementara itu: Ditunda, oleh Olivia").wait_for()
    quoted = page.locator("blockquote").inner_text()
    assert quoted == "Lubang ditambal dengan aspal dingin"


def test_a_shape_drawn_with_taps_narrows_the_work_and_stays_in_the_address(crew):
    inside, outside = assigned(crew), assigned(crew, position=EAST)
    page = phone(crew)
    page.locator("#f-title", has_text="2 pekerjaan").wait_for()
    page.get_by_role("button", name="Saring").tap()
    page.get_by_role("button", name="Gambar bentuk di peta").tap()
    page.locator("#f-draw-hint").wait_for()
    box = page.locator(f".f-stop:text-is('{order(page, inside)}')").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for dx, dy in ((-40, -40), (40, -40), (40, 40), (-40, 40)):
        page.touchscreen.tap(x + dx, y + dy)
    page.get_by_text("4 sudut").wait_for()
    page.get_by_role("button", name="Tutup bentuk").tap()
    page.locator("#f-title", has_text="1 pekerjaan").wait_for()
    assert inside in page.locator("a.job").get_attribute("href")
    page.reload()
    page.locator("#f-title", has_text="1 pekerjaan").wait_for()
    assert outside not in page.locator("#f-jobs").inner_html()
    page.get_by_role("button", name="bentuk sendiri").tap()
    page.locator("#f-title", has_text="2 pekerjaan").wait_for()
    assert "polygon" not in page.url


def order(page: Any, ticket: str) -> str:
    """The number under which *ticket* stands in the list."""
    return str(page.locator(f"a.job[href*='{ticket}'] .k").inner_text())


def test_near_me_lists_by_distance_what_is_within_two_kilometres(crew):
    far, close = assigned(crew), assigned(crew, position=EAST)
    # JELUTUNG is 0.004 and 0.001 degrees away from EAST: 458 m.
    page = phone(
        crew,
        geolocation={"longitude": EAST.lon, "latitude": EAST.lat, "accuracy": 10},
        permissions=["geolocation"],
    )
    page.get_by_role("button", name="Dekat saya").tap()
    page.get_by_text("Menurut jarak, dalam 2 km").wait_for()
    rows = page.locator("a.job")
    rows.nth(1).wait_for()
    assert close in rows.nth(0).get_attribute("href")
    assert far in rows.nth(1).get_attribute("href")
    assert "458 m" in rows.nth(1).inner_text()
    assert str(EAST.lon) not in page.url
    page.context.set_geolocation({"longitude": 103.53, "latitude": -1.69, "accuracy": 10})
    page.reload()
    page.get_by_text("Tidak ada pekerjaan yang cocok").wait_for()


def test_without_leave_to_locate_the_page_says_how_to_go_on(crew):
    assigned(crew)
    page = phone(crew, permissions=[])
    page.locator("a.job").wait_for()
    page.get_by_role("button", name="Dekat saya").tap()
    page.get_by_text("Lokasi tidak diizinkan").wait_for()
    page.get_by_role("button", name="Pilih wilayah").tap()
    choice = page.locator("#f-kelurahan option")
    assert choice.all_inner_texts() == ["Semua wilayah saya", "Jelutung"]
    assert page.locator("a.job").count() == 1


def test_news_arrive_by_themselves_and_other_peoples_work_does_not(crew):
    page = phone(crew)
    page.get_by_text("Tidak ada pekerjaan terbuka di wilayah Anda").wait_for()
    assigned(crew)
    page.locator("#f-title", has_text="1 pekerjaan").wait_for()
    other = assigned(crew, service="waste_pile")
    assigned(crew)
    page.locator("#f-title", has_text="2 pekerjaan").wait_for()
    assert other not in page.locator("#f-jobs").inner_html()


def test_a_laptop_shows_list_and_map_side_by_side(crew):
    ticket = assigned(crew)
    page = crew.page(crew.world.officer, "/field", **LAPTOP)
    page.locator("a.job").wait_for()
    assert page.locator(".f-stop").is_visible()
    assert page.evaluate(OVERFLOW) <= 0
    page.locator("a.job").click()
    page.get_by_text(ticket).wait_for()
    page.go_back()
    page.locator("a.job").wait_for()


def test_no_connection_is_said_and_the_list_stays(crew):
    assigned(crew)
    page = phone(crew)
    page.locator("a.job").wait_for()
    page.route("**/api/v1/work/**", lambda route: route.abort())
    page.get_by_role("button", name="Lewat tenggat").tap()
    page.get_by_text("Pekerjaan tidak dapat dimuat").wait_for()
    page.unroute("**/api/v1/work/**")
    page.get_by_role("button", name="Coba lagi").tap()
    page.get_by_text("Tidak ada pekerjaan yang cocok").wait_for()
    page.locator("#f-state button").tap()
    page.locator("a.job").wait_for()
