"""A sender in a process of its own, to be killed: looks and sends, round after round."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from geoapp.channels.smtp import Outlet, Patience
from geoapp.domain.notice import Claim, DeliveryState, Outcome
from geoapp.settings import Settings
from geoapp.store import deliveries
from geoapp.store.database import Database, Role
from geoapp.usecases import notices
from geoapp.usecases.posting import Pace, Post
from tests.mail_server import mail_settings

SECRET = "test-only" * 8
PATIENCE = Patience(connect=2.0, command=0.6, text=0.6, whole=1.5)


class MarksFirst(Post):
    """The fault that the tests must find: a mail is written down as sent before it leaves."""

    def _send(self, outlet: Outlet, claimed: Claim) -> Outcome:
        sent = Outcome(state=DeliveryState.SENT)
        with self.database.transaction(Role.WORKER) as connection:
            deliveries.finish(connection, claimed, sent)
        return super()._send(outlet, claimed)


def settings_of(port: int) -> Settings:
    """As the tests and this process both have them: mails are sealed under the same key."""
    plain = Settings(home=Path("/nonexistent"), secret_key=SECRET)
    return mail_settings(plain, port)


def work(url: str, port: int, stale_s: float, wrong: bool) -> None:
    """Work until killed; *wrong*: as no sender may."""
    logging.disable()
    database, settings = Database(url, pool_size=2), settings_of(port)
    pace = replace(Pace(), stale_s=stale_s, rest_s=0.2, patience=PATIENCE)
    post = (MarksFirst if wrong else Post)(database, settings, pace)
    while True:
        made = notices.look(database, settings, page=50)
        if not made and not post.deliver().worth_telling:
            time.sleep(0.1)


@contextmanager
def sender(url: str, port: int, *, stale_s: float, wrong: bool = False) -> Iterator[int]:
    """A sender at work for the block's duration; the end is a SIGKILL, wherever it is.

    Its process id. It is forked by a process that has imported all it needs, and shares nothing
    with this one.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.mail_sender"])
    process = context.Process(target=work, args=(url, port, stale_s, wrong), daemon=True)
    process.start()
    assert process.pid is not None
    try:
        yield process.pid
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.join()
