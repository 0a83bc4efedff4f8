"""What the journeys of a report share: a phone, files to pick, the steps between the screens."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.embedded import Cluster
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.journeys.conftest import PHONE, Watch
from tests.servers import Server

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "screenshots" / "journeys"
SAID = "Lampu padam sejak tiga malam, jalan gelap sekali."


def centre(name: str) -> tuple[float, float]:
    """Longitude and latitude of a kelurahan's published centre point."""
    with (ROOT / "boundaries" / "kota-jambi" / "facts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["name"] == name:
                return float(row["centre_lon"]), float(row["centre_lat"])
    raise AssertionError(name)


@contextmanager
def phone(browser: Any, server: Server, **settings: Any) -> Iterator[tuple[Any, Watch]]:
    """The report page on a phone, and what it asked for and complained about."""
    context = browser.new_context(**PHONE, locale="id-ID", **settings)
    page = context.new_page()
    page.set_default_timeout(15_000)
    watch = Watch(page)
    page.goto(f"{server.url}/report")
    page.locator("#photo-next").wait_for()
    yield page, watch
    context.close()


def slow(page: Any, kilobytes_per_s: int) -> None:
    """Let uploads crawl as over a bad mobile connection."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 20,
            "downloadThroughput": -1,
            "uploadThroughput": kilobytes_per_s * 1024,
        },
    )


def file(name: str, data: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    """A file as a picker hands it over."""
    return {"name": name, "mimeType": kind, "buffer": data}


def pick(page: Any, *files: dict[str, Any]) -> None:
    page.locator("#photo-gallery").set_input_files(list(files))


def row(page: Any, number: int) -> Any:
    """The row of a picked photo."""
    return page.locator("#photo-list .ph").nth(number - 1)


def stored(page: Any, number: int = 1) -> None:
    """Wait until a picked photo has arrived and was drawn anew."""
    row(page, number).get_by_text("Tersimpan").wait_for()


def choose_street_light(page: Any) -> None:
    page.locator("#photo-next").click()
    page.locator("#what-search").fill("lampu jalan padam")
    page.locator("#what-found").get_by_text("Lampu jalan padam", exact=True).click()


def point_at(page: Any, lon: float, lat: float) -> None:
    """Put the pin on a place, as a finger that has moved the map would."""
    page.evaluate("([lat, lon]) => window.geoapp_map.setView([lat, lon], 17)", [lat, lon])
    page.locator("#where-answer").get_by_text("Dinas Perkim, Bidang LPJU").wait_for()


def settle_place(page: Any) -> None:
    """From the place to what follows it; the approximate boundaries make the page ask."""
    page.locator("#where-next").click()
    page.locator("#confirm-choices").get_by_text("Ya, Kelurahan Legok").click()
    page.locator("#confirm-form button[type=submit]").click()


def describe(page: Any, said: str = SAID) -> None:
    page.locator("#describe-text").fill(said)
    page.locator("#describe-form button[type=submit]").click()
    page.locator("#check-promise").wait_for()


def submitted(page: Any) -> dict[str, Any]:
    """Send the report; what the server answered."""
    with page.expect_response(
        lambda answer: answer.url.endswith("/api/v1/complaints") and answer.request.method == "POST"
    ) as answered:
        page.locator("#check-send").click()
    assert answered.value.status == 201, answered.value.text()
    told: dict[str, Any] = answered.value.json()
    page.locator("#sent-ticket").get_by_text(told["ticket"]).wait_for()
    return told


def kept(database: Database, ticket: str) -> Any:
    """The complaint's row, with its exact place."""
    with as_owner(database) as connection:
        return connection.execute(
            text(
                "SELECT complaint.*, ST_X(geom) AS lon, ST_Y(geom) AS lat"
                " FROM geoapp.complaint WHERE ticket = :ticket"
            ),
            {"ticket": ticket},
        ).one()


def photos_of(database: Database, ticket: str) -> list[Any]:
    """Rows of the photos that were given to a complaint, in their order."""
    with as_owner(database) as connection:
        return list(
            connection.execute(
                text(
                    "SELECT photo.* FROM geoapp.photo JOIN geoapp.complaint"
                    " ON (complaint.city_code, complaint.id) = (photo.city_code, complaint_id)"
                    " WHERE ticket = :ticket ORDER BY position"
                ),
                {"ticket": ticket},
            )
        )


@contextmanager
def gone(cluster: Cluster, database: Database) -> Iterator[None]:
    """The database lets nobody in, and drops whoever is."""
    name = database.url.partition("?")[0].rpartition("/")[2]
    engine = create_engine(
        cluster.url("postgres", "postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    shut = text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    opened = text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    drop = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with engine.connect() as connection:
        connection.execute(shut)
        connection.execute(drop, {"name": name})
        try:
            yield
        finally:
            connection.execute(opened)
    engine.dispose()
