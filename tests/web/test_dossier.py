"""The printed history, read back with a PDF reader that nobody here wrote."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pypdf
import pytest

from geoapp.usecases import audit
from geoapp.usecases.boundary_words import on_paper
from tests.casework import World
from tests.sender_world import Sender, jpeg, upload

HOSTILE = (
    "<script>alert(1)</script> **tebal** {0} %s ${x} \\n (paren) /JS — “kutip” ½ ñ\n"
    "baris dua \u202e \U0001f600 中文 العربية हिन्दी ไทย \ue000 a\u0301 ✓"
)


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


def printed(sender: Sender) -> tuple[pypdf.PdfReader, str]:
    """The dossier and all its words, on one line."""
    answer = sender.ask("dossier")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert f'filename="{sender.ticket}.pdf"' in answer.headers["Content-Disposition"]
    reader = pypdf.PdfReader(io.BytesIO(answer.data), strict=True)
    words = " ".join(page.extract_text() for page in reader.pages)
    return reader, re.sub(r"\s+", " ", words)


def test_it_tells_the_whole_history_and_nothing_of_the_staff(client, staff, module_database):
    sender = Sender.of(
        client,
        confidential=True,
        landmark="Dekat SMPN 7",
        photos=[upload(client, jpeg("saddlebrown", (1200, 900)))],
        contact={"name": "Sari Rahasia", "email": "sari@example.org", "phone": "081234567890"},
    )
    act = staff.act
    act(staff.operator, "note", sender.ticket, text="Catatan dalam")
    act(staff.operator, "assign", sender.ticket, reason="Alasan dalam")
    act(staff.officer, "finish", sender.ticket, text="Sudah ditambal kemarin.")
    sender.ask("replies", text="Sisi kiri belum", photos=[upload(client, jpeg("navy"))])
    staff.set(sender.ticket, "due_at = :due", due=datetime.now(UTC) - timedelta(days=1))
    assert sender.ask("escalation").status_code == 200
    audit.seal_next(module_database, staff.city)
    reader, words = printed(sender)
    for expected in (
        "Berkas laporan",
        sender.ticket,
        "Kota Jambi",
        "Dibuka kembali (Reopened)",
        "Jalan berlubang",
        "Lubang besar di tengah jalan",
        "Rahasia: isi tidak tampil untuk publik",
        "Dekat SMPN 7",
        "Jelutung",
        "-1.612500, 103.610500",
        "Dinas PUPR, Bina Marga",
        "Sudah ditambal kemarin.",
        "Sisi kiri belum",
        "Pelapor memilih meneruskan ke Ombudsman",
        "Ombudsman Republik Indonesia: ombudsman.go.id, telepon 137",
        "Lewat tenggat",
        "/api/v1/seals",
        f"Halaman 1 dari {len(reader.pages)}",
    ):
        assert expected in words, expected
    for kept in (
        *("Catatan dalam", "Alasan dalam", "Olivia", "Budi", "account:"),
        *("Sari Rahasia", "sari@", "812"),
    ):
        assert kept not in words, kept
    assert sum(len(page.images) for page in reader.pages) == 2
    # What it names for the proof is what is published.
    seal = client.get("/api/v1/seals").json["seals"][0]
    assert seal["hash"] in words
    assert f"Segel {seal['number']} · " in words


def test_no_word_of_files_or_machines_is_on_the_paper(client, staff):
    _, words = printed(Sender.of(client))
    assert "· belum disegel (not sealed yet)" in words
    assert "segel belum" not in words
    assert "Batas kelurahan: perkiraan, bukan batas resmi pemerintah (approximate" in words
    for kept in ("facts.csv", "approximate-1"):
        assert kept not in words, kept


@pytest.mark.parametrize(
    ("source", "version", "told"),
    [
        ("BIG, peta RBI (batas_2026.geojson)", "resmi 2026", "BIG, peta RBI (resmi 2026)"),
        ("BIG (skala 1:5.000)", "approximate-12", "BIG (skala 1:5.000)"),
        ("Bappeda", "Perwal 12/2026 (copy 2026-11-20, 2) (cleaned)", "Bappeda (Perwal 12/2026)"),
        ("Bappeda", "draft-2026-11-20", "Bappeda"),
        ("", "resmi", "resmi"),
    ],
)
def test_boundaries_are_named_on_paper_as_people_named_them(source, version, told):
    assert on_paper(source, version) == told


def test_texts_are_printed_as_they_are_and_run_nothing(client, staff):
    sender = Sender.of(client, description=HOSTILE)
    staff.act(staff.admin, "answer", sender.ticket, text=HOSTILE + "x" * 600)
    reader, words = printed(sender)
    assert words.count("<script>alert(1)</script> **tebal** {0} %s ${x} \\n (paren) /JS") == 2
    assert "“kutip” ½ ñ baris dua" in words
    assert "□" in words  # signs that no font has are boxes
    for script in ("हिन्दी", "ไทย", "✓"):
        assert script in words
    catalogue = reader.trailer["/Root"]
    # Where it opens is a place in it; nothing is done.
    assert isinstance(catalogue["/OpenAction"], pypdf.generic.ArrayObject)
    for active in ("/AA", "/Names", "/AcroForm", "/JavaScript"):
        assert active not in catalogue
    assert not any(page.get("/Annots") for page in reader.pages)


def test_every_promise_is_told_with_what_became_of_it(client, staff):
    sender = Sender.of(client)
    staff.act(staff.operator, "verify", sender.ticket)
    staff.act(staff.operator, "assign", sender.ticket)
    staff.act(staff.officer, "finish", sender.ticket, text="Sudah.")
    sender.ask("replies", text="Belum")
    _, words = printed(sender)
    table = words[words.index("Janji / Promise") : words.index("Riwayat History")]
    assert re.findall(r"(Verifikasi|Tanggapan pertama|Penyelesaian) ", table) == [
        "Verifikasi",
        "Tanggapan pertama",
        "Penyelesaian",
        "Penyelesaian",
    ]
    assert re.findall(r"Ditepati|Terlambat|Lewat tenggat|Masih berjalan", table) == [
        "Ditepati",
        "Ditepati",
        "Ditepati",
        "Masih berjalan",
    ]


def test_without_a_place_there_is_no_map_and_a_lost_photo_stops_nothing(client, staff, module_app):
    sender = Sender.of(
        client, service="clinic_service", lon=None, lat=None, photos=[upload(client, jpeg("pink"))]
    )
    here = module_app.extensions["geoapp"]
    for one in list(here.photos.keys()):
        here.photos.delete(one.key)
    reader, words = printed(sender)
    assert "Batas kelurahan" not in words
    assert "1 foto lain tidak dicetak di sini." in words
    assert not any(len(page.images) for page in reader.pages)
