"""``geoapp explain`` prints who would handle a place, and the numbered reasons."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from geoapp.cli import main
from tests.asking import as_owner
from tests.wards import METRES_OF_A_DEGREE, MIDDLE, legok_and_murni


@pytest.fixture
def run(jambi, cluster, monkeypatch):
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    name = jambi.engine.url.database or ""
    monkeypatch.setenv("GEOAPP_OWNER_DATABASE_URL", cluster.url("geoapp_owner", name))
    with as_owner(jambi) as owner:
        legok_and_murni(owner)

    def call(lon, *more):
        words = ["explain", "--city", "15.71", "--lon", str(lon), "--lat", "-1.605"]
        return CliRunner().invoke(main, [*words, "--service", "street_light_out", *more])

    return call


def test_the_reasons_are_numbered_and_doubt_ends_with_the_question(run):
    told = run(MIDDLE - 12 / METRES_OF_A_DEGREE, "--accuracy", "40", "--lang", "id")
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines() == [
        "Dinas Perkim, Bidang LPJU · Legok (15.71.01.1001)",
        "1. Titik berada di dalam Kelurahan Legok, 12 m dari batasnya.",
        (
            "2. Ketelitian GPS ±40 m melampaui jarak ke batas (12 m): letaknya dapat juga di"
            " kelurahan sebelah."
        ),
        "3. Batas kelurahan yang dipakai: two wards.",
        "4. Wilayah layanan “Lampu di Murni” tidak berlaku: menyebut kelurahan lain.",
        (
            "5. Tidak ada wilayah layanan yang mengatur lain: Dinas Perkim, Bidang LPJU menangani"
            " “Lampu jalan padam” di seluruh kota."
        ),
        "6. Kelurahan Murni berjarak 12 m; di sana yang menangani Dinas Lingkungan Hidup.",
        "Apakah ini di Legok atau di Murni?",
    ]


def test_a_place_outside_ends_with_2_and_says_how_far(run):
    told = run(104.5)
    assert told.exit_code == 2
    assert "outside Kota Jambi" in told.stderr
    assert "km E" in told.stderr
