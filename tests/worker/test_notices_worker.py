"""The worker itself: a mail leaves soon after what it tells, and goes on after a restore."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.usecases import feed
from tests.mail_world import Mails
from tests.support import eventually


@pytest.fixture
def worker(mails: Mails, tmp_path: Path) -> Iterator[Path]:
    """The worker's process beside *mails*; its log."""
    ours = mails.settings
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEOAPP_")} | {
        "GEOAPP_HOME": str(tmp_path),
        "GEOAPP_DATABASE_URL": mails.database.url,
        "GEOAPP_SECRET_KEY": ours.secret_key,
        "GEOAPP_SMTP_URL": ours.smtp_url,
        "GEOAPP_MAIL_FROM": ours.mail_from,
        "GEOAPP_PUBLIC_URL": ours.public_url,
    }
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "worker"],
            env=environment,
            stderr=output,
            stdout=output,
        )
        yield log
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.long
def test_a_mail_leaves_within_seconds_of_what_it_tells(mails: Mails, worker: Path) -> None:
    eventually(lambda: b"working" in worker.read_bytes(), within_s=30)
    # The round of every minute alone would be in time for one, hardly for all of them.
    for number in range(4):
        mails.reported(f"warga{number}@contoh.example")
        feed.ring_once(mails.database)
        eventually(
            lambda number=number: len(mails.box.received) > number,
            within_s=8,
            what=f"mail {number}, see {worker.read_text(encoding='utf-8')[-2000:]}",
        )
    log = worker.read_text(encoding="utf-8")
    assert "1 made, 1 sent" in log
    assert "warga" not in log
    assert "Traceback" not in log


def test_after_a_restore_the_feed_is_told_on_from_where_it_was(mails: Mails) -> None:
    ticket = mails.reported()
    mails.round()
    mails.world.act(mails.world.operator, "verify", ticket)
    mails.look()  # made, and not sent when the backup was taken
    owner = create_engine(
        mails.database.url.replace("//geoapp_app@", "//geoapp_owner@"),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with owner.connect() as connection:
        connection.execute(text("CALL geoapp.begin_epoch()"))
        connection.execute(text("SELECT geoapp.carry_notices_on()"))
    mails.world.act(mails.world.operator, "assign", ticket)
    subjects = [one.message["Subject"] for one in mails.round()]
    assert subjects == [
        f"Laporan {ticket} sudah diperiksa",
        f"Laporan {ticket} sudah diteruskan ke dinas",
    ]
    # it may have been sent after the backup was made
    assert [row.uncertain for row in mails.rows()] == [0, 1, 0]
