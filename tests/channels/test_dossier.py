"""The child that draws a dossier: bounded, killable, one at a time."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geoapp.channels import dossier_pdf
from geoapp.domain.dossier import Dossier, Verdict, resolutions, verdict
from geoapp.domain.sender import SentEntry
from geoapp.errors import DossierNotMade

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

EMPTY = Dossier(
    ticket="JBI-4HK9-7QXC",
    city="Kota Jambi",
    timezone="Asia/Jakarta",
    made_at=NOON.isoformat(),
    status="submitted",
    service="Kebisingan",
    service_en="Noise",
    agency="Satpol PP",
    channel="web",
    description="",
    landmark="",
    submitted_at=NOON.isoformat(),
    observed_at=None,
    kelurahan="",
    kecamatan="",
    lon=None,
    lat=None,
    boundaries="",
    approximate=False,
    areas=[],
    anonymous=False,
    confidential=False,
    simulated=False,
    supporters=0,
    escalated_at=None,
    may_escalate=False,
    ombudsman=None,
    stars=None,
    rating_words="",
    promises=[],
    photos=[],
    own_photos=[],
    left_out=0,
    history=[],
    seals=[],
    seals_at="",
)


def children() -> set[str]:
    """Processes that draw a dossier right now."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"geoapp.channels.dossier_child" in path.read_bytes():
                found.add(path.parent.name)
        except OSError:
            continue
    return found


def test_a_dossier_with_nothing_in_it_is_a_document() -> None:
    assert dossier_pdf.make(EMPTY, []).startswith(b"%PDF-")


def test_one_that_takes_too_long_is_ended_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = children()
    endless = replace(EMPTY, description="panjang sekali " * 200_000)
    with pytest.raises(DossierNotMade):
        dossier_pdf.make(endless, [], seconds=1.5)
    assert children() <= before
    assert list(tmp_path.iterdir()) == []
    assert dossier_pdf.make(EMPTY, []).startswith(b"%PDF-")  # the turn was given back


def test_what_breaks_the_child_is_told_and_the_next_one_is_made() -> None:
    with pytest.raises(DossierNotMade):
        dossier_pdf.make(replace(EMPTY, photos=[(10, 10)], own_photos=[0]), [b"no photo"])
    assert dossier_pdf.make(EMPTY, []).startswith(b"%PDF-")


def test_they_are_made_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()
    start = subprocess.Popen

    class Counted(start):  # type: ignore[misc,valid-type]
        def wait(self, timeout: float | None = None) -> int:
            nonlocal running, most
            first = timeout is not None
            if first:
                with guard:
                    running += 1
                    most = max(most, running)
            try:
                return int(super().wait(timeout))
            finally:
                if first:
                    with guard:
                        running -= 1

    monkeypatch.setattr(subprocess, "Popen", Counted)
    threads = [threading.Thread(target=dossier_pdf.make, args=(EMPTY, [])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_the_child_has_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOAPP_SECRET_KEY", "secret")
    seen = {}

    class Caught(Exception):
        pass

    def start(*_: object, **given: object) -> None:
        seen.update(given)
        raise Caught

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(Caught):
        dossier_pdf.make(EMPTY, [])
    assert "secret" not in str(seen["env"])


@pytest.mark.parametrize(
    ("done", "now", "paused", "wanted"),
    [
        (NOON, NOON + HOUR, False, Verdict.KEPT),
        (NOON + HOUR, NOON + HOUR, False, Verdict.LATE),
        (None, NOON, False, Verdict.RUNNING),
        (None, NOON + HOUR, False, Verdict.OVERDUE),
        (None, NOON + HOUR, True, Verdict.PAUSED),
    ],
)
def test_what_becomes_of_a_promise(
    done: datetime | None, now: datetime, paused: bool, wanted: Verdict
) -> None:
    assert verdict(NOON, done, now=now, paused=paused) is wanted


def entry(
    hours: int, status: str, before: int | None = None, after: int | None = None
) -> SentEntry:
    """A change of status so many hours after noon, which moved the deadline."""

    def moved(number: int | None) -> str | None:
        return None if number is None else (NOON + number * HOUR).isoformat()

    return SentEntry(
        hours, NOON + hours * HOUR, "status", status, False, None, False, None, None, None,
        moved(before), moved(after), None, None,
    )  # fmt: skip


def test_each_time_it_was_reopened_a_new_promise_began() -> None:
    history = [
        entry(0, "submitted"),
        entry(10, "on_hold"),
        entry(20, "in_progress", before=48, after=58),
        entry(60, "resolved"),
        entry(70, "reopened", before=58, after=118),
        entry(100, "resolved"),
        entry(110, "reopened", before=118, after=158),
    ]
    told = resolutions(history, NOON + 158 * HOUR)
    assert [((due - NOON) / HOUR, done and (done - NOON) / HOUR) for due, done in told] == [
        (58.0, 60.0),  # the pause had moved it from 48
        (118.0, 100.0),
        (158.0, None),
    ]
