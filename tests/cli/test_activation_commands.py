"""``geoapp boundaries preview, resume, copy``: looked at, carried on, gone back to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geoapp.cli import main
from geoapp.domain.activation import ActivationState
from geoapp.store.database import Database
from geoapp.usecases import activation
from tests.activating import CODE, EAST, STARTS, ask, changing
from tests.people import hire

Run = Callable[..., Result]
_KELURAHAN = "SELECT id, status FROM geoapp.boundary_set WHERE layer = 'kelurahan' ORDER BY id"


@pytest.fixture
def run(jambi: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    return lambda *words: CliRunner().invoke(main, ["boundaries", *map(str, words), "--city", CODE])


def test_a_preview_that_broke_off_is_resumed_as_a_preview(
    run: Run, jambi: Database, tmp_path: Path
) -> None:
    city, staged = changing(jambi, tmp_path)
    begun = activation.begin(jambi, city, staged, STARTS)
    resumed = run("resume")
    assert resumed.exit_code == 0, resumed.output
    assert "Nothing has changed yet" in resumed.output
    assert f"boundaries activate {staged} --city {CODE} --from {STARTS}" in resumed.output
    assert activation.get(jambi, city, begun).state is ActivationState.DECIDED
    assert (staged, "staged") in ask(jambi, _KELURAHAN)
    # Asked for, it goes to its end.
    activation.want(jambi, city, begun)
    assert "done" in run("resume").output
    assert (staged, "active") in ask(jambi, _KELURAHAN)


def test_a_preview_warns_of_codes_that_lose_ground_and_of_whose_they_are(
    run: Run, jambi: Database, tmp_path: Path
) -> None:
    _, staged = changing(jambi, tmp_path)
    hire(jambi, "field_officer", kelurahan=[EAST], name="Petugas Timur")
    told = run("preview", staged, "--from", STARTS)
    assert told.exit_code == 0, told.output
    # Its northern half goes to 1003.
    warned = [line for line in told.stderr.splitlines() if line.startswith("Warning")]
    assert len(warned) == 1
    for word in (EAST, "50.0%", "15.71.01.1003", "grant Petugas Timur"):
        assert word in warned[0]


def test_a_set_that_was_in_force_is_copied_and_put_in_force_again(
    run: Run, jambi: Database, tmp_path: Path
) -> None:
    _, staged = changing(jambi, tmp_path)
    former = next(one for one, status in ask(jambi, _KELURAHAN) if status == "active")
    assert run("activate", staged, "--from", STARTS).exit_code == 0
    copied = run("copy", former)
    assert copied.exit_code == 0, copied.output
    copy = ask(jambi, _KELURAHAN)[-1][0]
    assert copied.output.startswith(f"Set {copy} is a copy of set {former}, staged.")
    assert run("activate", copy, "--from", STARTS).exit_code == 0
    assert dict(ask(jambi, _KELURAHAN))[copy] == "active"
    missing = run("copy", 999_999)
    assert missing.exit_code == 1
    assert "no boundary set 999999" in missing.stderr
