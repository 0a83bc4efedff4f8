"""Two cities full of marks, planted over the wire while a feed was followed and mails went out."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.embedded import Cluster
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import city_add, erasure
from tests.asking import as_owner
from tests.canary_marks import Mark, Marks, Place
from tests.canary_people import AGENCY, HERE, HOME, Asker, everybody
from tests.canary_planting import Planter, Report, plant
from tests.databases import clone, drop
from tests.mail_server import Box, mail_server
from tests.servers import Server, serve
from tests.support import default_city, eventually
from tests.usecases.test_city_add import square, written

METRICS = "kept-by-the-monitor"
SECRET = "test-only" * 8

_PLACED = text("""
    SELECT ticket, agency_code, kelurahan_code, ST_X(public_geom) AS lon, ST_Y(public_geom) AS lat,
           tile18 IS DISTINCT FROM public_tile18 AS tile_differs, tile18, confidential
    FROM geoapp.complaint
    WHERE city_code = '15.71'
""")
_PHOTOS = text("""
    SELECT cast(id AS text) AS id, sha256, small_sha256 FROM geoapp.photo WHERE sha256 IS NOT NULL
""")
_DIGESTS = text("SELECT email_digest, phone_digest FROM geoapp.contact")
_CONTACTS = text("SELECT city_code, id, role, complaint_id FROM geoapp.contact")


@dataclass
class World:
    """What was planted, where, and who may ask."""

    app: Flask
    database: Database
    home: Path
    server: Server
    worker_log: Path
    marks: Marks
    askers: dict[str, Asker]
    reports: dict[str, Report]
    mails: Box
    heard: list[bytes] = field(default_factory=list)
    """What a visitor's feed said from the first complaint on."""

    def ticket(self, label: str) -> str:
        """Of the report planted as *label*."""
        return self.reports[label].ticket


def settings_of(home: Path, port: int) -> Settings:
    """As the server has them, for an application beside it."""
    return Settings(home=home, tile_url="none", intake_limit=0, sign_in_limit=1000,
                    secret_key=SECRET, metrics_token=METRICS, **_mail(port))  # fmt: skip


def _mail(port: int) -> dict[str, str]:
    return {
        "smtp_url": f"smtp://127.0.0.1:{port}",
        "mail_from": "Aduan Kota Jambi <aduan@kota.example>",
        "public_url": "https://aduan.kota.example",
    }


@contextmanager
def built(cluster: Cluster, jambi_template: str, home: Path) -> Iterator[World]:
    """The two cities; the server and the mail server still run, the worker has ended."""
    name = clone(cluster, jambi_template)
    url = cluster.url("geoapp_app", name)
    with ExitStack() as stack:
        stack.callback(drop, cluster, name)
        database = Database(url)
        stack.callback(database.dispose)
        file = written(home, square("15.05.01.2001", "Desa Sebelah", 104.0, -1.6))
        wishes = city_add.CityWishes(name="Kabupaten Contoh", valid_from=date(2024, 1, 1))
        city_add.add(database, file, wishes, home=home / "cities")
        mails = stack.enter_context(mail_server())
        app = create_app(settings_of(home, mails.port), database)
        stack.callback(app.extensions["geoapp"].hub.close)
        marks = Marks()
        askers = everybody(app, database, marks)
        server = stack.enter_context(
            serve(url, home, log_requests=1, metrics_token=METRICS, secret_key=SECRET,
                  sign_in_limit=1000, **_mail(mails.port))
        )  # fmt: skip
        planter = Planter(server.url, marks, askers)
        world = World(
            app, database, home, server, home / "worker.log", marks, askers, planter.reports, mails
        )
        with _worker(world, url), _listening(world):
            plant(planter)
            _until_told(world)
        _erase(world)
        _know_what_was_drawn(world)
        _check(world)
        yield world


@contextmanager
def _worker(world: World, url: str) -> Iterator[None]:
    """The worker as a process of its own, which logs into a file."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEOAPP_")}
    values = {"home": str(world.home), "database_url": url, "secret_key": SECRET,
              **_mail(world.mails.port)}  # fmt: skip
    environment |= {f"GEOAPP_{key.upper()}": value for key, value in values.items()}
    with world.worker_log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "worker"], env=environment, stdout=output,
            stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # how it ends is asked elsewhere
        process.wait()


@contextmanager
def _listening(world: World) -> Iterator[None]:
    """A visitor's feed, all along."""
    feed = http.client.HTTPConnection("127.0.0.1", world.server.port, timeout=120)
    feed.request("GET", f"/{HOME}/live")
    answer = feed.getresponse()
    assert answer.status == 200

    def listen() -> None:
        with suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            while piece := answer.readline():
                world.heard.append(piece)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield
    assert feed.sock is not None
    feed.sock.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)
    feed.close()


def _until_told(world: World) -> None:
    """Mails are out, and the feed has told of the retraction."""
    expected = {
        mark.text
        for label in ("blurred", "confidential", "turned", "entered", "anonymous")
        for kind in ("contact, e-mail", "hidden contact, e-mail", "follower")
        for mark in world.marks.of(kind, label)
        if (kind, label) != ("follower", "turned")  # whatever waits when it turns isn't sent
    }

    def arrived() -> bool:
        return expected <= {one.recipient.partition("@")[0] for one in world.mails.received}

    eventually(arrived, within_s=40, what=f"mails to everybody, see {world.worker_log}")
    eventually(lambda: b"retraction" in b"".join(world.heard), what="a retraction on the feed")


def _erase(world: World) -> None:
    report = world.reports["erased"]
    settings = world.app.extensions["geoapp"].settings
    erasure.erase_own(
        world.database, default_city(world.database), world.home, open_storage(settings),
        report.ticket, secret=settings.secret(), key=report.key, typed=report.ticket,
    )  # fmt: skip


def _know_what_was_drawn(world: World) -> None:
    """Marks that only the database can tell: hashes, files of photos, exact map cells."""
    storage = world.app.extensions["geoapp"].photos
    kinds = {"private photo", "step photo"}
    private = {mark.text: mark for mark in world.marks.secrets if mark.kind in kinds}
    with as_owner(world.database) as owner:
        for photo in owner.execute(_PHOTOS):
            if photo.id in private:
                mark = private[photo.id]
                for sha256 in (photo.sha256, photo.small_sha256):
                    content = storage.get(f"{sha256[:2]}/{sha256}.jpg")
                    world.marks.file(mark.kind, mark.report, content)
                    world.marks.secret(mark.kind, mark.report, sha256)
        for row in owner.execute(_DIGESTS):
            for digest in filter(None, row):
                world.marks.secret("contact's hash", "", digest)
        labels = {report.ticket: label for label, report in world.reports.items()}
        for row in owner.execute(_PLACED):
            if row.lon is not None and not row.confidential:
                world.marks.public_position(row.lon, row.lat)
            if row.tile_differs and row.ticket in labels:
                world.marks.secret("exact position", labels[row.ticket], str(row.tile18))


def _check(world: World) -> None:
    """Everything lies where the table of who reaches it says."""
    with as_owner(world.database) as owner:
        for row in owner.execute(_PLACED):
            assert (row.agency_code, row.kelurahan_code) == (AGENCY, HERE), row


def private(found: set[Mark | Place]) -> set[Mark | Place]:
    """Those that aren't public anywhere."""
    return {mark for mark in found if mark.kind != "public words"}
