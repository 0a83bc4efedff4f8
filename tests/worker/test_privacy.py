"""The job that ends what has served its time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from procrastinate.exceptions import JobAborted
from sqlalchemy import text

from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import erasure_list
from geoapp.usecases.erasure_list import Line
from geoapp.worker.privacy import keep_privacy
from tests.asking import as_owner
from tests.support import default_city, send


def noted(database: Database) -> list[str]:
    with as_owner(database) as owner:
        return list(
            owner.execute(text("SELECT kind FROM geoapp.privacy_request ORDER BY id")).scalars()
        )


def test_retention_is_gone_through_once_a_day(jambi: Database, settings: Settings) -> None:
    assert keep_privacy(jambi, settings, lambda: False) == 0
    keep_privacy(jambi, settings, lambda: False)
    assert noted(jambi) == ["retention"]
    with as_owner(jambi) as owner:
        owner.execute(text("UPDATE geoapp.privacy_request SET at = at - interval '21 hours'"))
    keep_privacy(jambi, settings, lambda: False)
    assert noted(jambi) == ["retention", "retention"]


def test_an_erasure_that_was_promised_is_carried_out(jambi: Database, settings: Settings) -> None:
    ticket = send(jambi)["ticket"]
    file = erasure_list.path(settings.home, default_city(jambi).slug)
    line = Line(datetime.now(UTC), "0123456789abcdef", ticket, "citizen")
    gone = Line(datetime.now(UTC), "fedcba9876543210", "JBI-GONE-00", "citizen")
    erasure_list.append(file, [gone, line])
    assert keep_privacy(jambi, settings, lambda: False) == 1
    assert noted(jambi) == ["erase", "retention"]
    assert keep_privacy(jambi, settings, lambda: False) == 0
    with as_owner(jambi) as owner:
        assert owner.execute(text("SELECT description FROM geoapp.complaint")).scalar() is None


def test_a_stop_and_an_unreadable_list_harm_nothing(jambi: Database, settings: Settings) -> None:
    file = erasure_list.path(settings.home, default_city(jambi).slug)
    erasure_list.append(file, [])
    file.write_text("nonsense\n")
    assert keep_privacy(jambi, settings, lambda: False) == 0
    assert noted(jambi) == ["retention"], "the one doesn't wait for the other"
    file.unlink()
    with pytest.raises(JobAborted):
        keep_privacy(jambi, settings, lambda: True)
